//! One segment register.

use super::Rights;
use rust_hdl::prelude::*;

/// One segment's base, length and permissions.
///
/// Spec: none of RISC-V; Silberschatz, Operating System Concepts, "Segmentation Hardware" (an
/// entry has a segment base and a segment limit).
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset empties the register |
/// | `write` | in | 1 | the register takes the values at `new_*` |
/// | `new_valid`, `new_base`, `new_limit`, `new_rights` | in | 1, PA, VA, struct | its new contents |
/// | `valid`, `base`, `limit`, `rights` | out | 1, PA, VA, struct | its contents |
///
/// Timing: a write shows in the next cycle. Reset: not valid.
#[derive(LogicBlock, Default)]
pub struct SegmentRegister<const VA: usize, const PA: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// New contents are taken.
    pub write: Signal<In, Bit>,
    /// There is such a segment.
    pub new_valid: Signal<In, Bit>,
    /// Its physical address.
    pub new_base: Signal<In, Bits<PA>>,
    /// Its length in bytes.
    pub new_limit: Signal<In, Bits<VA>>,
    /// Its permissions.
    pub new_rights: Signal<In, Rights>,
    /// There is such a segment.
    pub valid: Signal<Out, Bit>,
    /// Its physical address.
    pub base: Signal<Out, Bits<PA>>,
    /// Its length in bytes.
    pub limit: Signal<Out, Bits<VA>>,
    /// Its permissions.
    pub rights: Signal<Out, Rights>,
    held_valid: DFF<Bit>,
    held_base: DFF<Bits<PA>>,
    held_limit: DFF<Bits<VA>>,
    held_rights: DFF<Rights>,
}

impl<const VA: usize, const PA: usize> Logic for SegmentRegister<VA, PA> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, held_valid, held_base, held_limit, held_rights);
        self.valid.next = self.held_valid.q.val();
        self.base.next = self.held_base.q.val();
        self.limit.next = self.held_limit.q.val();
        self.rights.next = self.held_rights.q.val();
        if self.write.val() {
            self.held_valid.d.next = self.new_valid.val();
            self.held_base.d.next = self.new_base.val();
            self.held_limit.d.next = self.new_limit.val();
            self.held_rights.d.next = self.new_rights.val();
        }
        if self.reset.val() {
            self.held_valid.d.next = false;
        }
    }
}
