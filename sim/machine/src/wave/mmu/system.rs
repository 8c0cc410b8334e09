//! What the operating system does.

use kernel::{Activity, Event, FaultKind, Names, Pid, Reason};
use strum::VariantNames;
use waves::Error;
use waves::save::Format;

use super::super::story::{self, GROUP, Story};
use super::super::table::Declare;
use super::Machine;

/// The operating system, as it was last seen.
#[derive(Debug)]
pub(super) struct System {
    pub(super) names: Names,
    running: Option<Pid>,
    doing: Option<Activity>,
    /// The last fault: its kind, and the process, access and address.
    fault: Option<(FaultKind, String)>,
    pub(super) story: Story,
    /// The process and the address of the last evicted page.
    victim: Option<String>,
    ready: Option<String>,
    waiting: Option<String>,
    free_frames: Option<u64>,
    policy: Option<String>,
    there: bool,
    /// At some time more than one process was ready, or one waited.
    queued: bool,
}

impl System {
    pub(super) fn new(names: Vec<String>) -> System {
        System {
            names: Names::new(names),
            running: None,
            doing: None,
            fault: None,
            story: Story::default(),
            victim: None,
            ready: None,
            waiting: None,
            free_frames: None,
            policy: None,
            there: false,
            queued: false,
        }
    }

    /// Whether there is an operating system.
    pub(super) fn is_there(&self) -> bool {
        self.there
    }

    pub(super) fn event(&mut self, event: &Event) {
        self.there = true;
        match event {
            Event::PageFault { pid, va, access, kind, .. } => {
                self.fault = Some((*kind, format!("{}:{access}:{va:x}", self.names.of(*pid))));
            }
            Event::Eviction { pid, va, dirty, .. } => {
                let state = if *dirty { "dirty" } else { "clean" };
                self.victim = Some(format!("{}:{va:x}:{state}", self.names.of(*pid)));
            }
            Event::Switch { to, .. } => {
                // The text so far described another process.
                self.over();
                self.running = Some(*to);
            }
            Event::Fork { child: pid, name, .. } | Event::Exec { pid, name } => {
                self.names.call(*pid, name);
            }
            Event::Policy { state } => self.policy = Some(state.to_string()),
            Event::Queues { ready, waiting } => self.queues(ready, waiting),
            _ => {}
        }
        self.story.event(event.kind(), || event.says(&self.names));
    }

    /// Which processes are ready, and what the others wait for.
    fn queues(&mut self, ready: &[Pid], waiting: &[(Pid, Reason)]) {
        let name =
            |(pid, reason): &(Pid, Reason)| format!("{}:{}", self.names.of(*pid), reason.name());
        let sleepers: Vec<String> = waiting.iter().map(name).collect();
        let list = |text: String| if text.is_empty() { "none".to_owned() } else { text };
        self.queued |= ready.len() + waiting.len() > 1;
        self.ready = Some(list(self.names.list(ready)));
        self.waiting = Some(list(sleepers.join(",")));
    }

    /// The last fault, and its handling, are no longer current.
    fn over(&mut self) {
        self.fault = None;
        self.story.over();
    }

    /// A fault stays visible until its process enters the kernel again, since many are very short.
    /// Returns whether anything changed.
    pub(super) fn activity(&mut self, what: Activity) -> bool {
        let before = self.doing.replace(what);
        if before == Some(what) {
            return false;
        }
        self.there = true;
        if before.is_none_or(|before| before == Activity::Process) {
            self.over();
        }
        true
    }

    /// The running process. Returns whether it changed.
    pub(super) fn process(&mut self, pid: Option<Pid>) -> bool {
        if pid == self.running {
            return false;
        }
        self.there = true;
        self.running = pid;
        true
    }

    /// The number of free frames. Returns whether it changed.
    pub(super) fn free_frames(&mut self, frames: u64) -> bool {
        self.there = true;
        self.free_frames.replace(frames) != Some(frames)
    }
}

pub(super) fn declare(declare: &mut Declare<'_, Machine>) -> Result<(), Error> {
    declare
        .text("os.process", |m| m.system.running.map(|pid| m.system.names.of(pid)))?
        .row(GROUP, "process");
    declare
        .word("os.activity", Activity::VARIANTS, |m| m.system.doing.map(<&str>::from))?
        .row(GROUP, "activity");
    declare
        .text("os.ready", |m| m.system.ready.clone())?
        .row(GROUP, "ready queue")
        .when(|m| m.system.queued);
    declare
        .text("os.waiting", |m| m.system.waiting.clone())?
        .row(GROUP, "waiting for")
        .when(|m| m.system.queued);
    declare
        .word("os.fault", FaultKind::VARIANTS, |m| {
            m.system.fault.as_ref().map(|(kind, _)| kind.name())
        })?
        .row(GROUP, "last fault")
        .if_seen();
    declare
        .text("os.faulting", |m| m.system.fault.as_ref().map(|(_, at)| at.clone()))?
        .row(GROUP, "at")
        .if_seen();
    story::declare_text(declare, |m| &m.system.story)?;
    declare.text("os.victim", |m| m.system.victim.clone())?.row(GROUP, "last victim").if_seen();
    declare
        .text("os.policy", |m| m.system.policy.clone())?
        .row(GROUP, "policy (pid:page)")
        .if_seen();
    declare
        .bits("os.free_frames", 32, |m| {
            m.system.free_frames.map(|frames| frames.min(u64::from(u32::MAX)))
        })?
        .row(GROUP, "free frames")
        .format(Format::Decimal)
        .row(GROUP, "as a curve")
        .format(Format::Analog { rows: 2 });
    story::declare_kinds(declare, Event::KINDS, |m| &m.system.story)
}
