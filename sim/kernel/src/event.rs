//! What an operating system does that people want to see: each event is declared here, once.

use std::collections::BTreeMap;

use super::replace::Kept;
use super::{Death, Os, Reason, UserAccess};
use model::events;
use model::isa::{Access, Cause};
use model::mmu::Fence;
use serde::Serialize;
use strum::{IntoStaticStr, VariantNames};

/// A process's number: 1 for the first, never used again.
pub type Pid = u32;

/// What a fault turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FaultKind {
    /// Resolved without the disk: a zero page, or permissions widened.
    Minor,
    /// The page came from the disk.
    Major,
    /// A or D was clear and software sets it (`menvcfg.ADUE` = 0).
    AccessedDirty,
    /// The entry was already in order: the hardware used an older one. Tolerated.
    Spurious,
    /// Not allowed: the process is killed.
    Protection,
    /// The kernel's own access to a process's memory, not allowed: the call fails.
    Refused,
}

impl FaultKind {
    /// The kind in one lower-case word, for waves and text.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

events! {
    /// Something happened. Addresses are virtual and of a page's first byte, except a fault's.
    pub enum Event {
        /// A fault was understood; what it needs follows.
        PageFault page_fault {
            /// Whose access.
            pid: Pid,
            /// The faulting address (`stval`).
            va: u64,
            /// What the access was to do.
            access: Access,
            /// The hardware's word for it (`scause`).
            cause: Cause,
            /// What it turned out to be.
            kind: FaultKind,
        } says("{}:{access}:{va:x}", kind.name())
            tells("{} fault at {va:#x}", kind.name())
            marks Each("{} fault", kind.name());

        /// A fault found its page in the page cache, as that of a file or of shared memory: the
        /// disk is not needed.
        PageCacheHit page_cache_hit {
            /// Whose fault.
            pid: Pid,
            /// Which page.
            va: u64,
            /// The frame's physical page number.
            frame: u64,
        } says("{va:x}:in_page_cache:frame_{frame:x}")
            counts(os.counters_of(*pid).page_cache_hits += 1);

        /// A fault found its page in the swap cache: the process's own page, which had not lost
        /// its frame yet.
        SwapCacheHit swap_cache_hit {
            /// Whose fault.
            pid: Pid,
            /// Which page.
            va: u64,
            /// The frame's physical page number.
            frame: u64,
        } says("{va:x}:in_swap_cache:frame_{frame:x}")
            counts(os.counters_of(*pid).swap_cache_hits += 1);

        /// A page was copied because a process that shares it stores to it, or for a fork. A
        /// store to the zero page copies nothing.
        Copy copy {
            /// Whose the copy is.
            pid: Pid,
            /// Of which page.
            va: u64,
            /// The frame that stays with the others.
            from: u64,
            /// The copy's frame.
            to: u64,
        } says("copy:{va:x}:{from:x}:{to:x}");

        /// A page loses its frame.
        Eviction eviction {
            /// Whose page; 0 if no process holds it and only the page cache has it.
            pid: Pid,
            /// Which page.
            va: u64,
            /// The frame's physical page number.
            frame: u64,
            /// It must be written back first.
            dirty: bool,
        } says("evict:{va:x}:{}", if *dirty { "dirty" } else { "clean" })
            tells(
                "page {va:#x} is evicted ({})",
                if *dirty { "dirty: written first" } else { "clean" }
            );

        /// A page is read from a swap slot.
        SwapIn swap_in {
            /// Whose page.
            pid: Pid,
            /// Which page.
            va: u64,
            /// From which slot.
            slot: u32,
        } says("{va:x}:from_slot_{slot}") tells("page {va:#x} is read from slot {slot}");

        /// A page is written to a swap slot.
        SwapOut swap_out {
            /// Whose page.
            pid: Pid,
            /// Which page.
            va: u64,
            /// To which slot.
            slot: u32,
        } says("{va:x}:to_slot_{slot}") tells("page {va:#x} is written to slot {slot}");

        /// The MMU accepted a fence.
        Fence fence {
            /// Which.
            fence: Fence,
        } says("fence:{}", operands(*fence));

        /// Another process runs.
        Switch context_switch {
            /// Who ran before, if any.
            from: Option<Pid>,
            /// Who runs now.
            to: Pid,
            /// In this address space.
            asid: u16,
        } says("to:{}:asid_{asid}", names.of(*to))
            tells("process {to} runs, ASID {asid}")
            counts(os.counters_of(*to).context_switches += 1);

        /// A process cannot go on, and others run.
        Blocked blocked {
            /// Which.
            pid: Pid,
            /// What it waits for.
            reason: Reason,
        } says("blocked:{}:{}", names.of(*pid), reason.name());

        /// Load control swaps a process out whole.
        Suspended suspended {
            /// Which.
            pid: Pid,
        } says("suspended:{}", names.of(*pid)) counts(os.load.suspensions += 1);

        /// Load control lets a process come back.
        Resumed resumed {
            /// Which.
            pid: Pid,
        } says("resumed:{}", names.of(*pid));

        /// A process was made as the copy of another.
        Fork fork {
            /// The original.
            parent: Pid,
            /// The copy.
            child: Pid,
            /// What the copy is called.
            name: String,
        } says("fork:{}:{}", names.of(*parent), names.of(*child))
            counts(os.counters_of(*parent).forks += 1);

        /// A process was given a new image.
        Exec exec {
            /// Which.
            pid: Pid,
            /// The image, which is what the process is called now.
            name: String,
        } says("exec:{}", names.of(*pid)) counts(os.counters_of(*pid).execs += 1);

        /// A process ends by itself.
        Exit exit {
            /// Which.
            pid: Pid,
            /// The first addresses of the pages that it had in frames.
            frames: Vec<u64>,
        } says("exit:{}", names.of(*pid)) tells("process {pid} exits");

        /// A process is killed.
        Kill kill {
            /// Which.
            pid: Pid,
            /// Why.
            death: Death,
        } says("kill:{}:{}", names.of(*pid), death.name())
            tells("process {pid} is killed, {death}")
            marks Every("kill {}", names.of(*pid));

        /// Pages of a process were copied together, and one superpage shows them.
        Promotion promotion {
            /// Whose pages.
            pid: Pid,
            /// The first of the run.
            va: u64,
            /// The first of the frames that hold them now.
            frame: u64,
        } says("promotion:{va:x}:{frame:x}") counts(os.counters_of(*pid).thp_promotions += 1);

        /// The kernel begins to access a process's memory at its virtual addresses.
        UserAccess user_copy {
            /// Whose.
            pid: Pid,
            /// What for, and where.
            asked: UserAccess,
        } says("{}:{:x}:{}_bytes", asked.call.name(), asked.va, asked.bytes)
            counts(os.counters_of(*pid).user_copies += 1);

        /// The call that it did so for returns.
        UserAccessEnds user_copy_ends {
            /// To whom.
            pid: Pid,
            /// Bytes moved.
            moved: u64,
            /// `done`, `short`, `efault`, `no_sum` or `no_mxr`.
            result: &'static str,
        } says("{result}:{moved}_bytes") counts(os.counters_of(*pid).user_copy_bytes += moved);
    }
    states {
        /// What the replacement policy keeps of the pages has changed.
        Policy {
            /// As [`super::replace::Policy::state`] says it.
            state: Kept,
        } says("{state}");

        /// The scheduler's queues, when it has looked at them.
        Queues {
            /// Who could run, in the order in which they will.
            ready: Vec<Pid>,
            /// Who waits, and for what.
            waiting: Vec<(Pid, Reason)>,
        } says("{}", names.list(ready));
    }
    with names: &Names, os: &mut Os
}

/// The operands of a fence.
fn operands(Fence { va, asid }: Fence) -> String {
    let va = va.map_or("all".to_owned(), |va| format!("{va:x}"));
    va + &asid.map_or(String::new(), |asid| format!(":asid_{asid}"))
}

impl Os {
    /// Something happened: it is counted, and reported to the observers.
    pub(crate) fn happened(&mut self, hal: &mut dyn super::Hal, event: Event) {
        event.count(self);
        hal.event(event);
    }
}

/// What each process is called now.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<Pid, String>);

impl Names {
    /// Those of the first processes, in their order.
    pub fn new(first: Vec<String>) -> Names {
        Names((1..).zip(first).collect())
    }

    /// From now on a process is called so; with its number, where another is called the same.
    pub fn call(&mut self, pid: Pid, name: &str) {
        let taken = self.0.iter().any(|(other, known)| *other != pid && known == name);
        let name = if taken { format!("{name}#{pid}") } else { name.to_owned() };
        self.0.insert(pid, name);
    }

    /// A process's name, or its number; pages that no process holds are the page cache's.
    pub fn of(&self, pid: Pid) -> String {
        match self.0.get(&pid) {
            Some(name) => name.clone(),
            None if pid == 0 => "page_cache".to_owned(),
            None => format!("process_{pid}"),
        }
    }

    /// Several processes.
    pub fn list(&self, pids: &[Pid]) -> String {
        pids.iter().map(|pid| self.of(*pid)).collect::<Vec<_>>().join(",")
    }
}
