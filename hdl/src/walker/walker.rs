//! The page-table walker.

use super::PteDecode;
use super::offset::TableOffset;
use crate::flags::{Judged, Leaf};
use crate::permission::Permission;
use rust_hdl::prelude::*;

/// What the walker is doing.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
pub enum WalkState {
    /// No walk. A waiting miss is taken up, and its root entry requested, in the same cycle.
    Idle,
    /// A read is presented that memory has not accepted yet.
    Read,
    /// A read is under way. Its data is judged, and the next read presented, in the same cycle.
    Wait,
    /// The walk has its leaf or fault: answer, or present the update of A and D.
    Leaf,
    /// A compare-and-swap is under way.
    Update,
}

/// Walks the page table for one port at a time.
///
/// Spec: `sv32algorithm`, every step: reads from the root, faults of invalid, reserved and
/// misaligned entries, permission, A and D (fault or atomic update by `adue`). A global pointer
/// makes everything below it global.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `fetch_waits`, `data_waits` | in | 1 | that port has a miss; its fields hold until `done` |
/// | `*_vpn`, `*_root`, `*_top_level`, `*_judged` | in | VPN, PPN, 3, struct | the miss |
/// | `fence` | in | 1 | a fence is accepted in this cycle |
/// | `mem_req_*`, `mem_resp_*` | out, in | | the memory port, see `docs/interfaces.md` |
/// | `done` | out | 1 | the walk is answered in this cycle |
/// | `data_side` | out | 1 | ... to the data port (else fetch) |
/// | `page_fault`, `access_fault` | out | 1 | it faulted |
/// | `ppn`, `leaf` | out | PPN, struct | its leaf, when it did not |
/// | `cacheable` | out | 1 | no fence overtook it: the leaf may enter a TLB |
/// | `level` | out | 3 | the level under way |
/// | `started`, `read`, `updated`, `retried`, `restarted` | out | 1 | events |
///
/// Timing: a miss that waits in cycle k, the walker idle and memory always ready, is `done` in
/// cycle k + 1 + d·L for d levels read from memory of latency L >= 1; setting A or D adds L + 1.
/// Reset: idle; the data port is served first.
///
/// Invariants: a request presented to memory stays until it is accepted. A fence during a walk
/// makes it start again from the root once the response under way has come, which is then
/// ignored. The port that was not served last goes first.
#[derive(LogicBlock)]
pub struct Walker<const XLEN: usize, const VPN: usize, const PPN: usize, const PA: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The fetch port has a miss.
    pub fetch_waits: Signal<In, Bit>,
    /// Its virtual page.
    pub fetch_vpn: Signal<In, Bits<VPN>>,
    /// Its root table.
    pub fetch_root: Signal<In, Bits<PPN>>,
    /// Its root table's level.
    pub fetch_top_level: Signal<In, Bits<3>>,
    /// Its access.
    pub fetch_judged: Signal<In, Judged>,
    /// The data port has a miss.
    pub data_waits: Signal<In, Bit>,
    /// Its virtual page.
    pub data_vpn: Signal<In, Bits<VPN>>,
    /// Its root table.
    pub data_root: Signal<In, Bits<PPN>>,
    /// Its root table's level.
    pub data_top_level: Signal<In, Bits<3>>,
    /// Its access.
    pub data_judged: Signal<In, Judged>,
    /// A fence is accepted.
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
    /// Nothing there, or refused.
    pub mem_resp_error: Signal<In, Bit>,
    /// The compare-and-swap was made.
    pub mem_resp_swapped: Signal<In, Bit>,
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
    /// The leaf may enter a TLB.
    pub cacheable: Signal<Out, Bit>,
    /// The level under way.
    pub level: Signal<Out, Bits<3>>,
    /// Event: a miss was taken up.
    pub started: Signal<Out, Bit>,
    /// Event: memory accepted a read.
    pub read: Signal<Out, Bit>,
    /// Event: A or D was written.
    pub updated: Signal<Out, Bit>,
    /// Event: the entry had changed; it is read again.
    pub retried: Signal<Out, Bit>,
    /// Event: a fence overtook the walk; it starts again.
    pub restarted: Signal<Out, Bit>,
    state: DFF<WalkState>,
    owner: DFF<Bit>,
    at_level: DFF<Bits<3>>,
    entry_addr: DFF<Bits<PA>>,
    entry: DFF<Bits<XLEN>>,
    under_global: DFF<Bit>,
    overtaken: DFF<Bit>,
    refused: DFF<Bit>,
    arriving: PteDecode<XLEN, VPN, PPN>,
    held: PteDecode<XLEN, VPN, PPN>,
    permission: Permission,
    offset: TableOffset<VPN, PA>,
    serves_data: Signal<Local, Bit>,
    vpn: Signal<Local, Bits<VPN>>,
    root: Signal<Local, Bits<PPN>>,
    top_level: Signal<Local, Bits<3>>,
    judged: Signal<Local, Judged>,
    stale: Signal<Local, Bit>,
    again: Signal<Local, Bit>,
    from_root: Signal<Local, Bit>,
    next_table: Signal<Local, Bits<PPN>>,
    next_level: Signal<Local, Bits<3>>,
    next_addr: Signal<Local, Bits<PA>>,
    present_read: Signal<Local, Bit>,
    unmarked: Signal<Local, Bit>,
    marks: Signal<Local, Bits<XLEN>>,
    marked: Signal<Local, Bits<XLEN>>,
    accessed_bit: Constant<Bits<XLEN>>,
    accessed_dirty_bits: Constant<Bits<XLEN>>,
}

impl<const XLEN: usize, const VPN: usize, const PPN: usize, const PA: usize> Default
    for Walker<XLEN, VPN, PPN, PA>
{
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            fetch_waits: Default::default(),
            fetch_vpn: Default::default(),
            fetch_root: Default::default(),
            fetch_top_level: Default::default(),
            fetch_judged: Default::default(),
            data_waits: Default::default(),
            data_vpn: Default::default(),
            data_root: Default::default(),
            data_top_level: Default::default(),
            data_judged: Default::default(),
            fence: Default::default(),
            mem_req_valid: Default::default(),
            mem_req_ready: Default::default(),
            mem_req_addr: Default::default(),
            mem_req_swap: Default::default(),
            mem_req_expected: Default::default(),
            mem_req_desired: Default::default(),
            mem_resp_valid: Default::default(),
            mem_resp_data: Default::default(),
            mem_resp_error: Default::default(),
            mem_resp_swapped: Default::default(),
            done: Default::default(),
            data_side: Default::default(),
            page_fault: Default::default(),
            access_fault: Default::default(),
            ppn: Default::default(),
            leaf: Default::default(),
            cacheable: Default::default(),
            level: Default::default(),
            started: Default::default(),
            read: Default::default(),
            updated: Default::default(),
            retried: Default::default(),
            restarted: Default::default(),
            state: Default::default(),
            owner: Default::default(),
            at_level: Default::default(),
            entry_addr: Default::default(),
            entry: Default::default(),
            under_global: Default::default(),
            overtaken: Default::default(),
            refused: Default::default(),
            arriving: Default::default(),
            held: Default::default(),
            permission: Default::default(),
            offset: Default::default(),
            serves_data: Default::default(),
            vpn: Default::default(),
            root: Default::default(),
            top_level: Default::default(),
            judged: Default::default(),
            stale: Default::default(),
            again: Default::default(),
            from_root: Default::default(),
            next_table: Default::default(),
            next_level: Default::default(),
            next_addr: Default::default(),
            present_read: Default::default(),
            unmarked: Default::default(),
            marks: Default::default(),
            marked: Default::default(),
            accessed_bit: Constant::new(bits::<XLEN>(0x40)),
            accessed_dirty_bits: Constant::new(bits::<XLEN>(0xC0)),
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
            refused
        );
        self.present_read.next = false;
        self.mem_req_valid.next = false;
        self.mem_req_swap.next = false;
        self.mem_req_addr.next = self.entry_addr.q.val();
        self.done.next = false;
        self.page_fault.next = false;
        self.access_fault.next = false;
        self.started.next = false;
        self.read.next = false;
        self.updated.next = false;
        self.retried.next = false;
        self.restarted.next = false;

        // Whose walk it is. In Idle the port that was not served last goes first.
        self.serves_data.next = self.owner.q.val();
        if self.state.q.val() == WalkState::Idle {
            self.serves_data.next =
                self.data_waits.val() && (!self.fetch_waits.val() || !self.owner.q.val());
        }
        self.vpn.next = self.fetch_vpn.val();
        self.root.next = self.fetch_root.val();
        self.top_level.next = self.fetch_top_level.val();
        self.judged.next = self.fetch_judged.val();
        if self.serves_data.val() {
            self.vpn.next = self.data_vpn.val();
            self.root.next = self.data_root.val();
            self.top_level.next = self.data_top_level.val();
            self.judged.next = self.data_judged.val();
        }

        // The entry that memory answers now, and the one that ended the walk.
        self.arriving.pte.next = self.mem_resp_data.val();
        self.arriving.level.next = self.at_level.q.val();
        self.held.pte.next = self.entry.q.val();
        self.held.level.next = self.at_level.q.val();
        self.permission.judged.next = self.judged.val();
        self.permission.leaf.next = self.held.leaf.val();
        self.unmarked.next = !self.held.accessed.val() || self.permission.unmarked.val();

        self.marks.next = self.accessed_bit.val();
        if self.judged.val().store {
            self.marks.next = self.accessed_dirty_bits.val();
        }
        self.marked.next = self.entry.q.val() | self.marks.val();
        self.mem_req_expected.next = self.entry.q.val();
        self.mem_req_desired.next = self.marked.val();

        // Where the next read goes: the root, the same entry again, or the next table down.
        self.stale.next = self.overtaken.q.val() || self.fence.val();
        self.from_root.next = (self.state.q.val() == WalkState::Idle) || self.stale.val();
        self.again.next = (self.state.q.val() == WalkState::Update) && !self.stale.val();
        self.next_table.next = self.arriving.ppn.val();
        self.next_level.next = self.at_level.q.val() - bits::<3>(1);
        if self.from_root.val() {
            self.next_table.next = self.root.val();
            self.next_level.next = self.top_level.val();
        }
        if self.again.val() {
            self.next_level.next = self.at_level.q.val();
        }
        self.offset.vpn.next = self.vpn.val();
        self.offset.level.next = self.next_level.val();
        self.next_addr.next = (bit_cast::<PA, PPN>(self.next_table.val()) << bits::<PA>(12))
            | self.offset.bytes.val();
        if self.again.val() {
            self.next_addr.next = self.entry_addr.q.val();
        }

        match self.state.q.val() {
            WalkState::Idle => {
                // Nothing under way: take up a waiting miss.
                if self.fetch_waits.val() || self.data_waits.val() {
                    self.present_read.next = true;
                    self.started.next = true;
                    self.owner.d.next = self.serves_data.val();
                    self.under_global.d.next = false;
                    self.refused.d.next = false;
                }
            }
            WalkState::Read => {
                // Memory was not ready: present the same read until it is.
                self.overtaken.d.next = self.stale.val();
                self.mem_req_valid.next = true;
                if self.mem_req_ready.val() {
                    self.read.next = true;
                    self.state.d.next = WalkState::Wait;
                }
            }
            WalkState::Wait => {
                // An entry arrives: start again, stop, go down a level, or end with it.
                self.overtaken.d.next = self.stale.val();
                if self.mem_resp_valid.val() {
                    if self.stale.val() {
                        self.restarted.next = true;
                        self.present_read.next = true;
                        self.under_global.d.next = false;
                    } else {
                        if self.mem_resp_error.val() {
                            self.refused.d.next = true;
                            self.state.d.next = WalkState::Leaf;
                        } else {
                            if self.arriving.pointer.val() {
                                self.present_read.next = true;
                                self.under_global.d.next =
                                    self.under_global.q.val() || self.arriving.leaf.val().global;
                            } else {
                                self.entry.d.next = self.mem_resp_data.val();
                                self.state.d.next = WalkState::Leaf;
                            }
                        }
                    }
                }
            }
            WalkState::Leaf => {
                // The walk's end: A and D are written only if nothing else faults.
                self.overtaken.d.next = self.stale.val();
                self.done.next = true;
                if self.refused.q.val() {
                    self.access_fault.next = true;
                } else {
                    if self.held.fault.val()
                        || self.permission.denied.val()
                        || (self.unmarked.val() && !self.judged.val().adue)
                    {
                        self.page_fault.next = true;
                    } else {
                        if self.unmarked.val() {
                            self.done.next = false;
                            self.mem_req_valid.next = true;
                            self.mem_req_swap.next = true;
                            if self.mem_req_ready.val() {
                                self.state.d.next = WalkState::Update;
                            }
                        }
                    }
                }
            }
            WalkState::Update => {
                // The compare-and-swap answers: marked, changed underneath, or refused.
                self.overtaken.d.next = self.stale.val();
                if self.mem_resp_valid.val() {
                    self.updated.next = self.mem_resp_swapped.val() && !self.mem_resp_error.val();
                    if self.stale.val() {
                        self.restarted.next = true;
                        self.present_read.next = true;
                        self.under_global.d.next = false;
                    } else {
                        if self.mem_resp_error.val() {
                            self.refused.d.next = true;
                            self.state.d.next = WalkState::Leaf;
                        } else {
                            if self.mem_resp_swapped.val() {
                                self.entry.d.next = self.marked.val();
                                self.state.d.next = WalkState::Leaf;
                            } else {
                                self.retried.next = true;
                                self.present_read.next = true;
                            }
                        }
                    }
                }
            }
        }
        if self.done.val() {
            self.state.d.next = WalkState::Idle;
        }
        if self.present_read.val() {
            self.mem_req_valid.next = true;
            self.mem_req_addr.next = self.next_addr.val();
            self.read.next = self.mem_req_ready.val();
            self.entry_addr.d.next = self.next_addr.val();
            self.at_level.d.next = self.next_level.val();
            self.overtaken.d.next = false;
            self.state.d.next = WalkState::Read;
            if self.mem_req_ready.val() {
                self.state.d.next = WalkState::Wait;
            }
        }

        self.data_side.next = self.owner.q.val();
        self.ppn.next = self.held.ppn.val();
        self.leaf.next = self.held.leaf.val();
        if self.under_global.q.val() {
            self.leaf.next.global = true;
        }
        self.cacheable.next = !self.stale.val();
        self.level.next = self.at_level.q.val();
        if self.reset.val() {
            self.state.d.next = WalkState::Idle;
            self.owner.d.next = false;
            self.overtaken.d.next = false;
        }
    }
}
