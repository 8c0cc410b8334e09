//! The choice of the line for the next refill.

use super::{Fifo, Lru, NotMostRecent, Policy, PseudoLru, Random, Shape};
use rust_hdl::prelude::*;

/// Chooses the victim among the lines of one set: the highest empty one, else the one that the
/// [`Policy`] chooses.
///
/// A fence does not change a policy's state, so an entry that later fills a cleared line may be
/// displaced before older ones.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `base` | in | IDX | the first line of the set |
/// | `full[i]` | in | 1 | line i of the TLB holds an entry, or is of another set |
/// | `used`, `used_line` | in | 1, IDX | this line answers a request in this cycle |
/// | `refill` | in | 1 | the victim is written in this cycle |
/// | `victim` | out | IDX | the line to write; registered |
///
/// Timing: `victim` follows `full` and the policy one cycle later, which keeps the choice off the
/// lookup path. Reset: the victim is the last line of the set.
///
/// Invariants: `victim` does not depend on what hits in the same cycle or the one before. Refills
/// of one TLB are at least two cycles apart, so the registered choice is never stale enough to
/// overwrite the newest entry.
#[derive(LogicBlock)]
pub struct Replacement<const IDX: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The first line of the set.
    pub base: Signal<In, Bits<IDX>>,
    /// Line i holds an entry, or is of another set.
    pub full: Vec<Signal<In, Bit>>,
    /// A line answers.
    pub used: Signal<In, Bit>,
    /// The line.
    pub used_line: Signal<In, Bits<IDX>>,
    /// The victim is written.
    pub refill: Signal<In, Bit>,
    /// The line to write.
    pub victim: Signal<Out, Bits<IDX>>,
    // One of these is there.
    fifo: Vec<Fifo<IDX>>,
    lru: Vec<Lru<IDX>>,
    tree: Vec<PseudoLru<IDX>>,
    recent: Vec<NotMostRecent<IDX>>,
    random: Vec<Random<IDX>>,
    chosen: DFF<Bits<IDX>>,
    some_empty: Signal<Local, Bit>,
    displaced: Signal<Local, Bit>,
    used_here: Signal<Local, Bit>,
    touched: Signal<Local, Bit>,
    way: Signal<Local, Bits<IDX>>,
    choice: Signal<Local, Bits<IDX>>,
    line: Vec<Constant<Bits<IDX>>>,
    /// The bits of a number within the set.
    way_bits: Constant<Bits<IDX>>,
    top: Constant<Bits<IDX>>,
}

impl<const IDX: usize> Default for Replacement<IDX> {
    fn default() -> Self {
        Self::new(Shape::fifo(1 << IDX))
    }
}

impl<const IDX: usize> Replacement<IDX> {
    /// For a set of a TLB.
    ///
    /// # Panics
    /// If the shape does not fit ([`Shape::misfit`]).
    pub fn new(shape: Shape) -> Self {
        let Shape { lines, ways, policy } = shape;
        assert_eq!(shape.misfit(IDX), None);
        let number = |number: usize| Constant::new(bits::<IDX>(number as u64));
        let one = |wanted| usize::from(policy == wanted);
        let way_bits = if ways == lines { (1 << IDX) - 1 } else { ways - 1 };
        Self {
            clock: Default::default(),
            reset: Default::default(),
            base: Default::default(),
            full: (0..lines).map(|_| Default::default()).collect(),
            used: Default::default(),
            used_line: Default::default(),
            refill: Default::default(),
            victim: Default::default(),
            fifo: (0..one(Policy::Fifo)).map(|_| Fifo::new(ways)).collect(),
            lru: (0..one(Policy::Lru)).map(|_| Lru::new(ways)).collect(),
            tree: (0..one(Policy::PseudoLru)).map(|_| PseudoLru::new(ways)).collect(),
            recent: (0..one(Policy::NotMostRecent)).map(|_| NotMostRecent::new(ways)).collect(),
            random: (0..one(Policy::Random)).map(|_| Random::new(ways)).collect(),
            chosen: Default::default(),
            some_empty: Default::default(),
            displaced: Default::default(),
            used_here: Default::default(),
            touched: Default::default(),
            way: Default::default(),
            choice: Default::default(),
            line: (0..lines).map(number).collect(),
            way_bits: number(way_bits),
            top: number(ways - 1),
        }
    }
}

impl<const IDX: usize> Logic for Replacement<IDX> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, chosen);
        self.victim.next = self.chosen.q.val();

        self.some_empty.next = false;
        for i in 0..self.full.len() {
            if !self.full[i].val() {
                self.some_empty.next = true;
            }
        }
        // Only a displacement is one step of an order: filling an empty line is none.
        self.displaced.next = self.refill.val() && !self.some_empty.val();
        self.used_here.next =
            self.used.val() && ((self.used_line.val() & (!self.way_bits.val())) == self.base.val());
        self.touched.next = self.refill.val() || self.used_here.val();
        self.way.next = self.used_line.val() & self.way_bits.val();
        if self.refill.val() {
            self.way.next = self.chosen.q.val() & self.way_bits.val();
        }

        self.choice.next = bits::<IDX>(0);
        for i in 0..self.fifo.len() {
            self.fifo[i].clock.next = self.clock.val();
            self.fifo[i].reset.next = self.reset.val();
            self.fifo[i].displaced.next = self.displaced.val();
            self.choice.next = self.fifo[i].choice.val();
        }
        for i in 0..self.lru.len() {
            self.lru[i].clock.next = self.clock.val();
            self.lru[i].reset.next = self.reset.val();
            self.lru[i].touched.next = self.touched.val();
            self.lru[i].line.next = self.way.val();
            self.choice.next = self.lru[i].choice.val();
        }
        for i in 0..self.tree.len() {
            self.tree[i].clock.next = self.clock.val();
            self.tree[i].reset.next = self.reset.val();
            self.tree[i].touched.next = self.touched.val();
            self.tree[i].line.next = self.way.val();
            self.choice.next = self.tree[i].choice.val();
        }
        for i in 0..self.recent.len() {
            self.recent[i].clock.next = self.clock.val();
            self.recent[i].reset.next = self.reset.val();
            self.recent[i].touched.next = self.touched.val();
            self.recent[i].line.next = self.way.val();
            self.recent[i].displaced.next = self.displaced.val();
            self.choice.next = self.recent[i].choice.val();
        }
        for i in 0..self.random.len() {
            self.random[i].clock.next = self.clock.val();
            self.random[i].reset.next = self.reset.val();
            self.random[i].displaced.next = self.displaced.val();
            self.choice.next = self.random[i].choice.val();
        }

        self.chosen.d.next = self.base.val() | self.choice.val();
        for i in 0..self.full.len() {
            if !self.full[i].val() {
                self.chosen.d.next = self.line[i].val();
            }
        }
        if self.reset.val() {
            self.chosen.d.next = self.base.val() | self.top.val();
        }
    }
}
