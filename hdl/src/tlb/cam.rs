//! The fully associative TLB: lines, selection, replacement.

use super::{CamLine, Replacement};
use crate::Extensions;
use crate::flags::Leaf;
use crate::geometry::PageMask;
use rust_hdl::prelude::*;

/// N lines looked up at once, pages of every size side by side; superpages and NAPOT ranges are
/// unfractured.
///
/// Spec: `sv32algorithm` (address-translation cache), `norm:sfence_vma_ordering_semantics`
/// (any one of several translations of an address may be used, never a mixture).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset empties all lines |
/// | `key_vpn`, `key_asid` | in | VPN, ASID | the key to look up; on a fence or refill its operands |
/// | `hit` | out | 1 | some line translates the key |
/// | `ppn`, `leaf` | out | PPN, struct | that line's contents; zero without a hit |
/// | `fence`, `fence_by_va`, `fence_by_asid` | in | 1 | clear the entries that the fence subsumes |
/// | `refill` | in | 1 | write an entry for the key; never together with `fence` |
/// | `new_ppn`, `new_leaf` | in | PPN, struct | the entry |
///
/// Timing: lookup is combinational; fence and refill each take one cycle, whatever N is.
/// Reset: empty.
///
/// Invariants: at most one line hits (`CamLine` clears overlaps on refill).
#[derive(LogicBlock)]
pub struct Cam<
    const N: usize,
    const IDX: usize,
    const VPN: usize,
    const PPN: usize,
    const ASID: usize,
> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// Virtual page number looked up.
    pub key_vpn: Signal<In, Bits<VPN>>,
    /// Address space looked up.
    pub key_asid: Signal<In, Bits<ASID>>,
    /// Some line translates the key.
    pub hit: Signal<Out, Bit>,
    /// Its physical page number.
    pub ppn: Signal<Out, Bits<PPN>>,
    /// Its leaf bits.
    pub leaf: Signal<Out, Leaf>,
    /// A fence is accepted.
    pub fence: Signal<In, Bit>,
    /// Fence only the key's page.
    pub fence_by_va: Signal<In, Bit>,
    /// Fence only the key's address space.
    pub fence_by_asid: Signal<In, Bit>,
    /// Write an entry for the key.
    pub refill: Signal<In, Bit>,
    /// Its physical page number.
    pub new_ppn: Signal<In, Bits<PPN>>,
    /// Its leaf bits.
    pub new_leaf: Signal<In, Leaf>,
    lines: [CamLine<VPN, PPN, ASID>; N],
    replacement: Replacement<N, IDX>,
    new_page: PageMask<VPN, VPN>,
    key_inside: Signal<Local, Bits<VPN>>,
    no_leaf: Constant<Leaf>,
}

impl<const N: usize, const IDX: usize, const VPN: usize, const PPN: usize, const ASID: usize>
    Default for Cam<N, IDX, VPN, PPN, ASID>
{
    fn default() -> Self {
        Self::new(Extensions::default())
    }
}

impl<const N: usize, const IDX: usize, const VPN: usize, const PPN: usize, const ASID: usize>
    Cam<N, IDX, VPN, PPN, ASID>
{
    /// With these extensions.
    pub fn new(extensions: Extensions) -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            key_vpn: Default::default(),
            key_asid: Default::default(),
            hit: Default::default(),
            ppn: Default::default(),
            leaf: Default::default(),
            fence: Default::default(),
            fence_by_va: Default::default(),
            fence_by_asid: Default::default(),
            refill: Default::default(),
            new_ppn: Default::default(),
            new_leaf: Default::default(),
            lines: array_init::array_init(|_| CamLine::new(extensions)),
            replacement: Default::default(),
            new_page: PageMask::new(extensions),
            key_inside: Default::default(),
            no_leaf: Constant::new(Leaf::default()),
        }
    }
}

impl<const N: usize, const IDX: usize, const VPN: usize, const PPN: usize, const ASID: usize> Logic
    for Cam<N, IDX, VPN, PPN, ASID>
{
    #[hdl_gen]
    fn update(&mut self) {
        // A superpage, or a NAPOT range, overlaps every page inside it.
        self.new_page.level.next = self.new_leaf.val().level;
        self.key_inside.next = bits::<VPN>(0);
        if self.refill.val() {
            self.key_inside.next = self.new_page.mask.val();
        }

        self.replacement.clock.next = self.clock.val();
        self.replacement.reset.next = self.reset.val();
        self.replacement.refill.next = self.refill.val();

        self.hit.next = false;
        self.ppn.next = bits::<PPN>(0);
        self.leaf.next = self.no_leaf.val();
        for i in 0..N {
            self.lines[i].clock.next = self.clock.val();
            self.lines[i].reset.next = self.reset.val();
            self.lines[i].key_vpn.next = self.key_vpn.val();
            self.lines[i].key_asid.next = self.key_asid.val();
            self.lines[i].key_inside.next = self.key_inside.val();
            self.lines[i].key_global.next = self.new_leaf.val().global;
            self.lines[i].fence.next = self.fence.val();
            self.lines[i].fence_by_va.next = self.fence_by_va.val();
            self.lines[i].fence_by_asid.next = self.fence_by_asid.val();
            self.lines[i].refill.next = self.refill.val();
            self.lines[i].write.next =
                self.refill.val() && (self.replacement.victim.val().index() == i);
            self.lines[i].new_ppn.next = self.new_ppn.val();
            self.lines[i].new_leaf.next = self.new_leaf.val();
            self.replacement.valid[i].next = self.lines[i].valid.val();
            if self.lines[i].hit.val() {
                self.hit.next = true;
                self.ppn.next = self.lines[i].ppn.val();
                self.leaf.next = self.lines[i].leaf.val();
            }
        }
    }
}
