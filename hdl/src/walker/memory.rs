//! What stands between the walkers and memory.

use super::{LineFill, MemoryTurn};
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
/// | `data_answered`, `data_error`, `data_entry` | out | 1, 1, XLEN | a response for it; the rest is in `mem_resp_*` |
/// | `fetch_*` | | | the second walker's, if there is one; else its inputs are low |
/// | `active`, `first`, `last`, `rights` | in | | the PMP entries, see [`TableCheck`] |
/// | `mem_req_*`, `mem_resp_*` | out, in | | the memory port, see `docs/interfaces.md` |
/// | `fence_presented`, `fence`, `mem_words`, `mem_line`, `*_anew`, `*_from_line`, `*_hit` | | | with a line fill: see [`LineFill`], of which each walker has its own |
///
/// Timing: combinational, except for the error of a refused request, and for an entry of a line, which
/// come one cycle later. Reset: no request in flight.
///
/// Invariants: those of [`TableCheck`], [`LineFill`] and [`MemoryTurn`], through which a request goes in
/// this order: an entry of a line is judged as one in memory.
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
    /// The entry in it.
    pub data_entry: Signal<Out, Bits<XLEN>>,
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
    /// The entry in it.
    pub fetch_entry: Signal<Out, Bits<XLEN>>,
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
    /// The entry.
    pub mem_resp_data: Signal<In, Bits<XLEN>>,
    /// No memory there, or access refused.
    pub mem_resp_error: Signal<In, Bit>,
    /// With a line fill: a fence is presented.
    pub fence_presented: Vec<Signal<In, Bit>>,
    /// It is accepted.
    pub fence: Vec<Signal<In, Bit>>,
    /// The line around it comes with it.
    pub mem_line: Vec<Signal<In, Bit>>,
    /// The words of that line.
    pub mem_words: Vec<Signal<In, Bits<64>>>,
    /// The first walker's read must be answered by memory.
    pub data_anew: Vec<Signal<In, Bit>>,
    /// The response comes from a line.
    pub data_from_line: Vec<Signal<Out, Bit>>,
    /// Its read is answered from a line.
    pub data_hit: Vec<Signal<Out, Bit>>,
    /// The second walker's read must be answered by memory.
    pub fetch_anew: Vec<Signal<In, Bit>>,
    /// The response comes from a line.
    pub fetch_from_line: Vec<Signal<Out, Bit>>,
    /// Its read is answered from a line.
    pub fetch_hit: Vec<Signal<Out, Bit>>,
    check: Vec<TableCheck<PA, GA>>,
    fetch_check: Vec<TableCheck<PA, GA>>,
    fill: Vec<LineFill<XLEN, PA>>,
    fetch_fill: Vec<LineFill<XLEN, PA>>,
    turn: Vec<MemoryTurn>,
    // Requests that are allowed, and those that memory must answer; whether memory takes them, and
    // its responses; both as they are behind a line fill.
    data_allowed: Signal<Local, Bit>,
    data_passes: Signal<Local, Bit>,
    data_taken: Signal<Local, Bit>,
    data_heard: Signal<Local, Bit>,
    data_served: Signal<Local, Bit>,
    data_told: Signal<Local, Bit>,
    data_failed: Signal<Local, Bit>,
    fetch_allowed: Signal<Local, Bit>,
    fetch_passes: Signal<Local, Bit>,
    fetch_taken: Signal<Local, Bit>,
    fetch_heard: Signal<Local, Bit>,
    fetch_served: Signal<Local, Bit>,
    fetch_told: Signal<Local, Bit>,
    fetch_failed: Signal<Local, Bit>,
}

impl<const XLEN: usize, const PA: usize, const GA: usize> WalkMemory<XLEN, PA, GA> {
    /// For one walker or two, with the checks that the organisation has.
    ///
    /// # Panics
    /// Unless GA = PA - 2.
    pub fn new(organisation: Organisation) -> Self {
        let Organisation { two_walkers, physical, line_fill, .. } = organisation;
        assert_eq!(GA + 2, PA, "a granule is 4 bytes");
        let checks = |walker: bool| {
            let count = usize::from(walker && physical.is_some());
            (0..count).map(|_| TableCheck::new(physical, XLEN / 8)).collect()
        };
        let fills = |walker: bool| {
            let count = usize::from(walker && line_fill > 0);
            (0..count).map(|_| LineFill::new(line_fill)).collect()
        };
        let fill = usize::from(line_fill > 0);
        let other = if two_walkers { fill } else { 0 };
        Self {
            fence_presented: list(fill),
            fence: list(fill),
            mem_line: list(fill),
            mem_words: list(8 * fill),
            data_anew: list(fill),
            data_from_line: list(fill),
            data_hit: list(fill),
            fetch_anew: list(other),
            fetch_from_line: list(other),
            fetch_hit: list(other),
            fill: fills(true),
            fetch_fill: fills(two_walkers),
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
        self.data_allowed.next = self.data_valid.val();
        for i in 0..self.check.len() {
            self.data_allowed.next = self.check[i].mem_valid.val();
        }
        self.data_passes.next = self.data_allowed.val();
        for i in 0..self.fill.len() {
            self.data_passes.next = self.fill[i].mem_valid.val();
        }
        self.fetch_allowed.next = self.fetch_valid.val();
        for i in 0..self.fetch_check.len() {
            self.fetch_allowed.next = self.fetch_check[i].mem_valid.val();
        }
        self.fetch_passes.next = self.fetch_allowed.val();
        for i in 0..self.fetch_fill.len() {
            self.fetch_passes.next = self.fetch_fill[i].mem_valid.val();
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

        self.data_served.next = self.data_taken.val();
        self.data_told.next = self.data_heard.val();
        self.data_entry.next = self.mem_resp_data.val();
        self.data_failed.next = self.mem_resp_error.val();
        for i in 0..self.fill.len() {
            self.fill[i].clock.next = self.clock.val();
            self.fill[i].reset.next = self.reset.val();
            self.fill[i].fence_presented.next = self.fence_presented[i].val();
            self.fill[i].fence.next = self.fence[i].val();
            self.fill[i].walk_valid.next = self.data_allowed.val();
            self.fill[i].walk_addr.next = self.data_addr.val();
            self.fill[i].walk_swap.next = self.data_swap.val();
            self.fill[i].walk_anew.next = self.data_anew[i].val();
            self.fill[i].mem_ready.next = self.data_taken.val();
            self.fill[i].mem_answered.next = self.data_heard.val();
            self.fill[i].mem_error.next = self.mem_resp_error.val();
            self.fill[i].mem_data.next = self.mem_resp_data.val();
            self.fill[i].mem_line.next = self.mem_line[i].val();
            for word in 0..self.mem_words.len() {
                self.fill[i].mem_words[word].next = self.mem_words[word].val();
            }
            self.fill[i].other_swaps.next = false;
            self.fill[i].other_line.next = bits::<PA>(0);
            for j in 0..self.turn.len() {
                self.fill[i].other_swaps.next = self.fetch_fill[j].swaps.val();
                self.fill[i].other_line.next = self.fetch_fill[j].swap_line.val();
            }
            self.data_served.next = self.fill[i].walk_ready.val();
            self.data_told.next = self.fill[i].walk_answered.val();
            self.data_failed.next = self.fill[i].walk_error.val();
            self.data_from_line[i].next = self.fill[i].from_line.val();
            self.data_entry.next = self.fill[i].walk_data.val();
            self.data_hit[i].next = self.fill[i].hit.val();
        }
        self.data_ready.next = self.data_served.val();
        self.data_answered.next = self.data_told.val();
        self.data_error.next = self.data_failed.val();
        for i in 0..self.check.len() {
            self.check[i].clock.next = self.clock.val();
            self.check[i].reset.next = self.reset.val();
            self.check[i].walk_valid.next = self.data_valid.val();
            self.check[i].walk_addr.next = self.data_addr.val();
            self.check[i].walk_swap.next = self.data_swap.val();
            self.check[i].mem_ready.next = self.data_served.val();
            self.check[i].mem_answered.next = self.data_told.val();
            self.check[i].mem_error.next = self.data_failed.val();
            for entry in 0..self.active.len() {
                self.check[i].active[entry].next = self.active[entry].val();
                self.check[i].first[entry].next = self.first[entry].val();
                self.check[i].last[entry].next = self.last[entry].val();
                self.check[i].rights[entry].next = self.rights[entry].val();
            }
            self.data_ready.next = self.check[i].walk_ready.val();
            self.data_answered.next = self.check[i].walk_answered.val();
            self.data_error.next = self.check[i].walk_error.val();
        }
        self.fetch_served.next = self.fetch_taken.val();
        self.fetch_told.next = self.fetch_heard.val();
        self.fetch_entry.next = self.mem_resp_data.val();
        self.fetch_failed.next = self.mem_resp_error.val();
        for i in 0..self.fetch_fill.len() {
            self.fetch_fill[i].clock.next = self.clock.val();
            self.fetch_fill[i].reset.next = self.reset.val();
            self.fetch_fill[i].fence_presented.next = self.fence_presented[i].val();
            self.fetch_fill[i].fence.next = self.fence[i].val();
            self.fetch_fill[i].walk_valid.next = self.fetch_allowed.val();
            self.fetch_fill[i].walk_addr.next = self.fetch_addr.val();
            self.fetch_fill[i].walk_swap.next = self.fetch_swap.val();
            self.fetch_fill[i].walk_anew.next = self.fetch_anew[i].val();
            self.fetch_fill[i].mem_ready.next = self.fetch_taken.val();
            self.fetch_fill[i].mem_answered.next = self.fetch_heard.val();
            self.fetch_fill[i].mem_error.next = self.mem_resp_error.val();
            self.fetch_fill[i].mem_data.next = self.mem_resp_data.val();
            self.fetch_fill[i].mem_line.next = self.mem_line[i].val();
            for word in 0..self.mem_words.len() {
                self.fetch_fill[i].mem_words[word].next = self.mem_words[word].val();
            }
            self.fetch_fill[i].other_swaps.next = false;
            self.fetch_fill[i].other_line.next = bits::<PA>(0);
            for j in 0..self.turn.len() {
                self.fetch_fill[i].other_swaps.next = self.fill[j].swaps.val();
                self.fetch_fill[i].other_line.next = self.fill[j].swap_line.val();
            }
            self.fetch_served.next = self.fetch_fill[i].walk_ready.val();
            self.fetch_told.next = self.fetch_fill[i].walk_answered.val();
            self.fetch_failed.next = self.fetch_fill[i].walk_error.val();
            self.fetch_from_line[i].next = self.fetch_fill[i].from_line.val();
            self.fetch_entry.next = self.fetch_fill[i].walk_data.val();
            self.fetch_hit[i].next = self.fetch_fill[i].hit.val();
        }
        self.fetch_ready.next = self.fetch_served.val();
        self.fetch_answered.next = self.fetch_told.val();
        self.fetch_error.next = self.fetch_failed.val();
        for i in 0..self.fetch_check.len() {
            self.fetch_check[i].clock.next = self.clock.val();
            self.fetch_check[i].reset.next = self.reset.val();
            self.fetch_check[i].walk_valid.next = self.fetch_valid.val();
            self.fetch_check[i].walk_addr.next = self.fetch_addr.val();
            self.fetch_check[i].walk_swap.next = self.fetch_swap.val();
            self.fetch_check[i].mem_ready.next = self.fetch_served.val();
            self.fetch_check[i].mem_answered.next = self.fetch_told.val();
            self.fetch_check[i].mem_error.next = self.fetch_failed.val();
            for entry in 0..self.active.len() {
                self.fetch_check[i].active[entry].next = self.active[entry].val();
                self.fetch_check[i].first[entry].next = self.first[entry].val();
                self.fetch_check[i].last[entry].next = self.last[entry].val();
                self.fetch_check[i].rights[entry].next = self.rights[entry].val();
            }
            self.fetch_ready.next = self.fetch_check[i].walk_ready.val();
            self.fetch_answered.next = self.fetch_check[i].walk_answered.val();
            self.fetch_error.next = self.fetch_check[i].walk_error.val();
        }
    }
}
