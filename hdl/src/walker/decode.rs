//! Classifies one page-table entry as fault, pointer or leaf.

use crate::flags::Leaf;
use crate::geometry::{PageMask, ones};
use rust_hdl::prelude::*;

/// Classifies one PTE at one level, independently of the access.
///
/// Spec: `sv32algorithm` (V, reserved encodings, pointer or leaf, misaligned superpage);
/// `norm:Sv39_pte_svnapot_rsv`, `norm:Sv39_pte_svpbmt_rsv`, `norm:Sv39_pte_future_rsv` (bits
/// 63:54 fault while Svnapot and Svpbmt are not implemented); `translation` ("for non-leaf PTEs,
/// the D, A, and U bits are reserved").
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `pte` | in | XLEN | the entry |
/// | `level` | in | 3 | the level at which it was read: 0 is the last |
/// | `fault` | out | 1 | page fault: invalid, reserved or misaligned, or a pointer at level 0 |
/// | `pointer` | out | 1 | points to the next table |
/// | `ppn` | out | PPN | the next table's or the page's number |
/// | `leaf` | out | struct | the leaf's bits; `level` and `global` from this entry alone |
/// | `accessed` | out | 1 | PTE.A |
///
/// Timing: combinational. Reset: no state.
///
/// Invariants: `fault` and `pointer` are never high together; with both low the entry is a leaf.
#[derive(LogicBlock)]
pub struct PteDecode<const XLEN: usize, const VPN: usize, const PPN: usize> {
    /// The entry.
    pub pte: Signal<In, Bits<XLEN>>,
    /// The level at which it was read.
    pub level: Signal<In, Bits<3>>,
    /// Page fault.
    pub fault: Signal<Out, Bit>,
    /// Points to the next table.
    pub pointer: Signal<Out, Bit>,
    /// The number in it.
    pub ppn: Signal<Out, Bits<PPN>>,
    /// The leaf's bits.
    pub leaf: Signal<Out, Leaf>,
    /// PTE.A
    pub accessed: Signal<Out, Bit>,
    valid: Signal<Local, Bit>,
    read: Signal<Local, Bit>,
    write: Signal<Local, Bit>,
    execute: Signal<Local, Bit>,
    user: Signal<Local, Bit>,
    dirty: Signal<Local, Bit>,
    marked: Signal<Local, Bit>,
    number: Signal<Local, Bits<PPN>>,
    reserved: Signal<Local, Bit>,
    page: PageMask<VPN, PPN>,
    misaligned: Signal<Local, Bit>,
    reserved_bits: Constant<Bits<XLEN>>,
}

impl<const XLEN: usize, const VPN: usize, const PPN: usize> Default for PteDecode<XLEN, VPN, PPN> {
    fn default() -> Self {
        Self {
            pte: Default::default(),
            level: Default::default(),
            fault: Default::default(),
            pointer: Default::default(),
            ppn: Default::default(),
            leaf: Default::default(),
            accessed: Default::default(),
            valid: Default::default(),
            read: Default::default(),
            write: Default::default(),
            execute: Default::default(),
            user: Default::default(),
            dirty: Default::default(),
            marked: Default::default(),
            number: Default::default(),
            reserved: Default::default(),
            page: Default::default(),
            misaligned: Default::default(),
            // The bits above the PPN: none in RV32, 63:54 in RV64.
            reserved_bits: Constant::new(bits::<XLEN>(if XLEN == 64 {
                !ones(10 + PPN as u32)
            } else {
                0
            })),
        }
    }
}

impl<const XLEN: usize, const VPN: usize, const PPN: usize> Logic for PteDecode<XLEN, VPN, PPN> {
    #[hdl_gen]
    fn update(&mut self) {
        self.valid.next = self.pte.val().get_bit(0);
        self.read.next = self.pte.val().get_bit(1);
        self.write.next = self.pte.val().get_bit(2);
        self.execute.next = self.pte.val().get_bit(3);
        self.user.next = self.pte.val().get_bit(4);
        self.marked.next = self.pte.val().get_bit(6);
        self.dirty.next = self.pte.val().get_bit(7);
        self.number.next = bit_cast::<PPN, XLEN>(self.pte.val() >> bits::<XLEN>(10));
        self.reserved.next = (self.pte.val() & self.reserved_bits.val()).any();

        self.page.level.next = self.level.val();
        self.misaligned.next = (self.number.val() & self.page.mask.val()).any();

        self.ppn.next = self.number.val();
        self.accessed.next = self.marked.val();
        self.leaf.next.read = self.read.val();
        self.leaf.next.write = self.write.val();
        self.leaf.next.execute = self.execute.val();
        self.leaf.next.user = self.user.val();
        self.leaf.next.dirty = self.dirty.val();
        self.leaf.next.global = self.pte.val().get_bit(5);
        self.leaf.next.level = self.level.val();

        self.fault.next = false;
        self.pointer.next = false;
        if !self.valid.val() || (self.write.val() && !self.read.val()) || self.reserved.val() {
            self.fault.next = true;
        } else {
            if !self.read.val() && !self.execute.val() {
                if (self.level.val() == bits::<3>(0))
                    || self.user.val()
                    || self.marked.val()
                    || self.dirty.val()
                {
                    self.fault.next = true;
                } else {
                    self.pointer.next = true;
                }
            } else {
                self.fault.next = self.misaligned.val();
            }
        }
    }
}
