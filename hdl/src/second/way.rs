//! One way of a bank: an entry of every set, in block RAM.

#![expect(missing_docs, reason = "the derive macro adds undocumented methods")]

use crate::flags::Leaf;
use crate::geometry::{NAPOT, NAPOT_BITS, ones, segment_bits};
use rust_hdl::prelude::*;

/// What an entry has besides its numbers.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct Kept {
    /// There is an entry.
    pub valid: Bit,
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
    /// Makes the number of ones in the entry even.
    pub parity: Bit,
}

/// The entries of one way, for pages of one size, and the comparator of the set that was read.
///
/// Spec: `sv32algorithm` (an entry serves if the ASID "matches" or it is global).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock` | in | 1 | rising edge |
/// | `read_set` | in | 9 | the set to read |
/// | `key_vpn`, `key_asid` | in | VPN, ASID | in the next cycle: the key to compare with |
/// | `usable` | in | 1 | ... the set that was read has been cleared since reset |
/// | `holds` | out | 1 | ... the set has an entry in this way |
/// | `hit` | out | 1 | ... it translates the key |
/// | `broken` | out | 1 | ... its parity is wrong: it does not count as an entry |
/// | `ppn`, `leaf` | out | PPN, struct | ... the entry |
/// | `write_set`, `write` | in | 9, 1 | write that set |
/// | `set_valid` | in | 1 | ... with the following entry; otherwise clear it |
/// | `new_vpn`, `new_asid`, `new_ppn`, `new_leaf` | in | | the entry |
/// | `inject` | in | 1 | ... with wrong parity |
///
/// Timing: synchronous read, outputs in the cycle after `read_set`. A set that is read in the cycle
/// in which it is written gives its old contents.
/// Reset: none. The bank does not use a set before it was cleared.
#[derive(LogicBlock)]
pub struct BankWay<const VPN: usize, const PPN: usize, const ASID: usize, const TAG: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// The set to read.
    pub read_set: Signal<In, Bits<9>>,
    /// The virtual page to compare with.
    pub key_vpn: Signal<In, Bits<VPN>>,
    /// The address space to compare with.
    pub key_asid: Signal<In, Bits<ASID>>,
    /// The set that was read has been cleared.
    pub usable: Signal<In, Bit>,
    /// There is an entry.
    pub holds: Signal<Out, Bit>,
    /// It translates the key.
    pub hit: Signal<Out, Bit>,
    /// Its parity is wrong.
    pub broken: Signal<Out, Bit>,
    /// Its page.
    pub ppn: Signal<Out, Bits<PPN>>,
    /// Its leaf bits.
    pub leaf: Signal<Out, Leaf>,
    /// The set to write.
    pub write_set: Signal<In, Bits<9>>,
    /// Write it.
    pub write: Signal<In, Bit>,
    /// With an entry.
    pub set_valid: Signal<In, Bit>,
    /// The entry's virtual page.
    pub new_vpn: Signal<In, Bits<VPN>>,
    /// Its address space.
    pub new_asid: Signal<In, Bits<ASID>>,
    /// Its page.
    pub new_ppn: Signal<In, Bits<PPN>>,
    /// Its leaf bits.
    pub new_leaf: Signal<In, Leaf>,
    /// With wrong parity.
    pub inject: Signal<In, Bit>,
    tags: RAM<Bits<TAG>, 9>,
    pages: RAM<Bits<PPN>, 9>,
    flags: RAM<Kept, 9>,
    kept: Signal<Local, Kept>,
    wrong: Signal<Local, Bit>,
    vpn: Signal<Local, Bits<VPN>>,
    asid: Signal<Local, Bits<ASID>>,
    difference: Signal<Local, Bits<VPN>>,
    new_tag: Signal<Local, Bits<TAG>>,
    new_page: Signal<Local, Bits<PPN>>,
    new_kept: Signal<Local, Kept>,
    new_odd: Signal<Local, Bit>,
    level: Constant<Bits<3>>,
    outside: Constant<Bits<VPN>>,
    parity: Constant<Bit>,
    vpn_at: Constant<Bits<TAG>>,
}

impl<const VPN: usize, const PPN: usize, const ASID: usize, const TAG: usize>
    BankWay<VPN, PPN, ASID, TAG>
{
    /// For pages of a size, by its code: a level, or 5 for NAPOT ranges; with parity or without.
    ///
    /// # Panics
    /// If VPN and ASID together do not have `TAG` bits.
    pub fn new(size: u64, parity: bool) -> Self {
        assert_eq!(TAG, ASID + VPN, "a tag has so many bits");
        let inside = if size == NAPOT { NAPOT_BITS } else { size as u32 * segment_bits(VPN) };
        Self {
            clock: Default::default(),
            read_set: Default::default(),
            key_vpn: Default::default(),
            key_asid: Default::default(),
            usable: Default::default(),
            holds: Default::default(),
            hit: Default::default(),
            broken: Default::default(),
            ppn: Default::default(),
            leaf: Default::default(),
            write_set: Default::default(),
            write: Default::default(),
            set_valid: Default::default(),
            new_vpn: Default::default(),
            new_asid: Default::default(),
            new_ppn: Default::default(),
            new_leaf: Default::default(),
            inject: Default::default(),
            tags: Default::default(),
            pages: Default::default(),
            flags: Default::default(),
            kept: Default::default(),
            wrong: Default::default(),
            vpn: Default::default(),
            asid: Default::default(),
            difference: Default::default(),
            new_tag: Default::default(),
            new_page: Default::default(),
            new_kept: Default::default(),
            new_odd: Default::default(),
            level: Constant::new(bits::<3>(size)),
            outside: Constant::new(bits::<VPN>(ones(VPN as u32) & !ones(inside))),
            parity: Constant::new(parity),
            vpn_at: Constant::new(bits::<TAG>(ASID as u64)),
        }
    }
}

impl<const VPN: usize, const PPN: usize, const ASID: usize, const TAG: usize> Logic
    for BankWay<VPN, PPN, ASID, TAG>
{
    #[hdl_gen]
    fn update(&mut self) {
        self.tags.read_clock.next = self.clock.val();
        self.tags.write_clock.next = self.clock.val();
        self.tags.read_address.next = self.read_set.val();
        self.pages.read_clock.next = self.clock.val();
        self.pages.write_clock.next = self.clock.val();
        self.pages.read_address.next = self.read_set.val();
        self.flags.read_clock.next = self.clock.val();
        self.flags.write_clock.next = self.clock.val();
        self.flags.read_address.next = self.read_set.val();
        self.kept.next = self.flags.read_data.val();

        self.wrong.next = self.parity.val()
            && (self.tags.read_data.val().xor()
                ^ self.pages.read_data.val().xor()
                ^ self.kept.val().valid
                ^ self.kept.val().read
                ^ self.kept.val().write
                ^ self.kept.val().execute
                ^ self.kept.val().user
                ^ self.kept.val().dirty
                ^ self.kept.val().global
                ^ self.kept.val().pbmt.xor()
                ^ self.kept.val().parity);
        self.broken.next = self.usable.val() && self.wrong.val();
        self.holds.next = self.usable.val() && self.kept.val().valid && !self.wrong.val();
        self.ppn.next = self.pages.read_data.val();
        self.asid.next = bit_cast::<ASID, TAG>(self.tags.read_data.val());
        self.vpn.next = bit_cast::<VPN, TAG>(self.tags.read_data.val() >> self.vpn_at.val());
        self.leaf.next.read = self.kept.val().read;
        self.leaf.next.write = self.kept.val().write;
        self.leaf.next.execute = self.kept.val().execute;
        self.leaf.next.user = self.kept.val().user;
        self.leaf.next.dirty = self.kept.val().dirty;
        self.leaf.next.global = self.kept.val().global;
        self.leaf.next.level = self.level.val();
        self.leaf.next.pbmt = self.kept.val().pbmt;

        self.difference.next = (self.vpn.val() ^ self.key_vpn.val()) & self.outside.val();
        self.hit.next = self.usable.val()
            && self.kept.val().valid
            && !self.wrong.val()
            && !self.difference.val().any()
            && (self.kept.val().global || (self.asid.val() == self.key_asid.val()));

        self.new_tag.next = bits::<TAG>(0);
        self.new_page.next = bits::<PPN>(0);
        if self.set_valid.val() {
            self.new_tag.next = bit_cast::<TAG, ASID>(self.new_asid.val())
                | (bit_cast::<TAG, VPN>(self.new_vpn.val()) << self.vpn_at.val());
            self.new_page.next = self.new_ppn.val();
        }
        self.new_odd.next = self.set_valid.val()
            ^ self.new_tag.val().xor()
            ^ self.new_page.val().xor()
            ^ (self.set_valid.val()
                && (self.new_leaf.val().read
                    ^ self.new_leaf.val().write
                    ^ self.new_leaf.val().execute
                    ^ self.new_leaf.val().user
                    ^ self.new_leaf.val().dirty
                    ^ self.new_leaf.val().global
                    ^ self.new_leaf.val().pbmt.xor()
                    ^ self.inject.val()));
        self.new_kept.next.valid = self.set_valid.val();
        self.new_kept.next.read = self.set_valid.val() && self.new_leaf.val().read;
        self.new_kept.next.write = self.set_valid.val() && self.new_leaf.val().write;
        self.new_kept.next.execute = self.set_valid.val() && self.new_leaf.val().execute;
        self.new_kept.next.user = self.set_valid.val() && self.new_leaf.val().user;
        self.new_kept.next.dirty = self.set_valid.val() && self.new_leaf.val().dirty;
        self.new_kept.next.global = self.set_valid.val() && self.new_leaf.val().global;
        self.new_kept.next.pbmt = bits::<2>(0);
        if self.set_valid.val() {
            self.new_kept.next.pbmt = self.new_leaf.val().pbmt;
        }
        self.new_kept.next.parity = self.parity.val() && self.new_odd.val();

        self.tags.write_address.next = self.write_set.val();
        self.tags.write_data.next = self.new_tag.val();
        self.tags.write_enable.next = self.write.val();
        self.pages.write_address.next = self.write_set.val();
        self.pages.write_data.next = self.new_page.val();
        self.pages.write_enable.next = self.write.val();
        self.flags.write_address.next = self.write_set.val();
        self.flags.write_data.next = self.new_kept.val();
        self.flags.write_enable.next = self.write.val();
    }
}
