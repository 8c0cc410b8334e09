//! The golden model beside the hardware.
use std::collections::VecDeque;
use sim::golden::{Regime, walk};
use sim::mmu::{Fence, MemoryRequest, Request, Response};
use super::memory::Memory;
use super::mismatch::describe;

/// Temporary.
#[derive(Default)]
pub(super) struct Judge { under_way: [VecDeque<(Regime, Request)>; 2], dirty: bool }
impl Judge {
    pub(super) fn new(_x: sim::isa::Xlen) -> Judge { Judge::default() }
    pub(super) fn begin(&mut self, _m: &Memory) {}
    pub(super) fn memory(&mut self, _request: MemoryRequest, _memory: &Memory) {}
    pub(super) fn edited(&mut self, _m: &Memory) { self.dirty = true; }
    pub(super) fn accept(&mut self, port: usize, regime: Regime, request: &Request, _m: &Memory) {
        self.under_way[port].push_back((regime, *request));
    }
    pub(super) fn fence(&mut self, _fence: Fence, _m: &Memory) {}
    pub(super) fn answer(&mut self, port: usize, response: &Response, m: &Memory) -> Result<(), (String, String)> {
        let Some((regime, request)) = self.under_way[port].pop_front() else { return Ok(()) };
        let w = walk(regime, &request, m);
        if w.outcome == *response || self.dirty { return Ok(()) }
        Err((describe(&w.outcome), w.rule.citation().to_owned()))
    }
}
