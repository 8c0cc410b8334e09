//! The sets of one page size.

use super::{BankWay, SecondShape};
use crate::flags::Leaf;
use crate::geometry::{NAPOT, NAPOT_BITS, segment_bits};
use rust_hdl::prelude::*;

/// A set-associative memory of the entries of one page size.
///
/// Spec: `norm:sfence_vma_all_asid_va`, `norm:sfence_vma_asid_only`, `norm:sfence_vma_va_all_asid`,
/// `norm:sfence_vma_va_asid`: a fence with an address clears the set of that address, one without
/// clears every set. Both forget more than they must, which is always allowed.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `ask_vpn` | in | VPN | the key to look up |
/// | `key_vpn`, `key_asid` | in | VPN, ASID | the same key in the next cycle, in which the result comes |
/// | `hit`, `ppn`, `leaf` | out | 1, PPN, struct | ... an entry translates it; the entry |
/// | `broken` | out | 1 | ... an entry of its set has wrong parity |
/// | `keep_fetch`, `keep_data` | in | 1 | ... remember where an entry of that port's key would go |
/// | `write`, `write_data` | in | 1 | write an entry where the port's key would go: the data port's, or fetch |
/// | `new_vpn`, `new_asid`, `new_ppn`, `new_leaf` | in | | the entry |
/// | `inject` | in | 1 | ... with wrong parity |
/// | `fence`, `fence_by_va`, `fence_vpn` | in | 1, 1, VPN | a fence is accepted; never together with `write` |
///
/// Timing: lookup in two cycles, one in each. A fence takes one cycle. After a fence without address,
/// and after reset, the sets are cleared one in each cycle in which nothing is written; until a set
/// is cleared it has no entries, and none are written to it.
/// Reset: every set without entries.
///
/// Invariants: an entry is replaced by one of the same page, if its lookup found it there; otherwise
/// the last way without an entry takes it, or the ways in turn. Two ways may translate the same
/// page, if both ports missed it at once; the last one answers then.
#[derive(LogicBlock)]
pub struct Bank<const VPN: usize, const PPN: usize, const ASID: usize, const TAG: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The page to look up.
    pub ask_vpn: Signal<In, Bits<VPN>>,
    /// The same in the next cycle.
    pub key_vpn: Signal<In, Bits<VPN>>,
    /// Its address space.
    pub key_asid: Signal<In, Bits<ASID>>,
    /// An entry translates it.
    pub hit: Signal<Out, Bit>,
    /// Its page.
    pub ppn: Signal<Out, Bits<PPN>>,
    /// Its leaf bits.
    pub leaf: Signal<Out, Leaf>,
    /// An entry has wrong parity.
    pub broken: Signal<Out, Bit>,
    /// Remember the place for the fetch port.
    pub keep_fetch: Signal<In, Bit>,
    /// Remember the place for the data port.
    pub keep_data: Signal<In, Bit>,
    /// Write an entry.
    pub write: Signal<In, Bit>,
    /// It is the data port's.
    pub write_data: Signal<In, Bit>,
    /// Its virtual page.
    pub new_vpn: Signal<In, Bits<VPN>>,
    /// Its address space.
    pub new_asid: Signal<In, Bits<ASID>>,
    /// Its page.
    pub new_ppn: Signal<In, Bits<PPN>>,
    /// Its leaf bits.
    pub new_leaf: Signal<In, Leaf>,
    /// With wrong parity.
    pub inject: Signal<In, Bit>,
    /// A fence is accepted.
    pub fence: Signal<In, Bit>,
    /// It names a page.
    pub fence_by_va: Signal<In, Bit>,
    /// That page.
    pub fence_vpn: Signal<In, Bits<VPN>>,
    ways: Vec<BankWay<VPN, PPN, ASID, TAG>>,
    number: Vec<Constant<Bits<3>>>,
    next: DFF<Bits<3>>,
    fetch_way: DFF<Bits<3>>,
    data_way: DFF<Bits<3>>,
    cleared: DFF<Bits<10>>,
    usable: DFF<Bit>,
    ask_set: Signal<Local, Bits<9>>,
    new_set: Signal<Local, Bits<9>>,
    fence_set: Signal<Local, Bits<9>>,
    write_set: Signal<Local, Bits<9>>,
    way: Signal<Local, Bits<3>>,
    write_way: Signal<Local, Bits<3>>,
    full: Signal<Local, Bit>,
    found: Signal<Local, Bit>,
    writes: Signal<Local, Bit>,
    clears_set: Signal<Local, Bit>,
    sweeps: Signal<Local, Bit>,
    shift: Constant<Bits<VPN>>,
    in_bank: Constant<Bits<9>>,
    sets: Constant<Bits<10>>,
    last_way: Constant<Bits<3>>,
}

impl<const VPN: usize, const PPN: usize, const ASID: usize, const TAG: usize>
    Bank<VPN, PPN, ASID, TAG>
{
    /// For pages of a size, by its code: a level, or 5 for NAPOT ranges.
    pub fn new(size: u64, shape: SecondShape) -> Self {
        let sets = shape.sets(size);
        let inside = if size == NAPOT { NAPOT_BITS } else { size as u32 * segment_bits(VPN) };
        let number = |way: usize| Constant::new(bits::<3>(way as u64));
        Self {
            clock: Default::default(),
            reset: Default::default(),
            ask_vpn: Default::default(),
            key_vpn: Default::default(),
            key_asid: Default::default(),
            hit: Default::default(),
            ppn: Default::default(),
            leaf: Default::default(),
            broken: Default::default(),
            keep_fetch: Default::default(),
            keep_data: Default::default(),
            write: Default::default(),
            write_data: Default::default(),
            new_vpn: Default::default(),
            new_asid: Default::default(),
            new_ppn: Default::default(),
            new_leaf: Default::default(),
            inject: Default::default(),
            fence: Default::default(),
            fence_by_va: Default::default(),
            fence_vpn: Default::default(),
            ways: (0..shape.ways).map(|_| BankWay::new(size, shape.parity)).collect(),
            number: (0..shape.ways).map(number).collect(),
            next: Default::default(),
            fetch_way: Default::default(),
            data_way: Default::default(),
            cleared: Default::default(),
            usable: Default::default(),
            ask_set: Default::default(),
            new_set: Default::default(),
            fence_set: Default::default(),
            write_set: Default::default(),
            way: Default::default(),
            write_way: Default::default(),
            full: Default::default(),
            found: Default::default(),
            writes: Default::default(),
            clears_set: Default::default(),
            sweeps: Default::default(),
            shift: Constant::new(bits::<VPN>(u64::from(inside))),
            in_bank: Constant::new(bits::<9>(sets as u64 - 1)),
            sets: Constant::new(bits::<10>(sets as u64)),
            last_way: number(shape.ways - 1),
        }
    }
}

impl<const VPN: usize, const PPN: usize, const ASID: usize, const TAG: usize> Logic
    for Bank<VPN, PPN, ASID, TAG>
{
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, next, fetch_way, data_way, cleared, usable);
        self.ask_set.next =
            bit_cast::<9, VPN>(self.ask_vpn.val() >> self.shift.val()) & self.in_bank.val();
        self.new_set.next =
            bit_cast::<9, VPN>(self.new_vpn.val() >> self.shift.val()) & self.in_bank.val();
        self.fence_set.next =
            bit_cast::<9, VPN>(self.fence_vpn.val() >> self.shift.val()) & self.in_bank.val();
        self.usable.d.next = bit_cast::<10, 9>(self.ask_set.val()) < self.cleared.q.val();

        // The last way that hits answers. An entry goes where it is, to the last way without one,
        // or to the ways in turn.
        self.hit.next = false;
        self.ppn.next = bits::<PPN>(0);
        self.leaf.next.read = false;
        self.leaf.next.write = false;
        self.leaf.next.execute = false;
        self.leaf.next.user = false;
        self.leaf.next.dirty = false;
        self.leaf.next.global = false;
        self.leaf.next.level = bits::<3>(0);
        self.leaf.next.pbmt = bits::<2>(0);
        self.broken.next = false;
        self.way.next = self.next.q.val();
        self.full.next = true;
        self.found.next = false;
        for i in 0..self.ways.len() {
            if self.ways[i].broken.val() {
                self.broken.next = true;
            }
            if !self.ways[i].holds.val() {
                self.full.next = false;
                self.way.next = self.number[i].val();
            }
        }
        for i in 0..self.ways.len() {
            if self.ways[i].hit.val() {
                self.hit.next = true;
                self.found.next = true;
                self.ppn.next = self.ways[i].ppn.val();
                self.leaf.next = self.ways[i].leaf.val();
                self.way.next = self.number[i].val();
            }
        }
        if self.keep_fetch.val() {
            self.fetch_way.d.next = self.way.val();
        }
        if self.keep_data.val() {
            self.data_way.d.next = self.way.val();
        }
        if (self.keep_fetch.val() || self.keep_data.val()) && self.full.val() && !self.found.val() {
            self.next.d.next = self.next.q.val() + bits::<3>(1);
            if self.next.q.val() == self.last_way.val() {
                self.next.d.next = bits::<3>(0);
            }
        }

        // One write port: a fence's set, an entry, or the next set to clear.
        self.clears_set.next = self.fence.val() && self.fence_by_va.val();
        self.writes.next =
            self.write.val() && (bit_cast::<10, 9>(self.new_set.val()) < self.cleared.q.val());
        self.sweeps.next =
            !self.clears_set.val() && !self.write.val() && (self.cleared.q.val() < self.sets.val());
        self.write_set.next = bit_cast::<9, 10>(self.cleared.q.val());
        if self.write.val() {
            self.write_set.next = self.new_set.val();
        }
        if self.clears_set.val() {
            self.write_set.next = self.fence_set.val();
        }
        self.write_way.next = self.fetch_way.q.val();
        if self.write_data.val() {
            self.write_way.next = self.data_way.q.val();
        }
        if self.sweeps.val() {
            self.cleared.d.next = self.cleared.q.val() + bits::<10>(1);
        }
        if self.reset.val() || (self.fence.val() && !self.fence_by_va.val()) {
            self.cleared.d.next = bits::<10>(0);
        }
        for i in 0..self.ways.len() {
            self.ways[i].clock.next = self.clock.val();
            self.ways[i].read_set.next = self.ask_set.val();
            self.ways[i].key_vpn.next = self.key_vpn.val();
            self.ways[i].key_asid.next = self.key_asid.val();
            self.ways[i].usable.next = self.usable.q.val();
            self.ways[i].write_set.next = self.write_set.val();
            self.ways[i].write.next = self.clears_set.val()
                || self.sweeps.val()
                || (self.writes.val() && (self.write_way.val() == self.number[i].val()));
            self.ways[i].set_valid.next = self.writes.val();
            self.ways[i].new_vpn.next = self.new_vpn.val();
            self.ways[i].new_asid.next = self.new_asid.val();
            self.ways[i].new_ppn.next = self.new_ppn.val();
            self.ways[i].new_leaf.next = self.new_leaf.val();
            self.ways[i].inject.next = self.inject.val();
        }
        if self.reset.val() {
            self.next.d.next = bits::<3>(0);
        }
    }
}
