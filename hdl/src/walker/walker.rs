//! The page-table walker: ports and registers. `states` is what it does.

mod states;

use super::{EntryAddress, PteDecode, Verdict, WalkState};
use crate::flags::{AccessContext, Leaf};
use crate::pmp::{constants, list};
use crate::{Extensions, Sizes};
use rust_hdl::prelude::*;

/// Walks the page table for one port at a time.
///
/// Spec: `sv32algorithm`, every step: reads from the root, faults of invalid, reserved and
/// misaligned entries, permission, A and D (fault or atomic update by `adue`:
/// `norm:svade_access_ad_bit_clear`, `norm:menvcfg_adue_op`). A global pointer makes everything
/// below it global (`translation`).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `waits`, `waits_data` | in | 1 | a miss waits; it is the data port's (`Choice`) |
/// | `vpn`, `top_level`, `access` | in | VPN, 3, struct | the miss; held until `done` |
/// | `fetch_root`, `data_root` | in | PPN | the root tables of both ports' misses; with `waits_data` the data port's is meant |
/// | `free` | out | 1 | no walk is in progress: another miss may be chosen |
/// | `cached`, `cached_level`, `cached_ppn`, `cached_global` | in | 1, 3, PPN, 1 | a walk that starts now begins at this table (`WalkCache`) |
/// | `joins` | in | 1 | the miss takes the entry with which another walker ends now, instead of a walk |
/// | `other_*` | in | | that entry |
/// | `from_line`; `anew` | in; out | 1 | with a line fill ([`LineFill`](super::LineFill)): the response's entry was read before, beside another; a read that memory itself must answer |
/// | `shares`, `end_*` | out | | the entry with which this walker ends, if another miss may take it |
/// | `fence` | in | 1 | a fence is presented in this cycle |
/// | `mem_req_*`, `mem_resp_*` | out, in | | the memory port, see `docs/interfaces.md` |
/// | `done`, `data_side` | out | 1 | the walk is answered in this cycle, to the data port (else fetch) |
/// | `page_fault`, `access_fault` | out | 1 | the walk faulted |
/// | `ppn`, `leaf`, `leaf_inside` | out | PPN, struct, 5 | its leaf, if it did not fault; its size decoded, from a register |
/// | `cacheable` | out | 1 | no fence overtook it: the leaf may enter a TLB |
/// | `end_reason` | out | 4 | why the walk ends in a fault whatever the access is, and ADUE = 0: see `PortTrace` |
/// | `arrives`, `traced_level` | out | 1, 3 | an entry arrives that the walk uses: memory's response, at `end_addr` and `end_level`; that level, and with `started`: of the table at which the walk begins |
/// | `descends`, `pointer_level`, `pointer_ppn`, `pointer_global` | out | 1, 3, PPN, 1 | a pointer arrives that may enter a walk cache; the level at which it was read; its contents, G of those above included |
/// | `started`, `joined`, `updated`, `retried`, `restarted`, `walked` | out | 1 | events; the last one: `done` ends a walk, not the check of an entry that another walk read |
///
/// Timing: a miss that waits in cycle k, the walker idle and memory always ready, is `done` in
/// cycle k + 1 + d·L for d levels read from memory of latency L >= 1; setting A or D adds L + 1, an
/// entry of a line that faults and is read again too. A miss that joins a walk is `done` in the
/// cycle after that walk, if A and D need not be set.
/// Reset: idle; of two misses the data port's is served first.
///
/// Invariants: a request presented to memory stays until it is accepted. A fence during a walk
/// makes it restart from the root when the outstanding response has come, which is ignored. No fault
/// is answered for an entry that memory has not been asked for in this walk.
#[derive(LogicBlock, Default)]
pub struct Walker<const XLEN: usize, const VPN: usize, const PPN: usize, const PA: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// A port has a miss.
    pub waits: Signal<In, Bit>,
    /// It is the data port's.
    pub waits_data: Signal<In, Bit>,
    /// Its virtual page.
    pub vpn: Signal<In, Bits<VPN>>,
    /// The fetch port's root table.
    pub fetch_root: Signal<In, Bits<PPN>>,
    /// The data port's.
    pub data_root: Signal<In, Bits<PPN>>,
    /// Its root table's level.
    pub top_level: Signal<In, Bits<3>>,
    /// Its access.
    pub access: Signal<In, AccessContext>,
    /// A walk that starts now begins at a table that a walk cache knows.
    pub cached: Signal<In, Bit>,
    /// The level of that table.
    pub cached_level: Signal<In, Bits<3>>,
    /// That table.
    pub cached_ppn: Signal<In, Bits<PPN>>,
    /// Everything below it is global.
    pub cached_global: Signal<In, Bit>,
    /// The miss takes the entry with which another walk ends.
    pub joins: Signal<In, Bit>,
    /// That entry.
    pub other_entry: Signal<In, Bits<XLEN>>,
    /// Its address.
    pub other_addr: Signal<In, Bits<PA>>,
    /// Its level.
    pub other_level: Signal<In, Bits<3>>,
    /// It is below a global pointer.
    pub other_global: Signal<In, Bit>,
    /// A fence is presented.
    pub fence: Signal<In, Bit>,
    /// A request to memory.
    pub mem_req_valid: Signal<Out, Bit>,
    /// Memory accepts it.
    pub mem_req_ready: Signal<In, Bit>,
    /// The entry's physical address.
    pub mem_req_addr: Signal<Out, Bits<PA>>,
    /// Compare-and-swap, otherwise a read.
    pub mem_req_swap: Signal<Out, Bit>,
    /// The entry as it was read.
    pub mem_req_expected: Signal<Out, Bits<XLEN>>,
    /// The entry with A and D set.
    pub mem_req_desired: Signal<Out, Bits<XLEN>>,
    /// Memory answers.
    pub mem_resp_valid: Signal<In, Bit>,
    /// The entry.
    pub mem_resp_data: Signal<In, Bits<XLEN>>,
    /// No memory there, or access refused.
    pub mem_resp_error: Signal<In, Bit>,
    /// The compare-and-swap succeeded.
    pub mem_resp_swapped: Signal<In, Bit>,
    /// With a line fill: the entry was read before, beside another.
    pub from_line: Vec<Signal<In, Bit>>,
    /// With a line fill and two walkers: the entry that another walk shares was.
    pub other_from_line: Vec<Signal<In, Bit>>,
    /// With a line fill: memory must answer the read.
    pub anew: Vec<Signal<Out, Bit>>,
    /// With a line fill: the entry with which the walk ends was read beside another.
    pub end_from_line: Vec<Signal<Out, Bit>>,
    /// With a line fill, event: an entry of a line is not good, and is read again.
    pub doubted: Vec<Signal<Out, Bit>>,
    /// No walk is in progress.
    pub free: Signal<Out, Bit>,
    /// The walk is answered.
    pub done: Signal<Out, Bit>,
    /// It is the data port's.
    pub data_side: Signal<Out, Bit>,
    /// It ends in a page fault.
    pub page_fault: Signal<Out, Bit>,
    /// It ends in an access fault.
    pub access_fault: Signal<Out, Bit>,
    /// The leaf's page.
    pub ppn: Signal<Out, Bits<PPN>>,
    /// The leaf's bits.
    pub leaf: Signal<Out, Leaf>,
    /// The size of its page, decoded.
    pub leaf_inside: Signal<Out, Bits<5>>,
    /// The leaf may enter a TLB.
    pub cacheable: Signal<Out, Bit>,
    /// The walk ends with an entry that another miss may take.
    pub shares: Signal<Out, Bit>,
    /// That entry.
    pub end_entry: Signal<Out, Bits<XLEN>>,
    /// Its address.
    pub end_addr: Signal<Out, Bits<PA>>,
    /// Its level.
    pub end_level: Signal<Out, Bits<3>>,
    /// It is below a global pointer.
    pub end_global: Signal<Out, Bit>,
    /// Why the walk ends in a fault whatever the access is.
    pub end_reason: Signal<Out, Bits<4>>,
    /// An entry arrives that the walk uses.
    pub arrives: Signal<Out, Bit>,
    /// Its level; or of the table at which a walk begins.
    pub traced_level: Signal<Out, Bits<3>>,
    /// A pointer arrives.
    pub descends: Signal<Out, Bit>,
    /// The level at which it was read.
    pub pointer_level: Signal<Out, Bits<3>>,
    /// The table to which it points.
    pub pointer_ppn: Signal<Out, Bits<PPN>>,
    /// It, or a pointer above, has G.
    pub pointer_global: Signal<Out, Bit>,
    /// Event: the walk of a miss started.
    pub started: Signal<Out, Bit>,
    /// Event: the miss joined another walk.
    pub joined: Signal<Out, Bit>,
    /// Event: a walk ends.
    pub walked: Signal<Out, Bit>,
    /// Event: A or D was written.
    pub updated: Signal<Out, Bit>,
    /// Event: the entry had changed; it is read again.
    pub retried: Signal<Out, Bit>,
    /// Event: a fence overtook the walk; it restarts.
    pub restarted: Signal<Out, Bit>,
    state: DFF<WalkState>,
    owner: DFF<Bit>,
    at_level: DFF<Bits<3>>,
    entry_addr: DFF<Bits<PA>>,
    entry: DFF<Bits<XLEN>>,
    under_global: DFF<Bit>,
    overtaken: DFF<Bit>,
    refused: DFF<Bit>,
    borrowed: DFF<Bit>,
    // With a line fill: the entry comes from a line; it is read again.
    of_line: Vec<DFF<Bit>>,
    again: Vec<DFF<Bit>>,
    // Where not all schemes are implemented: the bits of a level.
    levels: Vec<Constant<Bits<3>>>,
    faulty: Signal<Local, Bit>,
    vacant: Signal<Local, Bit>,
    arriving: PteDecode<XLEN, VPN, PPN>,
    held: PteDecode<XLEN, VPN, PPN>,
    verdict: Verdict,
    next_entry: EntryAddress<VPN, PPN, PA>,
    stale: Signal<Local, Bit>,
    from_root: Signal<Local, Bit>,
    moves: Signal<Local, Bit>,
    root_level: Signal<Local, Bits<3>>,
    below_level: Signal<Local, Bits<3>>,
    next_level: Signal<Local, Bits<3>>,
    below_global: Signal<Local, Bit>,
    marks: Signal<Local, Bits<XLEN>>,
    marked: Signal<Local, Bits<XLEN>>,
}

impl<const XLEN: usize, const VPN: usize, const PPN: usize, const PA: usize>
    Walker<XLEN, VPN, PPN, PA>
{
    /// With these extensions, in front of a line fill or not, beside another walker or not, of these
    /// sizes.
    pub fn new(extensions: Extensions, line_fill: bool, two_walkers: bool, sizes: Sizes) -> Self {
        let decode = || PteDecode::new(extensions, sizes);
        let fills = usize::from(line_fill);
        Self {
            arriving: decode(),
            held: decode(),
            verdict: Verdict::new(extensions, VPN, PPN, sizes),
            levels: constants(sizes.level(VPN)),
            from_line: list(fills),
            other_from_line: list(if two_walkers { fills } else { 0 }),
            anew: list(fills),
            end_from_line: list(fills),
            doubted: list(fills),
            of_line: list(fills),
            again: list(fills),
            ..Self::default()
        }
    }
}
