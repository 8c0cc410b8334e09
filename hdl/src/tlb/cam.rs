//! The fully associative TLB: lines, selection, replacement.

use super::{CamLine, HitNumber, LineRights, Replacement, Shape};
use crate::flags::{AccessContext, Extent, Leaf};
use crate::geometry::{InsideMask, level_of_two, smallest_larger_page};
use crate::pmp::list;
use crate::{DistributedRam, Extensions};
use rust_hdl::prelude::*;

/// Lines looked up at once, pages of every size side by side; superpages and NAPOT ranges are
/// unfractured.
///
/// Tags and flags are in flip-flops, beside their comparators. Page numbers and sizes are in two
/// memories that are read within the cycle, at the number of the line that hits. As at most one line
/// hits, that number is the disjunction of the numbers of all lines that do: no line waits for
/// another. Whether the access is permitted is known for every line by the time the hit is.
///
/// Spec: `sv32algorithm` (address-translation cache), `norm:sfence_vma_ordering_semantics`
/// (any one of several translations of an address may be used, never a mixture).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset empties all lines |
/// | `key_vpn` | in | VPN | the page to look up; on a fence or refill its operand |
/// | `key_asid` | in | ASID | with `looks_ahead`: the address space of the lookups from the next cycle on; on a fence its operand |
/// | `looks_ahead` | in | 1 | `key_asid` is the address space of the lookups to come; otherwise it stays what it was |
/// | `access` | in | struct | the access for which it is looked up |
/// | `hit` | out | 1 | some line translates the key |
/// | `decides` | out | 1 | ... and decides the access; otherwise hardware must set its D |
/// | `faults` | out | 1 | ... with a page fault |
/// | `ppn`, `extent` | out | PPN, struct | that line's contents; without a hit, those of some line |
/// | `words`, `takes_second` | out | PPN, 1 | with `words`: the page number again, in the first of two words, or if `takes_second` in the second |
/// | `leaf` | out | struct | that line's flags, without its size and type; without a hit, 0 |
/// | `used` | in | 1 | that line answers a request in this cycle |
/// | `fence`, `fence_by_va`, `fence_by_asid` | in | 1 | clear the entries that the fence subsumes |
/// | `filling` | in | 1 | the key is a miss whose entry may come in this cycle: it is as large as `new_inside` says |
/// | `refill` | in | 1 | write an entry for the key; only while `filling`, never together with `fence` |
/// | `new_ppn`, `new_leaf`, `new_inside` | in | PPN, struct, 5 | the entry, and its size decoded |
///
/// | `written_vpn`, `written_asid`, `written_inside` | in | VPN, ASID, 5 | with registered answers: the page, address space and size of the entry that is written |
///
/// Timing: lookup is combinational in the page, and a cycle behind in the address space; fence and
/// refill each take one cycle, however many lines there are.
///
/// Where answers are registered, the key, `looks_ahead`, `access`, `filling` and `new_inside` belong to
/// one cycle, and all else to the next: `hit` and what comes with it, `used`, the fence and the refill.
/// Reset: empty.
///
/// Invariants: at most one line hits (`CamLine` clears overlaps on refill).
#[derive(LogicBlock)]
pub struct Cam<
    const N: usize,
    const IDX: usize,
    const VPN: usize,
    const PPN: usize,
    const ASID: usize,
> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// Virtual page number looked up.
    pub key_vpn: Signal<In, Bits<VPN>>,
    /// Address space of the next lookups.
    pub key_asid: Signal<In, Bits<ASID>>,
    /// The address space is that of the lookups to come.
    pub looks_ahead: Signal<In, Bit>,
    /// Some line translates the key.
    pub hit: Signal<Out, Bit>,
    /// Its physical page number.
    pub ppn: Signal<Out, Bits<PPN>>,
    /// Its size and memory type.
    pub extent: Signal<Out, Extent>,
    /// Its flags.
    pub leaf: Signal<Out, Leaf>,
    /// The access for which it is looked up.
    pub access: Signal<In, AccessContext>,
    /// The line that hits decides the access.
    pub decides: Signal<Out, Bit>,
    /// With a page fault.
    pub faults: Signal<Out, Bit>,
    /// The line that hits answers a request.
    pub used: Signal<In, Bit>,
    /// A fence is accepted.
    pub fence: Signal<In, Bit>,
    /// Fence only the key's page.
    pub fence_by_va: Signal<In, Bit>,
    /// Fence only the key's address space.
    pub fence_by_asid: Signal<In, Bit>,
    /// The key is a miss whose entry may come in this cycle.
    pub filling: Signal<In, Bit>,
    /// Write an entry for the key.
    pub refill: Signal<In, Bit>,
    /// Its physical page number.
    pub new_ppn: Signal<In, Bits<PPN>>,
    /// Its leaf bits.
    pub new_leaf: Signal<In, Leaf>,
    /// The size of its page, decoded.
    pub new_inside: Signal<In, Bits<5>>,
    /// With registered answers: the page of the entry that is written.
    pub written_vpn: Vec<Signal<In, Bits<VPN>>>,
    /// Its address space.
    pub written_asid: Vec<Signal<In, Bits<ASID>>>,
    /// Its size, decoded.
    pub written_inside: Vec<Signal<In, Bits<5>>>,
    /// Where the lines keep larger pages only: the page number, in the first word or the second.
    pub words: Vec<Signal<Out, Bits<PPN>>>,
    /// It is in the second one.
    pub takes_second: Vec<Signal<Out, Bit>>,
    lines: Vec<CamLine<VPN, ASID>>,
    kept_ppn: Vec<DFF<Bits<PPN>>>,
    kept_extent: Vec<DFF<Extent>>,
    // With registered answers: the verdicts of the cycle before, and the mask of what is written.
    decided: Vec<DFF<Bits<N>>>,
    faulted: Vec<DFF<Bits<N>>>,
    written_page: Vec<InsideMask<VPN, VPN>>,
    held_ppn: DistributedRam<Bits<PPN>, IDX>,
    held_extent: DistributedRam<Extent, IDX>,
    rights: LineRights<N>,
    replacement: Vec<Replacement<IDX>>,
    set: Signal<Local, Bits<VPN>>,
    set_bits: Constant<Bits<VPN>>,
    set_number: Vec<Constant<Bits<VPN>>>,
    set_base: Vec<Constant<Bits<IDX>>>,
    set_of: Vec<Constant<Bits<VPN>>>,
    victim: Signal<Local, Bits<IDX>>,
    new_page: InsideMask<VPN, VPN>,
    new_extent: Signal<Local, Extent>,
    // In Sv32 the decoded size is the level: one register for both.
    level_bits: Vec<Constant<Bits<3>>>,
    key_inside: Signal<Local, Bits<VPN>>,
    encoder: HitNumber<IDX>,
    own: Vec<Constant<Bits<N>>>,
    hits: Signal<Local, Bits<N>>,
    hit_number: Signal<Local, Bits<IDX>>,
}

impl<const N: usize, const IDX: usize, const VPN: usize, const PPN: usize, const ASID: usize>
    Default for Cam<N, IDX, VPN, PPN, ASID>
{
    fn default() -> Self {
        Self::new(Extensions::default(), Shape::fifo(N), false, false)
    }
}

impl<const N: usize, const IDX: usize, const VPN: usize, const PPN: usize, const ASID: usize>
    Cam<N, IDX, VPN, PPN, ASID>
{
    /// With these extensions, of this shape, for a port whose answers are registered or not.
    ///
    /// With `words`, its lines keep larger pages only, and tell the page number so that it is selected
    /// together with others: two lines have a word each.
    ///
    /// # Panics
    /// If the shape does not fit ([`Shape::misfit`]).
    pub fn new(extensions: Extensions, shape: Shape, registered: bool, words: bool) -> Self {
        let lines = shape.lines;
        let smallest = if words { smallest_larger_page(extensions, VPN) } else { 0 };
        let pair = if words && lines == 2 { lines } else { 0 };
        let words = if words { 2 } else { 0 };
        let stages = usize::from(registered);
        assert_eq!(shape.misfit(IDX), None);
        let sets = lines / shape.ways;
        Self {
            clock: Default::default(),
            reset: Default::default(),
            key_vpn: Default::default(),
            key_asid: Default::default(),
            looks_ahead: Default::default(),
            hit: Default::default(),
            ppn: Default::default(),
            extent: Default::default(),
            leaf: Default::default(),
            access: Default::default(),
            decides: Default::default(),
            faults: Default::default(),
            used: Default::default(),
            fence: Default::default(),
            fence_by_va: Default::default(),
            fence_by_asid: Default::default(),
            filling: Default::default(),
            refill: Default::default(),
            new_ppn: Default::default(),
            new_leaf: Default::default(),
            written_vpn: list(stages),
            written_asid: list(stages),
            written_inside: list(stages),
            words: list(words),
            takes_second: list(words / 2),
            lines: (0..lines).map(|_| CamLine::new(registered, smallest)).collect(),
            kept_ppn: list(pair),
            kept_extent: list(pair),
            decided: list(stages),
            faulted: list(stages),
            written_page: (0..stages).map(|_| InsideMask::new(extensions)).collect(),
            held_ppn: Default::default(),
            held_extent: Default::default(),
            rights: LineRights::new(lines),
            replacement: (0..sets).map(|_| Replacement::new(shape)).collect(),
            set: Default::default(),
            set_bits: Constant::new(bits::<VPN>(sets as u64 - 1)),
            set_number: (0..sets as u64).map(|set| Constant::new(set.into())).collect(),
            set_base: (0..sets)
                .map(|set| Constant::new(bits::<IDX>((set * shape.ways) as u64)))
                .collect(),
            set_of: (0..lines)
                .map(|line| Constant::new(bits::<VPN>((line / shape.ways) as u64)))
                .collect(),
            victim: Default::default(),
            new_inside: Default::default(),
            new_page: InsideMask::new(extensions),
            new_extent: Default::default(),
            level_bits: level_of_two(VPN),
            key_inside: Default::default(),
            encoder: HitNumber::new(lines),
            own: (0..lines).map(|line| Constant::new(bits::<N>(1 << line))).collect(),
            hits: Default::default(),
            hit_number: Default::default(),
        }
    }
}

impl<const N: usize, const IDX: usize, const VPN: usize, const PPN: usize, const ASID: usize> Logic
    for Cam<N, IDX, VPN, PPN, ASID>
{
    #[hdl_gen]
    fn update(&mut self) {
        // A superpage, or a NAPOT range, overlaps every page inside it.
        self.new_page.parts.next = self.new_inside.val();
        self.key_inside.next = bits::<VPN>(0);
        if self.filling.val() {
            self.key_inside.next = self.new_page.mask.val();
        }
        self.new_extent.next.level = self.new_leaf.val().level;
        self.new_extent.next.inside = self.new_inside.val();
        self.new_extent.next.pbmt = self.new_leaf.val().pbmt;
        for k in 0..self.written_page.len() {
            self.written_page[k].parts.next = self.written_inside[k].val();
            self.new_extent.next.inside = self.written_inside[k].val();
        }
        for k in 0..self.level_bits.len() {
            self.new_extent.next.level =
                bit_cast::<3, 5>(self.new_extent.val().inside) & self.level_bits[k].val();
        }

        // The set of a new entry, and the victim there.
        self.set.next = self.key_vpn.val() & self.set_bits.val();
        for k in 0..self.written_vpn.len() {
            self.set.next = self.written_vpn[k].val() & self.set_bits.val();
        }
        self.victim.next = bits::<IDX>(0);
        for s in 0..self.replacement.len() {
            self.replacement[s].clock.next = self.clock.val();
            self.replacement[s].reset.next = self.reset.val();
            self.replacement[s].base.next = self.set_base[s].val();
            self.replacement[s].refill.next =
                self.refill.val() && (self.set.val() == self.set_number[s].val());
            if self.set.val() == self.set_number[s].val() {
                self.victim.next = self.victim.val() | self.replacement[s].victim.val();
            }
        }

        self.rights.access.next = self.access.val();
        self.hits.next = bits::<N>(0);
        for i in 0..self.lines.len() {
            self.lines[i].clock.next = self.clock.val();
            self.lines[i].reset.next = self.reset.val();
            self.lines[i].key_vpn.next = self.key_vpn.val();
            self.lines[i].key_asid.next = self.key_asid.val();
            self.lines[i].looks_ahead.next = self.looks_ahead.val();
            self.lines[i].key_inside.next = self.key_inside.val();
            self.lines[i].fence.next = self.fence.val();
            self.lines[i].fence_by_va.next = self.fence_by_va.val();
            self.lines[i].fence_by_asid.next = self.fence_by_asid.val();
            self.lines[i].refill.next = self.refill.val();
            self.lines[i].write.next = self.refill.val() && (self.victim.val().index() == i);
            self.lines[i].new_leaf.next = self.new_leaf.val();
            for k in 0..self.written_page.len() {
                self.lines[i].new_vpn[k].next = self.written_vpn[k].val();
                self.lines[i].new_asid[k].next = self.written_asid[k].val();
                self.lines[i].new_inside[k].next = self.written_page[k].mask.val();
            }
            self.rights.read[i].next = self.lines[i].readable.val();
            self.rights.write[i].next = self.lines[i].writable.val();
            self.rights.execute[i].next = self.lines[i].executable.val();
            self.rights.user[i].next = self.lines[i].of_user.val();
            self.rights.dirty[i].next = self.lines[i].dirty.val();
            for s in 0..self.replacement.len() {
                // A line of another set is none that could be filled.
                self.replacement[s].full[i].next =
                    self.lines[i].valid.val() || (self.set_of[i].val() != self.set_number[s].val());
            }
            self.encoder.same[i].next = self.lines[i].same.val();
            self.encoder.usable[i].next = self.lines[i].usable.val();
            if self.lines[i].hit.val() {
                self.hits.next = self.hits.val() | self.own[i].val();
            }
        }

        self.hit_number.next = self.encoder.number.val();
        self.hit.next = self.hits.val().any();
        self.decides.next = (self.hits.val() & self.rights.decides.val()).any();
        self.faults.next = (self.hits.val() & self.rights.faults.val()).any();
        for k in 0..self.decided.len() {
            self.decided[k].clock.next = self.clock.val();
            self.decided[k].d.next = self.rights.decides.val();
            self.decides.next = (self.hits.val() & self.decided[k].q.val()).any();
            self.faulted[k].clock.next = self.clock.val();
            self.faulted[k].d.next = self.rights.faults.val();
            self.faults.next = (self.hits.val() & self.faulted[k].q.val()).any();
        }
        self.leaf.next.read = (self.hits.val() & self.rights.readable.val()).any();
        self.leaf.next.write = (self.hits.val() & self.rights.writable.val()).any();
        self.leaf.next.execute = (self.hits.val() & self.rights.executable.val()).any();
        self.leaf.next.user = (self.hits.val() & self.rights.of_user.val()).any();
        self.leaf.next.dirty = (self.hits.val() & self.rights.marked.val()).any();
        self.leaf.next.global = false;
        self.leaf.next.level = bits::<3>(0);
        self.leaf.next.pbmt = bits::<2>(0);

        for s in 0..self.replacement.len() {
            self.replacement[s].used.next = self.used.val();
            self.replacement[s].used_line.next = self.hit_number.val();
        }

        self.held_ppn.clock.next = self.clock.val();
        self.held_ppn.read_address.next = self.hit_number.val();
        self.held_ppn.write_address.next = self.victim.val();
        self.held_ppn.write_data.next = self.new_ppn.val();
        self.held_ppn.write_enable.next = self.refill.val();
        self.ppn.next = self.held_ppn.read_data.val();
        for i in 0..self.words.len() {
            self.words[i].next = self.held_ppn.read_data.val();
        }
        for i in 0..self.kept_ppn.len() {
            self.kept_ppn[i].clock.next = self.clock.val();
            self.kept_ppn[i].d.next = self.kept_ppn[i].q.val();
            self.kept_extent[i].clock.next = self.clock.val();
            self.kept_extent[i].d.next = self.kept_extent[i].q.val();
            if self.refill.val() && (self.victim.val().index() == i) {
                self.kept_ppn[i].d.next = self.new_ppn.val();
                self.kept_extent[i].d.next = self.new_extent.val();
            }
            self.words[i].next = self.kept_ppn[i].q.val();
        }
        for i in 0..self.takes_second.len() {
            self.takes_second[i].next = self.hit_number.val().get_bit(i);
        }

        self.held_extent.clock.next = self.clock.val();
        self.held_extent.read_address.next = self.hit_number.val();
        self.held_extent.write_address.next = self.victim.val();
        self.held_extent.write_data.next = self.new_extent.val();
        self.held_extent.write_enable.next = self.refill.val();
        self.extent.next = self.held_extent.read_data.val();
        for i in 0..self.kept_extent.len() {
            if self.hit_number.val().index() == i {
                self.extent.next = self.kept_extent[i].q.val();
            }
        }
    }
}
