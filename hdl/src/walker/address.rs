//! The physical address of the next page-table entry.

use crate::geometry::{ones, segment_bits};
use rust_hdl::prelude::*;

/// The physical address of a table's entry for VPN\[level\].
///
/// Spec: `sv32algorithm` ("a + va.vpn\[i\] × PTESIZE").
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `vpn` | in | VPN | the virtual page number |
/// | `level` | in | 3 | the table's level |
/// | `table_ppn` | in | PPN | the table's page number |
/// | `addr` | out | PA | table × 4096 + VPN\[level\] × 8 (RV32: 4) |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock)]
pub struct EntryAddress<const VPN: usize, const PPN: usize, const PA: usize> {
    /// The virtual page number.
    pub vpn: Signal<In, Bits<VPN>>,
    /// The table's level.
    pub level: Signal<In, Bits<3>>,
    /// The table's page number.
    pub table_ppn: Signal<In, Bits<PPN>>,
    /// The entry's physical address.
    pub addr: Signal<Out, Bits<PA>>,
    base: Signal<Local, Bits<PA>>,
    offset: Signal<Local, Bits<PA>>,
    shifted: Signal<Local, Bits<VPN>>,
    segment: Signal<Local, Bits<VPN>>,
    shift_1: Constant<Bits<VPN>>,
    shift_2: Constant<Bits<VPN>>,
    shift_3: Constant<Bits<VPN>>,
    shift_4: Constant<Bits<VPN>>,
    one_segment: Constant<Bits<VPN>>,
    entry_shift: Constant<Bits<PA>>,
}

impl<const VPN: usize, const PPN: usize, const PA: usize> Default for EntryAddress<VPN, PPN, PA> {
    fn default() -> Self {
        // A level that the scheme does not have is never selected; any legal shift will do.
        let shift = |level| {
            let distance = level * segment_bits(VPN);
            let distance = if distance < VPN as u32 { distance } else { 0 };
            Constant::new(bits::<VPN>(u64::from(distance)))
        };
        Self {
            vpn: Default::default(),
            level: Default::default(),
            table_ppn: Default::default(),
            addr: Default::default(),
            base: Default::default(),
            offset: Default::default(),
            shifted: Default::default(),
            segment: Default::default(),
            shift_1: shift(1),
            shift_2: shift(2),
            shift_3: shift(3),
            shift_4: shift(4),
            one_segment: Constant::new(bits::<VPN>(ones(segment_bits(VPN)))),
            // A table is one page: 2^9 entries of 8 bytes or 2^10 of 4.
            entry_shift: Constant::new(bits::<PA>(12 - u64::from(segment_bits(VPN)))),
        }
    }
}

impl<const VPN: usize, const PPN: usize, const PA: usize> Logic for EntryAddress<VPN, PPN, PA> {
    #[hdl_gen]
    fn update(&mut self) {
        self.shifted.next = self.vpn.val();
        if self.level.val() == bits::<3>(1) {
            self.shifted.next = self.vpn.val() >> self.shift_1.val();
        }
        if self.level.val() == bits::<3>(2) {
            self.shifted.next = self.vpn.val() >> self.shift_2.val();
        }
        if self.level.val() == bits::<3>(3) {
            self.shifted.next = self.vpn.val() >> self.shift_3.val();
        }
        if self.level.val() == bits::<3>(4) {
            self.shifted.next = self.vpn.val() >> self.shift_4.val();
        }
        self.segment.next = self.shifted.val() & self.one_segment.val();
        self.offset.next = bit_cast::<PA, VPN>(self.segment.val()) << self.entry_shift.val();
        self.base.next = bit_cast::<PA, PPN>(self.table_ppn.val()) << bits::<PA>(12);
        self.addr.next = self.base.val() | self.offset.val();
    }
}
