//! The oldest fault, held until it is taken.

use rust_hdl::prelude::*;

/// Keeps the first fault that either port answered until a trap unit takes it.
///
/// Spec: `scauses` (the codes), `norm:stval_op_faulting_addr`. Which of two faults is older
/// follows from the pipeline: a data access belongs to an older instruction than a fetch of the
/// same cycle, so its fault is held first.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `data_valid`, `data_cause`, `data_tval` | in | 1, 4, XLEN | a data fault is answered now |
/// | `fetch_valid`, `fetch_cause`, `fetch_tval` | in | 1, 4, XLEN | a fetch fault is answered now |
/// | `valid` | out | 1 | a fault is held |
/// | `ready` | in | 1 | it is taken in this cycle |
/// | `cause`, `tval` | out | 4, XLEN | what becomes `scause` and `stval`; stable while `valid` |
///
/// Timing: `valid` rises the cycle after the fault's response. A fault answered while another is
/// held and not taken is not recorded: the older one is the one to report.
/// Reset: nothing held.
///
/// Invariants: `cause` and `tval` change only while `valid` is low or `ready` is high.
#[derive(LogicBlock, Default)]
pub struct HeldFault<const XLEN: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// A data fault is answered.
    pub data_valid: Signal<In, Bit>,
    /// Its cause.
    pub data_cause: Signal<In, Bits<4>>,
    /// Its address.
    pub data_tval: Signal<In, Bits<XLEN>>,
    /// A fetch fault is answered.
    pub fetch_valid: Signal<In, Bit>,
    /// Its cause.
    pub fetch_cause: Signal<In, Bits<4>>,
    /// Its address.
    pub fetch_tval: Signal<In, Bits<XLEN>>,
    /// A fault is held.
    pub valid: Signal<Out, Bit>,
    /// It is taken.
    pub ready: Signal<In, Bit>,
    /// Its cause.
    pub cause: Signal<Out, Bits<4>>,
    /// Its address.
    pub tval: Signal<Out, Bits<XLEN>>,
    holding: DFF<Bit>,
    // Of both ports, and which one counts: a verdict, which comes late, selects nothing wide.
    held_data_cause: DFF<Bits<4>>,
    held_data_tval: DFF<Bits<XLEN>>,
    held_fetch_cause: DFF<Bits<4>>,
    held_fetch_tval: DFF<Bits<XLEN>>,
    of_data: DFF<Bit>,
}

impl<const XLEN: usize> Logic for HeldFault<XLEN> {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            holding,
            held_data_cause,
            held_data_tval,
            held_fetch_cause,
            held_fetch_tval,
            of_data
        );
        self.valid.next = self.holding.q.val();
        self.cause.next = self.held_fetch_cause.q.val();
        self.tval.next = self.held_fetch_tval.q.val();
        if self.of_data.q.val() {
            self.cause.next = self.held_data_cause.q.val();
            self.tval.next = self.held_data_tval.q.val();
        }
        if !self.holding.q.val() || self.ready.val() {
            self.holding.d.next = self.data_valid.val() || self.fetch_valid.val();
            self.of_data.d.next = self.data_valid.val();
            self.held_data_cause.d.next = self.data_cause.val();
            self.held_data_tval.d.next = self.data_tval.val();
            self.held_fetch_cause.d.next = self.fetch_cause.val();
            self.held_fetch_tval.d.next = self.fetch_tval.val();
        }
        if self.reset.val() {
            self.holding.d.next = false;
        }
    }
}
