//! What stands between the walkers and memory.

use super::MemoryTurn;
use crate::Organisation;
use crate::pmp::{TableCheck, list};
use rust_hdl::prelude::*;

/// Carries the requests of one or two walkers to memory, and the responses back.
///
/// Spec: see [`TableCheck`], which judges each request before memory sees it where PMP or PMA are
/// built in.
///
/// | port | dir | width | meaning |
/// |---|---|---|---|
/// | `clock`, `reset` | in | 1 | rising edge; synchronous reset |
/// | `data_valid`, `data_addr`, `data_swap`, `data_expected`, `data_desired` | in | 1, PA, 1, XLEN, XLEN | the first walker's request |
/// | `data_ready` | out | 1 | it is taken |
/// | `data_answered`, `data_error` | out | 1 | a response for it; the rest is in `mem_resp_*` |
/// | `data_stopped` | out | 1 | the request is refused by PMP or PMA |
/// | `fetch_*` | | | the second walker's, if there is one; else its inputs are low |
/// | `active`, `first`, `last`, `rights` | in | | the PMP entries, see [`TableCheck`] |
/// | `mem_req_*`, `mem_resp_*` | out, in | | the memory port, see `docs/interfaces.md` |
///
/// Timing: combinational, except for the error of a refused request, which comes one cycle later.
/// Reset: no request in flight.
///
/// Invariants: those of [`TableCheck`] and [`MemoryTurn`].
#[derive(LogicBlock, Default)]
pub struct WalkMemory<const XLEN: usize, const PA: usize, const GA: usize> {
    /// Rising edge.
    pub clock: Signal<In, Clock>,
    /// Synchronous reset.
    pub reset: Signal<In, Bit>,
    /// The first walker presents a request.
    pub data_valid: Signal<In, Bit>,
    /// The entry's physical address.
    pub data_addr: Signal<In, Bits<PA>>,
    /// Compare-and-swap, otherwise a read.
    pub data_swap: Signal<In, Bit>,
    /// The entry as it was read.
    pub data_expected: Signal<In, Bits<XLEN>>,
    /// The entry with A and D set.
    pub data_desired: Signal<In, Bits<XLEN>>,
    /// The request is taken.
    pub data_ready: Signal<Out, Bit>,
    /// A response for the walker.
    pub data_answered: Signal<Out, Bit>,
    /// It is an error.
    pub data_error: Signal<Out, Bit>,
    /// Its request is refused.
    pub data_stopped: Signal<Out, Bit>,
    /// The second walker presents a request.
    pub fetch_valid: Signal<In, Bit>,
    /// The entry's physical address.
    pub fetch_addr: Signal<In, Bits<PA>>,
    /// Compare-and-swap, otherwise a read.
    pub fetch_swap: Signal<In, Bit>,
    /// The entry as it was read.
    pub fetch_expected: Signal<In, Bits<XLEN>>,
    /// The entry with A and D set.
    pub fetch_desired: Signal<In, Bits<XLEN>>,
    /// The request is taken.
    pub fetch_ready: Signal<Out, Bit>,
    /// A response for the walker.
    pub fetch_answered: Signal<Out, Bit>,
    /// It is an error.
    pub fetch_error: Signal<Out, Bit>,
    /// Its request is refused.
    pub fetch_stopped: Signal<Out, Bit>,
    /// The PMP entries: each matches something,
    pub active: Vec<Signal<In, Bit>>,
    /// from this granule
    pub first: Vec<Signal<In, Bits<GA>>>,
    /// to this one,
    pub last: Vec<Signal<In, Bits<GA>>>,
    /// with this configuration.
    pub rights: Vec<Signal<In, Bits<8>>>,
    /// A request to memory.
    pub mem_req_valid: Signal<Out, Bit>,
    /// Memory accepts it.
    pub mem_req_ready: Signal<In, Bit>,
    /// The entry's physical address.
    pub mem_req_addr: Signal<Out, Bits<PA>>,
    /// Compare-and-swap, otherwise a read.
    pub mem_req_swap: Signal<Out, Bit>,
    /// The entry as it was read.
    pub mem_req_expected: Signal<Out, Bits<XLEN>>,
    /// The entry with A and D set.
    pub mem_req_desired: Signal<Out, Bits<XLEN>>,
    /// Memory answers.
    pub mem_resp_valid: Signal<In, Bit>,
    /// No memory there, or access refused.
    pub mem_resp_error: Signal<In, Bit>,
    check: Vec<TableCheck<PA, GA>>,
    fetch_check: Vec<TableCheck<PA, GA>>,
    turn: Vec<MemoryTurn>,
    // Requests that may go to memory, whether memory takes them, and its responses.
    data_passes: Signal<Local, Bit>,
    data_taken: Signal<Local, Bit>,
    data_heard: Signal<Local, Bit>,
    fetch_passes: Signal<Local, Bit>,
    fetch_taken: Signal<Local, Bit>,
    fetch_heard: Signal<Local, Bit>,
}

impl<const XLEN: usize, const PA: usize, const GA: usize> WalkMemory<XLEN, PA, GA> {
    /// For one walker or two, with the checks that the organisation has.
    ///
    /// # Panics
    /// Unless GA = PA - 2.
    pub fn new(organisation: Organisation) -> Self {
        let Organisation { two_walkers, physical, .. } = organisation;
        assert_eq!(GA + 2, PA, "a granule is 4 bytes");
        let checks = |walker: bool| {
            let count = usize::from(walker && physical.is_some());
            (0..count).map(|_| TableCheck::new(physical, XLEN / 8)).collect()
        };
        Self {
            active: list(physical.pmp),
            first: list(physical.pmp),
            last: list(physical.pmp),
            rights: list(physical.pmp),
            check: checks(true),
            fetch_check: checks(two_walkers),
            turn: list(usize::from(two_walkers)),
            ..Self::default()
        }
    }
}

impl<const XLEN: usize, const PA: usize, const GA: usize> Logic for WalkMemory<XLEN, PA, GA> {
    #[hdl_gen]
    fn update(&mut self) {
        self.data_passes.next = self.data_valid.val();
        for i in 0..self.check.len() {
            self.data_passes.next = self.check[i].mem_valid.val();
        }
        self.fetch_passes.next = self.fetch_valid.val();
        for i in 0..self.fetch_check.len() {
            self.fetch_passes.next = self.fetch_check[i].mem_valid.val();
        }

        // To memory, and back.
        self.mem_req_valid.next = self.data_passes.val();
        self.mem_req_addr.next = self.data_addr.val();
        self.mem_req_swap.next = self.data_swap.val();
        self.mem_req_expected.next = self.data_expected.val();
        self.mem_req_desired.next = self.data_desired.val();
        self.data_taken.next = self.mem_req_ready.val();
        self.data_heard.next = self.mem_resp_valid.val();
        self.fetch_taken.next = false;
        self.fetch_heard.next = false;
        for i in 0..self.turn.len() {
            self.turn[i].clock.next = self.clock.val();
            self.turn[i].reset.next = self.reset.val();
            self.turn[i].data_valid.next = self.data_passes.val();
            self.turn[i].fetch_valid.next = self.fetch_passes.val();
            self.turn[i].ready.next = self.mem_req_ready.val();
            self.turn[i].answer.next = self.mem_resp_valid.val();
            self.mem_req_valid.next = self.turn[i].valid.val();
            if !self.turn[i].of_data.val() {
                self.mem_req_addr.next = self.fetch_addr.val();
                self.mem_req_swap.next = self.fetch_swap.val();
                self.mem_req_expected.next = self.fetch_expected.val();
                self.mem_req_desired.next = self.fetch_desired.val();
            }
            self.data_taken.next = self.turn[i].data_ready.val();
            self.data_heard.next = self.turn[i].data_answer.val();
            self.fetch_taken.next = self.turn[i].fetch_ready.val();
            self.fetch_heard.next = self.turn[i].fetch_answer.val();
        }

        self.data_ready.next = self.data_taken.val();
        self.data_answered.next = self.data_heard.val();
        self.data_error.next = self.mem_resp_error.val();
        self.data_stopped.next = false;
        for i in 0..self.check.len() {
            self.check[i].clock.next = self.clock.val();
            self.check[i].reset.next = self.reset.val();
            self.check[i].walk_valid.next = self.data_valid.val();
            self.check[i].walk_addr.next = self.data_addr.val();
            self.check[i].walk_swap.next = self.data_swap.val();
            self.check[i].mem_ready.next = self.data_taken.val();
            self.check[i].mem_answered.next = self.data_heard.val();
            self.check[i].mem_error.next = self.mem_resp_error.val();
            for entry in 0..self.active.len() {
                self.check[i].active[entry].next = self.active[entry].val();
                self.check[i].first[entry].next = self.first[entry].val();
                self.check[i].last[entry].next = self.last[entry].val();
                self.check[i].rights[entry].next = self.rights[entry].val();
            }
            self.data_ready.next = self.check[i].walk_ready.val();
            self.data_answered.next = self.check[i].walk_answered.val();
            self.data_error.next = self.check[i].walk_error.val();
            self.data_stopped.next = self.check[i].stopped.val();
        }
        self.fetch_ready.next = self.fetch_taken.val();
        self.fetch_answered.next = self.fetch_heard.val();
        self.fetch_error.next = self.mem_resp_error.val();
        self.fetch_stopped.next = false;
        for i in 0..self.fetch_check.len() {
            self.fetch_check[i].clock.next = self.clock.val();
            self.fetch_check[i].reset.next = self.reset.val();
            self.fetch_check[i].walk_valid.next = self.fetch_valid.val();
            self.fetch_check[i].walk_addr.next = self.fetch_addr.val();
            self.fetch_check[i].walk_swap.next = self.fetch_swap.val();
            self.fetch_check[i].mem_ready.next = self.fetch_taken.val();
            self.fetch_check[i].mem_answered.next = self.fetch_heard.val();
            self.fetch_check[i].mem_error.next = self.mem_resp_error.val();
            for entry in 0..self.active.len() {
                self.fetch_check[i].active[entry].next = self.active[entry].val();
                self.fetch_check[i].first[entry].next = self.first[entry].val();
                self.fetch_check[i].last[entry].next = self.last[entry].val();
                self.fetch_check[i].rights[entry].next = self.rights[entry].val();
            }
            self.fetch_ready.next = self.fetch_check[i].walk_ready.val();
            self.fetch_answered.next = self.fetch_check[i].walk_answered.val();
            self.fetch_error.next = self.fetch_check[i].walk_error.val();
            self.fetch_stopped.next = self.fetch_check[i].stopped.val();
        }
    }
}
