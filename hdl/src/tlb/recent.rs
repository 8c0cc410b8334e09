//! Not most recently used.

use rust_hdl::prelude::*;

/// Spares the line that was used last; of the others, the one at a pointer goes, which then moves
/// down by one line, and wraps around.
///
/// A line is used by a hit that answers and by a refill.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `touched`, `line` | in | 1, IDX | this line is used in this cycle |
/// | `displaced` | in | 1 | the choice is overwritten in this cycle |
/// | `choice` | out | IDX | the line to displace |
///
/// Timing: `choice` follows a use in the next cycle. Reset: the pointer is at the last line, and
/// line 0 counts as used last.
///
/// Invariants: the line used last is not the choice, unless it is the only one.
#[derive(LogicBlock)]
pub struct NotMostRecent<const IDX: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// A line is used.
    pub touched: Signal<In, Bit>,
    /// The line.
    pub line: Signal<In, Bits<IDX>>,
    /// The choice is overwritten.
    pub displaced: Signal<In, Bit>,
    /// The line to displace.
    pub choice: Signal<Out, Bits<IDX>>,
    pointer: DFF<Bits<IDX>>,
    recent: DFF<Bits<IDX>>,
    at: Signal<Local, Bits<IDX>>,
    one: Constant<Bits<IDX>>,
    top: Constant<Bits<IDX>>,
}

impl<const IDX: usize> NotMostRecent<IDX> {
    /// For so many lines.
    pub fn new(lines: usize) -> Self {
        Self {
            clock: Default::default(),
            reset: Default::default(),
            touched: Default::default(),
            line: Default::default(),
            displaced: Default::default(),
            choice: Default::default(),
            pointer: Default::default(),
            recent: Default::default(),
            at: Default::default(),
            one: Constant::new(1.into()),
            top: Constant::new((lines as u64 - 1).into()),
        }
    }
}

impl<const IDX: usize> Logic for NotMostRecent<IDX> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, pointer, recent);
        self.at.next = self.pointer.q.val();
        if self.pointer.q.val() == self.recent.q.val() {
            self.at.next = self.pointer.q.val() - self.one.val();
            if !self.pointer.q.val().any() {
                self.at.next = self.top.val();
            }
        }
        self.choice.next = self.at.val();
        if self.displaced.val() {
            self.pointer.d.next = self.at.val() - self.one.val();
            if !self.at.val().any() {
                self.pointer.d.next = self.top.val();
            }
        }
        if self.touched.val() {
            self.recent.d.next = self.line.val();
        }
        if self.reset.val() {
            self.pointer.d.next = self.top.val();
            self.recent.d.next = bits::<IDX>(0);
        }
    }
}
