//! One line of the TLB: its tag, and its comparator.

use rust_hdl::prelude::*;

/// One TLB entry of any page size, matched, replaced and fenced by a single comparator: its tag.
///
/// What no comparator needs, page number and flags, is in the memories of the [`Cam`](super::Cam).
/// The page size is kept decoded, as the mask of the VPN bits that are not compared, so that no
/// comparator waits for a decoder. Bits of one segment are always equal in it: synthesis keeps one
/// flip-flop for all of them.
///
/// Spec: `norm:sfence_vma_all_asid_va`, `norm:sfence_vma_asid_only`, `norm:sfence_vma_va_all_asid`,
/// `norm:sfence_vma_va_asid` (which entries a fence clears); `sv32algorithm` (an entry serves "if
/// the ASID associated with the entry matches" or it is global); `norm:Svnapot_cache_entries` (a
/// NAPOT range is one entry here).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset empties the line |
/// | `key_vpn`, `key_asid` | in | VPN, ASID | the key to look up; on a fence or refill its operands |
/// | `key_inside` | in | VPN | key bits to ignore: the page offset of a superpage being refilled |
/// | `hit` | out | 1 | the line translates the key |
/// | `valid` | out | 1 | the line holds an entry |
/// | `fence` | in | 1 | a fence is accepted in this cycle |
/// | `fence_by_va`, `fence_by_asid` | in | 1 | the operand is not x0 |
/// | `refill` | in | 1 | some line of this TLB is written in this cycle |
/// | `write` | in | 1 | ... and it is this line |
/// | `new_global` | in | 1 | the refilled leaf is global: it overlaps every address space |
///
/// The VPN and ASID of a refilled entry are the key, and its size is what the key ignores.
///
/// Timing: `hit` is combinational in the key; writes and fences take effect in the next cycle.
/// Reset: invalid.
///
/// Invariants: no two lines hit the same key. A refill clears every line that overlaps it, at
/// either page size, before it could become a second translation of the same address.
#[derive(LogicBlock, Default)]
pub struct CamLine<const VPN: usize, const ASID: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// Virtual page number looked up.
    pub key_vpn: Signal<In, Bits<VPN>>,
    /// Address space looked up.
    pub key_asid: Signal<In, Bits<ASID>>,
    /// Key bits to ignore.
    pub key_inside: Signal<In, Bits<VPN>>,
    /// The line translates the key.
    pub hit: Signal<Out, Bit>,
    /// The line holds an entry.
    pub valid: Signal<Out, Bit>,
    /// A fence is accepted.
    pub fence: Signal<In, Bit>,
    /// Fence only this page.
    pub fence_by_va: Signal<In, Bit>,
    /// Fence only this address space.
    pub fence_by_asid: Signal<In, Bit>,
    /// Some line is written.
    pub refill: Signal<In, Bit>,
    /// This line is written.
    pub write: Signal<In, Bit>,
    /// The refilled leaf is global.
    pub new_global: Signal<In, Bit>,
    held_valid: DFF<Bit>,
    held_vpn: DFF<Bits<VPN>>,
    held_asid: DFF<Bits<ASID>>,
    held_inside: DFF<Bits<VPN>>,
    held_global: DFF<Bit>,
    ignored: Signal<Local, Bits<VPN>>,
    difference: Signal<Local, Bits<VPN>>,
    same_page: Signal<Local, Bit>,
    same_asid: Signal<Local, Bit>,
    fenced: Signal<Local, Bit>,
    overlapped: Signal<Local, Bit>,
}

impl<const VPN: usize, const ASID: usize> Logic for CamLine<VPN, ASID> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held_valid, held_vpn, held_asid, held_inside, held_global);
        self.valid.next = self.held_valid.q.val();

        // A superpage, or a NAPOT range, compares only the bits above its offset.
        self.ignored.next = self.held_inside.q.val() | self.key_inside.val();
        self.difference.next = (self.held_vpn.q.val() ^ self.key_vpn.val()) & (!self.ignored.val());
        self.same_page.next = !self.difference.val().any();
        self.same_asid.next = self.held_asid.q.val() == self.key_asid.val();
        self.hit.next = self.held_valid.q.val()
            && self.same_page.val()
            && (self.same_asid.val() || self.held_global.q.val());

        self.fenced.next = (!self.fence_by_va.val() || self.same_page.val())
            && (!self.fence_by_asid.val() || (self.same_asid.val() && !self.held_global.q.val()));
        self.overlapped.next = self.same_page.val()
            && (self.same_asid.val() || self.held_global.q.val() || self.new_global.val());
        if (self.fence.val() && self.fenced.val()) || (self.refill.val() && self.overlapped.val()) {
            self.held_valid.d.next = false;
        }
        if self.write.val() {
            self.held_valid.d.next = true;
            self.held_vpn.d.next = self.key_vpn.val();
            self.held_asid.d.next = self.key_asid.val();
            self.held_inside.d.next = self.key_inside.val();
            self.held_global.d.next = self.new_global.val();
        }
        if self.reset.val() {
            self.held_valid.d.next = false;
        }
    }
}
