//! Events of the operating system for observers: each is declared here, once.

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

/// The kind of a fault, after its diagnosis.
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
    /// The entry was already correct: the hardware used an older one. Tolerated.
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
    /// An event. Addresses are virtual and of a page's first byte, except a fault's.
    pub enum Event {
        /// A fault was diagnosed; its handling follows.
        PageFault page_fault {
            /// The process of the access.
            pid: Pid,
            /// The faulting address (`stval`).
            va: u64,
            /// The type of the access.
            access: Access,
            /// The hardware's cause (`scause`).
            cause: Cause,
            /// Its kind.
            kind: FaultKind,
        } says("{}:{access}:{va:x}", kind.name())
            tells("{} fault at {va:#x}", kind.name())
            marks Each("{} fault", kind.name());

        /// A fault found its page in the page cache, as that of a file or of shared memory: the
        /// disk is not needed.
        PageCacheHit page_cache_hit {
            /// The process.
            pid: Pid,
            /// The page.
            va: u64,
            /// The frame's physical page number.
            frame: u64,
        } says("{va:x}:in_page_cache:frame_{frame:x}")
            counts(os.counters_of(*pid).page_cache_hits += 1);

        /// A fault found its page in the swap cache: the process's own page, whose frame had not
        /// been freed yet.
        SwapCacheHit swap_cache_hit {
            /// The process.
            pid: Pid,
            /// The page.
            va: u64,
            /// The frame's physical page number.
            frame: u64,
        } says("{va:x}:in_swap_cache:frame_{frame:x}")
            counts(os.counters_of(*pid).swap_cache_hits += 1);

        /// A page was copied because a process that shares it stores to it, or for a fork. A
        /// store to the zero page copies nothing.
        Copy copy {
            /// The process that gets the copy.
            pid: Pid,
            /// The page.
            va: u64,
            /// The frame that the others keep.
            from: u64,
            /// The copy's frame.
            to: u64,
        } says("copy:{va:x}:{from:x}:{to:x}");

        /// A page is evicted.
        Eviction eviction {
            /// A process that holds the page; 0 if only the page cache has it.
            pid: Pid,
            /// The page.
            va: u64,
            /// The frame's physical page number.
            frame: u64,
            /// Whether it must be written back first.
            dirty: bool,
        } says("evict:{va:x}:{}", if *dirty { "dirty" } else { "clean" })
            tells(
                "page {va:#x} is evicted ({})",
                if *dirty { "dirty: written first" } else { "clean" }
            );

        /// A page is read from a swap slot.
        SwapIn swap_in {
            /// The process.
            pid: Pid,
            /// The page.
            va: u64,
            /// The slot.
            slot: u32,
        } says("{va:x}:from_slot_{slot}") tells("page {va:#x} is read from slot {slot}");

        /// A page is written to a swap slot.
        SwapOut swap_out {
            /// The process.
            pid: Pid,
            /// The page.
            va: u64,
            /// The slot.
            slot: u32,
        } says("{va:x}:to_slot_{slot}") tells("page {va:#x} is written to slot {slot}");

        /// The MMU accepted a fence.
        Fence fence {
            /// The fence.
            fence: Fence,
        } says("fence:{}", operands(*fence));

        /// Another process runs.
        Switch context_switch {
            /// The process that ran before, if any.
            from: Option<Pid>,
            /// The process that runs now.
            to: Pid,
            /// Its address-space identifier.
            asid: u16,
        } says("to:{}:asid_{asid}", names.of(*to))
            tells("process {to} runs, ASID {asid}")
            counts(os.counters_of(*to).context_switches += 1);

        /// A process is blocked, and others run.
        Blocked blocked {
            /// The process.
            pid: Pid,
            /// What it waits for.
            reason: Reason,
        } says("blocked:{}:{}", names.of(*pid), reason.name());

        /// Load control swaps a process out as a whole.
        Suspended suspended {
            /// The process.
            pid: Pid,
        } says("suspended:{}", names.of(*pid)) counts(os.load.suspensions += 1);

        /// Load control resumes a process.
        Resumed resumed {
            /// The process.
            pid: Pid,
        } says("resumed:{}", names.of(*pid));

        /// A process was forked.
        Fork fork {
            /// The parent.
            parent: Pid,
            /// The child.
            child: Pid,
            /// The child's name.
            name: String,
        } says("fork:{}:{}", names.of(*parent), names.of(*child))
            counts(os.counters_of(*parent).forks += 1);

        /// A process got a new image.
        Exec exec {
            /// The process.
            pid: Pid,
            /// The image, which gives the process its new name.
            name: String,
        } says("exec:{}", names.of(*pid)) counts(os.counters_of(*pid).execs += 1);

        /// A process ends by itself.
        Exit exit {
            /// The process.
            pid: Pid,
            /// The first addresses of its pages in frames.
            frames: Vec<u64>,
        } says("exit:{}", names.of(*pid)) tells("process {pid} exits");

        /// A process is killed.
        Kill kill {
            /// The process.
            pid: Pid,
            /// The cause.
            death: Death,
        } says("kill:{}:{}", names.of(*pid), death.name())
            tells("process {pid} is killed, {death}")
            marks Every("kill {}", names.of(*pid));

        /// Pages of a process were promoted to a superpage.
        Promotion promotion {
            /// The process.
            pid: Pid,
            /// The first address of the run.
            va: u64,
            /// The first frame of the superpage.
            frame: u64,
        } says("promotion:{va:x}:{frame:x}") counts(os.counters_of(*pid).thp_promotions += 1);

        /// The kernel begins to access a process's memory at its virtual addresses.
        UserAccess user_copy {
            /// The process.
            pid: Pid,
            /// The purpose, and the buffer.
            asked: UserAccess,
        } says("{}:{:x}:{}_bytes", asked.call.name(), asked.va, asked.bytes)
            counts(os.counters_of(*pid).user_copies += 1);

        /// The call with that access returns.
        UserAccessEnds user_copy_ends {
            /// The process.
            pid: Pid,
            /// Bytes moved.
            moved: u64,
            /// `done`, `short`, `efault`, `no_sum` or `no_mxr`.
            result: &'static str,
        } says("{result}:{moved}_bytes") counts(os.counters_of(*pid).user_copy_bytes += moved);
    }
    states {
        /// The replacement policy's state of the pages has changed.
        Policy {
            /// As [`super::replace::Policy::state`] returns it.
            state: Kept,
        } says("{state}");

        /// The scheduler's queues, whenever it selects a process.
        Queues {
            /// The ready processes, in order.
            ready: Vec<Pid>,
            /// The waiting processes, and what they wait for.
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
    /// Counts an event, and reports it to the observers.
    pub(crate) fn happened(&mut self, hal: &mut dyn super::Hal, event: Event) {
        event.count(self);
        hal.event(event);
    }
}

/// The present name of each process.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<Pid, String>);

impl Names {
    /// The names of the first processes, in their order.
    pub fn new(first: Vec<String>) -> Names {
        Names((1..).zip(first).collect())
    }

    /// Names a process; its number is appended if another has the same name.
    pub fn call(&mut self, pid: Pid, name: &str) {
        let taken = self.0.iter().any(|(other, known)| *other != pid && known == name);
        let name = if taken { format!("{name}#{pid}") } else { name.to_owned() };
        self.0.insert(pid, name);
    }

    /// A process's name, or its number; 0 stands for the page cache.
    pub fn of(&self, pid: Pid) -> String {
        match self.0.get(&pid) {
            Some(name) => name.clone(),
            None if pid == 0 => "page_cache".to_owned(),
            None => format!("process_{pid}"),
        }
    }

    /// Several names.
    pub fn list(&self, pids: &[Pid]) -> String {
        pids.iter().map(|pid| self.of(*pid)).collect::<Vec<_>>().join(",")
    }
}
