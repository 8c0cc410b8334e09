//! The RV32 `satp`: Bare or Sv32.

use rust_hdl::prelude::*;

/// Decodes an RV32 `satp` for one request.
///
/// Spec: `norm:satp_mode_sxlen32`, `norm:satp_op_active`.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `satp` | in | 32 | MODE, ASID (9 bits), PPN (22 bits) |
/// | `va` | in | 32 | the request's virtual address |
/// | `machine` | in | 1 | effective privilege M: not translated |
/// | `paged` | out | 1 | MODE is not Bare |
/// | `translate` | out | 1 | ... and the page table decides |
/// | `canonical` | out | 1 | translated addresses: always, in Sv32 |
/// | `in_range` | out | 1 | untranslated addresses: always, 32 bits fit in 34 |
/// | `top_level` | out | 3 | the root table's level |
/// | `asid`, `root` | out | 9, 22 | address space and root page number |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock, Default)]
pub struct Scheme32 {
    /// The register.
    pub satp: Signal<In, Bits<32>>,
    /// The request's virtual address.
    pub va: Signal<In, Bits<32>>,
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
    pub asid: Signal<Out, Bits<9>>,
    /// Root page number.
    pub root: Signal<Out, Bits<22>>,
}

impl Logic for Scheme32 {
    #[hdl_gen]
    fn update(&mut self) {
        self.paged.next = self.satp.val().get_bit(31);
        self.translate.next = self.paged.val() && !self.machine.val();
        self.canonical.next = true;
        self.in_range.next = true;
        self.top_level.next = bits::<3>(1);
        self.asid.next = self.satp.val().get_bits::<9>(22);
        self.root.next = self.satp.val().get_bits::<22>(0);
    }
}
