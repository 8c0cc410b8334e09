//! The exception code of a fault.

use rust_hdl::prelude::*;

/// Encodes the fault of an access: the page fault or access fault of its own type.
///
/// Spec: `sv32algorithm` ("the original access type"), `norm:cbm_unperm_fault` (cache-block
/// management faults as a store), `scauses` (codes).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `fetch`, `store` | in | 1 | the access type, cache-block management as a store; neither: a load |
/// | `access_fault` | in | 1 | memory refused the access; otherwise a page fault |
/// | `cause` | out | 4 | 12, 13, 15 or 1, 5, 7 |
///
/// Timing: combinational. Reset: no state.
#[derive(LogicBlock, Default)]
pub struct Cause {
    /// Instruction fetch.
    pub fetch: Signal<In, Bit>,
    /// Store, atomic, or cache-block management.
    pub store: Signal<In, Bit>,
    /// Memory refused the access.
    pub access_fault: Signal<In, Bit>,
    /// The exception code.
    pub cause: Signal<Out, Bits<4>>,
}

impl Logic for Cause {
    #[hdl_gen]
    fn update(&mut self) {
        if self.access_fault.val() {
            self.cause.next = bits::<4>(5);
            if self.store.val() {
                self.cause.next = bits::<4>(7);
            }
            if self.fetch.val() {
                self.cause.next = bits::<4>(1);
            }
        } else {
            self.cause.next = bits::<4>(13);
            if self.store.val() {
                self.cause.next = bits::<4>(15);
            }
            if self.fetch.val() {
                self.cause.next = bits::<4>(12);
            }
        }
    }
}
