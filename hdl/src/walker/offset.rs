//! Where in a table the entry of an address stands.

use crate::geometry::{ones, segment_bits, segment_shift};
use rust_hdl::prelude::*;

/// The byte offset of VPN\[level\] in its page table.
///
/// Spec: `sv32algorithm` ("a + va.vpn\[i\] × PTESIZE").
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `vpn` | in | VPN | the virtual page number |
/// | `level` | in | 3 | the table's level |
/// | `bytes` | out | PA | VPN\[level\] times 8 (RV64) or 4 (RV32); below 4096 |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock)]
pub struct TableOffset<const VPN: usize, const PA: usize> {
    /// The virtual page number.
    pub vpn: Signal<In, Bits<VPN>>,
    /// The table's level.
    pub level: Signal<In, Bits<3>>,
    /// The entry's place in the table.
    pub bytes: Signal<Out, Bits<PA>>,
    shifted: Signal<Local, Bits<VPN>>,
    segment: Signal<Local, Bits<VPN>>,
    shift_1: Constant<Bits<VPN>>,
    shift_2: Constant<Bits<VPN>>,
    shift_3: Constant<Bits<VPN>>,
    shift_4: Constant<Bits<VPN>>,
    one_segment: Constant<Bits<VPN>>,
    entry_shift: Constant<Bits<PA>>,
}

impl<const VPN: usize, const PA: usize> Default for TableOffset<VPN, PA> {
    fn default() -> Self {
        Self {
            vpn: Default::default(),
            level: Default::default(),
            bytes: Default::default(),
            shifted: Default::default(),
            segment: Default::default(),
            shift_1: segment_shift(VPN, 1),
            shift_2: segment_shift(VPN, 2),
            shift_3: segment_shift(VPN, 3),
            shift_4: segment_shift(VPN, 4),
            one_segment: Constant::new(bits::<VPN>(ones(segment_bits(VPN)))),
            // A table is one page: 2^9 entries of 8 bytes or 2^10 of 4.
            entry_shift: Constant::new(bits::<PA>(12 - u64::from(segment_bits(VPN)))),
        }
    }
}

impl<const VPN: usize, const PA: usize> Logic for TableOffset<VPN, PA> {
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
        self.bytes.next = bit_cast::<PA, VPN>(self.segment.val()) << self.entry_shift.val();
    }
}
