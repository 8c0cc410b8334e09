//! One line of the walk cache: a pointer to a table, and its comparator.

use crate::geometry::PageMask;
use rust_hdl::prelude::*;

/// One pointer that a walk has read, matched, replaced and fenced by a single comparator.
///
/// Spec: `norm:sfence_vma_all_asid_va`, `norm:sfence_vma_asid_only`, `norm:sfence_vma_va_all_asid`,
/// `norm:sfence_vma_va_asid` (which entries a fence clears; one with an address orders leaves only,
/// and clears the pointers above them here all the same); `translation` (below a global pointer
/// everything is global).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset empties the line |
/// | `key_vpn`, `key_asid` | in | VPN, ASID | the key to look up; on a fence or write its operands |
/// | `hit` | out | 1 | a walk for the key reads this pointer, or would have read it |
/// | `level` | out | 3 | the level at which it was read, whatever the key: 1 and up |
/// | `ppn`, `below_global` | out | PPN, 1 | the table to which it points; it or a pointer above has G |
/// | `fence`, `fence_by_va`, `fence_by_asid` | in | 1 | clear it, if the fence's operands match it |
/// | `write_any` | in | 1 | some line of this cache is written in this cycle |
/// | `write` | in | 1 | ... and it is this line |
/// | `new_level`, `new_ppn`, `new_global` | in | 3, PPN, 1 | the pointer; its VPN and ASID are the key |
///
/// Timing: `hit` is combinational in the key; writes and fences take effect in the next cycle.
/// Reset: invalid.
///
/// Invariants: of two lines that hit the same key, the levels differ: a write clears the line that
/// has the pointer of the same table.
#[derive(LogicBlock, Default)]
pub struct PointerLine<const VPN: usize, const PPN: usize, const ASID: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// Virtual page number looked up.
    pub key_vpn: Signal<In, Bits<VPN>>,
    /// Address space looked up.
    pub key_asid: Signal<In, Bits<ASID>>,
    /// A walk for the key reads this pointer.
    pub hit: Signal<Out, Bit>,
    /// The level at which it was read.
    pub level: Signal<Out, Bits<3>>,
    /// The table to which it points.
    pub ppn: Signal<Out, Bits<PPN>>,
    /// It, or a pointer above, has G.
    pub below_global: Signal<Out, Bit>,
    /// A fence is accepted.
    pub fence: Signal<In, Bit>,
    /// Fence only this page.
    pub fence_by_va: Signal<In, Bit>,
    /// Fence only this address space.
    pub fence_by_asid: Signal<In, Bit>,
    /// Some line is written.
    pub write_any: Signal<In, Bit>,
    /// This line is written.
    pub write: Signal<In, Bit>,
    /// The level of the pointer written.
    pub new_level: Signal<In, Bits<3>>,
    /// The table to which it points.
    pub new_ppn: Signal<In, Bits<PPN>>,
    /// It, or a pointer above, has G.
    pub new_global: Signal<In, Bit>,
    held_valid: DFF<Bit>,
    held_vpn: DFF<Bits<VPN>>,
    held_asid: DFF<Bits<ASID>>,
    held_level: DFF<Bits<3>>,
    held_ppn: DFF<Bits<PPN>>,
    held_global: DFF<Bit>,
    region: PageMask<VPN, VPN>,
    difference: Signal<Local, Bits<VPN>>,
    same_region: Signal<Local, Bit>,
    same_asid: Signal<Local, Bit>,
    fenced: Signal<Local, Bit>,
    replaced: Signal<Local, Bit>,
}

impl<const VPN: usize, const PPN: usize, const ASID: usize> Logic for PointerLine<VPN, PPN, ASID> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held_valid, held_vpn, held_asid, held_level, held_ppn, held_global);
        self.level.next = self.held_level.q.val();
        self.ppn.next = self.held_ppn.q.val();
        self.below_global.next = self.held_global.q.val();

        // A pointer at a level covers as much as a leaf at that level would map.
        self.region.level.next = self.held_level.q.val();
        self.difference.next =
            (self.held_vpn.q.val() ^ self.key_vpn.val()) & (!self.region.mask.val());
        self.same_region.next = !self.difference.val().any();
        self.same_asid.next = self.held_asid.q.val() == self.key_asid.val();
        self.hit.next = self.held_valid.q.val()
            && self.same_region.val()
            && (self.same_asid.val() || self.held_global.q.val());

        self.fenced.next = (!self.fence_by_va.val() || self.same_region.val())
            && (!self.fence_by_asid.val() || (self.same_asid.val() && !self.held_global.q.val()));
        self.replaced.next = self.same_region.val()
            && (self.held_level.q.val() == self.new_level.val())
            && (self.same_asid.val() || self.held_global.q.val() || self.new_global.val());
        if (self.fence.val() && self.fenced.val()) || (self.write_any.val() && self.replaced.val())
        {
            self.held_valid.d.next = false;
        }
        if self.write.val() {
            self.held_valid.d.next = true;
            self.held_vpn.d.next = self.key_vpn.val();
            self.held_asid.d.next = self.key_asid.val();
            self.held_level.d.next = self.new_level.val();
            self.held_ppn.d.next = self.new_ppn.val();
            self.held_global.d.next = self.new_global.val();
        }
        if self.reset.val() {
            self.held_valid.d.next = false;
        }
    }
}
