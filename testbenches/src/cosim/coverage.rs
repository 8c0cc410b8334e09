//! The events that a run covered: a comparison without them would prove nothing.

use super::stimulus::{Row, get, high};
use engine::{PINS, Pin, Simulator};
use model::mmu::Organisation;
use std::collections::BTreeMap;
use std::fmt;

/// Counts of one run.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Cycles in which each `event_*` pin was high.
    pub events: BTreeMap<&'static str, u64>,
    /// Cycles in which the walker was in each of its states.
    pub states: BTreeMap<String, u64>,
    /// Refills by the size of the page: the leaf's level, or 5 for a NAPOT range.
    pub refills: BTreeMap<u64, u64>,
    /// Answers by the memory type of their page.
    pub types: BTreeMap<u64, u64>,
    /// Fault responses by cause.
    pub causes: BTreeMap<u64, u64>,
    /// Accepted fences by form: by address (bit 0), by address space (bit 1).
    pub fences: BTreeMap<u64, u64>,
    /// Cycles of reset after the first.
    pub resets: u64,
    /// Changes of `satp`.
    pub switches: u64,
    /// Changes of ADUE.
    pub adue_changes: u64,
    /// Cycles in which memory kept a request waiting.
    pub back_pressure: u64,
    /// Requests that memory refused.
    pub memory_errors: u64,
}

/// The indices of the walker's state and of its leaf's level among an engine's signals.
pub(super) struct Probe {
    state: usize,
    level: usize,
    names: Vec<String>,
}

/// The values of a [`Probe`] in a cycle.
pub(super) struct Seen<'a> {
    state: &'a str,
    level: u64,
}

impl Probe {
    pub(super) fn new(simulator: &dyn Simulator) -> Self {
        let signals = simulator.signals();
        let find = |path: &str| {
            signals
                .iter()
                .position(|signal| signal.path == path)
                .unwrap_or_else(|| panic!("the tops have a signal {path}"))
        };
        let state = find("walks.walker.state");
        Self { state, level: find("walks.walker.leaf.level"), names: signals[state].names.clone() }
    }

    pub(super) fn look(&self, simulator: &dyn Simulator) -> Seen<'_> {
        let picked = simulator.pick(&[self.state, self.level]);
        let state = self.names.get(picked[0] as usize).map_or("unknown", String::as_str);
        Seen { state, level: picked[1] as u64 }
    }
}

impl Coverage {
    pub(super) fn count(&mut self, row: &Row, last: Option<&Row>, seen: Seen<'_>, cycle: usize) {
        for &pin in PINS.iter().filter(|pin| pin.name().starts_with("event_")) {
            *self.events.entry(pin.name()).or_default() += get(row, pin);
        }
        *self.states.entry(seen.state.to_string()).or_default() += 1;
        if high(row, Pin::EventRefill) {
            *self.refills.entry(seen.level).or_default() += 1;
        }
        for (fault, cause) in
            [(Pin::FetchRespFault, Pin::FetchRespCause), (Pin::DataRespFault, Pin::DataRespCause)]
        {
            let (valid, pbmt) = match fault {
                Pin::FetchRespFault => (Pin::FetchRespValid, Pin::FetchRespPbmt),
                _ => (Pin::DataRespValid, Pin::DataRespPbmt),
            };
            if high(row, valid) {
                *self.types.entry(get(row, pbmt)).or_default() += 1;
            }
            if high(row, fault) {
                *self.causes.entry(get(row, cause)).or_default() += 1;
            }
        }
        if high(row, Pin::FenceValid) && high(row, Pin::FenceReady) {
            let form = get(row, Pin::FenceByVa) | get(row, Pin::FenceByAsid) << 1;
            *self.fences.entry(form).or_default() += 1;
        }
        self.resets += u64::from(cycle > 0 && high(row, Pin::Reset));
        let waits = high(row, Pin::MemReqValid) && !high(row, Pin::MemReqReady);
        self.back_pressure += u64::from(waits);
        if let Some(last) = last {
            self.switches += u64::from(get(row, Pin::Satp) != get(last, Pin::Satp));
            self.adue_changes += u64::from(get(row, Pin::Adue) != get(last, Pin::Adue));
        }
    }

    /// The events, of those that every configuration can have, that happened less often than
    /// `least` times; `sizes` is the number of page sizes, that of a NAPOT range included, and
    /// `types` that of memory types, and `parts` are those that are built in.
    pub fn gaps(&self, least: u64, sizes: u64, types: u64, parts: Organisation) -> Vec<String> {
        let mut gaps = Vec::new();
        let mut need = |what: String, count: u64| {
            if count < least {
                gaps.push(format!("{what}: {count}"));
            }
        };
        for (event, &count) in &self.events {
            let possible = match *event {
                "event_walk_cache_hit" => parts.walk_cache > 0,
                "event_line_hit" | "event_line_doubt" => parts.line_fill > 0,
                "event_miss_join" => parts.two_walkers,
                "event_l2_parity" => parts.l2_parity,
                "event_l2_hit" | "event_l2_miss" | "event_l2_sweep" => parts.l2 > 0,
                _ => true,
            };
            if possible {
                need((*event).to_string(), count);
            }
        }
        for state in ["Idle", "Read", "Wait", "Check", "Update"] {
            need(format!("state {state}"), self.states.get(state).copied().unwrap_or(0));
        }
        for size in 0..sizes {
            need(format!("refill of size {size}"), value(&self.refills, size));
        }
        for pbmt in 0..types {
            need(format!("answer of memory type {pbmt}"), value(&self.types, pbmt));
        }
        for cause in [1, 5, 7, 12, 13, 15] {
            need(format!("cause {cause}"), value(&self.causes, cause));
        }
        for form in 0..4 {
            need(format!("fence form {form}"), value(&self.fences, form));
        }
        need("reset".into(), self.resets);
        need("satp changes".into(), self.switches);
        need("ADUE changes".into(), self.adue_changes);
        need("back-pressure".into(), self.back_pressure);
        need("memory errors".into(), self.memory_errors);
        gaps
    }
}

fn value(counts: &BTreeMap<u64, u64>, key: u64) -> u64 {
    counts.get(&key).copied().unwrap_or(0)
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (event, count) in &self.events {
            write!(f, "{} {count}, ", event.trim_start_matches("event_"))?;
        }
        for (state, count) in &self.states {
            write!(f, "{state} {count}, ")?;
        }
        write!(
            f,
            "refills by size {:?}, answers by type {:?}, causes {:?}, fences by form {:?}, resets {}, satp changes {}, \
             ADUE changes {}, back-pressure {}, memory errors {}",
            self.refills,
            self.types,
            self.causes,
            self.fences,
            self.resets,
            self.switches,
            self.adue_changes,
            self.back_pressure,
            self.memory_errors
        )
    }
}
