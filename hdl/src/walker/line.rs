//! One line of memory that is kept.

use rust_hdl::prelude::*;

/// Keeps the 64 bytes of one line of memory.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `key`, `place` | in | PA, 3 | the number of a line (its address / 64), and of one of its 8-byte words |
/// | `hit` | out | 1 | it is this line |
/// | `word` | out | 64 | that word of this line, whether it hits or not |
/// | `other` | in | PA | the number of another line |
/// | `other_hit` | out | 1 | it is this line |
/// | `drop` | in | 1 | forget the line |
/// | `write` | in | 1 | keep a line instead; goes before `drop` |
/// | `new_line`, `new_words` | in | PA, 8 x 64 | its number and its words |
///
/// Timing: outputs are combinational; `drop` and `write` take effect in the next cycle.
/// Reset: no line.
#[derive(LogicBlock)]
pub struct KeptLine<const PA: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The number of the line looked up.
    pub key: Signal<In, Bits<PA>>,
    /// One of its words.
    pub place: Signal<In, Bits<3>>,
    /// It is this line.
    pub hit: Signal<Out, Bit>,
    /// That word of this line.
    pub word: Signal<Out, Bits<64>>,
    /// The number of another line.
    pub other: Signal<In, Bits<PA>>,
    /// It is this line.
    pub other_hit: Signal<Out, Bit>,
    /// Forget the line.
    pub drop: Signal<In, Bit>,
    /// Keep a line.
    pub write: Signal<In, Bit>,
    /// Its number.
    pub new_line: Signal<In, Bits<PA>>,
    /// Its words.
    pub new_words: Vec<Signal<In, Bits<64>>>,
    valid: DFF<Bit>,
    number: DFF<Bits<PA>>,
    words: Vec<DFF<Bits<64>>>,
    places: Vec<Constant<Bits<3>>>,
}

impl<const PA: usize> Default for KeptLine<PA> {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            key: Default::default(),
            place: Default::default(),
            hit: Default::default(),
            word: Default::default(),
            other: Default::default(),
            other_hit: Default::default(),
            drop: Default::default(),
            write: Default::default(),
            new_line: Default::default(),
            new_words: crate::pmp::list(8),
            valid: Default::default(),
            number: Default::default(),
            words: crate::pmp::list(8),
            places: (0..8).map(|place| Constant::new(bits::<3>(place))).collect(),
        }
    }
}

impl<const PA: usize> Logic for KeptLine<PA> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, valid, number);
        self.hit.next = self.valid.q.val() && (self.number.q.val() == self.key.val());
        self.other_hit.next = self.valid.q.val() && (self.number.q.val() == self.other.val());
        self.word.next = bits::<64>(0);
        for i in 0..self.words.len() {
            self.words[i].clock.next = self.clock.val();
            self.words[i].d.next = self.words[i].q.val();
            if self.write.val() {
                self.words[i].d.next = self.new_words[i].val();
            }
            if self.place.val() == self.places[i].val() {
                self.word.next = self.words[i].q.val();
            }
        }
        if self.drop.val() {
            self.valid.d.next = false;
        }
        if self.write.val() {
            self.valid.d.next = true;
            self.number.d.next = self.new_line.val();
        }
        if self.reset.val() {
            self.valid.d.next = false;
        }
    }
}
