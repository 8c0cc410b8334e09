//! Running the steps of a port-level scenario on one machine.

use std::cell::RefCell;
use std::rc::Rc;

use sim::bus::SharedMemory;
use sim::isa::{Access, Context, Fault, Satp, Xlen};
use sim::machine::{Drive, Observer};
use sim::mmu::{Fence, Mmu, Request};

use super::bench::{Bench, FenceJob};
use super::events::Counts;
use super::flags::letters;
use super::mismatch::Mismatch;
use super::number::{Number, Variables};
use super::port::{Expected, Job};
use super::schema::{Edit, Head};
use super::step::{AccessStep, Action, FenceStep, HeldStep, Refuses, Step, StreamStep};
use super::tables::Tables;
use super::variant::Variant;
use super::walker_bus::{Control, WalkerBus};

/// More accesses than this in one stream are a mistake.
const MOST_ACCESSES: u64 = 1 << 20;
/// Cycles after the last response in which an MMU may still be busy with what it answered.
const SETTLING: u64 = 4;

/// Why a run stopped early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Something observed differs.
    Mismatch(Box<Mismatch>),
    /// The file asks for what cannot be: its line and a sentence.
    Nonsense(usize, String),
}

impl From<Box<Mismatch>> for Stop {
    fn from(mismatch: Box<Mismatch>) -> Stop {
        Stop::Mismatch(mismatch)
    }
}

/// What a run leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finished {
    pub(super) cycles: u64,
    pub(super) counts: Counts,
    pub(super) result: Result<(), Stop>,
}

/// Runs all steps on an MMU just made.
pub(super) fn run(
    head: &Head,
    steps: &[Step],
    variant: &Variant,
    mmu: Box<dyn Mmu>,
    observer: Option<Box<dyn Observer>>,
) -> Finished {
    let nonsense = |message| {
        let result = Err(Stop::Nonsense(1, message));
        Finished { cycles: 0, counts: Counts::default(), result }
    };
    let variables = variant.variables();
    let bits = if variant.xlen() == Xlen::Rv32 { 34 } else { 56 };
    let memory = match SharedMemory::with_ram(0..1 << bits) {
        Ok(memory) => memory,
        Err(error) => return nonsense(error.to_string()),
    };
    let tables = match Tables::build(head, variant.mode, &variables, &memory) {
        Ok(tables) => tables,
        Err(message) => return nonsense(message),
    };
    let control = Rc::new(RefCell::new(Control::default()));
    let every = head.machine.ready_every;
    let walker = WalkerBus::new(memory.clone(), variant.latency, every, control.clone());
    let mut drive = Drive::new(mmu, memory, Box::new(walker));
    drive.adue = head.machine.adue;
    if let Some(observer) = observer {
        drive.attach(observer);
    }
    let space = tables.first().to_owned();
    let bench = Bench::new(drive, control);
    let mut runner = Runner { bench, tables, variables, variant, space };
    let result = runner.all(head, steps);
    runner.bench.drive.end();
    Finished { cycles: runner.bench.now(), counts: runner.bench.counts.clone(), result }
}

/// A stream under way: its port, line, first cycle, and the cycles that it must take.
type Stream = (usize, usize, u64, u64);

struct Runner<'v> {
    bench: Bench,
    tables: Tables,
    variables: Variables,
    variant: &'v Variant,
    /// The space that `satp` names, for entries that name none.
    space: String,
}

impl Runner<'_> {
    fn all(&mut self, head: &Head, steps: &[Step]) -> Result<(), Stop> {
        let first = head.machine.satp.clone().unwrap_or_else(|| self.space.clone());
        self.satp(&first).map_err(|message| Stop::Nonsense(1, message))?;
        self.bench.reset()?;
        for step in steps {
            self.step(step)?;
        }
        let end = self.bench.now() + SETTLING;
        while self.bench.drive.busy() && self.bench.now() < end {
            self.bench.cycle()?;
        }
        if self.bench.drive.busy() {
            let mismatch = self.bench.mismatch(0, "busy, all answered", "false", "true");
            return Err(mismatch.into());
        }
        for (name, wanted) in &head.events {
            let wanted = self.value(0, wanted)?;
            let Some(got) = self.bench.counts.get(name) else {
                let message = format!("there is no event `{name}`");
                return Err(Stop::Nonsense(0, message));
            };
            if got != wanted {
                let what = format!("count of {name}");
                return Err(self
                    .bench
                    .mismatch(0, what, wanted.to_string(), got.to_string())
                    .into());
            }
        }
        Ok(())
    }

    /// One step with everything that happens meanwhile.
    fn step(&mut self, step: &Step) -> Result<(), Stop> {
        let begin = self.bench.now();
        let mut later = Vec::new();
        for timed in &step.during {
            later.push((begin + self.value(timed.step.line, &timed.at)?, &timed.step));
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
        for (port, line, begin, wanted) in streams {
            let got = self.bench.ports[port].answered.map_or(0, |last| last + 1 - begin);
            if got != wanted {
                let what = "cycles of the whole stream";
                return Err(self
                    .bench
                    .mismatch(line, what, wanted.to_string(), got.to_string())
                    .into());
            }
        }
        if let Action::Held(held) = &step.action {
            self.held(step.line, held)?;
        }
        Ok(())
    }

    /// Cycles in which everything that waits must be answered, generously.
    fn limit(&self) -> u64 {
        let waiting: usize = self.bench.ports.iter().map(|port| port.waiting.len()).sum();
        let walk = (self.variables.levels + 4) * (self.variables.latency + 4) * 16;
        1000 + (waiting as u64 + 8) * walk
    }

    fn begin(
        &mut self,
        step: &Step,
        streams: &mut Vec<Stream>,
        idle_until: &mut u64,
    ) -> Result<(), Stop> {
        let line = step.line;
        let nonsense = |message| Stop::Nonsense(line, message);
        match &step.action {
            Action::Access(access, text) => self.access(line, *access, text)?,
            Action::Stream(text) => self.stream(line, text, streams)?,
            Action::Fence(text) => self.fence(line, text)?,
            Action::Satp(name) => self.satp(name).map_err(nonsense)?,
            Action::Pte(edit) => {
                let memory = self.bench.drive.memory();
                let written = self.tables.edit(&self.space, edit, &self.variables, memory);
                let (at, old) = written.map_err(nonsense)?;
                self.bench.drive.software_wrote(at, old);
            }
            Action::ExpectPte(edit) => self.expect_pte(line, edit)?,
            Action::BusError(text) => {
                let space = text.space.as_deref().unwrap_or(&self.space);
                let at = self.tables.locate(space, &text.bus_error, &text.level, &self.variables);
                let at = at.map_err(nonsense)?;
                let mut control = self.bench.control.borrow_mut();
                match text.on {
                    Refuses::Read => control.unreadable.insert(at),
                    Refuses::Update => control.unwritable.insert(at),
                };
            }
            Action::BusOk => {
                let mut control = self.bench.control.borrow_mut();
                control.unreadable.clear();
                control.unwritable.clear();
            }
            Action::Adue(on) => self.bench.drive.adue = *on,
            Action::Wait(cycles) => *idle_until = self.bench.now() + self.value(line, cycles)?,
            Action::TakeFaults(on) => self.bench.take_faults = *on,
            Action::Held(_) => *idle_until = self.bench.now() + 1,
        }
        Ok(())
    }

    fn access(&mut self, line: usize, access: Access, text: &AccessStep) -> Result<(), Stop> {
        let va = self.value(line, &text.va)?;
        let va = if self.variables.va_bits == 32 { va & 0xffff_ffff } else { va };
        let response = match (&text.pa, text.fault) {
            (Some(_), Some(_)) => {
                let message = "an access has either `pa` or `fault`".to_owned();
                return Err(Stop::Nonsense(line, message));
            }
            (Some(pa), None) => Some(Ok(self.value(line, pa)?)),
            (None, Some(name)) => Some(Err(Fault { cause: name.0, tval: va })),
            (None, None) => None,
        };
        let expected = Expected {
            response,
            latency: self.optional(line, text.latency.as_ref())?,
            within: self.optional(line, text.within.as_ref())?,
            reads: self.optional(line, text.reads.as_ref())?,
            updates: self.optional(line, text.updates.as_ref())?,
            hit: text.hit,
        };
        let context = Context { privilege: text.privilege, sum: text.sum, mxr: text.mxr };
        let request = Request { va, access, context };
        let port = usize::from(access != Access::Fetch);
        self.bench.ports[port].waiting.push_back(Job::new(line, request, expected));
        Ok(())
    }

    fn stream(
        &mut self,
        line: usize,
        text: &StreamStep,
        streams: &mut Vec<Stream>,
    ) -> Result<(), Stop> {
        let (va, stride) = (self.value(line, &text.va)?, self.value(line, &text.stride)?);
        let (count, passes) = (self.value(line, &text.count)?, self.value(line, &text.passes)?);
        if count.checked_mul(passes).is_none_or(|total| total == 0 || total > MOST_ACCESSES) {
            let message = format!("a stream has 1 to {MOST_ACCESSES} accesses");
            return Err(Stop::Nonsense(line, message));
        }
        let pa = self.optional(line, text.pa.as_ref())?;
        let context = Context { privilege: text.privilege, sum: text.sum, mxr: text.mxr };
        let port = usize::from(text.stream != Access::Fetch);
        for i in (0..passes).flat_map(|_| 0..count) {
            let offset = i.wrapping_mul(stride);
            let response = pa.map(|pa| Ok(pa.wrapping_add(offset)));
            let expected = Expected { response, hit: text.hit, ..Expected::default() };
            let request = Request { va: va.wrapping_add(offset), access: text.stream, context };
            self.bench.ports[port].waiting.push_back(Job::new(line, request, expected));
        }
        if let Some(cycles) = self.optional(line, text.cycles.as_ref())? {
            streams.push((port, line, self.bench.now(), cycles));
        }
        Ok(())
    }

    fn fence(&mut self, line: usize, text: &FenceStep) -> Result<(), Stop> {
        let va = self.optional(line, text.fence.va.as_ref())?;
        let fence = Fence { va, asid: text.fence.asid };
        let cycles = self.optional(line, text.cycles.as_ref())?;
        self.bench.fences.push_back(FenceJob { line, fence, cycles, presented: 0 });
        Ok(())
    }

    fn satp(&mut self, name: &str) -> Result<(), String> {
        let xlen = self.variant.xlen();
        let bare = Satp { mode: sim::isa::Mode::Bare, asid: 0, root: 0 };
        self.bench.drive.satp = match self.tables.satp(name) {
            Some(satp) => {
                self.space = name.to_owned();
                satp.encode(xlen)
            }
            None if name == "bare" => bare.encode(xlen),
            None => Number::parse(name)?.value(&self.variables)?,
        };
        Ok(())
    }

    fn expect_pte(&mut self, line: usize, edit: &Edit) -> Result<(), Stop> {
        let space = edit.space.as_deref().unwrap_or(&self.space);
        let at = self.tables.locate(space, &edit.pte, &edit.level, &self.variables);
        let got = at.and_then(|at| self.tables.read(self.bench.drive.memory(), at));
        let got = got.map_err(|message| Stop::Nonsense(line, message))?;
        let mut wanted = (got & !edit.clear.0) | edit.set.0;
        if let Some(value) = &edit.value {
            wanted = self.value(line, value)?;
        }
        if got == wanted {
            return Ok(());
        }
        let shown = |pte| format!("{pte:#x} ({})", letters(pte));
        let what = format!("entry of {} at level {}", edit.pte, edit.level);
        Err(self.bench.mismatch(line, what, shown(wanted), shown(got)).into())
    }

    fn held(&mut self, line: usize, text: &HeldStep) -> Result<(), Stop> {
        let tval = self.optional(line, text.tval.as_ref())?;
        let got = self.bench.held;
        let cause = got.map(|fault| fault.cause);
        if cause == text.held.0 && (tval.is_none() || tval == got.map(|fault| fault.tval)) {
            return Ok(());
        }
        let wanted = text.held.0.map(|cause| Fault { cause, tval: tval.unwrap_or_default() });
        let shown = |fault: Option<Fault>| format!("{fault:?}");
        Err(self.bench.mismatch(line, "the held fault", shown(wanted), shown(got)).into())
    }

    fn value(&self, line: usize, number: &Number) -> Result<u64, Stop> {
        number.value(&self.variables).map_err(|message| Stop::Nonsense(line, message))
    }

    fn optional(&self, line: usize, number: Option<&Number>) -> Result<Option<u64>, Stop> {
        number.map(|number| self.value(line, number)).transpose()
    }
}
