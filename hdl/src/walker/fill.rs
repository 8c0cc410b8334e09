//! Line fill: entries beside those that were read.

use super::KeptLine;
use crate::pmp::list;
use rust_hdl::prelude::*;

/// Keeps the lines of memory in which a walker's last entries lay, and answers reads from them.
///
/// Spec: `norm:sfence_vma_ordering_semantics` (entries may be read early and kept until a fence that
/// names them).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `fence_presented`, `fence` | in | 1 | a fence of any form; it is accepted |
/// | `walk_valid`, `walk_addr`, `walk_swap` | in | 1, PA, 1 | the walker's request |
/// | `walk_anew` | in | 1 | it must be answered by memory |
/// | `walk_ready`, `walk_answered`, `walk_error`, `walk_data` | out | 1, 1, 1, XLEN | memory's side, as the walker sees it |
/// | `from_line` | out | 1 | with `walk_answered`: the entry was read before, beside another |
/// | `mem_valid`, `mem_ready` | out, in | 1 | the request as memory sees it |
/// | `mem_answered`, `mem_error`, `mem_data` | in | 1, 1, XLEN | memory's response |
/// | `mem_line`, `mem_words` | in | 1, 8 x 64 | with it comes the line around the entry that was read |
/// | `swaps`, `swap_line` | out | 1, PA | memory accepts a compare-and-swap in this line |
/// | `other_swaps`, `other_line` | in | 1, PA | ... of the other walker |
/// | `hit` | out | 1 | event: a read is answered from a line |
///
/// Timing: a read that hits is taken at once, and answered in the next cycle. All else is
/// combinational. Reset: no lines.
///
/// Invariants: no two lines are the same. A line is forgotten when a request for it goes to memory, when
/// the other walker updates it, and with all others when a fence of any form is accepted. A line
/// is not kept if its read was accepted before a fence, or failed.
#[derive(LogicBlock)]
pub struct LineFill<const XLEN: usize, const PA: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// A fence is presented.
    pub fence_presented: Signal<In, Bit>,
    /// It is accepted.
    pub fence: Signal<In, Bit>,
    /// The walker presents a request.
    pub walk_valid: Signal<In, Bit>,
    /// The physical address of an entry.
    pub walk_addr: Signal<In, Bits<PA>>,
    /// An update of A and D, otherwise a read.
    pub walk_swap: Signal<In, Bit>,
    /// It must be answered by memory.
    pub walk_anew: Signal<In, Bit>,
    /// The request is taken.
    pub walk_ready: Signal<Out, Bit>,
    /// A response for the walker.
    pub walk_answered: Signal<Out, Bit>,
    /// It is an error.
    pub walk_error: Signal<Out, Bit>,
    /// The entry.
    pub walk_data: Signal<Out, Bits<XLEN>>,
    /// It comes from a line.
    pub from_line: Signal<Out, Bit>,
    /// The request is presented to memory.
    pub mem_valid: Signal<Out, Bit>,
    /// Memory accepts it.
    pub mem_ready: Signal<In, Bit>,
    /// Memory responds.
    pub mem_answered: Signal<In, Bit>,
    /// With an error.
    pub mem_error: Signal<In, Bit>,
    /// With this entry.
    pub mem_data: Signal<In, Bits<XLEN>>,
    /// And with the line around it.
    pub mem_line: Signal<In, Bit>,
    /// The words of that line.
    pub mem_words: Vec<Signal<In, Bits<64>>>,
    /// Memory accepts a compare-and-swap.
    pub swaps: Signal<Out, Bit>,
    /// In this line.
    pub swap_line: Signal<Out, Bits<PA>>,
    /// Memory accepts one of the other walker.
    pub other_swaps: Signal<In, Bit>,
    /// In this line.
    pub other_line: Signal<In, Bits<PA>>,
    /// Event: a read is answered from a line.
    pub hit: Signal<Out, Bit>,
    lines: Vec<KeptLine<PA>>,
    next: DFF<Bits<3>>,
    numbers: Vec<Constant<Bits<3>>>,
    last: Constant<Bits<3>>,
    // A request that memory has not accepted stays presented.
    presented: DFF<Bit>,
    due: DFF<Bit>,
    word: DFF<Bits<64>>,
    // The line of the request in flight, and whether it is kept when it comes.
    asked: DFF<Bits<PA>>,
    keeps: DFF<Bit>,
    line: Signal<Local, Bits<PA>>,
    found: Signal<Local, Bit>,
    found_word: Signal<Local, Bits<64>>,
    serves: Signal<Local, Bit>,
    asks: Signal<Local, Bit>,
    taken: Signal<Local, Bit>,
    spoilt: Signal<Local, Bit>,
    arrives: Signal<Local, Bit>,
    /// Entries are half as wide as words.
    halves: Constant<Bit>,
}

impl<const XLEN: usize, const PA: usize> LineFill<XLEN, PA> {
    /// With this many lines, 1 to 8.
    ///
    /// # Panics
    /// With fewer or more.
    pub fn new(lines: usize) -> Self {
        assert!((1..=8).contains(&lines), "a line fill of {lines} lines");
        let number = |line: usize| Constant::new(bits::<3>(line as u64));
        Self {
            clock: Default::default(),
            reset: Default::default(),
            fence_presented: Default::default(),
            fence: Default::default(),
            walk_valid: Default::default(),
            walk_addr: Default::default(),
            walk_swap: Default::default(),
            walk_anew: Default::default(),
            walk_ready: Default::default(),
            walk_answered: Default::default(),
            walk_error: Default::default(),
            walk_data: Default::default(),
            from_line: Default::default(),
            mem_valid: Default::default(),
            mem_ready: Default::default(),
            mem_answered: Default::default(),
            mem_error: Default::default(),
            mem_data: Default::default(),
            mem_line: Default::default(),
            mem_words: list(8),
            swaps: Default::default(),
            swap_line: Default::default(),
            other_swaps: Default::default(),
            other_line: Default::default(),
            hit: Default::default(),
            lines: list(lines),
            next: Default::default(),
            numbers: (0..lines).map(number).collect(),
            last: number(lines - 1),
            presented: Default::default(),
            due: Default::default(),
            word: Default::default(),
            asked: Default::default(),
            keeps: Default::default(),
            line: Default::default(),
            found: Default::default(),
            found_word: Default::default(),
            serves: Default::default(),
            asks: Default::default(),
            taken: Default::default(),
            spoilt: Default::default(),
            arrives: Default::default(),
            halves: Constant::new(XLEN == 32),
        }
    }
}

impl<const XLEN: usize, const PA: usize> Logic for LineFill<XLEN, PA> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, next, presented, due, word, asked, keeps);
        self.line.next = self.walk_addr.val() >> bits::<PA>(6);
        self.found.next = false;
        self.found_word.next = bits::<64>(0);
        for i in 0..self.lines.len() {
            if self.lines[i].hit.val() {
                self.found.next = true;
                self.found_word.next = self.lines[i].word.val();
            }
        }

        // A fence that is presented forbids what was read before it.
        self.serves.next = self.walk_valid.val()
            && self.found.val()
            && !self.walk_swap.val()
            && !self.walk_anew.val()
            && !self.fence_presented.val()
            && !self.presented.q.val();
        self.asks.next = self.walk_valid.val() && !self.serves.val();
        self.taken.next = self.asks.val() && self.mem_ready.val();
        self.mem_valid.next = self.asks.val();
        self.walk_ready.next = self.mem_ready.val() || self.serves.val();
        self.presented.d.next = self.asks.val() && !self.mem_ready.val();
        self.hit.next = self.serves.val();
        self.due.d.next = self.serves.val();
        if self.serves.val() {
            self.word.d.next = self.found_word.val();
            if self.halves.val() && self.walk_addr.val().get_bit(2) {
                self.word.d.next = self.found_word.val() >> bits::<64>(32);
            }
        }
        self.walk_answered.next = self.mem_answered.val() || self.due.q.val();
        self.walk_error.next = self.mem_error.val() && !self.due.q.val();
        self.walk_data.next = self.mem_data.val();
        if self.due.q.val() {
            self.walk_data.next = bit_cast::<XLEN, 64>(self.word.q.val());
        }
        self.from_line.next = self.due.q.val();
        self.swaps.next = self.taken.val() && self.walk_swap.val();
        self.swap_line.next = self.line.val();

        // The line of a read, unless something has happened to it since.
        self.spoilt.next = self.fence_presented.val()
            || (self.other_swaps.val() && (self.other_line.val() == self.asked.q.val()));
        self.arrives.next = self.mem_answered.val()
            && self.mem_line.val()
            && !self.mem_error.val()
            && self.keeps.q.val()
            && !self.spoilt.val()
            && !(self.taken.val() && (self.line.val() == self.asked.q.val()));
        if self.mem_answered.val() || self.spoilt.val() {
            self.keeps.d.next = false;
        }
        if self.taken.val() {
            self.asked.d.next = self.line.val();
            self.keeps.d.next = !self.walk_swap.val() && !self.fence_presented.val();
        }
        for i in 0..self.lines.len() {
            self.lines[i].clock.next = self.clock.val();
            self.lines[i].reset.next = self.reset.val();
            self.lines[i].key.next = self.line.val();
            self.lines[i].place.next = bit_cast::<3, PA>(self.walk_addr.val() >> bits::<PA>(3));
            self.lines[i].other.next = self.other_line.val();
            self.lines[i].drop.next = self.fence.val()
                || (self.taken.val() && self.lines[i].hit.val())
                || (self.other_swaps.val() && self.lines[i].other_hit.val());
            self.lines[i].write.next =
                self.arrives.val() && (self.next.q.val() == self.numbers[i].val());
            self.lines[i].new_line.next = self.asked.q.val();
            for j in 0..self.mem_words.len() {
                self.lines[i].new_words[j].next = self.mem_words[j].val();
            }
        }
        if self.arrives.val() {
            self.next.d.next = self.next.q.val() + bits::<3>(1);
            if self.next.q.val() == self.last.val() {
                self.next.d.next = bits::<3>(0);
            }
        }
        if self.reset.val() {
            self.next.d.next = bits::<3>(0);
            self.presented.d.next = false;
            self.due.d.next = false;
            self.keeps.d.next = false;
        }
    }
}
