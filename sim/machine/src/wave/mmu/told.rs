//! Events in a few words, and what processes are called.

use std::collections::BTreeMap;

use super::words;
use kernel::{Event, Pid};
use model::mmu::Fence;

/// What each process is called now.
#[derive(Debug)]
pub(super) struct Names(BTreeMap<Pid, String>);

impl Names {
    /// Those of the first processes, in their order.
    pub(super) fn new(first: Vec<String>) -> Names {
        Names((1..).zip(first).collect())
    }

    /// From now on a process is called so; with its number, where another is called the same.
    pub(super) fn call(&mut self, pid: Pid, name: &str) {
        let taken = self.0.iter().any(|(other, known)| *other != pid && known == name);
        let name = if taken { format!("{name}#{pid}") } else { name.to_owned() };
        self.0.insert(pid, name);
    }

    /// A process's name, or its number; nobody's pages are the page cache's.
    pub(super) fn of(&self, pid: Pid) -> String {
        match self.0.get(&pid) {
            Some(name) => name.clone(),
            None if pid == 0 => "page_cache".to_owned(),
            None => format!("process_{pid}"),
        }
    }

    /// Several processes.
    pub(super) fn list(&self, pids: &[Pid]) -> String {
        pids.iter().map(|pid| self.of(*pid)).collect::<Vec<_>>().join(",")
    }

    /// An event in a few words.
    pub(super) fn tell(&self, event: &Event) -> String {
        match event {
            Event::PageFault { va, access, kind, .. } => {
                let access = words::ACCESSES[words::access(*access) as usize];
                format!("{}:{access}:{va:x}", kind.name())
            }
            Event::Eviction { va, dirty, .. } => format!("evict:{va:x}:{}", state(*dirty)),
            Event::SwapOut { va, slot, .. } => format!("{va:x}:to_slot_{slot}"),
            Event::SwapIn { va, slot, .. } => format!("{va:x}:from_slot_{slot}"),
            Event::CacheHit { va, frame, cache, .. } => {
                format!("{va:x}:in_{}:frame_{frame:x}", cache.name())
            }
            Event::Fence { fence: Fence { va, asid } } => {
                let va = va.map_or("all".to_owned(), |va| format!("{va:x}"));
                let asid = asid.map_or(String::new(), |asid| format!(":asid_{asid}"));
                format!("fence:{va}{asid}")
            }
            Event::Switch { to, asid, .. } => format!("to:{}:asid_{asid}", self.of(*to)),
            Event::Kill { pid, death } => format!("kill:{}:{}", self.of(*pid), death.name()),
            Event::Exit { pid } => format!("exit:{}", self.of(*pid)),
            Event::Copy { va, from, to, .. } => format!("copy:{va:x}:{from:x}:{to:x}"),
            Event::Fork { parent, child, .. } => {
                format!("fork:{}:{}", self.of(*parent), self.of(*child))
            }
            Event::Exec { pid, .. } => format!("exec:{}", self.of(*pid)),
            Event::Blocked { pid, reason } => {
                format!("blocked:{}:{}", self.of(*pid), reason.name())
            }
            Event::Suspended { pid } => format!("suspended:{}", self.of(*pid)),
            Event::Resumed { pid } => format!("resumed:{}", self.of(*pid)),
            Event::Promotion { va, frame, .. } => format!("promotion:{va:x}:{frame:x}"),
            Event::UserAccess { asked, .. } => {
                format!("{}:{:x}:{}_bytes", asked.call.name(), asked.va, asked.bytes)
            }
            Event::UserAccessEnds { moved, result, .. } => format!("{result}:{moved}_bytes"),
            Event::Policy { state } => state.clone(),
            Event::Queues { ready, .. } => self.list(ready),
        }
    }
}

/// Whether a page that goes must be written first.
pub(super) fn state(dirty: bool) -> &'static str {
    if dirty { "dirty" } else { "clean" }
}
