//! Records: one thing that happened, or one that is different from now on.

use kernel::Pid;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// An address, a page number or a word of memory: `"0x..."` in JSON, whose numbers have 53 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hex(pub u64);

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:#x}", self.0))
    }
}

/// What a record is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "k", rename_all = "snake_case")]
pub enum What {
    /// A process exists, or has a new name.
    Process {
        /// The process.
        pid: Pid,
        /// Its name.
        name: String,
    },
    /// The root of a process's page table; `None` once it has ended.
    Root {
        /// The process.
        pid: Pid,
        /// The root table's physical page number.
        root: Option<Hex>,
    },
    /// `satp`, as requests see it from now on.
    Satp {
        /// The hart, unless it is the first.
        #[serde(skip_serializing_if = "is_first")]
        hart: usize,
        /// The scheme, in lower case.
        mode: String,
        /// `satp.ASID`.
        asid: u16,
        /// `satp.PPN`.
        root: Hex,
    },
    /// A region of a process appeared, changed, or went.
    Region {
        /// The process.
        pid: Pid,
        /// Its name in the scenario.
        name: String,
        /// Its kind.
        kind: &'static str,
        /// Its first address.
        start: Hex,
        /// The address after its last.
        end: Hex,
        /// Its permissions, as `r-x`.
        perm: String,
        /// It is no longer there.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        gone: bool,
    },
    /// What a frame is used for from now on.
    Frame {
        /// The frame's physical page number.
        ppn: Hex,
        /// `kernel`, `reserved`, `free`, `table` or `page`.
        #[serde(rename = "use")]
        purpose: &'static str,
        /// The process of a table.
        #[serde(skip_serializing_if = "Option::is_none")]
        pid: Option<Pid>,
        /// The processes that hold a page, each with its virtual page number there.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pids: Vec<(Pid, Hex)>,
        /// The kind of a page: that of its region, `zero` or `cache`.
        #[serde(skip_serializing_if = "Option::is_none")]
        what: Option<&'static str>,
        /// The swap slot that holds the page, too.
        #[serde(skip_serializing_if = "Option::is_none")]
        slot: Option<u32>,
    },
    /// What a swap slot holds from now on: the holders of its page; `None` if it is free.
    Slot {
        /// The slot.
        slot: u32,
        /// The processes, each with its virtual page number there.
        pids: Option<Vec<(Pid, Hex)>>,
    },
    /// A word of a page table has changed.
    Pte {
        /// Its physical address.
        pa: Hex,
        /// Its value.
        value: Hex,
        /// `kernel`, `walker`, or `software` where there is no kernel.
        by: &'static str,
    },
    /// A request and its answer.
    Access {
        /// The cycle of the answer.
        to: u64,
        /// The hart, unless it is the first.
        #[serde(skip_serializing_if = "is_first")]
        hart: usize,
        /// `fetch` or `data`.
        port: &'static str,
        /// The process; `None` without a kernel.
        #[serde(skip_serializing_if = "Option::is_none")]
        pid: Option<Pid>,
        /// The number of the translation among those of its process at its port, from 1. One that
        /// faults has the number of the one that will succeed.
        n: u64,
        /// The virtual address.
        va: Hex,
        /// `fetch`, `load`, `store` or `cbo`.
        access: &'static str,
        /// `U` or `S`, or `M` where nothing is translated.
        privilege: &'static str,
        /// `tlb`, `l2` or `walk`; `bare` if no page table decided; `None` for a fault that none did.
        how: Option<&'static str>,
        /// The physical address,
        #[serde(skip_serializing_if = "Option::is_none")]
        pa: Option<Hex>,
        /// or the fault,
        #[serde(skip_serializing_if = "Option::is_none")]
        cause: Option<&'static str>,
        /// and why.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<&'static str>,
    },
    /// A walk starts.
    Start {
        /// The hart, unless it is the first.
        #[serde(skip_serializing_if = "is_first")]
        hart: usize,
        /// The port.
        port: &'static str,
        /// The level of the table in which it starts; 0 is the last.
        level: u8,
    },
    /// A walk has read an entry.
    Read {
        /// The hart, unless it is the first.
        #[serde(skip_serializing_if = "is_first")]
        hart: usize,
        /// The port; `None` if memory refused.
        port: Option<&'static str>,
        /// The level of its table.
        level: Option<u8>,
        /// Its physical address.
        pa: Hex,
        /// The entry; 0 if memory refused.
        value: Hex,
        /// Memory refused.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        error: bool,
    },
    /// The walker has tried to set A or D.
    Update {
        /// The hart, unless it is the first.
        #[serde(skip_serializing_if = "is_first")]
        hart: usize,
        /// The entry's physical address.
        pa: Hex,
        /// The value that it is to have.
        value: Hex,
        /// The entry was still the one that had been read, and has that value now.
        ok: bool,
    },
    /// A line of a TLB has changed.
    Line {
        /// The hart, unless it is the first.
        #[serde(skip_serializing_if = "is_first")]
        hart: usize,
        /// The TLB, by its name in [`Machine`](super::Machine).
        tlb: String,
        /// The line.
        line: usize,
        /// It holds an entry.
        valid: bool,
        /// The virtual page number.
        #[serde(skip_serializing_if = "Option::is_none")]
        vpn: Option<Hex>,
        /// Its address space.
        #[serde(skip_serializing_if = "Option::is_none")]
        asid: Option<u16>,
        /// It is in every address space.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        global: bool,
        /// The level of its leaf.
        #[serde(skip_serializing_if = "Option::is_none")]
        level: Option<u8>,
        /// The physical page number.
        #[serde(skip_serializing_if = "Option::is_none")]
        ppn: Option<Hex>,
        /// The letters of `RWXUD` that are set.
        #[serde(skip_serializing_if = "String::is_empty")]
        flags: String,
    },
    /// The MMU accepted a fence.
    Fence {
        /// The hart, unless it is the first.
        #[serde(skip_serializing_if = "is_first")]
        hart: usize,
        /// Only this address.
        va: Option<Hex>,
        /// Only this address space.
        asid: Option<u16>,
    },
    /// The state of the replacement policy, as text.
    Policy {
        /// Pages as `pid:vpn`, in the order in which they are examined, with marks.
        state: String,
    },
    /// What cycles are spent on.
    Activity {
        /// The first cycle after them.
        to: u64,
        /// `process`, `handler`, `user_copy`, `disk`, `switch` or `idle`.
        what: &'static str,
    },
    /// The scheduler's queues.
    Queues {
        /// The ready processes, in order.
        ready: Vec<Pid>,
        /// The waiting processes, and what they wait for.
        waiting: Vec<(Pid, &'static str)>,
    },
    /// An event of the kernel.
    Event {
        /// Its kind.
        event: &'static str,
        /// Its fields, by name.
        #[serde(flatten)]
        fields: Map<String, Value>,
    },
    /// A step of a scenario without a kernel begins.
    Step {
        /// Its line in the file.
        line: usize,
        /// The line.
        text: String,
    },
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// Its cycle.
    pub at: u64,
    /// What it was.
    #[serde(flatten)]
    pub what: What,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_first(hart: &usize) -> bool {
    *hart == 0
}
