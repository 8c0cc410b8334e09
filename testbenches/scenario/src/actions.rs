//! The beginning of each kind of step.

use machine::board::{HartId, Software};
use model::isa::{Access, Cause, Context, Fault, Mode, Satp};
use model::mmu::{Fence, Port, Request};

use super::flags::letters;
use super::hart::{Expected, FenceJob, Job};
use super::number::Number;
use super::place::Place;
use super::ports::{Runner, Stop, Stream};
use super::schema::Edit;
use super::step::{AccessStep, Action, FenceStep, HeldStep, Refuses, Step, StreamStep};

/// More accesses than this in one stream are an error.
const MOST_ACCESSES: u64 = 1 << 20;

impl Runner<'_> {
    /// Begins a step; waiting for its results is left to the cycles that follow.
    pub(super) fn begin(
        &mut self,
        step: &Step,
        streams: &mut Vec<Stream>,
        idle_until: &mut u64,
    ) -> Result<(), Stop> {
        let (line, hart) = (step.line, step.hart);
        self.bench.board.pause(Software::Step(line));
        let place = Place::line(line);
        let invalid = |message| Stop::from(place.wrong(message));
        match &step.action {
            Action::Access(access, text) => self.access(hart, line, *access, text)?,
            Action::Stream(text) => self.stream(hart, line, text, streams)?,
            Action::Fence(text) => self.fence(hart, line, text)?,
            Action::Satp(name) => self.satp(hart, name).map_err(invalid)?,
            Action::Pte(edit) => {
                let (space, memory) = (&self.bench.harts[hart].space, self.bench.board.memory());
                let written = self.tables.edit(space, edit, &self.variables, memory);
                let (at, old) = written.map_err(invalid)?;
                self.bench.board.software_wrote(at, old);
                self.bench.board.pause(Software::Step(0));
            }
            Action::ExpectPte(edit) => self.expect_pte(hart, line, edit)?,
            Action::BusError(text) => {
                let space = text.space.as_deref().unwrap_or(&self.bench.harts[hart].space);
                let at = self.tables.locate(space, &text.bus_error, &text.level, &self.variables);
                let at = at.map_err(invalid)?;
                // Memory refuses accesses of every hart.
                for hart in &self.bench.harts {
                    let mut control = hart.control.borrow_mut();
                    match text.on {
                        Refuses::Read => control.unreadable.insert(at),
                        Refuses::Update => control.unwritable.insert(at),
                    };
                }
            }
            Action::BusOk => {
                for hart in &self.bench.harts {
                    let mut control = hart.control.borrow_mut();
                    control.unreadable.clear();
                    control.unwritable.clear();
                }
            }
            Action::Adue(on) => self.bench.board.hart_mut(hart).adue = *on,
            Action::Pbmte(on) => self.bench.board.hart_mut(hart).pbmte = *on,
            Action::L2Inject(on) => self.bench.board.hart_mut(hart).l2_inject = *on,
            Action::Pmp(text) => self.pmp(hart, line, text)?,
            Action::Csr(text) => self.csr(hart, line, text)?,
            Action::Wait(cycles) => *idle_until = self.bench.now() + self.cycles(line, cycles)?,
            Action::TakeFaults(on) => self.bench.harts[hart].takes_faults = *on,
            Action::Held(_) => *idle_until = self.bench.now() + 1,
        }
        Ok(())
    }

    fn access(
        &mut self,
        hart: HartId,
        line: usize,
        access: Access,
        text: &AccessStep,
    ) -> Result<(), Stop> {
        let va = self.word(line, &text.va)?;
        let response = match (&text.pa, text.fault) {
            (Some(_), Some(_)) => {
                let message = "an access has either `pa` or `fault`";
                return Err(Place::line(line).wrong(message).into());
            }
            (Some(pa), None) => Some(Ok(self.read(line, pa, Number::physical)?)),
            (None, Some(name)) => Some(Err(Fault { cause: name.0, tval: va })),
            (None, None) => None,
        };
        let of_page = text.size.is_some() || text.pbmt.is_some() || text.pma.is_some();
        if text.fault.is_some() && of_page {
            let message = "a fault has neither `size` nor `pbmt` nor `pma`";
            return Err(Place::line(line).wrong(message).into());
        }
        let count = |number: &Option<Number>| self.optional(line, number.as_ref(), Number::count);
        let expected = Expected {
            response,
            size: text.size.map(|size| size.0),
            pbmt: text.pbmt.map(|pbmt| pbmt.0),
            pma: text.pma.map(|pma| pma.0),
            latency: count(&text.latency)?,
            within: count(&text.within)?,
            reads: count(&text.reads)?,
            updates: count(&text.updates)?,
            hit: text.hit,
            source: text.from.map(|from| from.0),
            reason: text.because.map(|because| because.0),
        };
        let context = Context { privilege: text.privilege, sum: text.sum, mxr: text.mxr };
        let request = Request { va, access, bytes: text.bytes, context };
        let port = Port::of(access);
        self.bench.harts[hart].ports[port].waiting.push_back(Job::new(line, request, expected));
        Ok(())
    }

    fn stream(
        &mut self,
        hart: HartId,
        line: usize,
        text: &StreamStep,
        streams: &mut Vec<Stream>,
    ) -> Result<(), Stop> {
        let (count, passes) = (self.count(line, &text.count)?, self.count(line, &text.passes)?);
        if count.checked_mul(passes).is_none_or(|total| total == 0 || total > MOST_ACCESSES) {
            let message = format!("a stream has 1 to {MOST_ACCESSES} accesses");
            return Err(Place::line(line).wrong(message).into());
        }
        let va = self.word(line, &text.va)?;
        let pa = self.optional(line, text.pa.as_ref(), Number::physical)?;
        let stride = self.read(line, &text.stride, Number::exact)?;
        let at = |start: u64, i: u64| i128::from(start) + stride * i128::from(i);
        let wide = self.variables.va_bits > 32;
        let bits = if wide { (64, 56) } else { (32, 34) };
        for (start, bits) in [(Some(va), bits.0), (pa, bits.1)] {
            let end = start.map_or(0, |start| at(start, count - 1));
            if !(0..1 << bits).contains(&end) {
                let message = format!("the stream leaves the {bits} bits of an address");
                return Err(Place::line(line).wrong(message).into());
            }
        }
        let context = Context { privilege: text.privilege, sum: text.sum, mxr: text.mxr };
        let port = Port::of(text.stream);
        for i in (0..passes).flat_map(|_| 0..count) {
            let response = pa.map(|pa| Ok(at(pa, i) as u64));
            let expected = Expected { response, hit: text.hit, ..Expected::default() };
            let (va, access) = (at(va, i) as u64, text.stream);
            let request = Request { va, access, bytes: 4, context };
            self.bench.harts[hart].ports[port].waiting.push_back(Job::new(line, request, expected));
        }
        if let Some(cycles) = self.optional(line, text.cycles.as_ref(), Number::count)? {
            let (begin, slips) = (self.bench.now(), self.bench.slips(hart, port));
            streams.push(Stream { hart, port, line, begin, cycles, slips });
        }
        Ok(())
    }

    fn fence(&mut self, hart: HartId, line: usize, text: &FenceStep) -> Result<(), Stop> {
        let va = self.optional(line, text.fence.va.as_ref(), Number::word)?;
        let fence = Fence { va, asid: text.fence.asid };
        let cycles = self.optional(line, text.cycles.as_ref(), Number::count)?;
        self.bench.harts[hart].fences.push_back(FenceJob { line, fence, cycles });
        Ok(())
    }

    /// Writes `satp`; entries are then looked up in the space that it names.
    pub(super) fn satp(&mut self, hart: HartId, name: &str) -> Result<(), String> {
        let xlen = self.variant.xlen();
        let bare = Satp { mode: Mode::Bare, asid: 0, root: 0 };
        let satp = match self.tables.satp(name) {
            Some(satp) => {
                self.bench.harts[hart].space = name.to_owned();
                satp.encode(xlen)
            }
            None if name == "bare" => bare.encode(xlen),
            None => Number::parse(name)?.word(&self.variables)?,
        };
        self.bench.board.hart_mut(hart).satp = satp;
        Ok(())
    }

    fn expect_pte(&mut self, hart: HartId, line: usize, edit: &Edit) -> Result<(), Stop> {
        let space = edit.space.as_deref().unwrap_or(&self.bench.harts[hart].space);
        let at = self.tables.locate(space, &edit.pte, &edit.level, &self.variables);
        let got = at.and_then(|at| self.tables.read(self.bench.board.memory(), at));
        let got = got.map_err(|message| Place::line(line).wrong(message))?;
        let changed = self.tables.changed(edit, got, &self.variables);
        let wanted = changed.map_err(|message| Place::line(line).wrong(message))?;
        if got == wanted {
            return Ok(());
        }
        let shown = |pte| format!("{pte:#x} ({})", letters(pte));
        let what = format!("entry of {} at level {}", edit.pte, edit.level);
        Err(self.bench.mismatch(line, what, shown(wanted), shown(got)).into())
    }

    /// Compares the fault port with the expected fault.
    pub(super) fn held(&mut self, hart: HartId, line: usize, text: &HeldStep) -> Result<(), Stop> {
        let tval = self.optional(line, text.tval.as_ref(), Number::word)?;
        let got = self.bench.harts[hart].held;
        let cause = got.map(|fault| fault.cause);
        if cause == text.held.0 && (tval.is_none() || tval == got.map(|fault| fault.tval)) {
            return Ok(());
        }
        let shown = |cause: Option<Cause>, tval: Option<u64>| match (cause, tval) {
            (None, _) => "nothing".to_owned(),
            (Some(cause), None) => cause.to_string(),
            (Some(cause), Some(tval)) => format!("{cause} at {tval:#x}"),
        };
        let held = shown(cause, got.map(|fault| fault.tval));
        Err(self.bench.mismatch(line, "the held fault", shown(text.held.0, tval), held).into())
    }
}
