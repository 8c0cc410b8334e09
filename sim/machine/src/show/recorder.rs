//! The observer that records.

use super::lines::Lines;
use super::ports::Pins;
use super::survey::Survey;
use super::tables::Tables;
use super::{
    Budget, Cut, Hex, Machine, Reading, Record, Run, Scheme, Section, What, Window, events,
};
use crate::board::{Cycle, Observer, Pause, Software, WorldState};
use kernel::{Activity, Event, Os};
use model::bus::SharedMemory;
use model::isa::Mode;
use model::mmu::{Mmu, Pulse};
use serde_json::Value;
use std::collections::BTreeMap;

/// A number as a page writes it: 12,000.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The most samples of counters: beyond that every second one is dropped.
const SAMPLES: usize = 2000;

/// What is recorded.
#[derive(Clone, Debug)]
pub struct Subject {
    /// A label that tells the run from others.
    pub name: String,
    /// The configuration, as it was named.
    pub config: String,
    /// The scheme.
    pub mode: Mode,
    /// How many harts there are.
    pub harts: usize,
    /// The lines of the scenario's file, if its steps are to be quoted.
    pub lines: Vec<String>,
    /// How much is recorded.
    pub budget: Budget,
}

/// Records a run of a board.
pub struct Recorder {
    subject: Subject,
    machine: Machine,
    harts: Vec<Pins>,
    survey: Survey,
    tables: Tables,
    /// Memory, and the roots of the tables that software uses: known after the first pause.
    memory: Option<SharedMemory>,
    roots: Vec<(Mode, u64)>,
    /// A kernel writes the page tables, and knows more roots than `satp` shows.
    has_kernel: bool,
    records: Vec<Record>,
    /// Records of cycles, and others, so far.
    made: [usize; 2],
    /// What cycles are spent on at present: since when, until when.
    activity: Option<(u64, u64, Activity)>,
    /// The first cycle that was recorded, and the one after the last.
    window: Option<(u64, u64)>,
    cut: Option<Cut>,
    series: Vec<Reading>,
    /// One of so many pauses is sampled.
    every: u64,
    pauses: u64,
    end: Option<u64>,
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("subject", &self.subject).finish_non_exhaustive()
    }
}

impl Recorder {
    /// A recorder for runs of an MMU.
    pub fn new(subject: Subject, mmu: &dyn Mmu) -> Recorder {
        let organisation = mmu.organisation();
        let signals = mmu.signals();
        let harts = (0..subject.harts)
            .map(|_| Pins::new(mmu.xlen(), Lines::of(&signals, organisation.one_port)))
            .collect::<Vec<_>>();
        let pa_bits = organisation.sizes.pa_bits(mmu.xlen());
        let machine = Machine {
            config: subject.config.clone(),
            scheme: Scheme::of(subject.mode, pa_bits),
            tlbs: harts
                .first()
                .map_or_else(Vec::new, |pins| pins.lines.tlbs(organisation.pages == 0)),
            frames: None,
            slots: None,
            policy: None,
        };
        Recorder {
            subject,
            machine,
            harts,
            survey: Survey::default(),
            tables: Tables::default(),
            memory: None,
            roots: Vec::new(),
            has_kernel: false,
            records: Vec::new(),
            made: [0; 2],
            activity: None,
            window: None,
            cut: None,
            series: Vec::new(),
            every: 1,
            pauses: 0,
            end: None,
        }
    }

    /// The run, after its end, with its report and what was not as expected.
    pub fn finish(&mut self, report: Value, failure: Option<String>) -> Run {
        self.spent();
        let mut records = std::mem::take(&mut self.records);
        records.sort_by_key(|record| record.at);
        let cycles = self.end.unwrap_or_default();
        let (from, to) = self.window.unwrap_or_default();
        let whole = !self.has_seen_enough();
        let why = (!whole).then(|| {
            format!(
                "Single cycles are recorded up to cycle {}: a page cannot hold more. Events, \
                 frames and page tables go on.",
                grouped(to)
            )
        });
        Run {
            name: self.subject.name.clone(),
            machine: self.machine.clone(),
            cycles,
            window: Window { from, to, whole, why },
            cut: self.cut.clone(),
            failure,
            report,
            labels: BTreeMap::new(),
            records,
            series: std::mem::take(&mut self.series),
        }
    }

    /// Adds a record that is not of a single cycle.
    fn tell(&mut self, at: u64, what: What) {
        if self.cut.is_some() {
            return;
        }
        if self.made[1] >= self.subject.budget.others {
            let why = format!(
                "The run goes on after cycle {}, but the page cannot hold more than {} records \
                 of what happened.",
                grouped(at),
                grouped(self.records.len() as u64)
            );
            self.cut = Some(Cut { at, why });
            return;
        }
        self.made[1] += 1;
        self.records.push(Record { at, what });
    }

    /// Cycles are spent on this.
    fn spend(&mut self, from: u64, to: u64, what: Activity) {
        match &mut self.activity {
            // Between two stretches that were skipped, cycles that are not recorded are spent on the
            // same.
            Some((_, end, same)) if *same == what => *end = to,
            _ => {
                self.spent();
                self.activity = Some((from, to, what));
            }
        }
    }

    /// Ends the present activity.
    fn spent(&mut self) {
        if let Some((at, to, what)) = self.activity.take().filter(|(at, to, _)| at < to) {
            self.tell(at, What::Activity { to, what: what.into() });
        }
    }

    fn kernel(&mut self, now: u64, os: &Os, pause: &Pause<'_>) {
        let frames = os.frames();
        self.machine.frames = Some(Section { first: Hex(frames.first()), count: frames.total() });
        self.machine.slots = Some(os.swap().slots());
        self.machine.policy = Some(os.policy().name().to_owned());
        let mut told = Vec::new();
        self.survey.look(os, |what| told.push(what));
        let mode = self.subject.mode;
        let roots = os.processes().filter_map(|process| process.space.as_ref());
        self.roots = roots.map(|space| (mode, space.table.root())).collect();
        (self.memory, self.has_kernel) = (Some(pause.memory.clone()), true);
        told.into_iter().for_each(|what| self.tell(now, what));
        self.look_at_tables(now);
        self.sample(now, os, pause);
    }

    /// Tells the words of page tables that are different from what was told. What comes after them,
    /// a fence or an event, then finds them as software has written them.
    fn look_at_tables(&mut self, now: u64) {
        let Some(memory) = &self.memory else { return };
        let mut told = Vec::new();
        let roots = self.roots.iter().copied();
        let by = if self.has_kernel { "kernel" } else { "software" };
        self.tables.look(roots, memory, by, |what| told.push(what));
        told.into_iter().for_each(|what| self.tell(now, what));
    }

    /// The same below the roots in `satp`, where there is no kernel that knows of others.
    fn look_at_contexts(&mut self, now: u64) {
        let contexts = self.harts.iter().filter_map(Pins::context);
        self.roots = contexts.map(|satp| (satp.mode, satp.root)).collect();
        self.look_at_tables(now);
    }

    fn sample(&mut self, at: u64, os: &Os, pause: &Pause<'_>) {
        self.pauses += 1;
        if !self.pauses.is_multiple_of(self.every) {
            return;
        }
        let total = pause.meter.total();
        let faults = os.processes().map(|process| &process.counters);
        let faults = faults.map(|counters| counters.minor_faults + counters.major_faults).sum();
        let mmu = |pulses: &[Pulse]| pulses.iter().map(|pulse| total.mmu.of(*pulse)).sum();
        self.series.push(Reading {
            at,
            accesses: total.accesses.total(),
            misses: mmu(&[Pulse::FetchMiss, Pulse::DataMiss]),
            walks: mmu(&[Pulse::WalkStart]),
            faults,
            free: os.frames().free(),
        });
        if self.series.len() >= SAMPLES {
            let mut number = 0_usize;
            self.series.retain(|_| {
                number += 1;
                number.is_multiple_of(2)
            });
            self.every *= 2;
        }
    }

    fn step(&mut self, now: u64, line: usize, pause: &Pause<'_>) {
        self.memory = Some(pause.memory.clone());
        self.look_at_contexts(now);
        if let Some(text) = line.checked_sub(1).and_then(|line| self.subject.lines.get(line)) {
            let text = text.trim().to_owned();
            self.tell(now, What::Step { line, text });
        }
    }
}

impl Observer for Recorder {
    fn wants_signals(&self, _cycle: u64) -> bool {
        !self.has_seen_enough() && self.harts.iter().any(Pins::is_unsettled)
    }

    fn sees_idle_cycles(&self) -> bool {
        false
    }

    fn has_seen_enough(&self) -> bool {
        self.made[0] >= self.subject.budget.cycles || self.cut.is_some()
    }

    fn on_cycle(&mut self, cycle: &Cycle<'_>) {
        if self.has_seen_enough() {
            return;
        }
        let now = cycle.number;
        let from = self.window.map_or(now, |(from, _)| from);
        self.window = Some((from, now + 1));
        if cycle.hart == 0 {
            self.spend(now, now + 1, cycle.world.activity);
        }
        if cycle.inputs.accepted_fence(cycle.outputs).is_some() {
            self.look_at_tables(now);
        }
        let mode = self.subject.mode;
        let Some(pins) = self.harts.get_mut(cycle.hart) else { return };
        let before = pins.context();
        pins.cycle(cycle, &mut |record| {
            let write = match record.what {
                What::Update { pa, value, ok: true, .. } => Some((pa, value)),
                _ => None,
            };
            let at = record.at;
            self.made[0] += 1;
            self.records.push(record);
            if let Some((pa, value)) = write {
                self.tables.told(mode, pa.0, value.0);
                self.records.push(Record { at, what: What::Pte { pa, value, by: "walker" } });
            }
        });
        let is_new = pins.context() != before;
        if is_new && !self.has_kernel {
            self.look_at_contexts(now);
        }
    }

    fn on_event(&mut self, cycle: u64, event: &Event, _world: &WorldState) {
        let what = match event {
            // Where cycles are recorded, the pins show it.
            Event::Fence { fence } if self.has_seen_enough() => {
                Some(What::Fence { hart: 0, va: fence.va.map(Hex), asid: fence.asid })
            }
            other => events::record(other),
        };
        if let Some(what) = what {
            if !matches!(what, What::Policy { .. } | What::Queues { .. }) {
                self.look_at_tables(cycle);
            }
            self.tell(cycle, what);
        }
    }

    fn on_skip(&mut self, from: u64, to: u64, activity: Activity) {
        self.spend(from, to, activity);
    }

    fn on_pause(&mut self, cycle: u64, pause: &Pause<'_>) {
        if self.cut.is_some() {
            return;
        }
        match pause.software {
            Software::Kernel(os) => self.kernel(cycle, os, pause),
            Software::Step(line) => self.step(cycle, line, pause),
        }
    }

    fn on_end(&mut self, cycle: u64) {
        self.end = Some(cycle);
    }

    fn wants_rest(&self) -> bool {
        !self.has_seen_enough() && self.harts.iter().any(Pins::is_unsettled)
    }

    fn on_rest(&mut self, cycle: &Cycle<'_>) {
        let Some(pins) = self.harts.get_mut(cycle.hart) else { return };
        pins.settle(cycle, &mut |record| {
            self.made[0] += 1;
            self.records.push(record);
        });
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_in_groups_of_three_digits() {
        let grouped = [0, 999, 1000, 12_000, 1_234_567].map(super::grouped);
        assert_eq!(grouped, ["0", "999", "1,000", "12,000", "1,234,567"]);
    }
}
