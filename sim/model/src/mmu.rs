//! The interface of an MMU: its ports as values, one call per cycle.
//!
//! The hardware (on any engine) and software stand-ins implement [`Mmu`], so bus, operating system
//! and processor run unchanged on each of them.
//!
//! Rules of the ports:
//! 1. A transfer on a stream (`fetch`, `data`, `fence`, `memory` request) happens in a cycle in
//!    which it is presented *and* its ready is high. Until then the presenter repeats it unchanged.
//! 2. Ready never depends on what is presented on the same stream.
//! 3. Every accepted request gets exactly one response, in order per port, in the cycle of its
//!    acceptance at the earliest (a TLB hit).
//!    An MMU with one port for both takes one of two requests that are presented at once.
//! 4. An accepted fence is complete: requests accepted in later cycles see the new tables.
//!
//! | file | holds |
//! |---|---|
//! | `mmu` (this one) | [`Inputs`], [`Outputs`] and the trait [`Mmu`] |
//! | `table` | the one list of pins and events, from which other lists are generated |
//! | `events` | [`Pulse`], [`Events`]: the counter events of the MMU, one bit each |
//! | `organisation` | [`Organisation`]: parts besides the TLBs |
//! | `trace` | [`Traced`]: where answers come from, why accesses fault, what walks read |
//! | `port` | [`Port`], [`PerPort`]: fetch and data |
//! | `state` | [`MmuState`]: everything that an MMU remembers, to go on from later |

mod events;
mod organisation;
mod port;
mod state;
mod table;
mod trace;

pub use events::{Events, Pulse};
pub use organisation::{Organisation, Replacement};
pub use port::{PerPort, Port};
pub use state::{MmuState, OtherMmu};
pub use trace::{EntryRead, Reason, Source, Traced};

use crate::isa::{Access, Attributes, Context, Extensions, Fault, Physical, Translation, Xlen};
use serde::{Deserialize, Serialize};

/// One translation request. On the fetch port `access` is `Fetch`, on the data port never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The virtual address, XLEN bits.
    pub va: u64,
    /// The type of the access.
    pub access: Access,
    /// Its size: a power of two up to 128. Its bytes beyond the end of the page are not part of the
    /// request.
    pub bytes: u8,
    /// The context in which it is checked.
    pub context: Context,
}

/// The port of the PMP registers: the CSR that is selected, and the value written to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CsrPort {
    /// The number of the CSR.
    pub number: u16,
    /// The value that is written in this cycle.
    pub write: Option<u64>,
}

/// A translation's outcome: the physical address, or the fault.
pub type Response = Result<u64, Fault>;

/// An `SFENCE.VMA`; `None` is the register operand `x0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fence {
    /// rs1: only leaf entries of this virtual address.
    pub va: Option<u64>,
    /// rs2: only this address space, global mappings excepted.
    pub asid: Option<u16>,
}

/// The walker's request to memory. One page-table entry wide (4 or 8 bytes), naturally aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryRequest {
    /// Read an entry.
    Read {
        /// Physical address.
        pa: u64,
    },
    /// Atomically write `desired` if the entry still equals `expected` (A/D update).
    CompareSwap {
        /// Physical address.
        pa: u64,
        /// The entry as the walker read it.
        expected: u64,
        /// The entry with A (and D) set.
        desired: u64,
    },
}

/// Memory's response, L >= 1 cycles after the request was accepted, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryResponse {
    /// The entry read (of a compare-and-swap: the value found).
    pub data: u64,
    /// No memory at that address, or access refused.
    pub error: bool,
    /// For a compare-and-swap: whether the write was performed.
    pub swapped: bool,
    /// The aligned line around an entry that was read, as eight words, where memory gives it. Not
    /// used after an error.
    pub line: Option<[u64; 8]>,
}

/// Input pins in one cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Inputs {
    /// Synchronous reset.
    pub reset: bool,
    /// The `satp` register's value; sampled by a request when it is accepted.
    pub satp: u64,
    /// `menvcfg.ADUE`: A and D are set by hardware; sampled likewise.
    pub adue: bool,
    /// `menvcfg.PBMTE`: entries have a memory type, if Svpbmt is implemented; sampled likewise.
    pub pbmte: bool,
    /// For tests: what is written to the second-level TLB in this cycle gets wrong parity.
    pub l2_inject: bool,
    /// The PMP register that is read, and perhaps written; a write counts from the next cycle on.
    pub csr: CsrPort,
    /// Requests presented on the translation ports.
    pub requests: PerPort<Option<Request>>,
    /// A fence presented on the fence port.
    pub fence: Option<Fence>,
    /// Memory accepts a request in this cycle.
    pub memory_ready: bool,
    /// Memory's response in this cycle.
    pub memory: Option<MemoryResponse>,
    /// The held fault is taken in this cycle.
    pub fault_ready: bool,
}

/// Output pins in one cycle, settled with that cycle's inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Outputs {
    /// The translation ports that accept in this cycle.
    pub ready: PerPort<bool>,
    /// The fence port accepts in this cycle.
    pub fence_ready: bool,
    /// The translation ports' responses, valid in this cycle only.
    pub responses: PerPort<Option<Response>>,
    /// Size and memory type of the page, with a response that is an address.
    pub attributes: PerPort<Attributes>,
    /// The value of the PMP register that is selected, before a write of this cycle.
    pub csr: u64,
    /// The walker's request; repeated until memory is ready.
    pub memory: Option<MemoryRequest>,
    /// The oldest fault not yet taken, from the cycle after its response until `fault_ready`.
    pub fault: Option<Fault>,
    /// A miss is outstanding: the state changes even without new inputs. While it is low, and no
    /// input is presented, a cycle changes nothing.
    pub busy: bool,
    /// Counter events of this cycle.
    pub events: Events,
    /// What the trace pins of each port tell, if they are built in.
    pub trace: PerPort<Traced>,
}

impl Inputs {
    /// The request that a port accepts in this cycle.
    pub fn accepted(&self, port: Port, outputs: &Outputs) -> Option<Request> {
        self.requests[port].filter(|_| outputs.ready[port])
    }

    /// Whether the cycle contained only hits: what was presented was accepted and answered from the
    /// TLBs without a fault, and there is no walk, fence or held fault.
    pub fn only_hit(&self, outputs: &Outputs) -> bool {
        let mut events = Events::default();
        let hits = self.requests.iter().all(|(port, request)| {
            events.add_if(Pulse::hit(port), request.is_some());
            match (request, outputs.responses[port]) {
                (Some(_), Some(Ok(_))) => outputs.ready[port],
                (request, response) => request.is_none() && response.is_none(),
            }
        });
        let &Outputs { memory, fault, busy, .. } = outputs;
        hits && outputs.events == events && memory.is_none() && fault.is_none() && !busy
    }

    /// The translations of a cycle that contained only hits, for a port without a request any.
    pub fn hits(&self, outputs: &Outputs) -> Option<PerPort<Translation>> {
        let translation = |port| {
            let pa = outputs.responses[port].and_then(Response::ok).unwrap_or(0);
            Translation::new(pa, outputs.attributes[port])
        };
        self.only_hit(outputs).then(|| PerPort::from_fn(translation))
    }

    /// The fence that is accepted in this cycle.
    pub fn accepted_fence(&self, outputs: &Outputs) -> Option<Fence> {
        self.fence.filter(|_| outputs.fence_ready)
    }
}

/// A signal of the engine, for waveforms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Hierarchical path, parts joined by `.`: `walker.state`.
    pub path: String,
    /// Width in bits, 1 to 128.
    pub width: u32,
    /// For a named state: the names by encoding, index = value. Empty for plain bits.
    pub names: Vec<String>,
}

/// An MMU, driven one clock cycle per call.
pub trait Mmu {
    /// The machine width that it implements.
    fn xlen(&self) -> Xlen;

    /// The configuration's name, for reports.
    fn name(&self) -> &str;

    /// Lines of each TLB.
    fn entries(&self) -> usize;

    /// The extensions that it implements; none by default.
    fn extensions(&self) -> Extensions {
        Extensions::NONE
    }

    /// Its parts besides the TLBs; none by default.
    fn organisation(&self) -> Organisation {
        Organisation::default()
    }

    /// What protects physical memory; nothing by default.
    fn physical(&self) -> Physical {
        Physical::NONE
    }

    /// One cycle: inputs settle, outputs are sampled, the clock rises.
    fn cycle(&mut self, inputs: &Inputs) -> Outputs;

    /// One cycle whose inputs equal those of the last one except for the requests, which an
    /// implementation may exploit. If it contained only hits ([`Inputs::only_hit`]), returns their
    /// translations, for a port without a request any; `outputs` may then be left as they are until
    /// [`Mmu::show_outputs`]. Otherwise `outputs` become those of this cycle.
    fn cycle_of_requests(
        &mut self,
        inputs: &Inputs,
        outputs: &mut Outputs,
    ) -> Option<PerPort<Translation>> {
        *outputs = self.cycle(inputs);
        inputs.hits(outputs)
    }

    /// Sets the outputs of the last cycle if [`Mmu::cycle_of_requests`] left them as they were.
    fn show_outputs(&mut self, outputs: &mut Outputs) {
        let _ = outputs;
    }

    /// The signals that [`Mmu::values`] reports, in a fixed order.
    fn signals(&self) -> Vec<Signal>;

    /// The signals' values as they were settled in the last [`Mmu::cycle`], *before* its clock
    /// edge, appended to `values` (cleared first), in the order of [`Mmu::signals`].
    fn values(&self, values: &mut Vec<u128>);

    /// Calls back with the index and value of each signal that has changed since the last watched
    /// cycle; in the first cycle of a watch, of every signal. Unchanged ones may be included.
    fn changes(&self, tell: &mut dyn FnMut(usize, u128)) {
        let mut values = Vec::new();
        self.values(&mut values);
        values.into_iter().enumerate().for_each(|(at, value)| tell(at, value));
    }

    /// Whether a cycle with the inputs of the last one would change nothing: its outputs and
    /// signals would be those of the last cycle, and so on until an input changes. `false` where
    /// that is not known.
    fn is_quiescent(&self) -> bool {
        false
    }

    /// Everything that it remembers, while nothing is presented to it or in flight; `None` if it
    /// cannot tell.
    fn state(&mut self) -> Option<MmuState> {
        None
    }

    /// Goes on from a state of the same design.
    ///
    /// # Errors
    /// [`OtherMmu`]; then nothing changes.
    fn restore(&mut self, state: &MmuState) -> Result<(), OtherMmu> {
        let _ = state;
        Err(OtherMmu)
    }

    /// Turns the sampling behind [`Mmu::values`] on or off (it costs time; off at first).
    fn watch(&mut self, on: bool);
}
