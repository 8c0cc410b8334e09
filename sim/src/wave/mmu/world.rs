//! What the operating system does.

use super::super::instant::{self, Instant};
use super::super::{Builder, Error, SignalId, Value, Writer};
use super::told::{self, Names};
use super::words;
use crate::os::{Activity, Cache, Event, FaultKind, Pid, Reason};

const FAULTS: [&str; 6] = ["minor", "major", "accessed_dirty", "spurious", "protection", "refused"];

fn fault_number(kind: FaultKind) -> u64 {
    match kind {
        FaultKind::Minor => 0,
        FaultKind::Major => 1,
        FaultKind::AccessedDirty => 2,
        FaultKind::Spurious => 3,
        FaultKind::Protection => 4,
        FaultKind::Refused => 5,
    }
}

const ACTIVITIES: [&str; 6] = ["process", "handler", "disk_wait", "switch", "idle", "user_copy"];

fn activity_number(activity: Activity) -> u64 {
    match activity {
        Activity::Process => 0,
        Activity::Handler => 1,
        Activity::Disk => 2,
        Activity::Switch => 3,
        Activity::Idle => 4,
        Activity::UserCopy => 5,
    }
}

/// Event signals of scope `os`.
const EVENTS: [&str; 19] = [
    "page_fault",
    "page_cache_hit",
    "swap_cache_hit",
    "copy",
    "eviction",
    "swap_in",
    "swap_out",
    "fence",
    "context_switch",
    "blocked",
    "suspended",
    "resumed",
    "fork",
    "exec",
    "exit",
    "kill",
    "promotion",
    "user_copy",
    "user_copy_ends",
];

/// The index of an event's signal; `None` for what is a state and no instant.
fn event_index(event: &Event) -> Option<usize> {
    Some(match event {
        Event::PageFault { .. } => 0,
        Event::CacheHit { cache: Cache::Page, .. } => 1,
        Event::CacheHit { cache: Cache::Swap, .. } => 2,
        Event::Copy { .. } => 3,
        Event::Eviction { .. } => 4,
        Event::SwapIn { .. } => 5,
        Event::SwapOut { .. } => 6,
        Event::Fence { .. } => 7,
        Event::Switch { .. } => 8,
        Event::Blocked { .. } => 9,
        Event::Suspended { .. } => 10,
        Event::Resumed { .. } => 11,
        Event::Fork { .. } => 12,
        Event::Exec { .. } => 13,
        Event::Exit { .. } => 14,
        Event::Kill { .. } => 15,
        Event::Promotion { .. } => 16,
        Event::UserAccess { .. } => 17,
        Event::UserAccessEnds { .. } => 18,
        Event::Policy { .. } | Event::Queues { .. } => return None,
    })
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) process: SignalId,
    pub(super) activity: SignalId,
    pub(super) fault: SignalId,
    /// Whose access of what faulted last.
    pub(super) faulting: SignalId,
    pub(super) text: SignalId,
    /// Whose page went last.
    pub(super) victim: SignalId,
    pub(super) ready: SignalId,
    pub(super) waiting: SignalId,
    pub(super) free_frames: SignalId,
    pub(super) policy: SignalId,
    pub(super) events: Vec<Instant>,
    pub(super) names: Names,
    running: Option<Pid>,
    doing: Option<Activity>,
    /// Nothing of it has been told: the view leaves the group out.
    pub(super) silent: bool,
    /// More than one process was ready or waited.
    pub(super) queued: bool,
}

impl World {
    /// Whether an event of this name happened.
    pub(super) fn saw(&self, name: &str) -> bool {
        instant::saw(&self.events, name)
    }

    pub(super) fn declare(builder: &mut Builder, names: Vec<String>) -> Result<World, Error> {
        Ok(World {
            process: builder.text("os.process")?,
            activity: builder.state("os.activity", 3, &ACTIVITIES)?,
            fault: builder.state("os.fault", 3, &FAULTS)?,
            faulting: builder.text("os.faulting")?,
            text: builder.text("os.text")?,
            victim: builder.text("os.victim")?,
            ready: builder.text("os.ready")?,
            waiting: builder.text("os.waiting")?,
            free_frames: builder.bits("os.free_frames", 32)?,
            policy: builder.text("os.policy")?,
            events: instant::declare(builder, &EVENTS)?,
            names: Names::new(names),
            running: None,
            doing: None,
            silent: true,
            queued: false,
        })
    }

    pub(super) fn event(&mut self, wave: &mut Writer, event: &Event) -> Result<(), Error> {
        self.silent = false;
        match event {
            Event::PageFault { pid, va, access, kind, .. } => {
                let access = words::ACCESSES[words::access(*access) as usize];
                let page = format!("{}:{access}:{va:x}", self.names.of(*pid));
                wave.set(self.fault, fault_number(*kind))?;
                wave.set(self.faulting, &*page)?;
            }
            Event::Eviction { pid, va, dirty, .. } => {
                let page = format!("{}:{va:x}:{}", self.names.of(*pid), told::state(*dirty));
                wave.set(self.victim, &*page)?;
            }
            Event::Switch { to, .. } => {
                // What was said before was of another process.
                self.over(wave)?;
                self.process(wave, Some(*to))?;
            }
            Event::Fork { child: pid, name, .. } | Event::Exec { pid, name } => {
                self.names.call(*pid, name);
                if self.running == Some(*pid) {
                    wave.set(self.process, &*self.names.of(*pid))?;
                }
            }
            Event::Policy { state } => wave.set(self.policy, &**state)?,
            Event::Queues { ready, waiting } => self.queues(wave, ready, waiting)?,
            _ => {}
        }
        let text = self.names.tell(event);
        let Some(index) = event_index(event) else { return Ok(()) };
        let instant = &mut self.events[index];
        instant.seen = true;
        wave.set(instant.id, Value::Fires)?;
        wave.set(self.text, &*text)
    }

    /// Who could run, and who waits for what.
    fn queues(
        &mut self,
        wave: &mut Writer,
        ready: &[Pid],
        waiting: &[(Pid, Reason)],
    ) -> Result<(), Error> {
        let name =
            |(pid, reason): &(Pid, Reason)| format!("{}:{}", self.names.of(*pid), reason.name());
        let sleepers: Vec<String> = waiting.iter().map(name).collect();
        self.queued |= ready.len() + waiting.len() > 1;
        let list = |text: String| if text.is_empty() { "nobody".to_owned() } else { text };
        wave.set(self.ready, &*list(self.names.list(ready)))?;
        wave.set(self.waiting, &*list(sleepers.join(",")))
    }

    /// The last fault, and what was done about it, is a thing of the past.
    fn over(&self, wave: &mut Writer) -> Result<(), Error> {
        [self.fault, self.faulting, self.text]
            .into_iter()
            .try_for_each(|id| wave.set(id, Value::Absent))
    }

    /// A fault stays in sight until its process enters the kernel again: many take but a moment.
    pub(super) fn activity(&mut self, wave: &mut Writer, what: Activity) -> Result<(), Error> {
        let before = self.doing.replace(what);
        if before == Some(what) {
            return Ok(());
        }
        self.silent = false;
        let enters = before.is_none_or(|before| before == Activity::Process);
        if enters {
            self.over(wave)?;
        }
        wave.set(self.activity, activity_number(what))
    }

    pub(super) fn process(&mut self, wave: &mut Writer, pid: Option<Pid>) -> Result<(), Error> {
        if pid == self.running {
            return Ok(());
        }
        self.silent = false;
        self.running = pid;
        match pid {
            Some(pid) => {
                let name = self.names.of(pid);
                wave.set(self.process, &*name)
            }
            None => wave.set(self.process, Value::Absent),
        }
    }

    pub(super) fn free_frames(&mut self, wave: &mut Writer, frames: u64) -> Result<(), Error> {
        self.silent = false;
        wave.set(self.free_frames, frames.min(u64::from(u32::MAX)))
    }
}
