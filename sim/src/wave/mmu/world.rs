//! What the operating system does.

use super::super::{Builder, Error, SignalId, Value, Writer};
use crate::mmu::Fence;
use crate::os::{Activity, Event, FaultKind, Pid};

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
const EVENTS: [&str; 17] = [
    "page_fault",
    "eviction",
    "swap_in",
    "swap_out",
    "fence",
    "context_switch",
    "kill",
    "exit",
    "copy",
    "fork",
    "exec",
    "blocked",
    "suspended",
    "resumed",
    "promotion",
    "user_copy",
    "user_copy_ends",
];

/// The index of an event's signal; `None` for what is a state and no instant.
fn event_index(event: &Event) -> Option<usize> {
    Some(match event {
        Event::PageFault { .. } => 0,
        Event::Eviction { .. } => 1,
        Event::SwapIn { .. } => 2,
        Event::SwapOut { .. } => 3,
        Event::Fence { .. } => 4,
        Event::Switch { .. } => 5,
        Event::Kill { .. } => 6,
        Event::Exit { .. } => 7,
        Event::Copy { .. } => 8,
        Event::Fork { .. } => 9,
        Event::Exec { .. } => 10,
        Event::Blocked { .. } => 11,
        Event::Suspended { .. } => 12,
        Event::Resumed { .. } => 13,
        Event::Promotion { .. } => 14,
        Event::UserAccess { .. } => 15,
        Event::UserAccessEnds { .. } => 16,
        Event::Policy { .. } => return None,
    })
}

/// An event signal.
#[derive(Debug)]
pub(super) struct Instant {
    pub(super) name: &'static str,
    pub(super) id: SignalId,
    /// It happened at least once.
    pub(super) seen: bool,
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) process: SignalId,
    pub(super) activity: SignalId,
    pub(super) fault: SignalId,
    pub(super) text: SignalId,
    pub(super) free_frames: SignalId,
    pub(super) policy: SignalId,
    pub(super) events: Vec<Instant>,
    /// Names of processes, the first one's first.
    names: Vec<String>,
    running: Option<Pid>,
    doing: Option<Activity>,
    /// Nothing of it has been told: the view leaves the group out.
    pub(super) silent: bool,
}

impl World {
    pub(super) fn declare(builder: &mut Builder, names: Vec<String>) -> Result<World, Error> {
        Ok(World {
            process: builder.text("os.process")?,
            activity: builder.state("os.activity", 3, &ACTIVITIES)?,
            fault: builder.state("os.fault", 3, &FAULTS)?,
            text: builder.text("os.text")?,
            free_frames: builder.bits("os.free_frames", 32)?,
            policy: builder.text("os.policy")?,
            events: EVENTS
                .into_iter()
                .map(|name| {
                    let id = builder.event(&format!("os.{name}"))?;
                    Ok(Instant { name, id, seen: false })
                })
                .collect::<Result<_, Error>>()?,
            names,
            running: None,
            doing: None,
            silent: true,
        })
    }

    pub(super) fn event(&mut self, wave: &mut Writer, event: &Event) -> Result<(), Error> {
        self.silent = false;
        if let Event::PageFault { kind, .. } = event {
            wave.set(self.fault, fault_number(*kind))?;
        }
        if let Event::Switch { to, .. } = event {
            self.process(wave, Some(*to))?;
        }
        let text = self.tell(event);
        let Some(index) = event_index(event) else { return wave.set(self.policy, &*text) };
        let instant = &mut self.events[index];
        instant.seen = true;
        wave.set(instant.id, Value::Fires)?;
        wave.set(self.text, &*text)
    }

    /// A fault is over when its process runs again, or the kernel repeats its access for it.
    pub(super) fn activity(&mut self, wave: &mut Writer, what: Activity) -> Result<(), Error> {
        let before = self.doing.replace(what);
        if before == Some(what) {
            return Ok(());
        }
        let untold = before.is_none() && self.silent;
        self.silent = false;
        if matches!(what, Activity::Process | Activity::UserCopy) || untold {
            wave.set(self.fault, Value::Absent)?;
        }
        if what == Activity::Process || untold {
            wave.set(self.text, Value::Absent)?;
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
                let name = self.name(pid);
                wave.set(self.process, &*name)
            }
            None => wave.set(self.process, Value::Absent),
        }
    }

    pub(super) fn free_frames(&mut self, wave: &mut Writer, frames: u64) -> Result<(), Error> {
        self.silent = false;
        wave.set(self.free_frames, frames.min(u64::from(u32::MAX)))
    }

    /// A process's name, or its number.
    pub(super) fn name(&self, pid: Pid) -> String {
        let index = (pid as usize).checked_sub(1);
        let known = index.and_then(|index| self.names.get(index));
        known.cloned().unwrap_or_else(|| format!("process_{pid}"))
    }

    /// An event in a few words.
    fn tell(&self, event: &Event) -> String {
        match event {
            Event::PageFault { va, access, kind, .. } => {
                let access = super::words::ACCESSES[super::words::access(*access) as usize];
                format!("{}:{access}:{va:x}", kind.name())
            }
            Event::Eviction { va, dirty: true, .. } => format!("evict:{va:x}:dirty"),
            Event::Eviction { va, dirty: false, .. } => format!("evict:{va:x}:clean"),
            Event::SwapOut { va, slot, .. } => format!("{va:x}:to_slot_{slot}"),
            Event::SwapIn { va, slot, .. } => format!("{va:x}:from_slot_{slot}"),
            Event::Fence { fence: Fence { va, asid } } => {
                let va = va.map_or("all".to_owned(), |va| format!("{va:x}"));
                let asid = asid.map_or(String::new(), |asid| format!(":asid_{asid}"));
                format!("fence:{va}{asid}")
            }
            Event::Switch { to, asid, .. } => format!("to:{}:asid_{asid}", self.name(*to)),
            Event::Kill { pid, death } => format!("kill:{}:{}", self.name(*pid), death.name()),
            Event::Exit { pid } => format!("exit:{}", self.name(*pid)),
            Event::Copy { va, from, to, .. } => format!("copy:{va:x}:{from:x}:{to:x}"),
            Event::Fork { parent, child } => {
                format!("fork:{}:{}", self.name(*parent), self.name(*child))
            }
            Event::Promotion { va, frame, .. } => format!("promotion:{va:x}:{frame:x}"),
            Event::Exec { pid } => format!("exec:{}", self.name(*pid)),
            Event::Blocked { pid, reason } => {
                format!("blocked:{}:{}", self.name(*pid), reason.name())
            }
            Event::Suspended { pid } => format!("suspended:{}", self.name(*pid)),
            Event::Resumed { pid } => format!("resumed:{}", self.name(*pid)),
            Event::UserAccess { asked, .. } => {
                format!("{}:{:x}:{}_bytes", asked.call.name(), asked.va, asked.bytes)
            }
            Event::UserAccessEnds { moved, result, .. } => format!("{result}:{moved}_bytes"),
            Event::Policy { state } => state.clone(),
        }
    }
}
