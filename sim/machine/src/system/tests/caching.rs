//! An MMU for tests that caches everything for ever, until a fence: it makes missing fences
//! visible, and answers in the cycle of acceptance.

use crate::system::{Machine, MachineConfig, Outcome, ProcessSpec};
use model::bus::{BusError, SharedMemory};
use model::golden::{PteSource, Regime, walk};
use model::isa::{Access, Attributes, Extensions, Fault, PAGE_BYTES, Satp, Sizes, Xlen};
use model::mmu::{Fence, Inputs, Mmu, Outputs, PerPort, Port, Pulse, Request, Response, Signal};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

/// Memory, known once the machine is built.
pub(super) type Late = Rc<RefCell<Option<SharedMemory>>>;

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
    caching_within(config, forgets, |mmu, _| mmu)
}

/// A machine with such an MMU within another, which may know memory too.
pub(super) fn caching_within(
    config: MachineConfig,
    forgets: u32,
    within: impl FnOnce(Box<dyn Mmu>, Late) -> Box<dyn Mmu>,
) -> Machine {
    let late = Late::default();
    let mmu = within(Box::new(CachingMmu::new(late.clone(), forgets)), late.clone());
    let machine = Machine::new(mmu, config).unwrap();
    *late.borrow_mut() = Some(machine.hardware().board.memory().clone());
    machine
}

/// The answers of a cached page to fetch, load and store. As in a TLB that keeps permission bits, a
/// fault may come from here; `None` means that A or D must be set first, by a walk.
type Entry = [Option<Result<u64, Fault>>; 3];

/// Caches by ASID and virtual page, with the level of the leaf.
struct CachingMmu {
    memory: Late,
    /// Every so many fences one is ignored; 0: none.
    forgets: u32,
    fences: u32,
    cache: BTreeMap<(u16, u64), (Entry, u32)>,
    /// Pointers by ASID and the address of their entry, as in a page-walk cache: a fence with an
    /// address orders leaf entries only, so only one of a whole address space clears them.
    pointers: BTreeMap<(u16, u64), u64>,
}

/// Memory as seen by a walk with cached pointers.
struct Walked<'a> {
    memory: &'a SharedMemory,
    pointers: &'a BTreeMap<(u16, u64), u64>,
    asid: u16,
}

impl PteSource for Walked<'_> {
    fn read(&self, pa: u64, bytes: u64) -> Result<u64, BusError> {
        let cached = self.pointers.get(&(self.asid, pa)).copied();
        cached.map_or_else(|| PteSource::read(self.memory, pa, bytes), Ok)
    }

    fn writable(&self, pa: u64, bytes: u64) -> bool {
        self.memory.writable(pa, bytes)
    }
}

impl CachingMmu {
    fn new(memory: Late, forgets: u32) -> CachingMmu {
        let (cache, pointers) = (BTreeMap::new(), BTreeMap::new());
        CachingMmu { memory, forgets, fences: 0, cache, pointers }
    }

    /// The response, the size of its page, and whether it is a hit; `None` there if nothing was
    /// translated.
    fn answer(&mut self, inputs: &Inputs, request: Request) -> (Response, u8, Option<bool>) {
        let (satp, adue, extensions) = (inputs.satp, inputs.adue, Extensions::NONE);
        let (xlen, sizes) = (Xlen::Rv64, Sizes::ALL);
        let regime = Regime { xlen, satp, adue, pbmte: false, extensions, sizes };
        if !regime.is_active(&request) {
            return (Ok(request.va), 0, None);
        }
        let asid = Satp::decode(inputs.satp, Xlen::Rv64).unwrap().asid;
        let key = (asid, request.va / PAGE_BYTES);
        let cached = self.cache.get(&key);
        let cached =
            cached.and_then(|(kinds, level)| Some((kinds[request.access as usize]?, *level)));
        if let Some((cached, level)) = cached {
            let pa = cached.map(|frame| frame * PAGE_BYTES + request.va % PAGE_BYTES);
            let size = if pa.is_ok() { level as u8 } else { 0 };
            return (pa.map_err(|fault| Fault { tval: request.va, ..fault }), size, Some(true));
        }
        let memory = self.memory.borrow().clone().expect("the machine is built");
        let source = Walked { memory: &memory, pointers: &self.pointers, asid };
        let found = walk(regime, &request, &source);
        if let Some(update) = found.update {
            memory.write(update.pa, 8, update.new).unwrap();
        }
        if found.outcome.is_ok() {
            let kinds = [Access::Fetch, Access::Load, Access::Store].map(|access| {
                let source = Walked { memory: &memory, pointers: &self.pointers, asid };
                let seen = walk(regime, &Request { access, ..request }, &source);
                let ready = seen.update.is_none();
                ready.then_some(seen.outcome.map(|pa| pa / PAGE_BYTES))
            });
            self.cache.insert(key, (kinds, found.leaf_level.unwrap_or_default()));
        }
        for read in &found.reads {
            if let Some(pointer) = read.value.ok().filter(|entry| entry & 0xf == 1) {
                self.pointers.insert((asid, read.pa), pointer);
            }
        }
        (found.outcome, found.attributes.size, Some(false))
    }

    fn fence(&mut self, fence: Fence) {
        self.fences += 1;
        if self.forgets > 0 && self.fences.is_multiple_of(self.forgets) {
            return;
        }
        if fence.va.is_none() {
            self.pointers.retain(|&(asid, _), _| fence.asid.is_some_and(|fenced| fenced != asid));
        }
        self.cache.retain(|&(asid, page), (_, level)| {
            // Parts of one superpage go together: the fence's address selects their one entry.
            let unit = |page: u64| page >> (9 * *level);
            let other_page = fence.va.is_some_and(|va| unit(va / PAGE_BYTES) != unit(page));
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
            ready: PerPort([true; Port::COUNT]),
            fence_ready: true,
            ..Outputs::default()
        };
        for (port, request) in inputs.requests {
            let Some(request) = request else { continue };
            let (response, size, hit) = self.answer(inputs, request);
            out.responses[port] = Some(response);
            out.attributes[port] = Attributes { size, ..Attributes::default() };
            out.events.add_if(Pulse::hit(port), hit == Some(true));
            out.events.add_if(Pulse::miss(port), hit == Some(false));
        }
        if let Some(fence) = inputs.fence {
            out.events += Pulse::Fence;
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
