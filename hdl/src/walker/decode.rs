//! Classifies one page-table entry as fault, pointer or leaf.

use crate::flags::Leaf;
use crate::geometry::{NAPOT, NAPOT_BITS, PageMask, has_napot, ones};
use crate::pmp::constants;
use crate::{Extensions, Sizes};
use rust_hdl::prelude::*;

/// Classifies one PTE at one level, independently of the access.
///
/// Spec: `sv32algorithm` (V, reserved encodings, pointer or leaf, misaligned superpage);
/// `norm:Sv39_pte_svnapot_rsv`, `norm:Sv39_pte_svpbmt_rsv`, `norm:Sv39_pte_future_rsv` (bits
/// 63:54 fault while no extension gives them a meaning); `norm:Svnapot_reserved_encoding_fault`,
/// `norm:Svpbmt_leaf_pte_pbmt_reserved_3_fault`, `norm:Svpbmt_nonleaf_pte_pbmt_must_be_zero`,
/// `norm:menvcfg_pbmte_op`, `norm:Svrsw60t59b_reserved_bits_60_59`; `translation` ("for non-leaf
/// PTEs, the D, A, and U bits are reserved").
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `pte` | in | XLEN | the entry |
/// | `level` | in | 3 | the level at which it was read: 0 is the last |
/// | `pbmte` | in | 1 | with Svpbmt: PBMT has a meaning; otherwise it is reserved |
/// | `fault` | out | 1 | page fault: invalid, reserved or misaligned, or a pointer at level 0 |
/// | `misplaced` | out | 1 | that fault is a misaligned superpage |
/// | `beyond` | out | 1 | its number is one of a physical page that does not exist |
/// | `pointer` | out | 1 | points to the next table, which exists |
/// | `ppn` | out | PPN | the next table's or the page's number, in its implemented bits; of a NAPOT range its first page's |
/// | `leaf` | out | struct | the leaf's bits; size and `global` from this entry alone |
/// | `accessed` | out | 1 | PTE.A |
///
/// Timing: combinational. Reset: no state.
///
/// Invariants: `fault` and `pointer` are never high together; with both low the entry is a leaf, or
/// points to a table that does not exist.
#[derive(LogicBlock)]
pub struct PteDecode<const XLEN: usize, const VPN: usize, const PPN: usize> {
    /// The entry.
    pub pte: Signal<In, Bits<XLEN>>,
    /// The level at which it was read.
    pub level: Signal<In, Bits<3>>,
    /// PBMT has a meaning.
    pub pbmte: Signal<In, Bit>,
    /// Page fault.
    pub fault: Signal<Out, Bit>,
    /// It is a misaligned superpage.
    pub misplaced: Signal<Out, Bit>,
    /// No physical page has its number.
    pub beyond: Signal<Out, Bit>,
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
    low: Signal<Local, Bits<4>>,
    ranged: Signal<Local, Bit>,
    bad_range: Signal<Local, Bit>,
    n: Constant<Bits<XLEN>>,
    range_code: Constant<Bits<4>>,
    range_start: Constant<Bits<PPN>>,
    napot: Constant<Bits<3>>,
    pbmt: Signal<Local, Bits<2>>,
    typed: Signal<Local, Bit>,
    bad_type: Signal<Local, Bit>,
    pbmt_bits: Constant<Bits<XLEN>>,
    pbmt_shift: Constant<Bits<XLEN>>,
    pbmt_reserved: Constant<Bits<2>>,
    // Where not all bits are implemented.
    pages: Vec<Constant<Bits<PPN>>>,
}

impl<const XLEN: usize, const VPN: usize, const PPN: usize> Default for PteDecode<XLEN, VPN, PPN> {
    fn default() -> Self {
        Self::new(Extensions::default(), Sizes::default())
    }
}

impl<const XLEN: usize, const VPN: usize, const PPN: usize> PteDecode<XLEN, VPN, PPN> {
    /// With these extensions, of these sizes.
    pub fn new(extensions: Extensions, sizes: Sizes) -> Self {
        let n = if has_napot(extensions, VPN) { 1 << 63 } else { 0 };
        let has_pbmt = extensions.svpbmt && XLEN == 64;
        let pbmt = if has_pbmt { 3 << 61 } else { 0 };
        let software = if extensions.svrsw60t59b { 3 << 59 } else { 0 };
        Self {
            pte: Default::default(),
            level: Default::default(),
            pbmte: Default::default(),
            fault: Default::default(),
            misplaced: Default::default(),
            beyond: Default::default(),
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
            page: PageMask::new(extensions),
            misaligned: Default::default(),
            // The bits above the PPN without a meaning: none in RV32, at most 63:54 in RV64.
            reserved_bits: Constant::new(bits::<XLEN>(if XLEN == 64 {
                !ones(10 + PPN as u32) & !n & !pbmt & !software
            } else {
                0
            })),
            low: Default::default(),
            ranged: Default::default(),
            bad_range: Default::default(),
            n: Constant::new(bits::<XLEN>(n)),
            // The one encoding of a range that is not reserved: 64 KiB, at level 0.
            range_code: Constant::new(bits::<4>(0b1000)),
            range_start: Constant::new(bits::<PPN>(ones(PPN as u32) & !ones(NAPOT_BITS))),
            napot: Constant::new(bits::<3>(NAPOT)),
            pbmt: Default::default(),
            typed: Default::default(),
            bad_type: Default::default(),
            pbmt_bits: Constant::new(bits::<XLEN>(pbmt)),
            pbmt_shift: Constant::new(bits::<XLEN>(if has_pbmt { 61 } else { 0 })),
            pbmt_reserved: Constant::new(bits::<2>(3)),
            pages: constants(sizes.page(PPN)),
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

        self.ranged.next = (self.pte.val() & self.n.val()).any();
        self.low.next = self.number.val().get_bits::<4>(0);
        self.bad_range.next = self.ranged.val()
            && (self.level.val().any() || (self.low.val() != self.range_code.val()));

        self.pbmt.next =
            bit_cast::<2, XLEN>((self.pte.val() & self.pbmt_bits.val()) >> self.pbmt_shift.val());
        self.typed.next = self.pbmt.val().any();
        self.bad_type.next = self.typed.val()
            && (!self.pbmte.val() || (self.pbmt.val() == self.pbmt_reserved.val()));

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
        self.leaf.next.pbmt = self.pbmt.val();
        self.leaf.next.level = self.level.val();
        if self.ranged.val() {
            self.ppn.next = self.number.val() & self.range_start.val();
            self.leaf.next.level = self.napot.val();
        }
        self.beyond.next = false;
        for i in 0..self.pages.len() {
            self.beyond.next = (self.number.val() & (!self.pages[i].val())).any();
            self.ppn.next = self.number.val() & self.pages[i].val();
            if self.ranged.val() {
                self.ppn.next = self.number.val() & self.range_start.val() & self.pages[i].val();
            }
        }

        self.fault.next = false;
        self.misplaced.next = false;
        self.pointer.next = false;
        if !self.valid.val()
            || (self.write.val() && !self.read.val())
            || self.reserved.val()
            || self.bad_range.val()
            || self.bad_type.val()
        {
            self.fault.next = true;
        } else {
            if !self.read.val() && !self.execute.val() {
                if (self.level.val() == bits::<3>(0))
                    || self.user.val()
                    || self.marked.val()
                    || self.dirty.val()
                    || self.typed.val()
                {
                    self.fault.next = true;
                } else {
                    self.pointer.next = !self.beyond.val();
                }
            } else {
                self.fault.next = self.misaligned.val();
                self.misplaced.next = self.misaligned.val();
            }
        }
    }
}
