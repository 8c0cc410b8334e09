//! What the operating system does.

use waves::Error;
use waves::save::{Format, Line};

use super::super::table::{Declare, words};
use super::Machine;
use super::told::{self, Names};
use super::words as access_words;
use kernel::{Activity, Cache, Event, FaultKind, Pid, Reason};

/// The group of its rows.
pub(super) const GROUP: &str = "Operating system";

/// The operating system, as it was last seen.
#[derive(Debug)]
pub(super) struct System {
    pub(super) names: Names,
    running: Option<Pid>,
    doing: Option<Activity>,
    /// The last fault: its kind, and whose access of what it was.
    fault: Option<(FaultKind, String)>,
    /// What happens, in a few words.
    text: Option<String>,
    /// Whose page went last.
    victim: Option<String>,
    ready: Option<String>,
    waiting: Option<String>,
    free_frames: Option<u64>,
    policy: Option<String>,
    /// The kind of the event that happens now.
    happens: &'static str,
    there: bool,
    /// More than one process was ready or waited.
    queued: bool,
}

impl System {
    pub(super) fn new(names: Vec<String>) -> System {
        System {
            names: Names::new(names),
            running: None,
            doing: None,
            fault: None,
            text: None,
            victim: None,
            ready: None,
            waiting: None,
            free_frames: None,
            policy: None,
            happens: "",
            there: false,
            queued: false,
        }
    }

    /// Whether there is one.
    pub(super) fn is_there(&self) -> bool {
        self.there
    }

    pub(super) fn event(&mut self, event: &Event) {
        self.there = true;
        match event {
            Event::PageFault { pid, va, access, kind, .. } => {
                let access = access_words::ACCESSES[access_words::access(*access) as usize];
                self.fault = Some((*kind, format!("{}:{access}:{va:x}", self.names.of(*pid))));
            }
            Event::Eviction { pid, va, dirty, .. } => {
                let state = told::state(*dirty);
                self.victim = Some(format!("{}:{va:x}:{state}", self.names.of(*pid)));
            }
            Event::Switch { to, .. } => {
                // What was said before was of another process.
                self.over();
                self.running = Some(*to);
            }
            Event::Fork { child: pid, name, .. } | Event::Exec { pid, name } => {
                self.names.call(*pid, name);
            }
            Event::Policy { state } => self.policy = Some(state.clone()),
            Event::Queues { ready, waiting } => self.queues(ready, waiting),
            _ => {}
        }
        self.happens = kind(event);
        if !self.happens.is_empty() {
            self.text = Some(self.names.tell(event));
        }
    }

    /// The event was shown.
    pub(super) fn happened(&mut self) {
        self.happens = "";
    }

    /// Which processes could run, and which wait for what.
    fn queues(&mut self, ready: &[Pid], waiting: &[(Pid, Reason)]) {
        let name =
            |(pid, reason): &(Pid, Reason)| format!("{}:{}", self.names.of(*pid), reason.name());
        let sleepers: Vec<String> = waiting.iter().map(name).collect();
        let list = |text: String| if text.is_empty() { "none".to_owned() } else { text };
        self.queued |= ready.len() + waiting.len() > 1;
        self.ready = Some(list(self.names.list(ready)));
        self.waiting = Some(list(sleepers.join(",")));
    }

    /// The last fault, and what was done about it, is a thing of the past.
    fn over(&mut self) {
        self.fault = None;
        self.text = None;
    }

    /// A fault stays in sight until its process enters the kernel again: many take but a moment.
    /// Whether this is new.
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

    /// Whether it is new that this process runs.
    pub(super) fn process(&mut self, pid: Option<Pid>) -> bool {
        if pid == self.running {
            return false;
        }
        self.there = true;
        self.running = pid;
        true
    }

    /// Whether it is new that so many frames are free.
    pub(super) fn free_frames(&mut self, frames: u64) -> bool {
        self.there = true;
        self.free_frames.replace(frames) != Some(frames)
    }
}

words! {
    /// The kind of an event that is an instant; none of what is a state.
    KINDS, kind(Event) {
        Event::PageFault { .. } => "page_fault",
        Event::CacheHit { cache: Cache::Page, .. } => "page_cache_hit",
        Event::CacheHit { cache: Cache::Swap, .. } => "swap_cache_hit",
        Event::Copy { .. } => "copy",
        Event::Eviction { .. } => "eviction",
        Event::SwapIn { .. } => "swap_in",
        Event::SwapOut { .. } => "swap_out",
        Event::Fence { .. } => "fence",
        Event::Switch { .. } => "context_switch",
        Event::Blocked { .. } => "blocked",
        Event::Suspended { .. } => "suspended",
        Event::Resumed { .. } => "resumed",
        Event::Fork { .. } => "fork",
        Event::Exec { .. } => "exec",
        Event::Exit { .. } => "exit",
        Event::Kill { .. } => "kill",
        Event::Promotion { .. } => "promotion",
        Event::UserAccess { .. } => "user_copy",
        Event::UserAccessEnds { .. } => "user_copy_ends",
        Event::Policy { .. } | Event::Queues { .. } => "",
    }
}

words! {
    /// On what a cycle is spent.
    ACTIVITIES, activity(Activity) {
        Activity::Process => "process",
        Activity::Handler => "handler",
        Activity::Disk => "disk_wait",
        Activity::Switch => "switch",
        Activity::Idle => "idle",
        Activity::UserCopy => "user_copy",
    }
}

words! {
    /// What a fault turned out to be.
    FAULTS, fault(FaultKind) {
        FaultKind::Minor => "minor",
        FaultKind::Major => "major",
        FaultKind::AccessedDirty => "accessed_dirty",
        FaultKind::Spurious => "spurious",
        FaultKind::Protection => "protection",
        FaultKind::Refused => "refused",
    }
}

pub(super) fn declare(declare: &mut Declare<'_, Machine>) -> Result<(), Error> {
    declare
        .text("os.process", |m| m.system.running.map(|pid| m.system.names.of(pid)))?
        .row(GROUP, "process");
    declare
        .word("os.activity", ACTIVITIES, |m| m.system.doing.as_ref().map(activity))?
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
        .word("os.fault", FAULTS, |m| m.system.fault.as_ref().map(|(kind, _)| fault(kind)))?
        .row(GROUP, "last fault")
        .if_seen();
    declare
        .text("os.faulting", |m| m.system.fault.as_ref().map(|(_, at)| at.clone()))?
        .row(GROUP, "at")
        .if_seen();
    declare.text("os.text", |m| m.system.text.clone())?.row(GROUP, "what happens");
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
    for kind in KINDS.iter().filter(|kind| !kind.is_empty()) {
        declare
            .event(format!("os.{kind}"), move |m| m.system.happens == *kind)?
            .row(GROUP, kind.replace('_', " "))
            .line(Line::Orange)
            .if_seen();
    }
    Ok(())
}
