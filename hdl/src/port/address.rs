//! Page and offset become the physical address.

use crate::geometry::InsideMask;
use crate::pmp::constants;
use crate::{Extensions, Sizes};
use rust_hdl::prelude::*;

/// Joins a page number with the virtual address inside the page, whatever its size.
///
/// There are three sources: the page of a line that hits, the page of a walk, and an address that is
/// not translated. Only the line's is known late: all else is joined before it, so that it passes a
/// single gate.
///
/// Spec: `sv32algorithm` ("pa.pgoff = va.pgoff"; for a superpage the low page-number bits come
/// from the virtual address; so do the low four of a NAPOT range,
/// `norm:Svnapot_implicit_read_ppn_subst`).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `va` | in | XLEN | the virtual address that is answered |
/// | `line_ppn`, `line_inside` | in | PPN, 5 | the line's page: its number, bits inside the page 0; its size ([`Inside`](crate::geometry::Inside)) |
/// | `bypasses` | in | 1 | the request's address is not translated |
/// | `walked` | in | 1 | the answer is that of a walk |
/// | `walk_ppn`, `walk_inside` | in | PPN, 5 | ... with this page |
/// | `pa` | out | PA | the physical address |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock, Default)]
pub struct PhysicalAddress<const XLEN: usize, const VPN: usize, const PPN: usize, const PA: usize> {
    /// The virtual address that is answered.
    pub va: Signal<In, Bits<XLEN>>,
    /// The page number of the line that hits.
    pub line_ppn: Signal<In, Bits<PPN>>,
    /// Its page size.
    pub line_inside: Signal<In, Bits<5>>,
    /// The request's address is not translated.
    pub bypasses: Signal<In, Bit>,
    /// The answer is that of a walk.
    pub walked: Signal<In, Bit>,
    /// With this page number.
    pub walk_ppn: Signal<In, Bits<PPN>>,
    /// And this page size.
    pub walk_inside: Signal<In, Bits<5>>,
    /// The physical address.
    pub pa: Signal<Out, Bits<PA>>,
    line_page: InsideMask<VPN, PA>,
    walk_page: InsideMask<VPN, PA>,
    of_va: Signal<Local, Bits<PA>>,
    early: Signal<Local, Bits<PA>>,
    late: LateChoice<PA>,
    // Where not all bits are implemented.
    addresses: Vec<Constant<Bits<PA>>>,
}

impl<const XLEN: usize, const VPN: usize, const PPN: usize, const PA: usize>
    PhysicalAddress<XLEN, VPN, PPN, PA>
{
    /// With these extensions, of these sizes.
    pub fn new(extensions: Extensions, sizes: Sizes) -> Self {
        Self {
            addresses: constants(sizes.address(PA)),
            line_page: InsideMask::of(extensions, sizes.vpn_bits(VPN)),
            walk_page: InsideMask::of(extensions, sizes.vpn_bits(VPN)),
            ..Self::default()
        }
    }
}

impl<const XLEN: usize, const VPN: usize, const PPN: usize, const PA: usize> Logic
    for PhysicalAddress<XLEN, VPN, PPN, PA>
{
    #[hdl_gen]
    fn update(&mut self) {
        self.walk_page.parts.next = self.walk_inside.val();
        self.of_va.next = !bits::<PA>(0);
        if self.walked.val() {
            self.of_va.next = (self.walk_page.mask.val() << bits::<PA>(12)) | bits::<PA>(0xFFF);
        }
        self.early.next = (bit_cast::<PA, XLEN>(self.va.val()) & self.of_va.val())
            | ((bit_cast::<PA, PPN>(self.walk_ppn.val()) << bits::<PA>(12)) & (!self.of_va.val()));
        for i in 0..self.addresses.len() {
            self.early.next = self.early.val() & self.addresses[i].val();
        }
        self.line_page.parts.next = self.line_inside.val();
        self.late.early.next = self.early.val();
        self.late.late.next = bit_cast::<PA, PPN>(self.line_ppn.val()) << bits::<PA>(12);
        for i in 0..self.addresses.len() {
            // No line has other bits; said here, tools leave them out of its memory.
            self.late.late.next = (bit_cast::<PA, PPN>(self.line_ppn.val()) << bits::<PA>(12))
                & self.addresses[i].val();
        }
        self.late.is_early.next = (self.line_page.mask.val() << bits::<PA>(12)) | bits::<PA>(0xFFF);
        self.late.only_early.next = self.walked.val() || self.bypasses.val();
        self.pa.next = self.late.chosen.val();
    }
}

/// Each bit is taken from one of two words, where the second word and the choice come late.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `early`, `late` | in | W | two words |
/// | `is_early` | in | W | bits that come from the early word |
/// | `only_early` | in | 1 | all bits do |
/// | `chosen` | out | W | the result |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock, Default)]
pub struct LateChoice<const W: usize> {
    /// A word that is there early.
    pub early: Signal<In, Bits<W>>,
    /// One that comes late.
    pub late: Signal<In, Bits<W>>,
    /// Bits that come from the early word.
    pub is_early: Signal<In, Bits<W>>,
    /// All bits do.
    pub only_early: Signal<In, Bit>,
    /// The result.
    pub chosen: Signal<Out, Bits<W>>,
    from_early: Signal<Local, Bits<W>>,
}

impl<const W: usize> Logic for LateChoice<W> {
    #[hdl_gen]
    fn update(&mut self) {
        self.from_early.next = self.is_early.val();
        if self.only_early.val() {
            self.from_early.next = !bits::<W>(0);
        }
        self.chosen.next = (self.early.val() & self.from_early.val())
            | (self.late.val() & (!self.from_early.val()));
    }
}
