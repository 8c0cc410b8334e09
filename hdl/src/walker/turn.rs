//! The memory port shared by two walkers.

use rust_hdl::prelude::*;

/// Gives the memory port to one of two walkers in each cycle, and each response to the walker whose
/// request it answers.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `fetch_valid`, `data_valid` | in | 1 | a walker presents a request |
/// | `fetch_ready`, `data_ready` | out | 1 | memory accepts it in this cycle |
/// | `valid` | out | 1 | a request is presented to memory |
/// | `ready` | in | 1 | memory accepts it |
/// | `of_data` | out | 1 | it is the data walker's; otherwise the fetch walker's |
/// | `answer` | in | 1 | memory responds |
/// | `fetch_answer`, `data_answer` | out | 1 | ... to this walker |
///
/// Timing: combinational from request to memory and from response to walker.
/// Reset: no request in flight; of two requests the data walker's goes first.
///
/// Invariants: a request presented to memory stays until it is accepted. Of two walkers that present
/// requests, the one whose request was accepted last waits. Each walker has at most one request in
/// flight, and memory answers in order.
#[derive(LogicBlock, Default)]
pub struct MemoryTurn {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The fetch walker presents a request.
    pub fetch_valid: Signal<In, Bit>,
    /// It is accepted.
    pub fetch_ready: Signal<Out, Bit>,
    /// The data walker presents a request.
    pub data_valid: Signal<In, Bit>,
    /// It is accepted.
    pub data_ready: Signal<Out, Bit>,
    /// A request is presented to memory.
    pub valid: Signal<Out, Bit>,
    /// Memory accepts it.
    pub ready: Signal<In, Bit>,
    /// It is the data walker's.
    pub of_data: Signal<Out, Bit>,
    /// Memory responds.
    pub answer: Signal<In, Bit>,
    /// ... to the fetch walker.
    pub fetch_answer: Signal<Out, Bit>,
    /// ... to the data walker.
    pub data_answer: Signal<Out, Bit>,
    // A request that memory has not accepted: whose it is may not change.
    kept: DFF<Bit>,
    kept_data: DFF<Bit>,
    data_before: DFF<Bit>,
    fetch_in_flight: DFF<Bit>,
    data_in_flight: DFF<Bit>,
    // With both in flight: the data walker's is the older.
    data_older: DFF<Bit>,
    turn: Signal<Local, Bit>,
    answers_data: Signal<Local, Bit>,
    some: Signal<Local, Bit>,
    accepted_fetch: Signal<Local, Bit>,
    accepted_data: Signal<Local, Bit>,
}

impl Logic for MemoryTurn {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(
            self,
            clock,
            kept,
            kept_data,
            data_before,
            fetch_in_flight,
            data_in_flight,
            data_older
        );
        self.turn.next =
            self.data_valid.val() && (!self.fetch_valid.val() || !self.data_before.q.val());
        if self.kept.q.val() {
            self.turn.next = self.kept_data.q.val();
        }
        self.some.next = self.fetch_valid.val() || self.data_valid.val();
        self.of_data.next = self.turn.val();
        self.valid.next = self.some.val();
        self.accepted_fetch.next = self.some.val() && self.ready.val() && !self.turn.val();
        self.accepted_data.next = self.some.val() && self.ready.val() && self.turn.val();
        self.fetch_ready.next = self.accepted_fetch.val();
        self.data_ready.next = self.accepted_data.val();
        self.kept.d.next = self.some.val() && !self.ready.val();
        self.kept_data.d.next = self.turn.val();
        if self.some.val() && self.ready.val() {
            self.data_before.d.next = self.turn.val();
        }

        self.answers_data.next = self.data_in_flight.q.val()
            && (!self.fetch_in_flight.q.val() || self.data_older.q.val());
        self.fetch_answer.next = self.answer.val() && !self.answers_data.val();
        self.data_answer.next = self.answer.val() && self.answers_data.val();
        if self.answer.val() {
            if self.answers_data.val() {
                self.data_in_flight.d.next = false;
            } else {
                self.fetch_in_flight.d.next = false;
            }
        }
        // The order matters once both are in flight: the later acceptance sets it.
        if self.accepted_fetch.val() {
            self.fetch_in_flight.d.next = true;
            self.data_older.d.next = true;
        }
        if self.accepted_data.val() {
            self.data_in_flight.d.next = true;
            self.data_older.d.next = false;
        }
        if self.reset.val() {
            self.kept.d.next = false;
            self.data_before.d.next = false;
            self.fetch_in_flight.d.next = false;
            self.data_in_flight.d.next = false;
        }
    }
}
