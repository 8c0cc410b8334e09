//! The physical address of the next page-table entry.

use crate::OneOfFour;
use crate::geometry::{ones, segment_bits};
use rust_hdl::prelude::*;

/// The physical address of the next entry to read: VPN\[level\] of a table, or the last one again.
///
/// Spec: `sv32algorithm` ("a + va.vpn\[i\] × PTESIZE").
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `vpn` | in | VPN | the virtual page number |
/// | `root_level`, `next_level` | in | 3 | the level of the table with `from_root`, and of the one that `pointer` names |
/// | `moves` | in | 1 | an entry of another table is read, if one is |
/// | `from_root` | in | 1 | ... of the root table; otherwise of the one that `pointer` names |
/// | `fetch_root`, `data_root`, `of_data` | in | PPN, PPN, 1 | the root tables of both ports, and whose it is |
/// | `pointer` | in | PPN | the page number in a pointer |
/// | `last` | in | PA | the address of the last entry |
/// | `addr` | out | PA | table × 4096 + VPN\[level\] × 8 (RV32: 4); or without `moves` the last one |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock)]
pub struct EntryAddress<const VPN: usize, const PPN: usize, const PA: usize> {
    /// The virtual page number.
    pub vpn: Signal<In, Bits<VPN>>,
    /// The level of the table with `from_root`.
    pub root_level: Signal<In, Bits<3>>,
    /// The level of the table that `pointer` names.
    pub next_level: Signal<In, Bits<3>>,
    /// An entry of another table is read.
    pub moves: Signal<In, Bit>,
    /// That is the root table.
    pub from_root: Signal<In, Bit>,
    /// The fetch port's root table.
    pub fetch_root: Signal<In, Bits<PPN>>,
    /// The data port's.
    pub data_root: Signal<In, Bits<PPN>>,
    /// The data port's is meant.
    pub of_data: Signal<In, Bit>,
    /// The page number in a pointer.
    pub pointer: Signal<In, Bits<PPN>>,
    /// The address of the last entry.
    pub last: Signal<In, Bits<PA>>,
    /// The entry's physical address.
    pub addr: Signal<Out, Bits<PA>>,
    root_segments: OneOfFour<VPN>,
    next_segments: OneOfFour<VPN>,
    address: OneOfFour<PA>,
    offset: Signal<Local, Bits<PA>>,
    next_offset: Signal<Local, Bits<PA>>,
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
            root_level: Default::default(),
            next_level: Default::default(),
            moves: Default::default(),
            from_root: Default::default(),
            fetch_root: Default::default(),
            data_root: Default::default(),
            of_data: Default::default(),
            pointer: Default::default(),
            last: Default::default(),
            root_segments: Default::default(),
            next_segments: Default::default(),
            next_offset: Default::default(),
            address: Default::default(),
            addr: Default::default(),
            offset: Default::default(),
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
        // Which of both tables it is, is known later than their levels.
        self.root_segments.first.next = self.vpn.val();
        self.root_segments.second.next = self.vpn.val() >> self.shift_1.val();
        self.root_segments.third.next = self.vpn.val() >> self.shift_2.val();
        self.root_segments.fourth.next = self.vpn.val() >> self.shift_3.val();
        self.root_segments.takes_second.next = self.root_level.val().get_bit(0);
        self.root_segments.takes_fourth.next = self.root_level.val().get_bit(0);
        self.root_segments.takes_others.next = self.root_level.val().get_bit(1);
        self.segment.next = self.root_segments.word.val();
        if self.root_level.val().get_bit(2) {
            self.segment.next = self.vpn.val() >> self.shift_4.val();
        }
        self.offset.next = bit_cast::<PA, VPN>(self.segment.val() & self.one_segment.val())
            << self.entry_shift.val();
        // No pointer names a table of the highest level.
        self.next_segments.first.next = self.vpn.val();
        self.next_segments.second.next = self.vpn.val() >> self.shift_1.val();
        self.next_segments.third.next = self.vpn.val() >> self.shift_2.val();
        self.next_segments.fourth.next = self.vpn.val() >> self.shift_3.val();
        self.next_segments.takes_second.next = self.next_level.val().get_bit(0);
        self.next_segments.takes_fourth.next = self.next_level.val().get_bit(0);
        self.next_segments.takes_others.next = self.next_level.val().get_bit(1);
        self.next_offset.next =
            bit_cast::<PA, VPN>(self.next_segments.word.val() & self.one_segment.val())
                << self.entry_shift.val();

        self.address.first.next =
            (bit_cast::<PA, PPN>(self.fetch_root.val()) << bits::<PA>(12)) | self.offset.val();
        self.address.second.next =
            (bit_cast::<PA, PPN>(self.data_root.val()) << bits::<PA>(12)) | self.offset.val();
        self.address.third.next =
            (bit_cast::<PA, PPN>(self.pointer.val()) << bits::<PA>(12)) | self.next_offset.val();
        self.address.fourth.next = self.last.val();
        self.address.takes_second.next = self.of_data.val();
        self.address.takes_fourth.next = !self.moves.val();
        self.address.takes_others.next = !(self.moves.val() && self.from_root.val());
        self.addr.next = self.address.word.val();
    }
}
