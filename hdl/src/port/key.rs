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

/// Where answers are registered: what is looked for instead of a new request, ready a cycle ahead.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock` | in | 1 | rising edge |
/// | `fence` | in | 1 | a fence is presented in this cycle |
/// | `fence_page` | in | W | its page |
/// | `page` | in | W | the page of the miss, or if there is none of the request that was accepted last |
/// | `key` | out | W | in the next cycle: the page of the fence, else the other one |
///
/// Timing: registered. Reset: none needed.
#[derive(LogicBlock, Default)]
pub struct NextKey<const W: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// A fence is presented.
    pub fence: Signal<In, Bit>,
    /// Its page.
    pub fence_page: Signal<In, Bits<W>>,
    /// The page of the miss, or of the last request.
    pub page: Signal<In, Bits<W>>,
    /// What is looked for.
    pub key: Signal<Out, Bits<W>>,
    held: DFF<Bits<W>>,
}

impl<const W: usize> Logic for NextKey<W> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held);
        self.key.next = self.held.q.val();
        self.held.d.next = self.page.val();
        if self.fence.val() {
            self.held.d.next = self.fence_page.val();
        }
    }
}
