//! The comparators of an entry.

use crate::geometry::ones;
use crate::pmp::list;
use rust_hdl::prelude::*;

/// Are two virtual pages the same, or one inside the other?
///
/// A superpage, or a NAPOT range, compares only the bits above its offset. Both masks are masks of
/// [`PageMask`](crate::geometry::PageMask): a level's bits are ignored only together with all below.
///
/// In Sv32 the comparison is the carry of a sum, which becomes a carry chain where the target has
/// one: two bits that are equal are a 1 that passes the carry on, and so is the place between the two
/// segments, where a page that contains the lower one makes a carry of its own. Comparators are a
/// fifth of the logic of a small TLB, and this form has the fewest gates. Where pages have many
/// sizes it has not.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `held`, `key` | in | VPN | two virtual page numbers |
/// | `held_inside`, `key_inside` | in | VPN | bits to ignore: the page offsets of a larger page |
/// | `same` | out | 1 | they are equal in all other bits |
///
/// Where both are larger than the smallest page, the bits inside the next larger one are not compared
/// at all.
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock)]
pub struct SamePage<const VPN: usize> {
    /// A virtual page number.
    pub held: Signal<In, Bits<VPN>>,
    /// Its bits to ignore.
    pub held_inside: Signal<In, Bits<VPN>>,
    /// The other one.
    pub key: Signal<In, Bits<VPN>>,
    /// Its bits to ignore.
    pub key_inside: Signal<In, Bits<VPN>>,
    /// They are equal in all other bits.
    pub same: Signal<Out, Bit>,
    ignored: Signal<Local, Bits<VPN>>,
    never_compared: Constant<Bits<VPN>>,
    // For Sv32: pairs of equal bits, what is summed, and the sum.
    equal: Vec<Signal<Local, Bits<VPN>>>,
    terms: Vec<Signal<Local, Bits<VPN>>>,
    sum: Vec<Signal<Local, Bits<VPN>>>,
    // The places of the pairs, between them, between the segments; the first one and the last.
    pairs: Vec<Constant<Bits<VPN>>>,
    between: Vec<Constant<Bits<VPN>>>,
    boundary: Vec<Constant<Bits<VPN>>>,
    first: Vec<Constant<Bits<VPN>>>,
    last: Vec<Constant<Bits<VPN>>>,
}

impl<const VPN: usize> Default for SamePage<VPN> {
    fn default() -> Self {
        Self::new(0)
    }
}

impl<const VPN: usize> SamePage<VPN> {
    /// Of pages with so many bits of the page number inside, or more.
    pub fn new(smallest: u32) -> Self {
        let sums = usize::from(VPN == 20);
        let place = |value: u64| (0..sums).map(|_| Constant::new(bits::<VPN>(value))).collect();
        Self {
            held: Default::default(),
            held_inside: Default::default(),
            key: Default::default(),
            key_inside: Default::default(),
            same: Default::default(),
            ignored: Default::default(),
            never_compared: Constant::new(bits::<VPN>(ones(smallest))),
            equal: list(sums),
            terms: list(sums),
            sum: list(sums),
            pairs: place(0x55555),
            between: place(0x2A8AA),
            boundary: place(0x00200),
            first: place(0x00001),
            last: place(0x80000),
        }
    }
}

impl<const VPN: usize> Logic for SamePage<VPN> {
    #[hdl_gen]
    fn update(&mut self) {
        self.ignored.next =
            self.held_inside.val() | self.key_inside.val() | self.never_compared.val();
        self.same.next = !((self.held.val() ^ self.key.val()) & (!self.ignored.val())).any();
        for i in 0..self.sum.len() {
            // Each pair is in its lower place; the higher one passes the carry on.
            self.equal[i].next = !(self.held.val() ^ self.key.val());
            self.terms[i].next = (self.equal[i].val()
                & (self.equal[i].val() >> bits::<VPN>(1))
                & self.pairs[i].val())
                | self.between[i].val()
                | (self.ignored.val() & self.boundary[i].val());
            self.sum[i].next = self.terms[i].val() + (self.first[i].val() | self.boundary[i].val());
            self.same.next = (self.sum[i].val() & self.last[i].val()).any();
        }
    }
}

/// Are two words the same?
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `held`, `key` | in | W | two words |
/// | `same` | out | 1 | they are equal |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock, Default)]
pub struct SameWord<const W: usize> {
    /// A word.
    pub held: Signal<In, Bits<W>>,
    /// The other one.
    pub key: Signal<In, Bits<W>>,
    /// They are equal.
    pub same: Signal<Out, Bit>,
}

impl<const W: usize> Logic for SameWord<W> {
    #[hdl_gen]
    fn update(&mut self) {
        self.same.next = self.held.val() == self.key.val();
    }
}

/// Does an entry of a 4 KiB page translate a page of the same set?
///
/// Spec: `sv32algorithm` (an entry serves if the ASID "matches" or it is global).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `held_vpn`, `key_vpn` | in | VPN | two virtual page numbers, whose lowest four bits are not compared |
/// | `held_asid`, `key_asid` | in | ASID | their address spaces |
/// | `in_all`, `all_spaces` | in | 1 | the entry is global; an entry of any address space will do: these are not compared |
/// | `same` | out | 1 | all else is equal |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock, Default)]
pub struct SameEntry<const VPN: usize, const ASID: usize> {
    /// The entry's page.
    pub held_vpn: Signal<In, Bits<VPN>>,
    /// The other one.
    pub key_vpn: Signal<In, Bits<VPN>>,
    /// The entry's address space.
    pub held_asid: Signal<In, Bits<ASID>>,
    /// The other one.
    pub key_asid: Signal<In, Bits<ASID>>,
    /// The entry is global.
    pub in_all: Signal<In, Bit>,
    /// It serves every address space.
    pub all_spaces: Signal<In, Bit>,
    /// All else is equal.
    pub same: Signal<Out, Bit>,
}

impl<const VPN: usize, const ASID: usize> Logic for SameEntry<VPN, ASID> {
    #[hdl_gen]
    fn update(&mut self) {
        self.same.next = !((self.held_vpn.val() ^ self.key_vpn.val()) >> bits::<VPN>(4)).any()
            && (self.in_all.val()
                || self.all_spaces.val()
                || (self.held_asid.val() == self.key_asid.val()));
    }
}
