//! An MMU for tests that caches everything for ever, until a fence: it makes missing fences
//! visible, and answers in the cycle of acceptance.

use crate::bus::SharedMemory;
use crate::golden::{Regime, walk};
use crate::isa::{Access, Fault, PAGE_BYTES, Satp, Xlen};
use crate::machine::{Machine, MachineConfig, Outcome, ProcessSpec};
use crate::mmu::{Fence, Inputs, Mmu, Outputs, Request, Response, Signal};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

/// Memory, known once the machine is built.
type Late = Rc<RefCell<Option<SharedMemory>>>;

/// Runs on such an MMU.
pub(super) fn cached(config: MachineConfig, forgets: u32, specs: Vec<ProcessSpec>) -> Outcome {
    let mut machine = caching(config, forgets);
    for spec in specs {
        machine.spawn(spec).unwrap();
    }
    machine.run(&AtomicBool::new(false))
}

/// A machine with such an MMU.
pub(super) fn caching(config: MachineConfig, forgets: u32) -> Machine {
    let late = Late::default();
    let mmu = Box::new(CachingMmu::new(late.clone(), forgets));
    let machine = Machine::new(mmu, config).unwrap();
    *late.borrow_mut() = Some(machine.hardware().drive.memory().clone());
    machine
}

/// What a cached page answers to fetch, load and store. As in a TLB that keeps permission bits,
/// a fault may come from here; nothing means that A or D must be set first, by a walk.
type Entry = [Option<Result<u64, Fault>>; 3];

/// Caches by ASID and virtual page.
struct CachingMmu {
    memory: Late,
    /// Every so many fences one is forgotten; 0: none.
    forgets: u32,
    fences: u32,
    cache: BTreeMap<(u16, u64), Entry>,
}

impl CachingMmu {
    fn new(memory: Late, forgets: u32) -> CachingMmu {
        CachingMmu { memory, forgets, fences: 0, cache: BTreeMap::new() }
    }

    /// The response, and whether it is a hit; nothing in that place if nothing was translated.
    fn answer(&mut self, inputs: &Inputs, request: Request) -> (Response, Option<bool>) {
        let regime = Regime { xlen: Xlen::Rv64, satp: inputs.satp, adue: inputs.adue };
        if !regime.is_active(&request) {
            return (Ok(request.va), None);
        }
        let asid = Satp::decode(inputs.satp, Xlen::Rv64).unwrap().asid;
        let key = (asid, request.va / PAGE_BYTES);
        if let Some(cached) = self.cache.get(&key).and_then(|kinds| kinds[request.access as usize])
        {
            let pa = cached.map(|frame| frame * PAGE_BYTES + request.va % PAGE_BYTES);
            return (pa.map_err(|fault| Fault { tval: request.va, ..fault }), Some(true));
        }
        let memory = self.memory.borrow().clone().expect("the machine is built");
        let found = walk(regime, &request, &memory);
        if let Some(update) = found.update {
            memory.write(update.pa, 8, update.new).unwrap();
        }
        if found.outcome.is_ok() {
            let kinds = [Access::Fetch, Access::Load, Access::Store].map(|access| {
                let seen = walk(regime, &Request { access, ..request }, &memory);
                let ready = seen.update.is_none();
                ready.then_some(seen.outcome.map(|pa| pa / PAGE_BYTES))
            });
            self.cache.insert(key, kinds);
        }
        (found.outcome, Some(false))
    }

    fn fence(&mut self, fence: Fence) {
        self.fences += 1;
        if self.forgets > 0 && self.fences.is_multiple_of(self.forgets) {
            return;
        }
        self.cache.retain(|&(asid, page), _| {
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
        if let Some(request) = inputs.fetch {
            let (response, hit) = self.answer(inputs, request);
            out.fetch = Some(response);
            out.events.fetch_hit = hit == Some(true);
            out.events.fetch_miss = hit == Some(false);
        }
        if let Some(request) = inputs.data {
            let (response, hit) = self.answer(inputs, request);
            out.data = Some(response);
            out.events.data_hit = hit == Some(true);
            out.events.data_miss = hit == Some(false);
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
