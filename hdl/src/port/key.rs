//! What the comparators look for.

use rust_hdl::prelude::*;

/// Selects what a TLB looks for: the page of a request, of the outstanding miss, or of a fence.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `request`, `miss`, `fence` | in | W | the three |
/// | `waits` | in | 1 | a miss is outstanding |
/// | `fence_presented` | in | 1 | a fence is presented; it has precedence |
/// | `key` | out | W | the one that is looked for |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock, Default)]
pub struct KeyChoice<const W: usize> {
    /// Of a request.
    pub request: Signal<In, Bits<W>>,
    /// Of the miss.
    pub miss: Signal<In, Bits<W>>,
    /// Of a fence.
    pub fence: Signal<In, Bits<W>>,
    /// A miss is outstanding.
    pub waits: Signal<In, Bit>,
    /// A fence is presented.
    pub fence_presented: Signal<In, Bit>,
    /// What is looked for.
    pub key: Signal<Out, Bits<W>>,
}

impl<const W: usize> Logic for KeyChoice<W> {
    #[hdl_gen]
    fn update(&mut self) {
        self.key.next = self.request.val();
        if self.waits.val() {
            self.key.next = self.miss.val();
        }
        if self.fence_presented.val() {
            self.key.next = self.fence.val();
        }
    }
}
