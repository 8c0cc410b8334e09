//! The bench of a scenario: its harts, one cycle at a time.

use machine::board::{Board, HartId, StepError, Transaction};
use model::golden::Regime;
use model::isa::{Attributes, Mode, PAGE_BYTES, Privilege, Satp, Xlen};
use model::mmu::{Inputs, Organisation, Outputs, PerPort, Port, Pulse, Reason, Request, Source};

use super::events::Counts;
use super::hart::{Expected, HartJobs, Job};
use super::holds::{Broken, Holds};
use super::mismatch::{Mismatch, describe, describe_page};
use super::schema::Machine;

/// The state of a run at the ports.
pub(super) struct Bench {
    pub(super) board: Board,
    pub(super) harts: Vec<HartJobs>,
    /// Summed over all harts.
    pub(super) counts: Counts,
    /// When the ports of each hart may hold requests back.
    holds: Vec<Holds>,
    /// L, the latency of memory.
    latency: u64,
    unnamed: Unnamed,
}

/// The parts about which the file says nothing: it counts as if they were not there, and where they
/// are, what is observed is compared accordingly.
#[derive(Clone, Copy)]
pub(super) struct Unnamed {
    answer: bool,
    walk_cache: bool,
    line_fill: bool,
    l2: bool,
}

impl Unnamed {
    pub(super) fn of(machine: &Machine) -> Unnamed {
        Unnamed {
            answer: machine.answer.is_none(),
            walk_cache: machine.walk_cache.is_none(),
            line_fill: machine.line_fill.is_none(),
            l2: machine.l2.is_none(),
        }
    }
}

impl Bench {
    /// A bench without any requests; the board has as many harts.
    pub(super) fn new(board: Board, harts: Vec<HartJobs>, latency: u64, unnamed: Unnamed) -> Bench {
        let holds = (0..harts.len()).map(|hart| {
            let mmu = board.hart(hart).mmu();
            Holds::new(mmu.xlen(), mmu.organisation())
        });
        let holds = holds.collect();
        Bench { board, harts, counts: Counts::default(), holds, latency, unnamed }
    }

    /// By how many cycles all answers come later than the file says.
    pub(super) fn delay(&self) -> u64 {
        self.parts().delay()
    }

    /// No port holds requests back.
    pub(super) fn rests(&self) -> bool {
        self.holds.iter().all(Holds::rests)
    }

    /// See [`Holds::slips`]; 0 if the file counts them itself.
    pub(super) fn slips(&self, hart: HartId, port: Port) -> u64 {
        if self.unnamed.answer { self.holds[hart].slips(port) } else { 0 }
    }

    /// The number of the next cycle.
    pub(super) fn now(&self) -> u64 {
        self.board.now()
    }

    pub(super) fn mismatch(
        &self,
        line: usize,
        what: impl Into<String>,
        expected: impl Into<String>,
        got: impl Into<String>,
    ) -> Box<Mismatch> {
        let (what, expected, got) = (what.into(), expected.into(), got.into());
        // The cycle that was just simulated.
        let cycle = self.now().saturating_sub(1);
        Box::new(Mismatch { cycle, line, what, expected, got, rule: None })
    }

    /// Nothing waits and nothing is in flight.
    pub(super) fn is_idle(&self) -> bool {
        self.harts.iter().all(HartJobs::is_idle)
    }

    /// The reset that every run begins with.
    /// PMP allows everything afterwards if it is `open`.
    pub(super) fn reset(&mut self, open: bool) -> Result<(), Box<Mismatch>> {
        self.board.reset().map_err(|error| self.judged(&error))?;
        for (id, holds) in self.holds.iter_mut().enumerate() {
            holds.reset(self.board.hart(id).satp);
        }
        if open {
            self.board.open_memory();
        }
        Ok(())
    }

    /// One clock cycle.
    pub(super) fn cycle(&mut self) -> Result<(), Box<Mismatch>> {
        let reads: Vec<u64> = self.harts.iter().map(|hart| hart.control.borrow().reads).collect();
        if let Err(error) = self.board.cycle(&mut self.harts) {
            return Err(self.judged(&error));
        }
        for (id, before) in reads.into_iter().enumerate() {
            let (inputs, outputs) = (*self.board.hart(id).inputs(), *self.board.hart(id).outputs());
            self.counts.add(outputs.events);
            {
                let mut control = self.harts[id].control.borrow_mut();
                control.lines += u64::from(outputs.events.has(Pulse::LineHit));
                control.doubts += u64::from(outputs.events.has(Pulse::LineDoubt));
            }
            self.harts[id].held = outputs.fault;
            self.accepted(id, &inputs, &outputs)?;
            for transaction in std::mem::take(&mut self.harts[id].answers) {
                self.answered(id, &transaction)?;
            }
            self.fenced(id)?;
            self.read_csr(id, outputs.csr)?;
            let reads = self.harts[id].control.borrow().reads - before;
            self.pulses(&inputs, &outputs, reads)?;
        }
        Ok(())
    }

    /// A violation found by the golden model or by the rules of the ports.
    fn judged(&self, error: &StepError) -> Box<Mismatch> {
        let StepError::Mismatch { mismatch, .. } = error else {
            return self.mismatch(0, "the rules of the ports", "kept", error.to_string());
        };
        let request = &mismatch.request;
        let line = self.harts.iter().find_map(|hart| hart.line_of(request)).unwrap_or(0);
        let mut legal: Vec<_> = mismatch.expected.iter().map(|w| describe(&w.outcome)).collect();
        let mut got = describe(&mismatch.got);
        if legal.contains(&got) {
            // The address is right; what comes with it is not.
            let answers = mismatch.expected.iter().map(|walk| (walk.outcome, walk.attributes));
            legal = answers.map(|(response, of)| describe_page(&response, of)).collect();
            got = describe_page(&mismatch.got, mismatch.attributes);
        }
        legal.dedup();
        let mut said = self.mismatch(line, access(request), legal.join(", or "), got);
        said.rule = mismatch.expected.first().map(|walk| walk.rule.to_string());
        said
    }

    /// Ports accept requests and answer them when their rules say so.
    fn accepted(
        &mut self,
        hart: HartId,
        inputs: &Inputs,
        outputs: &Outputs,
    ) -> Result<(), Box<Mismatch>> {
        let mmu = self.board.hart(hart).mmu();
        let (xlen, extensions, sizes) = (mmu.xlen(), mmu.extensions(), mmu.organisation().sizes);
        let Inputs { satp, adue, pbmte, .. } = *inputs;
        let regime = Regime { xlen, satp, adue, pbmte, extensions, sizes };
        let decided = PerPort::from_fn(|port| {
            let accepted = inputs.accepted(port, outputs);
            accepted.map(|request| is_looked_up(regime, &request))
        });
        let broken = self.holds[hart].cycle(inputs, outputs, decided);
        broken.map_err(|(port, Broken { what, expected, got })| {
            let jobs = &self.harts[hart].ports[port].under_way;
            let line = jobs.front().map_or(0, |job| job.line);
            self.mismatch(line, format!("the {port} port: {what}"), expected, got)
        })
    }

    fn answered(&mut self, hart: HartId, done: &Transaction) -> Result<(), Box<Mismatch>> {
        let jobs = &mut self.harts[hart].ports[done.port];
        jobs.answered = Some(done.answered);
        let Some(job) = jobs.under_way.pop_front() else {
            let what = format!("response on the {} port", done.port);
            let got = describe(&done.response);
            return Err(self.mismatch(0, what, "none: nothing is under way", got));
        };
        let later = self.holds[hart].later(done.port);
        let later = if self.unnamed.answer { later } else { 0 };
        self.expected(hart, &job, done, later)
    }

    /// Compares an access with the file's expectations.
    fn expected(
        &self,
        hart: HartId,
        job: &Job,
        done: &Transaction,
        later: u64,
    ) -> Result<(), Box<Mismatch>> {
        let what = access(&job.request);
        let [reads_then, updates_then, lines_then, doubts_then] = job.before;
        let (read, lines) = {
            let control = self.harts[hart].control.borrow();
            let found = (control.lines - lines_then, control.doubts - doubts_then);
            (control.reads - reads_then, found)
        };
        let expected = self.adapted(&job.expected, done.hit == Some(false), read, lines);
        let Expected { response: wanted, size, pbmt, pma, latency, within, .. } = &expected;
        let Expected { reads, updates, hit, source, reason, .. } = &expected;
        if let Some(wanted) = wanted.filter(|wanted| *wanted != done.response) {
            return Err(self.mismatch(job.line, what, describe(&wanted), describe(&done.response)));
        }
        let got = done.attributes;
        let wanted = Attributes {
            size: size.unwrap_or(got.size),
            pbmt: pbmt.unwrap_or(got.pbmt),
            pma: pma.unwrap_or(got.pma),
        };
        let asks = size.is_some() || pbmt.is_some() || pma.is_some();
        if asks && (done.response.is_err() || wanted != got) {
            let got = done.response.map(|_| got.to_string());
            let got = got.unwrap_or_else(|_| describe(&done.response));
            return Err(self.mismatch(job.line, what, wanted.to_string(), got));
        }
        let control = self.harts[hart].control.borrow();
        // A file that does not name them counts as if answers came at once.
        let waited = (done.answered - done.presented).saturating_sub(later);
        let counts = [
            ("cycles until the response", *latency, waited),
            ("entries read", *reads, read),
            ("entries updated", *updates, control.updates - updates_then),
        ];
        for (name, wanted, got) in counts {
            if let Some(wanted) = wanted.filter(|wanted| *wanted != got) {
                let what = format!("{what}: {name}");
                return Err(self.mismatch(job.line, what, wanted.to_string(), got.to_string()));
            }
        }
        if let Some(most) = within.filter(|most| waited > *most) {
            let what = format!("{what}: cycles until the response");
            let wanted = format!("at most {most}");
            return Err(self.mismatch(job.line, what, wanted, waited.to_string()));
        }
        let said = |hit: Option<bool>| match hit {
            Some(true) => "a TLB hit",
            Some(false) => "a TLB miss",
            None => "neither hit nor miss: not looked up",
        };
        if hit.is_some() && *hit != done.hit {
            return Err(self.mismatch(job.line, what, said(*hit), said(done.hit)));
        }
        let (source_told, reason_told) = done.told;
        if source.is_some() && *source != source_told {
            let from = |source: Option<Source>| source.map_or("no table", Source::word);
            let what = format!("{what}: where the answer comes from");
            return Err(self.mismatch(job.line, what, from(*source), from(source_told)));
        }
        if reason.is_some() && *reason != reason_told {
            let why = |reason: Option<Reason>| reason.map_or("no fault", Reason::words);
            let what = format!("{what}: why it faults");
            return Err(self.mismatch(job.line, what, why(*reason), why(reason_told)));
        }
        Ok(())
    }

    /// The parts about which the file says nothing. All harts are alike.
    fn parts(&self) -> Organisation {
        let mut organisation = self.board.hart(0).mmu().organisation();
        if !self.unnamed.answer {
            organisation.registered_answer = false;
        }
        if !self.unnamed.walk_cache {
            organisation.walk_cache = 0;
        }
        if !self.unnamed.line_fill {
            organisation.line_fill = 0;
        }
        if !self.unnamed.l2 {
            organisation.l2 = 0;
        }
        organisation
    }

    /// Whether such a part may leave reads out, or whole walks.
    pub(super) fn leaves_reads_out(&self) -> bool {
        let parts = self.parts();
        parts.shortens_walks() || parts.l2 > 0
    }

    /// What a file expects of an access, for an MMU whose walk begins further down, which finds
    /// entries in lines, or the page in its second level: each entry that is not read saves
    /// memory's latency, one in a line costs a cycle, and another one if it is then read again; the
    /// lookup of the second level costs a cycle, and a page that it has is answered in two.
    fn adapted(&self, expected: &Expected, missed: bool, read: u64, lines: (u64, u64)) -> Expected {
        let parts = self.parts();
        let mut expected = *expected;
        if !missed {
            return expected;
        }
        let (found, doubted) = if parts.line_fill > 0 { lines } else { (0, 0) };
        let later = parts.lookup() + found + doubted;
        expected.within = expected.within.map(|most| most + parts.lookup() + 2 * doubted);
        let wanted = expected.reads.unwrap_or(read + found - doubted);
        let not_walked = wanted > 0 && read == 0 && found == 0;
        if not_walked && parts.l2 > 0 {
            expected.reads = expected.reads.map(|_| 0);
            expected.latency = expected.latency.map(|_| 2);
        } else if read < wanted && !not_walked && self.leaves_reads_out() {
            let saved = (wanted - read) * self.latency;
            expected.reads = expected.reads.map(|_| read);
            expected.latency = expected.latency.map(|of| (of + later).saturating_sub(saved));
        } else {
            expected.latency = expected.latency.map(|latency| latency + later);
        }
        expected
    }

    fn fenced(&mut self, hart: HartId) -> Result<(), Box<Mismatch>> {
        let Some(presented) = self.harts[hart].fenced.take() else { return Ok(()) };
        let Some(job) = self.harts[hart].fences.pop_front() else { return Ok(()) };
        match job.cycles.filter(|wanted| *wanted != presented) {
            None => Ok(()),
            Some(wanted) => {
                let what = "cycles that the fence is presented for";
                Err(self.mismatch(job.line, what, wanted.to_string(), presented.to_string()))
            }
        }
    }

    /// The access to a PMP register of this cycle.
    fn read_csr(&mut self, hart: HartId, got: u64) -> Result<(), Box<Mismatch>> {
        let Some(job) = self.harts[hart].csrs.pop_front() else { return Ok(()) };
        match job.reads.filter(|wanted| *wanted != got) {
            None => Ok(()),
            Some(wanted) => {
                let what = format!("value of CSR {:#x}", job.port.number);
                Err(self.mismatch(job.line, what, format!("{wanted:#x}"), format!("{got:#x}")))
            }
        }
    }

    /// Events that can be derived from the ports must be pulsed exactly then.
    fn pulses(&self, inputs: &Inputs, out: &Outputs, reads: u64) -> Result<(), Box<Mismatch>> {
        let faults = || out.responses.values().flatten().filter_map(|answer| answer.err());
        let pulses = [
            (Pulse::Fence, inputs.accepted_fence(out).is_some()),
            (Pulse::PteRead, reads == 1),
            (Pulse::PageFault, faults().any(|fault| fault.cause.is_page_fault())),
            (Pulse::AccessFault, faults().any(|fault| !fault.cause.is_page_fault())),
        ];
        match pulses.into_iter().find(|(pulse, wanted)| out.events.has(*pulse) != *wanted) {
            None => Ok(()),
            Some((pulse, wanted)) => {
                let what = format!("event {}", pulse.name());
                Err(self.mismatch(0, what, wanted.to_string(), (!wanted).to_string()))
            }
        }
    }
}

/// Whether a request is looked up in a TLB: translated, canonical, and its root table exists.
fn is_looked_up(regime: Regime, request: &Request) -> bool {
    let Some(satp) = Satp::decode(regime.satp, regime.xlen) else { return false };
    if satp.mode == Mode::Bare || request.context.privilege == Privilege::Machine {
        return false;
    }
    let sizes = regime.sizes;
    if !sizes.has(satp.mode) || !sizes.exists(satp.root * PAGE_BYTES, regime.xlen) {
        return false;
    }
    let unused = 64 - satp.mode.va_bits();
    let extended = ((request.va << unused) as i64 >> unused) as u64;
    regime.xlen == Xlen::Rv32 || extended == request.va
}

/// An access in words.
fn access(request: &Request) -> String {
    format!("{} of {:#x}", request.access, request.va)
}
