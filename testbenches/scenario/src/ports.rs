//! Running the steps of a port-level scenario on one machine.

use std::cell::RefCell;
use std::rc::Rc;

use machine::board::{Board, HartId, Observer, Software};
use model::bus::SharedMemory;
use model::isa::Xlen;
use model::mmu::{Mmu, Port, Pulse};

use super::bench::{Bench, Unnamed};
use super::events::Counts;
use super::hart::HartJobs;
use super::limits::MOST_CYCLES;
use super::mismatch::Mismatch;
use super::number::{Number, Variables};
use super::place::{Mistake, Place};
use super::schema::Head;
use super::step::{Action, Step};
use super::tables::Tables;
use super::variant::Variant;
use super::walker_bus::{Control, WalkerBus};

/// Cycles after the last response in which an MMU may still be busy with it.
const SETTLING: u64 = 4;

/// Why a run stopped early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// An observation differs.
    Mismatch(Box<Mismatch>),
    /// The file is invalid.
    Invalid(Mistake),
}

impl From<Mistake> for Stop {
    fn from(mistake: Mistake) -> Stop {
        Stop::Invalid(mistake)
    }
}

impl From<Box<Mismatch>> for Stop {
    fn from(mismatch: Box<Mismatch>) -> Stop {
        Stop::Mismatch(mismatch)
    }
}

/// The results of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finished {
    pub(super) cycles: u64,
    pub(super) counts: Counts,
    pub(super) result: Result<(), Stop>,
}

/// Runs all steps on new MMUs, one for each hart.
pub(super) fn run(
    head: &Head,
    steps: &[Step],
    variant: &Variant,
    mmus: Vec<Box<dyn Mmu>>,
    observer: Option<Box<dyn Observer>>,
) -> Finished {
    let invalid = |mistake| {
        let result = Err(Stop::Invalid(mistake));
        Finished { cycles: 0, counts: Counts::default(), result }
    };
    let variables = variant.variables();
    let bits = if variant.xlen() == Xlen::Rv32 { 34 } else { 56 };
    let memory = match SharedMemory::with_ram(0..1 << bits) {
        Ok(memory) => memory,
        Err(error) => return invalid(Place::file().wrong(error.to_string())),
    };
    let tables = match Tables::build(head, variant.mode, &variables, &memory) {
        Ok(tables) => tables,
        Err(mistake) => return invalid(mistake),
    };
    let mut board = Board::new(memory.clone());
    let mut harts = Vec::new();
    for mmu in mmus {
        let control = Rc::new(RefCell::new(Control::default()));
        let every = head.machine.ready_every;
        let walker = WalkerBus::new(memory.clone(), variant.latency, every, control.clone());
        let hart = board.add(mmu, Box::new(walker));
        board.hart_mut(hart).adue = head.machine.adue;
        board.hart_mut(hart).pbmte = head.machine.pbmte;
        harts.push(HartJobs::new(control, tables.first().to_owned()));
    }
    if let Some(observer) = observer {
        board.attach(observer);
    }
    let bench = Bench::new(board, harts, variant.latency, Unnamed::of(&head.machine));
    let ready_every = head.machine.ready_every;
    let mut runner = Runner { bench, tables, variables, variant, ready_every };
    let result = runner.all(head, steps);
    runner.bench.board.pause(Software::Step(0));
    runner.bench.board.end();
    Finished { cycles: runner.bench.now(), counts: runner.bench.counts.clone(), result }
}

/// A stream in progress.
pub(super) struct Stream {
    pub(super) hart: HartId,
    pub(super) port: Port,
    pub(super) line: usize,
    /// Its first cycle.
    pub(super) begin: u64,
    /// The cycles that it must take.
    pub(super) cycles: u64,
    /// By how many cycles requests of the port were put off before it.
    pub(super) slips: u64,
}

/// A run in progress.
pub(super) struct Runner<'v> {
    pub(super) bench: Bench,
    pub(super) tables: Tables,
    pub(super) variables: Variables,
    pub(super) variant: &'v Variant,
    /// Memory accepts a request only in every n-th cycle.
    ready_every: u64,
}

impl Runner<'_> {
    fn all(&mut self, head: &Head, steps: &[Step]) -> Result<(), Stop> {
        let first = head.machine.satp.clone().unwrap_or_else(|| self.tables.first().to_owned());
        let place = Place::file().key("machine").key("satp");
        for hart in 0..self.bench.harts.len() {
            self.satp(hart, &first).map_err(|message| place.clone().wrong(message))?;
        }
        self.bench.reset(!head.machine.closed)?;
        for step in steps {
            self.step(step)?;
        }
        let end = self.bench.now() + SETTLING;
        while self.bench.board.busy() && self.bench.now() < end {
            self.bench.cycle()?;
        }
        if self.bench.board.busy() {
            let mismatch = self.bench.mismatch(0, "busy, all answered", "false", "true");
            return Err(mismatch.into());
        }
        for (name, wanted) in &head.events {
            let place = Place::file().key("events").key(name);
            let wanted = wanted.count(&self.variables).map_err(|message| place.wrong(message))?;
            let Some(got) = self.bench.counts.get(name) else {
                return Err(place.wrong(format!("there is no event `{name}`")).into());
            };
            // A walk cache leaves reads out, a second level whole walks.
            let walking = [Pulse::PteRead, Pulse::WalkStart, Pulse::WalkDone];
            let fewer =
                walking.iter().any(|pulse| pulse.name() == name) && self.bench.leaves_reads_out();
            if got != wanted && !(fewer && got < wanted) {
                let what = format!("count of {name}");
                return Err(self
                    .bench
                    .mismatch(0, what, wanted.to_string(), got.to_string())
                    .into());
            }
        }
        Ok(())
    }

    /// One step with everything that happens during it.
    fn step(&mut self, step: &Step) -> Result<(), Stop> {
        // What happens during a walk is counted from a request that is accepted at once.
        while !step.during.is_empty() && !self.bench.rests() {
            self.bench.cycle()?;
        }
        let begin = self.bench.now();
        let mut later = Vec::new();
        for timed in &step.during {
            // A file counts as if answers came at once: what happens during a walk happens as much
            // later as the walk.
            let at = self.cycles(timed.step.line, &timed.at)?;
            let asks = matches!(timed.step.action, Action::Access(..) | Action::Stream(_));
            let delay = if asks || at == 0 { 0 } else { self.bench.delay() };
            later.push((begin + at + delay, &timed.step));
        }
        later.sort_by_key(|(at, _)| *at);
        let (mut streams, mut idle_until) = (Vec::new(), begin);
        self.begin(step, &mut streams, &mut idle_until)?;
        let mut later = later.into_iter().peekable();
        let limit = self.limit();
        loop {
            while let Some((_, step)) = later.next_if(|(at, _)| *at <= self.bench.now()) {
                self.begin(step, &mut streams, &mut idle_until)?;
            }
            let waits = later.peek().is_some() || self.bench.now() < idle_until;
            if self.bench.is_idle() && !waits {
                break;
            }
            if self.bench.now() - begin > limit + later.peek().map_or(0, |(at, _)| *at - begin) {
                let what = "an answer to this step";
                let got = format!("none within {limit} cycles");
                return Err(self.bench.mismatch(step.line, what, "one", got).into());
            }
            self.bench.cycle()?;
        }
        for Stream { hart, port, line, begin, cycles, slips } in streams {
            // A file counts as if answers came at once.
            let wanted = cycles + self.bench.delay() + self.bench.slips(hart, port) - slips;
            let answered = self.bench.harts[hart].ports[port].answered;
            let got = answered.map_or(0, |last| last + 1 - begin);
            if got != wanted {
                let what = "cycles of the whole stream";
                return Err(self
                    .bench
                    .mismatch(line, what, wanted.to_string(), got.to_string())
                    .into());
            }
        }
        if let Action::Held(held) = &step.action {
            self.held(step.hart, step.line, held)?;
        }
        Ok(())
    }

    /// Cycles in which everything that waits must be answered, with a generous margin.
    fn limit(&self) -> u64 {
        let waiting: usize = self.bench.harts.iter().map(HartJobs::waiting).sum();
        let walk = (self.variables.levels + 4) * (self.variables.latency + 4) * 16;
        1000 + (waiting as u64 + 8) * walk * self.ready_every
    }

    /// A count.
    pub(super) fn count(&self, line: usize, number: &Number) -> Result<u64, Stop> {
        self.read(line, number, Number::count)
    }

    /// Cycles that the run is to wait for.
    pub(super) fn cycles(&self, line: usize, number: &Number) -> Result<u64, Stop> {
        let cycles = self.count(line, number)?;
        if cycles > MOST_CYCLES {
            let message = format!("`{number}` is {cycles} cycles; at most {MOST_CYCLES} can pass");
            return Err(Place::line(line).wrong(message).into());
        }
        Ok(cycles)
    }

    /// An address or an entry.
    pub(super) fn word(&self, line: usize, number: &Number) -> Result<u64, Stop> {
        self.read(line, number, Number::word)
    }

    pub(super) fn read<T>(
        &self,
        line: usize,
        number: &Number,
        read: impl Fn(&Number, &Variables) -> Result<T, String>,
    ) -> Result<T, Stop> {
        read(number, &self.variables).map_err(|message| Place::line(line).wrong(message).into())
    }

    /// The same for an optional value.
    pub(super) fn optional<T>(
        &self,
        line: usize,
        number: Option<&Number>,
        read: impl Fn(&Number, &Variables) -> Result<T, String>,
    ) -> Result<Option<T>, Stop> {
        number.map(|number| self.read(line, number, read)).transpose()
    }
}
