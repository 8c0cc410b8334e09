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
/// | `used` | in | 1 | that line answers a request in this cycle |
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
    /// The line that hits answers a request.
    pub used: Signal<In, Bit>,
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
    replacement: Vec<Replacement<IDX>>,
    set: Signal<Local, Bits<VPN>>,
    set_bits: Constant<Bits<VPN>>,
    set_number: Vec<Constant<Bits<VPN>>>,
    set_base: Vec<Constant<Bits<IDX>>>,
    set_of: Vec<Constant<Bits<VPN>>>,
    victim: Signal<Local, Bits<IDX>>,
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
    ///
    /// # Panics
    /// If the shape does not fit ([`Shape::misfit`]).
    pub fn new(extensions: Extensions, shape: Shape) -> Self {
        let lines = shape.lines;
        assert_eq!(shape.misfit(IDX), None);
        let sets = lines / shape.ways;
        Self {
            clock: Default::default(),
            reset: Default::default(),
            key_vpn: Default::default(),
            key_asid: Default::default(),
            hit: Default::default(),
            ppn: Default::default(),
            leaf: Default::default(),
            used: Default::default(),
            fence: Default::default(),
            fence_by_va: Default::default(),
            fence_by_asid: Default::default(),
            refill: Default::default(),
            new_ppn: Default::default(),
            new_leaf: Default::default(),
            lines: (0..lines).map(|_| Default::default()).collect(),
            held_ppn: Default::default(),
            held_leaf: Default::default(),
            replacement: (0..sets).map(|_| Replacement::new(shape)).collect(),
            set: Default::default(),
            set_bits: Constant::new(bits::<VPN>(sets as u64 - 1)),
            set_number: (0..sets as u64).map(|set| Constant::new(set.into())).collect(),
            set_base: (0..sets)
                .map(|set| Constant::new(bits::<IDX>((set * shape.ways) as u64)))
                .collect(),
            set_of: (0..lines)
                .map(|line| Constant::new(bits::<VPN>((line / shape.ways) as u64)))
                .collect(),
            victim: Default::default(),
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

        // The set of a new entry, and the victim there.
        self.set.next = self.key_vpn.val() & self.set_bits.val();
        self.victim.next = bits::<IDX>(0);
        for s in 0..self.replacement.len() {
            self.replacement[s].clock.next = self.clock.val();
            self.replacement[s].reset.next = self.reset.val();
            self.replacement[s].base.next = self.set_base[s].val();
            self.replacement[s].refill.next =
                self.refill.val() && (self.set.val() == self.set_number[s].val());
            if self.set.val() == self.set_number[s].val() {
                self.victim.next = self.victim.val() | self.replacement[s].victim.val();
            }
        }

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
            self.lines[i].write.next = self.refill.val() && (self.victim.val().index() == i);
            self.lines[i].new_global.next = self.new_leaf.val().global;
            for s in 0..self.replacement.len() {
                // A line of another set is none that could be filled.
                self.replacement[s].full[i].next =
                    self.lines[i].valid.val() || (self.set_of[i].val() != self.set_number[s].val());
            }
            if self.lines[i].hit.val() {
                self.hit.next = true;
                self.hit_number.next = self.hit_number.val() | self.number[i].val();
            }
        }

        for s in 0..self.replacement.len() {
            self.replacement[s].used.next = self.used.val();
            self.replacement[s].used_line.next = self.hit_number.val();
        }

        self.held_ppn.clock.next = self.clock.val();
        self.held_ppn.read_address.next = self.hit_number.val();
        self.held_ppn.write_address.next = self.victim.val();
        self.held_ppn.write_data.next = self.new_ppn.val();
        self.held_ppn.write_enable.next = self.refill.val();
        self.ppn.next = self.held_ppn.read_data.val();

        self.held_leaf.clock.next = self.clock.val();
        self.held_leaf.read_address.next = self.hit_number.val();
        self.held_leaf.write_address.next = self.victim.val();
        self.held_leaf.write_data.next = self.new_leaf.val();
        self.held_leaf.write_enable.next = self.refill.val();
        self.leaf.next = self.held_leaf.read_data.val();
    }
}
