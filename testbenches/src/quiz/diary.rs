//! The events of the MMU and the operating system, recorded in order.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use kernel::Event;
use machine::system::{Cycle, Observer, WorldState};
use model::mmu::{MemoryRequest, Port, Pulse, Response};

use engine::Engine;
use scenario::load::Scenario;
use scenario::observe::{Observed, observe, variants};
use scenario::variant::Variant;

/// One event.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Entry {
    /// The walker read a page-table entry, or swapped one for another; `None` if memory refused.
    Walked { pa: u64, value: Option<u64>, is_update: bool },
    /// A request was accepted: its address, and whether it hit in the TLB.
    Asked { va: u64, hit: bool },
    /// A request was answered.
    Answered { cycle: u64, response: Response },
    /// The operating system did something.
    Happened(Event),
}

/// The diary of a run.
#[derive(Debug, Default)]
pub(super) struct Diary {
    pub(super) entries: Vec<Entry>,
    /// Reads and updates on their way to memory and back.
    under_way: VecDeque<(u64, bool)>,
    /// The first cycle in which a request was presented.
    pub(super) first_asked: Option<u64>,
}

impl Observer for Diary {
    fn on_cycle(&mut self, cycle: &Cycle<'_>) {
        let &Cycle { number: cycle, hart, inputs, outputs, .. } = cycle;
        if hart > 0 {
            return;
        }
        if let Some(response) = inputs.memory
            && let Some((pa, is_update)) = self.under_way.pop_front()
        {
            let value = (!response.error).then_some(response.data);
            self.entries.push(Entry::Walked { pa, value, is_update });
        }
        if let Some(request) = outputs.memory.filter(|_| inputs.memory_ready) {
            self.under_way.push_back(match request {
                MemoryRequest::Read { pa } => (pa, false),
                MemoryRequest::CompareSwap { pa, .. } => (pa, true),
            });
        }
        if inputs.requests.values().any(Option::is_some) && !inputs.reset {
            self.first_asked.get_or_insert(cycle);
        }
        for port in Port::ALL {
            if let Some(request) = inputs.accepted(port, outputs) {
                let hit = outputs.events.has(Pulse::hit(port));
                self.entries.push(Entry::Asked { va: request.va, hit });
            }
            if let Some(response) = outputs.responses[port] {
                self.entries.push(Entry::Answered { cycle, response });
            }
        }
    }

    fn on_event(&mut self, _: u64, event: &Event, _: &WorldState) {
        self.entries.push(Entry::Happened(event.clone()));
    }
}

/// A run with everything that is known of it.
pub(super) struct Recorded {
    pub(super) diary: Diary,
    pub(super) observed: Observed,
}

/// Runs a scenario on one machine; the first that its file names if none is given.
pub(super) fn tell(
    scenario: &Scenario,
    variant: Option<Variant>,
    engine: Engine,
) -> anyhow::Result<Recorded> {
    let variant = match variant {
        Some(variant) => variant,
        None => *variants(scenario)?.first().context("the scenario names no machine")?,
    };
    let diary = Rc::new(RefCell::new(Diary::default()));
    let watch: Box<dyn Observer> = Box::new(diary.clone());
    let observed = observe(scenario, &variant, engine, Some(watch), None, &AtomicBool::new(false))?;
    let diary = std::mem::take(&mut *diary.borrow_mut());
    Ok(Recorded { diary, observed })
}
