//! One way of the 4 KiB pages: an entry of every set.

#![expect(missing_docs, reason = "the derive macro adds undocumented methods")]

use super::SameEntry;
use crate::{DistributedRam, OneOfFour};
use rust_hdl::prelude::*;

/// What an entry of a 4 KiB page has besides its numbers.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct PageFlags {
    /// PTE.R
    pub read: Bit,
    /// PTE.W
    pub write: Bit,
    /// PTE.X
    pub execute: Bit,
    /// PTE.U
    pub user: Bit,
    /// PTE.D
    pub dirty: Bit,
    /// PTE.G of the leaf or of any pointer above it.
    pub global: Bit,
    /// PTE.PBMT
    pub pbmt: Bits<2>,
}

/// An entry of each of 16 sets, in distributed RAM, and the comparator of the set that is read.
///
/// Spec: `sv32algorithm` (an entry serves if the ASID "matches" or it is global).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock` | in | 1 | rising edge |
/// | `key_vpn`, `key_asid` | in | VPN, ASID | the page to look up, and its address space |
/// | `all_spaces` | in | 1 | an entry of any address space translates it |
/// | `holds` | out | 1 | that page's set has an entry, which is not cleared in this cycle |
/// | `same` | out | 1 | the entry of that page's set translates it, if there is one |
/// | `readable`, `writable`, `executable`, `of_user`, `dirty`, `in_all` | out | 1 | its R, W, X, U, D and G |
/// | `flags` | out | struct | the same, and its memory type |
/// | `set` | in | 4 | a set to read or write |
/// | `ppn` | out | PPN | its physical page number |
/// | `clear_all`, `clear` | in | 1 | clear every set; clear `set` |
/// | `write` | in | 1 | write the following entry to `set`; not together with these |
/// | `new_vpn`, `new_asid`, `new_ppn`, `new_flags` | in | | the entry |
///
/// Timing: combinational; a write takes effect at the edge. Reset: `clear_all`.
#[derive(LogicBlock, Default)]
pub struct PageWay<const VPN: usize, const PPN: usize, const ASID: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// The page to look up.
    pub key_vpn: Signal<In, Bits<VPN>>,
    /// Its address space.
    pub key_asid: Signal<In, Bits<ASID>>,
    /// An entry of any address space translates it.
    pub all_spaces: Signal<In, Bit>,
    /// Its set has an entry.
    pub holds: Signal<Out, Bit>,
    /// The entry of its set translates it.
    pub same: Signal<Out, Bit>,
    /// R
    pub readable: Signal<Out, Bit>,
    /// W
    pub writable: Signal<Out, Bit>,
    /// X
    pub executable: Signal<Out, Bit>,
    /// U
    pub of_user: Signal<Out, Bit>,
    /// D
    pub dirty: Signal<Out, Bit>,
    /// G
    pub in_all: Signal<Out, Bit>,
    /// All its flags.
    pub flags: Signal<Out, PageFlags>,
    /// A set to read or write.
    pub set: Signal<In, Bits<4>>,
    /// Its physical page number.
    pub ppn: Signal<Out, Bits<PPN>>,
    /// Clear every set.
    pub clear_all: Signal<In, Bit>,
    /// Clear the set.
    pub clear: Signal<In, Bit>,
    /// Write the set.
    pub write: Signal<In, Bit>,
    /// The entry's virtual page number.
    pub new_vpn: Signal<In, Bits<VPN>>,
    /// Its address space.
    pub new_asid: Signal<In, Bits<ASID>>,
    /// Its physical page number.
    pub new_ppn: Signal<In, Bits<PPN>>,
    /// Its flags.
    pub new_flags: Signal<In, PageFlags>,
    held_valid: DFF<Bits<16>>,
    held_vpn: DistributedRam<Bits<VPN>, 4>,
    held_asid: DistributedRam<Bits<ASID>, 4>,
    held_flags: DistributedRam<PageFlags, 4>,
    held_ppn: DistributedRam<Bits<PPN>, 4>,
    entry: SameEntry<VPN, ASID>,
    key_set: Signal<Local, Bits<4>>,
    mark: Signal<Local, Bits<16>>,
    valid_group: OneOfFour<4>,
    valid_bit: OneOfFour<1>,
}

impl<const VPN: usize, const PPN: usize, const ASID: usize> Logic for PageWay<VPN, PPN, ASID> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held_valid);
        self.key_set.next = bit_cast::<4, VPN>(self.key_vpn.val());

        // Which sets have an entry: flip-flops, since all are cleared at once.
        self.mark.next = bits::<16>(1) << bit_cast::<16, 4>(self.set.val());
        if self.clear.val() {
            self.held_valid.d.next = self.held_valid.q.val() & (!self.mark.val());
        }
        if self.write.val() {
            self.held_valid.d.next = self.held_valid.q.val() | self.mark.val();
        }
        if self.clear_all.val() {
            self.held_valid.d.next = bits::<16>(0);
        }
        self.valid_group.first.next = self.held_valid.q.val().get_bits::<4>(0);
        self.valid_group.second.next = self.held_valid.q.val().get_bits::<4>(4);
        self.valid_group.third.next = self.held_valid.q.val().get_bits::<4>(8);
        self.valid_group.fourth.next = self.held_valid.q.val().get_bits::<4>(12);
        self.valid_group.takes_second.next = self.key_set.val().get_bit(2);
        self.valid_group.takes_fourth.next = self.key_set.val().get_bit(2);
        self.valid_group.takes_others.next = self.key_set.val().get_bit(3);
        self.valid_bit.first.next = self.valid_group.word.val().get_bits::<1>(0);
        self.valid_bit.second.next = self.valid_group.word.val().get_bits::<1>(1);
        self.valid_bit.third.next = self.valid_group.word.val().get_bits::<1>(2);
        self.valid_bit.fourth.next = self.valid_group.word.val().get_bits::<1>(3);
        self.valid_bit.takes_second.next = self.key_set.val().get_bit(0);
        self.valid_bit.takes_fourth.next = self.key_set.val().get_bit(0);
        self.valid_bit.takes_others.next = self.key_set.val().get_bit(1);
        self.holds.next = self.valid_bit.word.val().any()
            && !self.clear_all.val()
            && !(self.clear.val() && (self.key_set.val() == self.set.val()));

        self.held_vpn.clock.next = self.clock.val();
        self.held_vpn.read_address.next = self.key_set.val();
        self.held_vpn.write_address.next = self.set.val();
        // The set says the lowest bits.
        self.held_vpn.write_data.next = self.new_vpn.val() & (!bits::<VPN>(0xF));
        self.held_vpn.write_enable.next = self.write.val();

        self.held_asid.clock.next = self.clock.val();
        self.held_asid.read_address.next = self.key_set.val();
        self.held_asid.write_address.next = self.set.val();
        self.held_asid.write_data.next = self.new_asid.val();
        self.held_asid.write_enable.next = self.write.val();

        self.held_flags.clock.next = self.clock.val();
        self.held_flags.read_address.next = self.key_set.val();
        self.held_flags.write_address.next = self.set.val();
        self.held_flags.write_data.next = self.new_flags.val();
        self.held_flags.write_enable.next = self.write.val();
        self.flags.next = self.held_flags.read_data.val();
        self.readable.next = self.held_flags.read_data.val().read;
        self.writable.next = self.held_flags.read_data.val().write;
        self.executable.next = self.held_flags.read_data.val().execute;
        self.of_user.next = self.held_flags.read_data.val().user;
        self.dirty.next = self.held_flags.read_data.val().dirty;
        self.in_all.next = self.held_flags.read_data.val().global;

        self.held_ppn.clock.next = self.clock.val();
        self.held_ppn.read_address.next = self.set.val();
        self.held_ppn.write_address.next = self.set.val();
        self.held_ppn.write_data.next = self.new_ppn.val();
        self.held_ppn.write_enable.next = self.write.val();
        self.ppn.next = self.held_ppn.read_data.val();

        self.entry.held_vpn.next = self.held_vpn.read_data.val();
        self.entry.held_asid.next = self.held_asid.read_data.val();
        self.entry.key_vpn.next = self.key_vpn.val();
        self.entry.key_asid.next = self.key_asid.val();
        self.entry.in_all.next = self.held_flags.read_data.val().global;
        self.entry.all_spaces.next = self.all_spaces.val();
        self.same.next = self.entry.same.val();
    }
}
