//! The RV32 `satp`: Bare or Sv32.

use crate::Sizes;
use crate::pmp::constants;
use rust_hdl::prelude::*;

/// Decodes an RV32 `satp` for one request.
///
/// Spec: `norm:satp_mode_sxlen32`, `norm:satp_op_active`; `norm:pma_vm_hw_tbl_acc` (a root table where
/// no memory is).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `satp` | in | 32 | MODE, ASID (9 bits), PPN (22 bits) |
/// | `va` | in | 32 | the request's virtual address |
/// | `machine` | in | 1 | effective privilege M: not translated |
/// | `paged` | out | 1 | MODE is not Bare |
/// | `translate` | out | 1 | ... and the page table decides, if it exists |
/// | `canonical` | out | 1 | translated addresses: always, in Sv32 |
/// | `in_range` | out | 1 | low: an access fault, as the root table does not exist; untranslated addresses are always in range |
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
    /// The untranslated address, or the root table, exists.
    pub in_range: Signal<Out, Bit>,
    /// The root table's level.
    pub top_level: Signal<Out, Bits<3>>,
    /// Address space.
    pub asid: Signal<Out, Bits<9>>,
    /// Root page number.
    pub root: Signal<Out, Bits<22>>,
    // Where not all bits are implemented.
    spaces: Vec<Constant<Bits<9>>>,
    pages: Vec<Constant<Bits<22>>>,
}

impl Scheme32 {
    /// Of these sizes.
    pub fn new(sizes: Sizes) -> Self {
        Self {
            spaces: constants(sizes.asid(9)),
            pages: constants(sizes.page(22)),
            ..Self::default()
        }
    }
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
        for i in 0..self.spaces.len() {
            self.asid.next = self.satp.val().get_bits::<9>(22) & self.spaces[i].val();
        }
        for i in 0..self.pages.len() {
            self.root.next = self.satp.val().get_bits::<22>(0) & self.pages[i].val();
            // Where no table is, nothing is translated.
            if self.paged.val()
                && !self.machine.val()
                && (self.satp.val().get_bits::<22>(0) & (!self.pages[i].val())).any()
            {
                self.translate.next = false;
                self.in_range.next = false;
            }
        }
    }
}
