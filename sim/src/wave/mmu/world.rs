//! What the operating system does.

use super::super::{Builder, Error, SignalId, Value, Writer};
use crate::mmu::Fence;
use crate::os::{Activity, Cache, Event, FaultKind, Pid};
use std::collections::BTreeMap;

const FAULTS: [&str; 5] = ["minor", "major", "accessed_dirty", "spurious", "protection"];

fn fault_number(kind: FaultKind) -> u64 {
    match kind {
        FaultKind::Minor => 0,
        FaultKind::Major => 1,
        FaultKind::AccessedDirty => 2,
        FaultKind::Spurious => 3,
        FaultKind::Protection => 4,
    }
}

const ACTIVITIES: [&str; 5] = ["process", "handler", "disk_wait", "switch", "idle"];

fn activity_number(activity: Activity) -> u64 {
    match activity {
        Activity::Process => 0,
        Activity::Handler => 1,
        Activity::Disk => 2,
        Activity::Switch => 3,
        Activity::Idle => 4,
    }
}

/// Event signals of scope `os`.
const EVENTS: [&str; 16] = [
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
    "page_cache_hit",
    "swap_cache_hit",
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
        Event::CacheHit { cache: Cache::Page, .. } => 14,
        Event::CacheHit { cache: Cache::Swap, .. } => 15,
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
    /// What each process is called now.
    names: BTreeMap<Pid, String>,
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
            names: (1..).zip(names).collect(),
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
        match event {
            Event::Switch { to, .. } => self.process(wave, Some(*to))?,
            Event::Fork { child: pid, name, .. } | Event::Exec { pid, name } => {
                self.call(wave, *pid, name)?;
            }
            _ => {}
        }
        let text = self.tell(event);
        let Some(index) = event_index(event) else { return wave.set(self.policy, &*text) };
        let instant = &mut self.events[index];
        instant.seen = true;
        wave.set(instant.id, Value::Fires)?;
        wave.set(self.text, &*text)
    }

    /// A fault is over when its process runs again.
    pub(super) fn activity(&mut self, wave: &mut Writer, what: Activity) -> Result<(), Error> {
        let before = self.doing.replace(what);
        if before == Some(what) {
            return Ok(());
        }
        let untold = before.is_none() && self.silent;
        self.silent = false;
        if what == Activity::Process || untold {
            wave.set(self.fault, Value::Absent)?;
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

    /// From now on a process is called so; with its number, where another is called the same.
    fn call(&mut self, wave: &mut Writer, pid: Pid, name: &str) -> Result<(), Error> {
        let taken = self.names.iter().any(|(other, known)| *other != pid && known == name);
        let name = if taken { format!("{name}#{pid}") } else { name.to_owned() };
        if self.running == Some(pid) {
            wave.set(self.process, &*name)?;
        }
        self.names.insert(pid, name);
        Ok(())
    }

    /// A process's name, or its number.
    pub(super) fn name(&self, pid: Pid) -> String {
        self.names.get(&pid).cloned().unwrap_or_else(|| format!("process_{pid}"))
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
            Event::Fork { parent, child, .. } => {
                format!("fork:{}:{}", self.name(*parent), self.name(*child))
            }
            Event::Exec { pid, .. } => format!("exec:{}", self.name(*pid)),
            Event::CacheHit { va, frame, cache, .. } => {
                format!("{va:x}:in_{}:frame_{frame:x}", cache.name())
            }
            Event::Blocked { pid, reason } => {
                format!("blocked:{}:{}", self.name(*pid), reason.name())
            }
            Event::Suspended { pid } => format!("suspended:{}", self.name(*pid)),
            Event::Resumed { pid } => format!("resumed:{}", self.name(*pid)),
            Event::Policy { state } => state.clone(),
        }
    }
}
