//! The RV64 `satp`: Bare, Sv39, Sv48 or Sv57, chosen at run time.

use crate::Sizes;
use crate::pmp::constants;
use rust_hdl::prelude::*;

/// Decodes an RV64 `satp` for one request.
///
/// Spec: `norm:satp_mode_sxlen64`, `norm:satp_op_active`; canonical addresses
/// (`norm:Sv39_va_signext`, `norm:Sv48_va_signext`, `norm:Sv57_va_signext`): "bits 63-39 [48, 57]
/// all equal to bit 38 [47, 56], or else a page-fault exception will occur"; `norm:pma_vm_hw_tbl_acc` (a
/// root table where no memory is).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `satp` | in | 64 | MODE, ASID (16 bits), PPN (44 bits) |
/// | `va` | in | 64 | the request's virtual address |
/// | `machine` | in | 1 | effective privilege M: not translated |
/// | `paged` | out | 1 | MODE is not Bare |
/// | `translate` | out | 1 | ... and the page table decides, if it exists |
/// | `canonical` | out | 1 | of a translated address; low for every address in a reserved MODE, and in one that is not implemented |
/// | `in_range` | out | 1 | low without `translate`: an access fault, as the address, or the root table, does not exist |
/// | `top_level` | out | 3 | the root table's level: 2, 3 or 4 |
/// | `asid`, `root` | out | 16, 44 | address space and root page number |
///
/// Timing: combinational. Reset: no state.
///
/// Invariants: a MODE that is reserved or not implemented, which a WARL `satp` never holds, fails
/// closed: page fault.
#[derive(LogicBlock)]
pub struct Scheme64 {
    /// The register.
    pub satp: Signal<In, Bits<64>>,
    /// The request's virtual address.
    pub va: Signal<In, Bits<64>>,
    /// Effective privilege M.
    pub machine: Signal<In, Bit>,
    /// MODE is not Bare.
    pub paged: Signal<Out, Bit>,
    /// The page table decides.
    pub translate: Signal<Out, Bit>,
    /// The address is one that the scheme translates.
    pub canonical: Signal<Out, Bit>,
    /// The untranslated address, or the root table, exists.
    pub in_range: Signal<Out, Bit>,
    /// The root table's level.
    pub top_level: Signal<Out, Bits<3>>,
    /// Address space.
    pub asid: Signal<Out, Bits<16>>,
    /// Root page number.
    pub root: Signal<Out, Bits<44>>,
    mode: Signal<Local, Bits<4>>,
    above: Signal<Local, Bits<8>>,
    from_56: Signal<Local, Bits<8>>,
    from_47: Signal<Local, Bits<17>>,
    from_38: Signal<Local, Bits<26>>,
    bare: Constant<Bits<4>>,
    sv39: Constant<Bits<4>>,
    sv48: Constant<Bits<4>>,
    sv57: Constant<Bits<4>>,
    has_sv48: Constant<Bit>,
    has_sv57: Constant<Bit>,
    // Where not all bits are implemented.
    spaces: Vec<Constant<Bits<16>>>,
    pages: Vec<Constant<Bits<44>>>,
    addresses: Vec<Constant<Bits<64>>>,
}

impl Default for Scheme64 {
    fn default() -> Self {
        Self::new(Sizes::default())
    }
}

impl Scheme64 {
    /// Of these sizes.
    pub fn new(sizes: Sizes) -> Self {
        Self {
            satp: Default::default(),
            va: Default::default(),
            machine: Default::default(),
            paged: Default::default(),
            translate: Default::default(),
            canonical: Default::default(),
            in_range: Default::default(),
            top_level: Default::default(),
            asid: Default::default(),
            root: Default::default(),
            mode: Default::default(),
            above: Default::default(),
            from_56: Default::default(),
            from_47: Default::default(),
            from_38: Default::default(),
            bare: Constant::new(0.into()),
            sv39: Constant::new(8.into()),
            sv48: Constant::new(9.into()),
            sv57: Constant::new(10.into()),
            has_sv48: Constant::new(sizes.levels > 3),
            has_sv57: Constant::new(sizes.levels > 4),
            spaces: constants(sizes.asid(16)),
            pages: constants(sizes.page(44)),
            addresses: constants(sizes.address(56)),
        }
    }
}

impl Logic for Scheme64 {
    #[hdl_gen]
    fn update(&mut self) {
        self.mode.next = self.satp.val().get_bits::<4>(60);
        self.asid.next = self.satp.val().get_bits::<16>(44);
        self.root.next = self.satp.val().get_bits::<44>(0);
        self.above.next = self.va.val().get_bits::<8>(56);
        self.from_56.next = self.va.val().get_bits::<8>(56);
        self.from_47.next = self.va.val().get_bits::<17>(47);
        self.from_38.next = self.va.val().get_bits::<26>(38);

        self.paged.next = self.mode.val() != self.bare.val();
        self.translate.next = self.paged.val() && !self.machine.val();
        self.in_range.next = !self.above.val().any();

        self.top_level.next = bits::<3>(2);
        self.canonical.next = false;
        if self.mode.val() == self.sv39.val() {
            self.canonical.next = self.from_38.val().all() || !self.from_38.val().any();
        }
        if self.has_sv48.val() && (self.mode.val() == self.sv48.val()) {
            self.top_level.next = bits::<3>(3);
            self.canonical.next = self.from_47.val().all() || !self.from_47.val().any();
        }
        if self.has_sv57.val() && (self.mode.val() == self.sv57.val()) {
            self.top_level.next = bits::<3>(4);
            self.canonical.next = self.from_56.val().all() || !self.from_56.val().any();
        }

        for i in 0..self.spaces.len() {
            self.asid.next = self.satp.val().get_bits::<16>(44) & self.spaces[i].val();
        }
        for i in 0..self.addresses.len() {
            self.in_range.next = !(self.va.val() & (!self.addresses[i].val())).any();
        }
        for i in 0..self.pages.len() {
            self.root.next = self.satp.val().get_bits::<44>(0) & self.pages[i].val();
            // Where no table is, nothing is translated.
            if self.paged.val()
                && !self.machine.val()
                && self.canonical.val()
                && (self.satp.val().get_bits::<44>(0) & (!self.pages[i].val())).any()
            {
                self.translate.next = false;
                self.in_range.next = false;
            }
        }
    }
}
