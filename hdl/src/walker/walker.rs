//! The page-table walker.

use super::{EntryAddress, PteDecode, Verdict, WalkState};
use crate::Extensions;
use crate::flags::{AccessContext, Leaf};
use crate::geometry::level_of_two;
use crate::pmp::list;
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
/// | `vpn`, `root`, `top_level`, `access` | in | VPN, PPN, 3, struct | the miss; held until `done` |
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
    /// Its root table.
    pub root: Signal<In, Bits<PPN>>,
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
    faulty: Signal<Local, Bit>,
    arriving: PteDecode<XLEN, VPN, PPN>,
    held: PteDecode<XLEN, VPN, PPN>,
    verdict: Verdict,
    next_entry: EntryAddress<VPN, PPN, PA>,
    stale: Signal<Local, Bit>,
    from_root: Signal<Local, Bit>,
    next_level: Signal<Local, Bits<3>>,
    level_bits: Vec<Constant<Bits<3>>>,
    below_global: Signal<Local, Bit>,
    marks: Signal<Local, Bits<XLEN>>,
    marked: Signal<Local, Bits<XLEN>>,
}

impl<const XLEN: usize, const VPN: usize, const PPN: usize, const PA: usize>
    Walker<XLEN, VPN, PPN, PA>
{
    /// With these extensions, in front of a line fill or not, and beside another walker or not.
    pub fn new(extensions: Extensions, line_fill: bool, two_walkers: bool) -> Self {
        let decode = || PteDecode::new(extensions);
        let fills = usize::from(line_fill);
        Self {
            arriving: decode(),
            held: decode(),
            verdict: Verdict::new(extensions, VPN),
            from_line: list(fills),
            other_from_line: list(if two_walkers { fills } else { 0 }),
            anew: list(fills),
            end_from_line: list(fills),
            doubted: list(fills),
            of_line: list(fills),
            again: list(fills),
            level_bits: level_of_two(VPN),
            ..Self::default()
        }
    }
}

impl<const XLEN: usize, const VPN: usize, const PPN: usize, const PA: usize> Logic
    for Walker<XLEN, VPN, PPN, PA>
{
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            state,
            owner,
            at_level,
            entry_addr,
            entry,
            under_global,
            overtaken,
            refused,
            borrowed
        );
        self.descends.next = false;
        self.arrives.next = false;
        self.mem_req_valid.next = false;
        self.mem_req_swap.next = false;
        self.mem_req_addr.next = self.entry_addr.q.val();
        self.done.next = false;
        self.faulty.next = false;
        self.access_fault.next = false;
        self.started.next = false;
        self.joined.next = false;
        self.updated.next = false;
        self.retried.next = false;
        self.restarted.next = false;

        // The entry in memory's response of this cycle, and the entry that ended the walk.
        self.arriving.pte.next = self.mem_resp_data.val();
        self.arriving.level.next = self.at_level.q.val();
        if self.joins.val() {
            self.arriving.pte.next = self.other_entry.val();
            self.arriving.level.next = self.other_level.val();
        }
        self.arriving.pbmte.next = self.access.val().pbmte;
        self.held.pte.next = self.entry.q.val();
        self.held.level.next = self.at_level.q.val();
        self.held.pbmte.next = self.access.val().pbmte;
        self.verdict.clock.next = self.clock.val();
        self.verdict.access.next = self.access.val();
        self.verdict.fault.next = self.arriving.fault.val();
        self.verdict.accessed.next = self.arriving.accessed.val();
        self.verdict.leaf.next = self.arriving.leaf.val();
        self.verdict.mark.next = false;

        // A is bit 6, D is bit 7.
        self.marks.next = bits::<XLEN>(0x40);
        if self.access.val().store {
            self.marks.next = bits::<XLEN>(0xC0);
        }
        self.marked.next = self.entry.q.val() | self.marks.val();
        self.mem_req_expected.next = self.entry.q.val();
        self.mem_req_desired.next = self.marked.val();

        // The table of the next read: the root, or the next one down.
        self.stale.next = self.overtaken.q.val() || self.fence.val();
        self.from_root.next = (self.state.q.val() == WalkState::Idle) || self.stale.val();
        self.next_entry.table_ppn.next = self.arriving.ppn.val();
        self.next_level.next = self.at_level.q.val() - bits::<3>(1);
        if self.at_level.q.val() == bits::<3>(0) {
            self.next_level.next = bits::<3>(0);
        }
        if self.from_root.val() {
            self.next_entry.table_ppn.next = self.root.val();
            self.next_level.next = self.top_level.val();
            if self.cached.val() && (self.state.q.val() == WalkState::Idle) {
                self.next_entry.table_ppn.next = self.cached_ppn.val();
                self.next_level.next = self.cached_level.val();
            }
        }
        for i in 0..self.level_bits.len() {
            self.next_level.next = self.next_level.val() & self.level_bits[i].val();
        }
        self.next_entry.vpn.next = self.vpn.val();
        self.next_entry.level.next = self.next_level.val();

        match self.state.q.val() {
            WalkState::Idle => {
                // No walk in progress: start on a waiting miss.
                if self.waits.val() {
                    self.owner.d.next = self.waits_data.val();
                    self.borrowed.d.next = self.joins.val();
                    if self.joins.val() {
                        // The entry that another walk has read for this page, judged for this
                        // access.
                        self.joined.next = true;
                        self.entry.d.next = self.other_entry.val();
                        self.entry_addr.d.next = self.other_addr.val();
                        self.at_level.d.next = self.other_level.val();
                        self.under_global.d.next = self.other_global.val();
                        self.refused.d.next = false;
                        self.overtaken.d.next = false;
                        self.state.d.next = WalkState::Check;
                    } else {
                        self.started.next = true;
                        self.refused.d.next = false;
                    }
                }
            }
            WalkState::Read => {
                // Memory was not ready: present the same read until it is.
                self.overtaken.d.next = self.stale.val();
                self.mem_req_valid.next = true;
                if self.mem_req_ready.val() {
                    self.state.d.next = WalkState::Wait;
                }
            }
            WalkState::Wait => {
                // An entry arrives: restart, stop, go down a level, or end with it.
                self.overtaken.d.next = self.stale.val();
                if self.mem_resp_valid.val() {
                    if self.stale.val() {
                        self.restarted.next = true;
                    } else if self.mem_resp_error.val() {
                        self.refused.d.next = true;
                        self.state.d.next = WalkState::Check;
                    } else if self.arriving.pointer.val() {
                        self.arrives.next = true;
                        self.descends.next = true;
                    } else {
                        self.arrives.next = true;
                        self.entry.d.next = self.mem_resp_data.val();
                        self.state.d.next = WalkState::Check;
                    }
                }
            }
            WalkState::Check => {
                // The walk's end: A and D are written only if nothing else faults.
                self.overtaken.d.next = self.stale.val();
                self.done.next = true;
                if self.refused.q.val() {
                    self.access_fault.next = true;
                } else if self.verdict.bad.val()
                    || (self.verdict.unmarked.val() && !self.access.val().adue)
                {
                    self.faulty.next = true;
                } else if self.verdict.unmarked.val() {
                    self.done.next = false;
                    self.mem_req_valid.next = true;
                    self.mem_req_swap.next = true;
                    if self.mem_req_ready.val() {
                        self.state.d.next = WalkState::Update;
                    }
                }
            }
            WalkState::Update => {
                // The compare-and-swap's response: succeeded, failed because the entry changed, or
                // refused.
                self.overtaken.d.next = self.stale.val();
                if self.mem_resp_valid.val() {
                    self.updated.next = self.mem_resp_swapped.val() && !self.mem_resp_error.val();
                    if self.stale.val() {
                        self.restarted.next = true;
                    } else if self.mem_resp_error.val() {
                        self.refused.d.next = true;
                        self.state.d.next = WalkState::Check;
                    } else if self.mem_resp_swapped.val() {
                        self.entry.d.next = self.marked.val();
                        self.verdict.mark.next = true;
                        self.state.d.next = WalkState::Check;
                    } else {
                        self.retried.next = true;
                        self.state.d.next = WalkState::Read;
                    }
                }
            }
        }
        self.page_fault.next = self.faulty.val();
        for i in 0..self.of_line.len() {
            self.doubted[i].next = false;
            if self.faulty.val() && self.of_line[i].q.val() {
                // What was read early is not trusted with a fault: memory has the last word.
                self.doubted[i].next = true;
                self.page_fault.next = false;
                self.done.next = false;
                self.mem_req_valid.next = true;
                self.state.d.next = WalkState::Read;
                if self.mem_req_ready.val() {
                    self.state.d.next = WalkState::Wait;
                }
            }
        }
        if self.done.val() {
            self.state.d.next = WalkState::Idle;
        }
        if self.started.val() || self.restarted.val() {
            self.under_global.d.next =
                self.started.val() && self.cached.val() && self.cached_global.val();
        }
        self.below_global.next = self.under_global.q.val() || self.arriving.leaf.val().global;
        if self.descends.val() {
            self.under_global.d.next = self.below_global.val();
        }
        self.pointer_level.next = self.at_level.q.val();
        self.pointer_ppn.next = self.arriving.ppn.val();
        self.pointer_global.next = self.below_global.val();
        if self.started.val() || self.restarted.val() || self.descends.val() {
            self.mem_req_valid.next = true;
            self.mem_req_addr.next = self.next_entry.addr.val();
            self.entry_addr.d.next = self.next_entry.addr.val();
            self.at_level.d.next = self.next_level.val();
            self.overtaken.d.next = false;
            self.state.d.next = WalkState::Read;
            if self.mem_req_ready.val() {
                self.state.d.next = WalkState::Wait;
            }
        }

        for i in 0..self.of_line.len() {
            self.of_line[i].clock.next = self.clock.val();
            self.again[i].clock.next = self.clock.val();
            self.end_from_line[i].next = self.of_line[i].q.val();
            // The next entry may come from a line; the same one again may not. An update that is
            // read again needs no more: its line was dropped when memory accepted it.
            self.anew[i].next = (self.again[i].q.val() || self.doubted[i].val())
                && !self.started.val()
                && !self.restarted.val()
                && !self.descends.val();
            self.again[i].d.next = self.anew[i].val();
            self.of_line[i].d.next = self.of_line[i].q.val();
            if self.mem_resp_valid.val() {
                self.of_line[i].d.next = self.from_line[i].val();
            }
            for j in 0..self.other_from_line.len() {
                if self.joined.val() {
                    self.of_line[i].d.next = self.other_from_line[j].val();
                }
            }
        }

        // An entry is judged when it comes.
        self.verdict.take.next = self.joined.val() || (self.arrives.val() && !self.descends.val());

        self.free.next = self.state.q.val() == WalkState::Idle;
        self.walked.next = self.done.val() && !self.borrowed.q.val();
        self.data_side.next = self.owner.q.val();
        self.end_entry.next = self.entry.q.val();
        self.end_addr.next = self.entry_addr.q.val();
        self.end_level.next = self.at_level.q.val();
        self.end_global.next = self.under_global.q.val();
        self.end_reason.next = bits::<4>(0);
        if !self.held.accessed.val() {
            self.end_reason.next = bits::<4>(6);
        }
        if self.held.fault.val() {
            self.end_reason.next = bits::<4>(3);
            if self.held.misplaced.val() {
                self.end_reason.next = bits::<4>(4);
            }
            if !self.entry.q.val().get_bit(0) {
                self.end_reason.next = bits::<4>(2);
            }
        }
        if self.refused.q.val() {
            self.end_reason.next = bits::<4>(8);
        }
        self.traced_level.next = self.at_level.q.val();
        if self.started.val() {
            self.traced_level.next = self.next_level.val();
        }
        // What memory has refused concerns the miss that asked for it.
        self.shares.next = self.done.val() && !self.stale.val() && !self.access_fault.val();
        self.ppn.next = self.held.ppn.val();
        self.leaf_inside.next = self.verdict.leaf_inside.val();
        self.leaf.next = self.held.leaf.val();
        if self.under_global.q.val() {
            self.leaf.next.global = true;
        }
        self.cacheable.next = !self.stale.val();
        if self.reset.val() {
            self.state.d.next = WalkState::Idle;
            self.owner.d.next = false;
            self.overtaken.d.next = false;
        }
    }
}
