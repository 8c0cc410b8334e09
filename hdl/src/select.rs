//! One of four words.

use rust_hdl::prelude::*;

/// Selects one of four words: one of each pair, then a pair.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `first`, `second`, `third`, `fourth` | in | W | four words |
/// | `takes_second` | in | 1 | of the first two, the second |
/// | `takes_fourth` | in | 1 | of the other two, the fourth |
/// | `takes_others` | in | 1 | one of the other two |
/// | `word` | out | W | the selected one |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock, Default)]
pub struct OneOfFour<const W: usize> {
    /// A word.
    pub first: Signal<In, Bits<W>>,
    /// Another one.
    pub second: Signal<In, Bits<W>>,
    /// Another one.
    pub third: Signal<In, Bits<W>>,
    /// Another one.
    pub fourth: Signal<In, Bits<W>>,
    /// Of the first two, the second.
    pub takes_second: Signal<In, Bit>,
    /// Of the other two, the fourth.
    pub takes_fourth: Signal<In, Bit>,
    /// One of the other two.
    pub takes_others: Signal<In, Bit>,
    /// The selected word.
    pub word: Signal<Out, Bits<W>>,
}

impl<const W: usize> Logic for OneOfFour<W> {
    #[hdl_gen]
    fn update(&mut self) {
        self.word.next = self.first.val();
        if self.takes_second.val() {
            self.word.next = self.second.val();
        }
        if self.takes_others.val() {
            self.word.next = self.third.val();
            if self.takes_fourth.val() {
                self.word.next = self.fourth.val();
            }
        }
    }
}
