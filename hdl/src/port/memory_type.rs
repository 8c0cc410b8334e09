//! The memory type of an answer.

use crate::Extensions;
use rust_hdl::prelude::*;

/// Selects the memory type that goes out with an answer, and compares PBMTE at the ends of a miss.
///
/// If PBMTE differs from what it was when the miss was accepted, what the walk finds is not cached,
/// or a fence between the two would leave a line of the old meaning.
///
/// Spec: `norm:menvcfg_pbmte_fence` (a fence of everything synchronizes "with respect to the altered
/// interpretation of page-table entries' PBMT fields").
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `of_line`, `of_walk` | in | 2 | PBMT of the line that hits, and of the walk's leaf |
/// | `walked` | in | 1 | the answer is the walk's |
/// | `pbmt` | out | 2 | the answer's; 0 without Svpbmt |
/// | `then`, `now` | in | 1 | PBMTE of the miss, and of this cycle |
/// | `changed` | out | 1 | they differ; never without Svpbmt |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock)]
pub struct MemoryType {
    /// PBMT of the line that hits.
    pub of_line: Signal<In, Bits<2>>,
    /// PBMT of the walk's leaf.
    pub of_walk: Signal<In, Bits<2>>,
    /// The answer is the walk's.
    pub walked: Signal<In, Bit>,
    /// PBMT of the answer.
    pub pbmt: Signal<Out, Bits<2>>,
    /// PBMTE of the miss.
    pub then: Signal<In, Bit>,
    /// PBMTE of this cycle.
    pub now: Signal<In, Bit>,
    /// They differ.
    pub changed: Signal<Out, Bit>,
    svpbmt: Constant<Bit>,
    some: Constant<Bits<2>>,
}

impl Default for MemoryType {
    fn default() -> Self {
        Self::new(Extensions::default())
    }
}

impl MemoryType {
    /// With these extensions.
    pub fn new(extensions: Extensions) -> Self {
        Self {
            of_line: Default::default(),
            of_walk: Default::default(),
            walked: Default::default(),
            pbmt: Default::default(),
            then: Default::default(),
            now: Default::default(),
            changed: Default::default(),
            svpbmt: Constant::new(extensions.svpbmt),
            some: Constant::new(bits::<2>(if extensions.svpbmt { 3 } else { 0 })),
        }
    }
}

impl Logic for MemoryType {
    #[hdl_gen]
    fn update(&mut self) {
        self.pbmt.next = self.of_line.val() & self.some.val();
        if self.walked.val() {
            self.pbmt.next = self.of_walk.val() & self.some.val();
        }
        self.changed.next = self.svpbmt.val() && (self.then.val() != self.now.val());
    }
}
