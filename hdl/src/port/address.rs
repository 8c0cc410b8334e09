//! Page and offset become the physical address.

use crate::Extensions;
use crate::geometry::PageMask;
use rust_hdl::prelude::*;

/// Joins a leaf's page number with the virtual address inside the page, whatever its size.
///
/// Spec: `sv32algorithm` ("pa.pgoff = va.pgoff"; for a superpage the low page-number bits come
/// from the virtual address; so do the low four of a NAPOT range,
/// `norm:Svnapot_implicit_read_ppn_subst`).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `va` | in | XLEN | the virtual address |
/// | `ppn`, `level` | in | PPN, 3 | the leaf's page number and page size; bits inside the page are 0 |
/// | `pa` | out | PA | the physical address |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock, Default)]
pub struct PhysicalAddress<const XLEN: usize, const VPN: usize, const PPN: usize, const PA: usize> {
    /// The virtual address.
    pub va: Signal<In, Bits<XLEN>>,
    /// The leaf's page number.
    pub ppn: Signal<In, Bits<PPN>>,
    /// Its page size.
    pub level: Signal<In, Bits<3>>,
    /// The physical address.
    pub pa: Signal<Out, Bits<PA>>,
    page: PageMask<VPN, PPN>,
    vpn: Signal<Local, Bits<PPN>>,
    number: Signal<Local, Bits<PPN>>,
    page_offset: Signal<Local, Bits<PA>>,
}

impl<const XLEN: usize, const VPN: usize, const PPN: usize, const PA: usize>
    PhysicalAddress<XLEN, VPN, PPN, PA>
{
    /// With these extensions.
    pub fn new(extensions: Extensions) -> Self {
        Self { page: PageMask::new(extensions), ..Self::default() }
    }
}

impl<const XLEN: usize, const VPN: usize, const PPN: usize, const PA: usize> Logic
    for PhysicalAddress<XLEN, VPN, PPN, PA>
{
    #[hdl_gen]
    fn update(&mut self) {
        self.page.level.next = self.level.val();
        self.vpn.next = bit_cast::<PPN, XLEN>(self.va.val() >> bits::<XLEN>(12));
        self.number.next = self.ppn.val() | (self.vpn.val() & self.page.mask.val());
        self.page_offset.next = bit_cast::<PA, XLEN>(self.va.val()) & bits::<PA>(0xFFF);
        self.pa.next =
            (bit_cast::<PA, PPN>(self.number.val()) << bits::<PA>(12)) | self.page_offset.val();
    }
}
