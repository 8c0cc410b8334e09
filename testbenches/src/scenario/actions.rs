//! What each kind of step does when it begins.

use sim::isa::{Access, Context, Fault, Mode, Satp};
use sim::mmu::{Fence, Port, Request};

use super::bench::FenceJob;
use super::flags::letters;
use super::number::Number;
use super::port::{Expected, Job};
use super::ports::{Runner, Stop, Stream};
use super::schema::Edit;
use super::step::{AccessStep, Action, FenceStep, HeldStep, Refuses, Step, StreamStep};

/// More accesses than this in one stream are a mistake.
const MOST_ACCESSES: u64 = 1 << 20;

impl Runner<'_> {
    /// Begins a step; what it waits for is left to the cycles that follow.
    pub(super) fn begin(
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
        let port = Port::of(access);
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
        let port = Port::of(text.stream);
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

    /// Writes `satp`; entries are then looked for in the space that it names.
    pub(super) fn satp(&mut self, name: &str) -> Result<(), String> {
        let xlen = self.variant.xlen();
        let bare = Satp { mode: Mode::Bare, asid: 0, root: 0 };
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

    /// Compares the fault port with what must be held.
    pub(super) fn held(&mut self, line: usize, text: &HeldStep) -> Result<(), Stop> {
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
}
