//! The fully associative TLB: lines, selection, replacement.

use super::{CamLine, Replacement, Shape};
use crate::flags::Leaf;
use crate::geometry::PageMask;
use crate::{DistributedRam, Extensions};
use rust_hdl::prelude::*;

/// Lines looked up at once, pages of every size side by side; superpages and NAPOT ranges are
/// unfractured.
///
/// Tags are in flip-flops, beside their comparators. Page numbers and flags are in two memories
/// that are read within the cycle, at the number of the line that hits. As at most one line hits,
/// that number is the disjunction of the numbers of all lines that do: no line waits for another.
///
/// Spec: `sv32algorithm` (address-translation cache), `norm:sfence_vma_ordering_semantics`
/// (any one of several translations of an address may be used, never a mixture).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset empties all lines |
/// | `key_vpn`, `key_asid` | in | VPN, ASID | the key to look up; on a fence or refill its operands |
/// | `hit` | out | 1 | some line translates the key |
/// | `ppn`, `leaf` | out | PPN, struct | that line's contents; without a hit, those of some line |
/// | `fence`, `fence_by_va`, `fence_by_asid` | in | 1 | clear the entries that the fence subsumes |
/// | `refill` | in | 1 | write an entry for the key; never together with `fence` |
/// | `new_ppn`, `new_leaf` | in | PPN, struct | the entry |
///
/// Timing: lookup is combinational; fence and refill each take one cycle, however many lines there
/// are.
/// Reset: empty.
///
/// Invariants: at most one line hits (`CamLine` clears overlaps on refill).
#[derive(LogicBlock)]
pub struct Cam<const IDX: usize, const VPN: usize, const PPN: usize, const ASID: usize> {
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
    lines: Vec<CamLine<VPN, ASID>>,
    held_ppn: DistributedRam<Bits<PPN>, IDX>,
    held_leaf: DistributedRam<Leaf, IDX>,
    replacement: Replacement<IDX>,
    new_page: PageMask<VPN, VPN>,
    key_inside: Signal<Local, Bits<VPN>>,
    number: Vec<Constant<Bits<IDX>>>,
    hit_number: Signal<Local, Bits<IDX>>,
}

impl<const IDX: usize, const VPN: usize, const PPN: usize, const ASID: usize> Default
    for Cam<IDX, VPN, PPN, ASID>
{
    fn default() -> Self {
        Self::new(Extensions::default(), Shape::fifo(1 << IDX))
    }
}

impl<const IDX: usize, const VPN: usize, const PPN: usize, const ASID: usize>
    Cam<IDX, VPN, PPN, ASID>
{
    /// With these extensions, of this shape.
    pub fn new(extensions: Extensions, shape: Shape) -> Self {
        let lines = shape.lines;
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
            lines: (0..lines).map(|_| Default::default()).collect(),
            held_ppn: Default::default(),
            held_leaf: Default::default(),
            replacement: Replacement::new(lines),
            new_page: PageMask::new(extensions),
            key_inside: Default::default(),
            number: (0..lines as u64).map(|line| Constant::new(line.into())).collect(),
            hit_number: Default::default(),
        }
    }
}

impl<const IDX: usize, const VPN: usize, const PPN: usize, const ASID: usize> Logic
    for Cam<IDX, VPN, PPN, ASID>
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
        self.hit_number.next = bits::<IDX>(0);
        for i in 0..self.lines.len() {
            self.lines[i].clock.next = self.clock.val();
            self.lines[i].reset.next = self.reset.val();
            self.lines[i].key_vpn.next = self.key_vpn.val();
            self.lines[i].key_asid.next = self.key_asid.val();
            self.lines[i].key_inside.next = self.key_inside.val();
            self.lines[i].fence.next = self.fence.val();
            self.lines[i].fence_by_va.next = self.fence_by_va.val();
            self.lines[i].fence_by_asid.next = self.fence_by_asid.val();
            self.lines[i].refill.next = self.refill.val();
            self.lines[i].write.next =
                self.refill.val() && (self.replacement.victim.val().index() == i);
            self.lines[i].new_global.next = self.new_leaf.val().global;
            self.replacement.valid[i].next = self.lines[i].valid.val();
            if self.lines[i].hit.val() {
                self.hit.next = true;
                self.hit_number.next = self.hit_number.val() | self.number[i].val();
            }
        }

        self.held_ppn.clock.next = self.clock.val();
        self.held_ppn.read_address.next = self.hit_number.val();
        self.held_ppn.write_address.next = self.replacement.victim.val();
        self.held_ppn.write_data.next = self.new_ppn.val();
        self.held_ppn.write_enable.next = self.refill.val();
        self.ppn.next = self.held_ppn.read_data.val();

        self.held_leaf.clock.next = self.clock.val();
        self.held_leaf.read_address.next = self.hit_number.val();
        self.held_leaf.write_address.next = self.replacement.victim.val();
        self.held_leaf.write_data.next = self.new_leaf.val();
        self.held_leaf.write_enable.next = self.refill.val();
        self.leaf.next = self.held_leaf.read_data.val();
    }
}
