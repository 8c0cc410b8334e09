//! The RV64 `satp`: Bare, Sv39, Sv48 or Sv57, chosen at run time.

use rust_hdl::prelude::*;

/// Decodes an RV64 `satp` for one request.
///
/// Spec: `norm:satp_mode_sxlen64`, `norm:satp_op_active`; canonical addresses
/// (`norm:Sv39_va_signext`, `norm:Sv48_va_signext`, `norm:Sv57_va_signext`): "bits 63-39 [48, 57]
/// all equal to bit 38 [47, 56], or else a page-fault exception will occur".
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `satp` | in | 64 | MODE, ASID (16 bits), PPN (44 bits) |
/// | `va` | in | 64 | the request's virtual address |
/// | `machine` | in | 1 | effective privilege M: not translated |
/// | `paged` | out | 1 | MODE is not Bare |
/// | `translate` | out | 1 | ... and the page table decides |
/// | `canonical` | out | 1 | of a translated address; low for every address in a reserved MODE |
/// | `in_range` | out | 1 | of an untranslated address: it fits in 56 bits |
/// | `top_level` | out | 3 | the root table's level: 2, 3 or 4 |
/// | `asid`, `root` | out | 16, 44 | address space and root page number |
///
/// Timing: combinational. Reset: no state.
///
/// Invariants: a reserved MODE, which a WARL `satp` never holds, fails closed: page fault.
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
    /// The untranslated address exists.
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
}

impl Default for Scheme64 {
    fn default() -> Self {
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
        if self.mode.val() == self.sv48.val() {
            self.top_level.next = bits::<3>(3);
            self.canonical.next = self.from_47.val().all() || !self.from_47.val().any();
        }
        if self.mode.val() == self.sv57.val() {
            self.top_level.next = bits::<3>(4);
            self.canonical.next = self.from_56.val().all() || !self.from_56.val().any();
        }
    }
}
