//! Many entries for 4 KiB pages, in distributed RAM.

use super::{LineRights, PageFlags, PageWay};
use crate::flags::{AccessContext, Extent, Leaf};
use crate::pmp::list;
use rust_hdl::prelude::*;

/// The 4 KiB pages of a port whose answers are registered: 16 sets of a few ways. The fully
/// associative lines beside it ([`Cam`](super::Cam)) then keep superpages and NAPOT ranges only, and
/// give way where both translate a page.
///
/// A set is selected by the lowest bits of the virtual page number. Each way has its own comparator;
/// whether the access is permitted is judged beside it.
///
/// Spec: `norm:sfence_vma_all_asid_va`, `norm:sfence_vma_va_asid`: a fence with an address clears
/// the entries that it names, and no other. `norm:sfence_vma_asid_only`:
/// one without clears all, which is more than it must if it names an address space.
/// `norm:sfence_vma_ordering_semantics`: any one of several translations of an address may be used.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `key_vpn`, `key_asid` | in | VPN, ASID | the page to look up, and its address space |
/// | `all_spaces` | in | 1 | entries of every address space translate it: a fence looks them up |
/// | `access` | in | struct | the access for which it is looked up |
/// | `hit` | out | 1 | in the next cycle: some entry translates it |
/// | `decides`, `faults` | out | 1 | ... and decides the access; with a page fault |
/// | `low_ppn`, `high_ppn`, `takes_high` | out | PPN, PPN, 1 | ... its page number, in one half of the ways or the other |
/// | `extent`, `leaf` | out | struct | ... what else it is; without a hit, some entry |
/// | `fence`, `fence_by_va`, `fence_by_asid` | in | 1 | in the next cycle: clear what the fence names |
/// | `refill` | in | 1 | ... write an entry of the page that was looked up; never together with `fence` |
/// | `new_vpn`, `new_asid`, `new_ppn`, `new_leaf` | in | | ... that entry |
///
/// Timing: the key and the access belong to one cycle, all else to the next. A fence and a refill
/// take one cycle each, and a lookup finds what holds after its cycle.
/// Reset: empty.
///
/// Invariants: an entry replaces one of the same page, else it goes to the last way without an entry,
/// else to the ways in turn. If two ways translate a page, as a global entry and an older one of
/// another address space can, the last one answers.
#[derive(LogicBlock)]
pub struct PageSets<const VPN: usize, const PPN: usize, const ASID: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The page to look up.
    pub key_vpn: Signal<In, Bits<VPN>>,
    /// Its address space.
    pub key_asid: Signal<In, Bits<ASID>>,
    /// Entries of every address space translate it.
    pub all_spaces: Signal<In, Bit>,
    /// The access for which it is looked up.
    pub access: Signal<In, AccessContext>,
    /// Some entry translates it.
    pub hit: Signal<Out, Bit>,
    /// That entry decides the access.
    pub decides: Signal<Out, Bit>,
    /// With a page fault.
    pub faults: Signal<Out, Bit>,
    /// Its physical page number, if it is in the first half of the ways.
    pub low_ppn: Signal<Out, Bits<PPN>>,
    /// ... if it is in the other half.
    pub high_ppn: Signal<Out, Bits<PPN>>,
    /// It is in the other half.
    pub takes_high: Signal<Out, Bit>,
    /// Its size and memory type.
    pub extent: Signal<Out, Extent>,
    /// Its flags.
    pub leaf: Signal<Out, Leaf>,
    /// Clear what a fence names.
    pub fence: Signal<In, Bit>,
    /// It names the page that was looked up.
    pub fence_by_va: Signal<In, Bit>,
    /// It names an address space.
    pub fence_by_asid: Signal<In, Bit>,
    /// Write an entry of the page that was looked up.
    pub refill: Signal<In, Bit>,
    /// Its virtual page number.
    pub new_vpn: Signal<In, Bits<VPN>>,
    /// Its address space.
    pub new_asid: Signal<In, Bits<ASID>>,
    /// Its physical page number.
    pub new_ppn: Signal<In, Bits<PPN>>,
    /// Its leaf bits.
    pub new_leaf: Signal<In, Leaf>,
    ways: Vec<PageWay<VPN, PPN, ASID>>,
    rights: LineRights<4>,
    number: Vec<Constant<Bits<2>>>,
    half: Vec<Constant<Bits<1>>>,
    last_way: Constant<Bits<2>>,
    // The set that was looked up; the next way to replace.
    set: DFF<Bits<4>>,
    turn: DFF<Bits<2>>,
    // Of each way: what was found there in the cycle before, and which of its sets have an entry.
    same_before: Vec<DFF<Bit>>,
    holds_before: Vec<DFF<Bit>>,
    flags_before: Vec<DFF<PageFlags>>,
    // G of these again: a loop over ways cannot name a field of a bundle.
    global_before: Vec<DFF<Bit>>,
    decided: DFF<Bits<4>>,
    faulted: DFF<Bits<4>>,
    hits: Vec<Signal<Local, Bit>>,
    cleared: Vec<Signal<Local, Bit>>,
    found_flags: Signal<Local, PageFlags>,
    new_flags: Signal<Local, PageFlags>,
    place: Signal<Local, Bits<2>>,
    full: Signal<Local, Bit>,
    found: Signal<Local, Bit>,
}

impl<const VPN: usize, const PPN: usize, const ASID: usize> Default for PageSets<VPN, PPN, ASID> {
    fn default() -> Self {
        Self::new(2)
    }
}

impl<const VPN: usize, const PPN: usize, const ASID: usize> PageSets<VPN, PPN, ASID> {
    /// The number of sets.
    pub const SETS: usize = 16;

    /// With so many ways.
    ///
    /// # Panics
    /// If there are not 1, 2 or 4.
    pub fn new(ways: usize) -> Self {
        assert!(matches!(ways, 1 | 2 | 4), "pages have 1, 2 or 4 ways, not {ways}");
        let number = |way: usize| Constant::new(bits::<2>(way as u64));
        Self {
            clock: Default::default(),
            reset: Default::default(),
            key_vpn: Default::default(),
            key_asid: Default::default(),
            all_spaces: Default::default(),
            access: Default::default(),
            hit: Default::default(),
            decides: Default::default(),
            faults: Default::default(),
            low_ppn: Default::default(),
            high_ppn: Default::default(),
            takes_high: Default::default(),
            extent: Default::default(),
            leaf: Default::default(),
            fence: Default::default(),
            fence_by_va: Default::default(),
            fence_by_asid: Default::default(),
            refill: Default::default(),
            new_vpn: Default::default(),
            new_asid: Default::default(),
            new_ppn: Default::default(),
            new_leaf: Default::default(),
            found_flags: Default::default(),
            new_flags: Default::default(),
            ways: list(ways),
            rights: LineRights::new(ways),
            number: (0..ways).map(number).collect(),
            half: (0..ways).map(|way| Constant::new(bits::<1>((2 * way / ways) as u64))).collect(),
            last_way: number(ways - 1),
            set: Default::default(),
            turn: Default::default(),
            same_before: list(ways),
            holds_before: list(ways),
            flags_before: list(ways),
            global_before: list(ways),
            decided: Default::default(),
            faulted: Default::default(),
            hits: list(ways),
            cleared: list(ways),
            place: Default::default(),
            full: Default::default(),
            found: Default::default(),
        }
    }
}

impl<const VPN: usize, const PPN: usize, const ASID: usize> Logic for PageSets<VPN, PPN, ASID> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, set, turn, decided, faulted);
        self.set.d.next = bit_cast::<4, VPN>(self.key_vpn.val());

        // The lookup.
        self.rights.access.next = self.access.val();
        for i in 0..self.ways.len() {
            self.ways[i].clock.next = self.clock.val();
            self.ways[i].key_vpn.next = self.key_vpn.val();
            self.ways[i].key_asid.next = self.key_asid.val();
            self.ways[i].all_spaces.next = self.all_spaces.val();
            self.ways[i].set.next = self.set.q.val();
            self.flags_before[i].clock.next = self.clock.val();
            self.flags_before[i].d.next = self.ways[i].flags.val();
            self.global_before[i].clock.next = self.clock.val();
            self.global_before[i].d.next = self.ways[i].in_all.val();
            self.rights.read[i].next = self.ways[i].readable.val();
            self.rights.write[i].next = self.ways[i].writable.val();
            self.rights.execute[i].next = self.ways[i].executable.val();
            self.rights.user[i].next = self.ways[i].of_user.val();
            self.rights.dirty[i].next = self.ways[i].dirty.val();
        }
        self.decided.d.next = self.rights.decides.val();
        self.faulted.d.next = self.rights.faults.val();

        // What the lookup will have found, and what a fence clears of what was looked up.
        for i in 0..self.ways.len() {
            self.hits[i].next = self.same_before[i].q.val() && self.holds_before[i].q.val();
            self.cleared[i].next = self.fence.val()
                && self.hits[i].val()
                && !(self.fence_by_asid.val() && self.global_before[i].q.val());
            self.holds_before[i].clock.next = self.clock.val();
            self.holds_before[i].d.next = self.ways[i].holds.val();
            self.same_before[i].clock.next = self.clock.val();
            self.same_before[i].d.next = self.ways[i].same.val();
        }

        // What it has found.
        self.found.next = false;
        self.full.next = true;
        self.place.next = self.turn.q.val();
        self.decides.next = false;
        self.faults.next = false;
        self.low_ppn.next = self.ways[0].ppn.val();
        self.high_ppn.next = self.ways[0].ppn.val();
        self.takes_high.next = false;
        self.found_flags.next = self.flags_before[0].q.val();
        for i in 0..self.ways.len() {
            if self.half[i].val() == bits::<1>(0) {
                self.low_ppn.next = self.ways[i].ppn.val();
            } else {
                self.high_ppn.next = self.ways[i].ppn.val();
            }
            if !self.holds_before[i].q.val() {
                self.full.next = false;
                self.place.next = self.number[i].val();
            }
        }
        for i in 0..self.ways.len() {
            if self.hits[i].val() {
                self.found.next = true;
                self.place.next = self.number[i].val();
                self.decides.next = self.decided.q.val().get_bit(i);
                self.faults.next = self.faulted.q.val().get_bit(i);
                self.found_flags.next = self.flags_before[i].q.val();
                if self.half[i].val() == bits::<1>(0) {
                    self.low_ppn.next = self.ways[i].ppn.val();
                    self.takes_high.next = false;
                } else {
                    self.high_ppn.next = self.ways[i].ppn.val();
                    self.takes_high.next = true;
                }
            }
        }
        self.hit.next = self.found.val();
        self.leaf.next.read = self.found_flags.val().read;
        self.leaf.next.write = self.found_flags.val().write;
        self.leaf.next.execute = self.found_flags.val().execute;
        self.leaf.next.user = self.found_flags.val().user;
        self.leaf.next.dirty = self.found_flags.val().dirty;
        self.leaf.next.global = self.found_flags.val().global;
        self.leaf.next.level = bits::<3>(0);
        self.leaf.next.pbmt = self.found_flags.val().pbmt;
        self.extent.next.level = bits::<3>(0);
        self.extent.next.inside = bits::<5>(0);
        self.extent.next.pbmt = self.found_flags.val().pbmt;

        // What changes.
        self.new_flags.next.read = self.new_leaf.val().read;
        self.new_flags.next.write = self.new_leaf.val().write;
        self.new_flags.next.execute = self.new_leaf.val().execute;
        self.new_flags.next.user = self.new_leaf.val().user;
        self.new_flags.next.dirty = self.new_leaf.val().dirty;
        self.new_flags.next.global = self.new_leaf.val().global;
        self.new_flags.next.pbmt = self.new_leaf.val().pbmt;
        for i in 0..self.ways.len() {
            self.ways[i].write.next =
                self.refill.val() && (self.place.val() == self.number[i].val());
            self.ways[i].new_vpn.next = self.new_vpn.val();
            self.ways[i].new_asid.next = self.new_asid.val();
            self.ways[i].new_ppn.next = self.new_ppn.val();
            self.ways[i].new_flags.next = self.new_flags.val();
            self.ways[i].clear.next = self.cleared[i].val();
            self.ways[i].clear_all.next =
                self.reset.val() || (self.fence.val() && !self.fence_by_va.val());
        }
        if self.refill.val() && self.full.val() && !self.found.val() {
            self.turn.d.next = (self.turn.q.val() + bits::<2>(1)) & self.last_way.val();
        }
        if self.reset.val() {
            self.turn.d.next = bits::<2>(0);
        }
    }
}
