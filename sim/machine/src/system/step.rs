//! One cycle of a running process: translation, transfers, completion.

use super::error::RunError;
use super::{HART, Machine};
use crate::board::{PATIENCE, Software, StepError, Waiting};
use crate::cpu::{Key, Origin};
use kernel::{Activity, Backing, Bounds, Hal, Identity, Os, Owner, Pid};
use model::bus;
use model::isa::{Access, PAGE_BYTES};
use model::mmu::{PerPort, Port, Pulse};

impl Machine {
    /// One cycle of the pipeline, or a skip to the next one in which something happens.
    pub(super) fn cycle(&mut self, pid: Pid) -> Result<(), RunError> {
        self.core.choose();
        // An outstanding answer keeps the board running even if the MMU claims to be idle: the
        // tracker reports it when it never comes.
        let asks = self.core.is_translating() || self.hardware.board.busy();
        let now = self.hardware.now();
        if !asks && !self.core.has_transfers() {
            let due = self.next_answer().unwrap_or(now);
            if due > now {
                return Ok(self.hardware.board.pass(due - now)?);
            }
        }
        // What moved in the last cycle would be wrong in cycles that repeat it.
        if asks && self.quiet > 0 {
            if self.waits_for_mmu() {
                return self.wait_for_mmu(pid);
            }
            if self.repeat() {
                return Ok(());
            }
        }
        let answers = PerPort::from_fn(|port| self.poll(port, now));
        let ready = PerPort::from_fn(|port| self.hardware.is_ready(port, now));
        let observed = self.hardware.board.shows_idle_cycles();
        if observed {
            let world = &mut self.hardware.board.world;
            world.responses = answers;
            world.free_frames = self.os.frames().free();
        }
        if asks || observed {
            self.hardware.board.cycle_of(HART, &mut self.core)?;
        } else {
            self.hardware.board.pass(1)?;
        }
        self.finish_cycle(pid, now, answers, ready)
    }

    /// The rest of a cycle, after the requests to the MMU: the pipeline takes the answers of MMU
    /// and buses, passes transfers to the buses that are ready, and retires what is complete.
    pub(super) fn finish_cycle(
        &mut self,
        pid: Pid,
        now: u64,
        answers: PerPort<Option<bus::Response>>,
        ready: PerPort<bool>,
    ) -> Result<(), RunError> {
        let translated = self.core.settle();
        let mut moved = translated.values().any(Option::is_some);
        if let Some(job) = self.jobs.get_mut(pid) {
            for va in translated.values().flatten().filter_map(|done| done.ok()) {
                job.shadow.touch(va, || origin(&self.os, pid, va));
            }
        }
        let answered = answers.values().any(Option::is_some);
        // Nothing moved in the last cycle either: what waits, waits for the MMU or the buses.
        if self.quiet > 0 && !moved && !answered && self.hardware.always_ready.0 == [true; 2] {
            debug_assert!(!self.core.can_transfer(), "a transfer waits for nothing");
            self.hardware.board.world.requests = PerPort::default();
            return self.waited(now);
        }
        for (port, answer) in answers {
            if let Some(answer) = answer {
                moved = true;
                let wrong = |answer| RunError::Data { cycle: now, pid, answer };
                if let Some(job) = self.jobs.get_mut(pid) {
                    self.core.answered(port, answer, &mut job.shadow).map_err(wrong)?;
                }
            }
        }
        moved |= self.transfer(pid, now, ready);
        self.retire(pid)?;
        if moved {
            self.quiet = 0;
            return Ok(());
        }
        self.waited(now)
    }

    /// Nothing moved in cycle `now`.
    fn waited(&mut self, now: u64) -> Result<(), RunError> {
        self.quiet += 1;
        if self.quiet > PATIENCE {
            let (what, waited) = (Waiting::Pipeline, self.quiet);
            return Err(StepError::Silent { cycle: now, what, waited }.into());
        }
        if self.core.is_translating() {
            self.stalled(1);
        }
        Ok(())
    }

    /// Whether nothing can move before the MMU answers a port of the pipeline.
    fn waits_for_mmu(&self) -> bool {
        let ready = self.hardware.always_ready.0 == [true; 2];
        let observed = self.hardware.board.is_observed();
        let transfers = self.core.can_transfer() || self.core.has_flights();
        ready && !observed && !transfers && self.core.is_translating()
    }

    /// Makes cycles until the MMU answers: a walk's, mostly. Each is what [`Machine::cycle`] would
    /// make of it, which can take nothing in and hand nothing on before there is an answer.
    fn wait_for_mmu(&mut self, pid: Pid) -> Result<(), RunError> {
        self.hardware.board.world.requests = PerPort::default();
        loop {
            self.repeat();
            let now = self.hardware.now();
            self.hardware.board.cycle_of(HART, &mut self.core)?;
            if self.core.is_answered() {
                return self.finish_cycle(
                    pid,
                    now,
                    PerPort::default(),
                    PerPort([true; Port::COUNT]),
                );
            }
            self.waited(now)?;
        }
    }

    /// Skips cycles of waiting for a translation; `false` if there is none.
    fn repeat(&mut self) -> bool {
        if self.core.can_transfer() {
            return false;
        }
        let now = self.hardware.now();
        let due = self.next_answer().map_or(u64::MAX, |due| due.saturating_sub(now));
        let limit = due.min(PATIENCE.saturating_sub(self.quiet));
        let board = &mut self.hardware.board;
        if board.is_observed() {
            board.world.free_frames = self.os.frames().free();
        }
        let passed = board.repeat(HART, &mut self.core, limit);
        self.quiet += passed;
        if self.core.is_translating() {
            self.stalled(passed);
        }
        passed > 0
    }

    /// The program waited only for a walk; the kernel's cycles remain charged to the kernel.
    fn stalled(&mut self, passed: u64) {
        let board = &mut self.hardware.board;
        if board.world.activity == Activity::Process {
            let cycles = &mut board.meter.current().cycles;
            cycles.issue -= passed;
            cycles.walk_stall += passed;
        }
    }

    /// Passes transfers to the buses that are ready in cycle `now`; `true` if there was one.
    fn transfer(&mut self, pid: Pid, now: u64, mut ready: PerPort<bool>) -> bool {
        let observed = self.hardware.board.is_observed();
        let world = &mut self.hardware.board.world;
        world.requests = PerPort::default();
        let Some(job) = self.jobs.get_mut(pid) else { return false };
        let mut any = false;
        while let Some((port, request)) = self.core.transfer(ready, &mut job.shadow) {
            any = true;
            ready[port] = false;
            let bus = &mut self.hardware.ports[port];
            match bus.carry(now, request) {
                Some(known) => self.core.will_be(port, known),
                None => bus.submit(now, request),
            }
            if observed {
                self.hardware.board.world.requests[port] = Some(request);
            }
        }
        any
    }

    /// The answer of a port's bus in this cycle; the bus is not polled if no answer is outstanding,
    /// or if its answer was known at once.
    #[inline]
    pub(super) fn poll(&mut self, port: Port, now: u64) -> Option<bus::Response> {
        if self.core.asks_bus(port) {
            return self.hardware.ports[port].poll(now);
        }
        self.core.arrived(port, now)
    }

    /// The earliest outstanding answer to a port.
    fn next_answer(&self) -> Option<u64> {
        let unknown = self.hardware.next_response();
        self.core.next_arrival().into_iter().chain(unknown).min()
    }

    fn retire(&mut self, pid: Pid) -> Result<(), StepError> {
        let mut looked_up = 0;
        while let Some(retired) = self.core.retire() {
            self.os.accessed(retired.pa);
            looked_up += 1;
            self.fruitless = 0;
            let accesses = &mut self.hardware.board.meter.current().accesses;
            if retired.is_kernels {
                match retired.access {
                    Access::Store => accesses.kernel_stores += 1,
                    _ => accesses.kernel_loads += 1,
                }
                self.moved(pid, retired.bytes);
                continue;
            }
            accesses.completed(retired.access, retired.begins, retired.transfers);
        }
        if looked_up == 0 || self.config.tlb_lookup == 0 {
            return Ok(());
        }
        self.hardware.board.pass(u64::saturating_mul(looked_up, self.config.tlb_lookup))
    }

    /// The kernel is done for now: observers are told, and conservation laws checked if they are
    /// due.
    pub(super) fn check_if_due(&mut self) -> Result<(), RunError> {
        self.entries += 1;
        let due = |every: u64| self.entries.is_multiple_of(every.max(1));
        if self.config.check_every.is_some_and(due) {
            self.os.check(&self.hardware)?;
        }
        self.hardware.board.pause(Software::Kernel(&self.os));
        Ok(())
    }

    /// The conservation laws.
    pub(super) fn check(&self) -> Result<(), RunError> {
        self.os.check(&self.hardware)?;
        let mmu = self.hardware.board.meter.total().mmu;
        let looked_up = |port| mmu.of(Pulse::hit(port)) + mmu.of(Pulse::miss(port));
        let counted: u64 = Port::ALL.into_iter().map(looked_up).sum();
        // A non-canonical address may be refused without a TLB lookup.
        if counted > mmu.translated || counted + mmu.non_canonical < mmu.translated {
            let translated = mmu.translated;
            let text = format!("TLB hits and misses are {counted}, translated were {translated}");
            return Err(RunError::Counters(text));
        }
        self.check_times()
    }

    /// Each cycle of a process's life is charged exactly once: running, ready, or blocked.
    fn check_times(&self) -> Result<(), RunError> {
        for process in self.os.processes() {
            let times = self.os.schedule().times(process.pid, self.hardware.now());
            let tally = self.hardware.board.meter.of(process.pid);
            let ran = tally.map_or(0, |tally| tally.cycles.total());
            let Some(turnaround) = times.turnaround() else { continue };
            if turnaround != ran + times.waiting + times.blocked {
                let text = format!("process {} ran for {ran} cycles, {times:?}", process.pid);
                return Err(RunError::Counters(text));
            }
        }
        Ok(())
    }
}

/// The initial contents of an address, and with whom it is shared.
pub(super) fn origin(os: &Os, pid: Pid, va: u64) -> Origin {
    // What the kernel reads at addresses of its own is not checked.
    if Bounds::new(os.config().mode).owner(va) != Owner::User {
        return Origin::Device;
    }
    let space = os.process(pid).and_then(|process| process.space.as_ref());
    let backing = space.map_or(Backing::Zero, |space| space.backing(va));
    let key = match backing {
        Backing::File { file, offset } => Some(Key::File(file, offset / PAGE_BYTES)),
        Backing::Zero | Backing::Device { .. } => None,
    };
    match (os.identity(pid, va), key) {
        (Identity::Device, _) => Origin::Device,
        (Identity::Shared { .. }, Some(key)) => Origin::Shared(key),
        (Identity::Shared { object, offset }, None) => {
            Origin::Shared(Key::Memory(object, offset / PAGE_BYTES))
        }
        (Identity::Private, Some(key)) => Origin::Copied(key),
        (Identity::Private, None) => Origin::Zero,
    }
}
