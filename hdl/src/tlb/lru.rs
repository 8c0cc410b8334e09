//! True LRU: the line that was used least recently.

use rust_hdl::prelude::*;

/// The age of one line: how many of the others were used after it.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `first` | in | IDX | the age after reset |
/// | `touched` | in | 1 | some line is used in this cycle |
/// | `own` | in | 1 | ... and it is this one |
/// | `used_age` | in | IDX | the age of the line that is used |
/// | `age` | out | IDX | this line's age |
///
/// Timing: `age` is registered. Reset: `first`.
#[derive(LogicBlock, Default)]
pub struct LruAge<const IDX: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The age after reset.
    pub first: Signal<In, Bits<IDX>>,
    /// Some line is used.
    pub touched: Signal<In, Bit>,
    /// It is this one.
    pub own: Signal<In, Bit>,
    /// Its age.
    pub used_age: Signal<In, Bits<IDX>>,
    /// This line's age.
    pub age: Signal<Out, Bits<IDX>>,
    held: DFF<Bits<IDX>>,
    younger: Signal<Local, Bit>,
}

impl<const IDX: usize> Logic for LruAge<IDX> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held);
        self.age.next = self.held.q.val();
        self.younger.next = self.held.q.val() < self.used_age.val();
        if self.touched.val() && self.younger.val() {
            self.held.d.next = self.held.q.val() + bits::<IDX>(1);
        }
        if self.touched.val() && self.own.val() {
            self.held.d.next = bits::<IDX>(0);
        }
        if self.reset.val() {
            self.held.d.next = self.first.val();
        }
    }
}

/// Remembers the order in which all lines were used last, and chooses the end of it.
///
/// A line is used by a hit that answers and by a refill. A fence does not change the order.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `touched`, `line` | in | 1, IDX | this line is used in this cycle |
/// | `choice` | out | IDX | the line that was used least recently |
///
/// Timing: `choice` follows a use in the next cycle. Reset: line 0 counts as used last, the highest
/// line is the choice.
///
/// Invariants: the ages of the lines are a permutation of their numbers. IDX flip-flops for each
/// line.
#[derive(LogicBlock)]
pub struct Lru<const IDX: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// A line is used.
    pub touched: Signal<In, Bit>,
    /// The line.
    pub line: Signal<In, Bits<IDX>>,
    /// The line to displace.
    pub choice: Signal<Out, Bits<IDX>>,
    ages: Vec<LruAge<IDX>>,
    number: Vec<Constant<Bits<IDX>>>,
    oldest: Constant<Bits<IDX>>,
    used_age: Signal<Local, Bits<IDX>>,
}

impl<const IDX: usize> Lru<IDX> {
    /// For so many lines.
    pub fn new(lines: usize) -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            touched: Default::default(),
            line: Default::default(),
            choice: Default::default(),
            ages: (0..lines).map(|_| Default::default()).collect(),
            number: (0..lines as u64).map(|line| Constant::new(line.into())).collect(),
            oldest: Constant::new((lines as u64 - 1).into()),
            used_age: Default::default(),
        }
    }
}

impl<const IDX: usize> Logic for Lru<IDX> {
    #[hdl_gen]
    fn update(&mut self) {
        self.used_age.next = bits::<IDX>(0);
        self.choice.next = bits::<IDX>(0);
        for i in 0..self.ages.len() {
            self.ages[i].own.next = self.line.val() == self.number[i].val();
            if self.line.val() == self.number[i].val() {
                self.used_age.next = self.used_age.val() | self.ages[i].age.val();
            }
            if self.ages[i].age.val() == self.oldest.val() {
                self.choice.next = self.choice.val() | self.number[i].val();
            }
        }
        for i in 0..self.ages.len() {
            self.ages[i].clock.next = self.clock.val();
            self.ages[i].reset.next = self.reset.val();
            self.ages[i].first.next = self.number[i].val();
            self.ages[i].touched.next = self.touched.val();
            self.ages[i].used_age.next = self.used_age.val();
        }
    }
}
