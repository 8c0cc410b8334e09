//! The walk cache: pointers that walks have read.

use super::PointerLine;
use rust_hdl::prelude::*;

/// Keeps the pointers of page tables, so that a walk begins at the lowest table that is known.
///
/// Spec: `norm:sfence_vma_ordering_semantics` (an implementation may keep entries of any level until
/// a fence); `translation` (a global pointer, found here, makes its walk global).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset empties all lines |
/// | `key_vpn`, `key_asid` | in | VPN, ASID | the key to look up; on a fence or write its operands |
/// | `hit` | out | 1 | a pointer for the key is known |
/// | `level` | out | 3 | the level of the table to which the lowest such pointer points |
/// | `ppn`, `below_global` | out | PPN, 1 | that table; everything below it is global |
/// | `fence`, `fence_by_va`, `fence_by_asid` | in | 1 | clear the pointers that the fence names |
/// | `write` | in | 1 | keep a pointer for the key; never together with `fence` |
/// | `new_level`, `new_ppn`, `new_global` | in | 3, PPN, 1 | the level at which it was read; its contents |
///
/// Timing: lookup is combinational; fence and write take effect in the next cycle.
/// Reset: empty; the first write goes to line 0.
///
/// Invariants: at most one line of each level hits. Lines are written in turn.
///
/// Nothing invalid is kept, no leaf, and no verdict: the permissions of an access are those of its
/// leaf, which is read. An entry that is no pointer (in which D, A, U or PBMT is set, or which is
/// not valid) faults and does not come here.
#[derive(LogicBlock)]
pub struct WalkCache<const VPN: usize, const PPN: usize, const ASID: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// Virtual page number looked up.
    pub key_vpn: Signal<In, Bits<VPN>>,
    /// Address space looked up.
    pub key_asid: Signal<In, Bits<ASID>>,
    /// A pointer is known.
    pub hit: Signal<Out, Bit>,
    /// The level of the table to which it points.
    pub level: Signal<Out, Bits<3>>,
    /// That table.
    pub ppn: Signal<Out, Bits<PPN>>,
    /// Everything below is global.
    pub below_global: Signal<Out, Bit>,
    /// A fence is accepted.
    pub fence: Signal<In, Bit>,
    /// Fence only the key's page.
    pub fence_by_va: Signal<In, Bit>,
    /// Fence only the key's address space.
    pub fence_by_asid: Signal<In, Bit>,
    /// Keep a pointer for the key.
    pub write: Signal<In, Bit>,
    /// The level at which it was read.
    pub new_level: Signal<In, Bits<3>>,
    /// The table to which it points.
    pub new_ppn: Signal<In, Bits<PPN>>,
    /// It, or a pointer above, has G.
    pub new_global: Signal<In, Bit>,
    lines: Vec<PointerLine<VPN, PPN, ASID>>,
    next: DFF<Bits<4>>,
    number: Vec<Constant<Bits<4>>>,
    last: Constant<Bits<4>>,
    // The levels of pointers, the root's first.
    levels: Vec<Constant<Bits<3>>>,
}

impl<const VPN: usize, const PPN: usize, const ASID: usize> WalkCache<VPN, PPN, ASID> {
    /// With this many lines, 2 to 16.
    ///
    /// # Panics
    /// With fewer or more.
    pub fn new(lines: usize) -> Self {
        assert!((2..=16).contains(&lines), "a walk cache of {lines} lines");
        let top = if VPN == 20 { 1 } else { 4 };
        let number = |line: usize| Constant::new(bits::<4>(line as u64));
        Self {
            clock: Default::default(),
            reset: Default::default(),
            key_vpn: Default::default(),
            key_asid: Default::default(),
            hit: Default::default(),
            level: Default::default(),
            ppn: Default::default(),
            below_global: Default::default(),
            fence: Default::default(),
            fence_by_va: Default::default(),
            fence_by_asid: Default::default(),
            write: Default::default(),
            new_level: Default::default(),
            new_ppn: Default::default(),
            new_global: Default::default(),
            lines: (0..lines).map(|_| PointerLine::default()).collect(),
            next: Default::default(),
            number: (0..lines).map(number).collect(),
            last: number(lines - 1),
            levels: (1..=top).rev().map(|level| Constant::new(bits::<3>(level))).collect(),
        }
    }
}

impl<const VPN: usize, const PPN: usize, const ASID: usize> Logic for WalkCache<VPN, PPN, ASID> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, next);
        self.hit.next = false;
        self.level.next = bits::<3>(0);
        self.ppn.next = bits::<PPN>(0);
        self.below_global.next = false;
        // The lowest level comes last, and wins.
        for l in 0..self.levels.len() {
            for i in 0..self.lines.len() {
                if self.lines[i].hit.val() && (self.lines[i].level.val() == self.levels[l].val()) {
                    self.hit.next = true;
                    self.level.next = self.levels[l].val() - bits::<3>(1);
                    self.ppn.next = self.lines[i].ppn.val();
                    self.below_global.next = self.lines[i].below_global.val();
                }
            }
        }
        for i in 0..self.lines.len() {
            self.lines[i].clock.next = self.clock.val();
            self.lines[i].reset.next = self.reset.val();
            self.lines[i].key_vpn.next = self.key_vpn.val();
            self.lines[i].key_asid.next = self.key_asid.val();
            self.lines[i].fence.next = self.fence.val();
            self.lines[i].fence_by_va.next = self.fence_by_va.val();
            self.lines[i].fence_by_asid.next = self.fence_by_asid.val();
            self.lines[i].write_any.next = self.write.val();
            self.lines[i].write.next =
                self.write.val() && (self.next.q.val() == self.number[i].val());
            self.lines[i].new_level.next = self.new_level.val();
            self.lines[i].new_ppn.next = self.new_ppn.val();
            self.lines[i].new_global.next = self.new_global.val();
        }
        if self.write.val() {
            self.next.d.next = self.next.q.val() + bits::<4>(1);
            if self.next.q.val() == self.last.val() {
                self.next.d.next = bits::<4>(0);
            }
        }
        if self.reset.val() {
            self.next.d.next = bits::<4>(0);
        }
    }
}
