//! An MMU for tests that caches everything for ever, until a fence: it makes missing fences
//! visible, and answers in the cycle of acceptance.

use crate::bus::SharedMemory;
use crate::golden::{Regime, walk};
use crate::isa::{PAGE_BYTES, Satp, Xlen};
use crate::mmu::{Fence, Inputs, Mmu, Outputs, Request, Response, Signal};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Memory, known once the machine is built.
pub(super) type Late = Rc<RefCell<Option<SharedMemory>>>;

/// Caches by ASID, virtual page and kind of access.
pub(super) struct CachingMmu {
    pub(super) memory: Late,
    /// Every so many fences one is forgotten; 0: none.
    pub(super) forgets: u32,
    pub(super) fences: u32,
    cache: BTreeMap<(u16, u64, u8), u64>,
}

impl CachingMmu {
    pub(super) fn new(memory: Late, forgets: u32) -> CachingMmu {
        CachingMmu { memory, forgets, fences: 0, cache: BTreeMap::new() }
    }

    fn answer(&mut self, inputs: &Inputs, request: Request) -> (Response, bool) {
        let regime = Regime { xlen: Xlen::Rv64, satp: inputs.satp, adue: inputs.adue };
        let asid = Satp::decode(inputs.satp, Xlen::Rv64).unwrap().asid;
        let key = (asid, request.va / PAGE_BYTES, request.access as u8);
        if let Some(frame) = self.cache.get(&key).filter(|_| regime.is_active(&request)) {
            return (Ok(frame * PAGE_BYTES + request.va % PAGE_BYTES), true);
        }
        let memory = self.memory.borrow().clone().expect("the machine is built");
        let found = walk(regime, &request, &memory);
        if let Some(update) = found.update {
            memory.write(update.pa, 8, update.new).unwrap();
        }
        if let Ok(pa) = found.outcome {
            self.cache.insert(key, pa / PAGE_BYTES);
        }
        (found.outcome, false)
    }

    fn fence(&mut self, fence: Fence) {
        self.fences += 1;
        if self.forgets > 0 && self.fences.is_multiple_of(self.forgets) {
            return;
        }
        self.cache.retain(|&(asid, page, _), _| {
            let other_page = fence.va.is_some_and(|va| va / PAGE_BYTES != page);
            other_page || fence.asid.is_some_and(|fenced| fenced != asid)
        });
    }
}

impl Mmu for CachingMmu {
    fn xlen(&self) -> Xlen {
        Xlen::Rv64
    }

    fn name(&self) -> &str {
        "caching"
    }

    fn entries(&self) -> usize {
        usize::MAX >> 16
    }

    fn cycle(&mut self, inputs: &Inputs) -> Outputs {
        let mut out = Outputs {
            fetch_ready: true,
            data_ready: true,
            fence_ready: true,
            ..Outputs::default()
        };
        let active = Satp::decode(inputs.satp, Xlen::Rv64).is_some_and(|satp| satp.asid > 0);
        if let Some(request) = inputs.fetch {
            let (response, hit) = self.answer(inputs, request);
            out.fetch = Some(response);
            out.events.fetch_hit = active && hit;
            out.events.fetch_miss = active && !hit;
        }
        if let Some(request) = inputs.data {
            let (response, hit) = self.answer(inputs, request);
            out.data = Some(response);
            out.events.data_hit = active && hit;
            out.events.data_miss = active && !hit;
        }
        if let Some(fence) = inputs.fence {
            out.events.fence = true;
            self.fence(fence);
        }
        out
    }

    fn signals(&self) -> Vec<Signal> {
        Vec::new()
    }

    fn values(&self, values: &mut Vec<u128>) {
        values.clear();
    }

    fn watch(&mut self, _on: bool) {}
}
