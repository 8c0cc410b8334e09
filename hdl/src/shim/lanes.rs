//! Words on a bus of twice their width.

use rust_hdl::prelude::*;

/// Puts a word into its half of a wider bus, and takes the answer from the half in which it comes.
///
/// Spec: none of RISC-V; AXI, "Write strobes" and "Narrow transfers"; Wishbone B4, "Data
/// organization" (little-endian).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `accepted`, `upper` | in | 1 | the bus accepts a request in this cycle; its word is in the upper half |
/// | `data`, `bytes` | in | W, B | the word to write, and which bytes are meant |
/// | `bus_data`, `bus_bytes` | out | D, DB | the same on the bus; the word is in both halves, its bytes in one |
/// | `answered`, `bus_word` | in | 1, D | the bus responds in this cycle, with these data |
/// | `word` | out | W | the half that was asked for by the oldest request in flight |
///
/// Timing: combinational; 0 cycles. Reset: nothing in flight.
///
/// Invariants: D = 2W. Up to two requests may be in flight, answered in order, each in a later cycle
/// than it was accepted, or, if it is alone, in the same.
#[derive(LogicBlock)]
pub struct Lanes<const W: usize, const B: usize, const D: usize, const DB: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// A request is accepted.
    pub accepted: Signal<In, Bit>,
    /// Its word is in the upper half.
    pub upper: Signal<In, Bit>,
    /// The word to write.
    pub data: Signal<In, Bits<W>>,
    /// Its bytes that are meant.
    pub bytes: Signal<In, Bits<B>>,
    /// The word on the bus.
    pub bus_data: Signal<Out, Bits<D>>,
    /// Its bytes on the bus.
    pub bus_bytes: Signal<Out, Bits<DB>>,
    /// The oldest request in flight is answered.
    pub answered: Signal<In, Bit>,
    /// The data of the answer.
    pub bus_word: Signal<In, Bits<D>>,
    /// Its half that was asked for.
    pub word: Signal<Out, Bits<W>>,
    // Which half: of the oldest request in flight, and of the next.
    oldest: DFF<Bit>,
    next: DFF<Bit>,
    some: DFF<Bit>,
    two: DFF<Bit>,
    half: Signal<Local, Bit>,
    data_width: Constant<Bits<D>>,
    byte_width: Constant<Bits<DB>>,
}

impl<const W: usize, const B: usize, const D: usize, const DB: usize> Default
    for Lanes<W, B, D, DB>
{
    fn default() -> Self {
        assert!(D == 2 * W && W == 8 * B && D == 8 * DB, "a bus of two words");
        Self {
            clock: Default::default(),
            reset: Default::default(),
            accepted: Default::default(),
            upper: Default::default(),
            data: Default::default(),
            bytes: Default::default(),
            bus_data: Default::default(),
            bus_bytes: Default::default(),
            answered: Default::default(),
            bus_word: Default::default(),
            word: Default::default(),
            oldest: Default::default(),
            next: Default::default(),
            some: Default::default(),
            two: Default::default(),
            half: Default::default(),
            data_width: Constant::new((W as u64).into()),
            byte_width: Constant::new((B as u64).into()),
        }
    }
}

impl<const W: usize, const B: usize, const D: usize, const DB: usize> Logic for Lanes<W, B, D, DB> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, oldest, next, some, two);
        self.bus_data.next = bit_cast::<D, W>(self.data.val())
            | (bit_cast::<D, W>(self.data.val()) << self.data_width.val());
        self.bus_bytes.next = bit_cast::<DB, B>(self.bytes.val());
        if self.upper.val() {
            self.bus_bytes.next = bit_cast::<DB, B>(self.bytes.val()) << self.byte_width.val();
        }

        // A bus may answer at once.
        self.half.next = self.oldest.q.val();
        if !self.some.q.val() {
            self.half.next = self.upper.val();
        }
        self.word.next = bit_cast::<W, D>(self.bus_word.val());
        if self.half.val() {
            self.word.next = bit_cast::<W, D>(self.bus_word.val() >> self.data_width.val());
        }

        if self.answered.val() {
            self.oldest.d.next = self.next.q.val();
            self.some.d.next = self.two.q.val();
            self.two.d.next = false;
            if self.accepted.val() && self.some.q.val() {
                self.some.d.next = true;
                self.two.d.next = self.two.q.val();
                self.next.d.next = self.upper.val();
                if !self.two.q.val() {
                    self.oldest.d.next = self.upper.val();
                }
            }
        } else {
            if self.accepted.val() {
                self.some.d.next = true;
                self.two.d.next = self.some.q.val();
                self.next.d.next = self.upper.val();
                if !self.some.q.val() {
                    self.oldest.d.next = self.upper.val();
                }
            }
        }
        if self.reset.val() {
            self.some.d.next = false;
            self.two.d.next = false;
        }
    }
}
