//! The run: processes in turn, each through the pipeline, cycle by cycle.

use super::drive::Pins;
use super::error::{PATIENCE, RunError, StepError};
use super::{Machine, Outcome};
use crate::cpu::{Op, ProgramError, Trap};
use crate::isa::Access;
use crate::mmu::Outputs;
use crate::os::{Activity, Hal, Pid, Verdict};
use std::sync::atomic::{AtomicBool, Ordering};

/// What the program does once everything before it is complete.
enum Barrier {
    Sbrk(i64),
    Tick,
    Exit,
    Broken(ProgramError),
}

/// How a process's turn ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// Others may run.
    Over,
    /// It is gone.
    Gone,
    /// Someone asked to stop.
    Stopped,
}

impl Machine {
    /// Runs until all processes are gone, something breaks, or `stop` is set. What was simulated
    /// until then is reported in every case.
    pub fn run(&mut self, stop: &AtomicBool) -> Outcome {
        let (stopped, mut error) = match self.turns(stop) {
            Ok(stopped) => (stopped, None),
            Err(error) => (false, Some(error)),
        };
        if error.is_none() {
            error = self.check().err();
        }
        self.hardware.drive.charge(Activity::Process);
        self.hardware.drive.end();
        self.outcome(stopped, error)
    }

    fn turns(&mut self, stop: &AtomicBool) -> Result<bool, RunError> {
        while let Some(pid) = self.os.next() {
            self.hardware.drive.meter.select(pid);
            self.hardware.drive.world.pid = Some(pid);
            self.os.dispatch(&mut self.hardware)?;
            self.check_if_paranoid()?;
            let turn = self.turn(pid, stop)?;
            if turn == Turn::Gone {
                self.jobs.remove(&pid);
            }
            if turn == Turn::Stopped {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Lets a process run until its quantum is used up, it is gone, or a stop is asked for.
    fn turn(&mut self, pid: Pid, stop: &AtomicBool) -> Result<Turn, RunError> {
        let mut left = if self.config.quantum == 0 { u64::MAX } else { self.config.quantum };
        let mut barrier = None;
        let mut stopped = false;
        loop {
            stopped |= stop.load(Ordering::Relaxed);
            while !stopped && left > 0 && barrier.is_none() && self.core.has_room() {
                barrier = self.take_in(pid, &mut left);
            }
            if self.core.is_empty() {
                match barrier.take() {
                    None if stopped => return Ok(Turn::Stopped),
                    None => return Ok(Turn::Over),
                    Some(barrier) => {
                        if self.pass_barrier(pid, barrier)? {
                            return Ok(Turn::Gone);
                        }
                        continue;
                    }
                }
            }
            match self.core.trap() {
                Some(trap) => {
                    if self.trap(trap)? == Verdict::Killed {
                        self.core.clear();
                        return Ok(Turn::Gone);
                    }
                    self.core.squash();
                }
                None => self.cycle(pid)?,
            }
        }
    }

    /// Takes the program's next step into the pipeline, or returns what has to wait for it.
    fn take_in(&mut self, pid: Pid, left: &mut u64) -> Option<Barrier> {
        let job = self.jobs.get_mut(&pid)?;
        match job.program.next() {
            Some(Ok(Op::Access(access))) => {
                *left -= 1;
                let crossed = self.core.push(access);
                let accesses = &mut self.hardware.drive.meter.current().accesses;
                accesses.page_crossings += u64::from(crossed);
                None
            }
            Some(Ok(Op::Sbrk(pages))) => Some(Barrier::Sbrk(pages)),
            Some(Ok(Op::Tick)) => Some(Barrier::Tick),
            Some(Ok(Op::Exit)) | None => Some(Barrier::Exit),
            Some(Err(error)) => Some(Barrier::Broken(error)),
        }
    }

    /// `true` if the process is gone.
    fn pass_barrier(&mut self, pid: Pid, barrier: Barrier) -> Result<bool, RunError> {
        let gone = match barrier {
            Barrier::Broken(error) => return Err(error.into()),
            Barrier::Exit => {
                self.os.exit(&mut self.hardware)?;
                true
            }
            Barrier::Tick => {
                self.os.tick(&mut self.hardware)?;
                false
            }
            Barrier::Sbrk(pages) => {
                let given_up = self.os.sbrk(&mut self.hardware, pages)?;
                if let Some((job, range)) = self.jobs.get_mut(&pid).zip(given_up) {
                    job.shadow.forget(range);
                }
                false
            }
        };
        self.check_if_paranoid()?;
        Ok(gone)
    }

    fn trap(&mut self, trap: Trap) -> Result<Verdict, RunError> {
        let entered = self.hardware.now();
        self.hardware.drive.charge(Activity::Handler);
        let verdict = match trap {
            Trap::Fault { access, fault } => {
                self.hardware.take_fault()?;
                self.os.fault(&mut self.hardware, access, fault)?
            }
            Trap::Refused { va, pa } => {
                self.os.bus_error(&mut self.hardware, va, pa)?;
                Verdict::Killed
            }
        };
        self.check_if_paranoid()?;
        self.hardware.drive.charge(Activity::Process);
        let passed = self.hardware.now() - entered;
        self.hardware.drive.meter.current().fault_latency.record(passed);
        Ok(verdict)
    }

    /// One cycle of the pipeline, or a jump to the next that matters.
    fn cycle(&mut self, pid: Pid) -> Result<(), RunError> {
        let requests = self.core.present();
        // An answer that is owed keeps the MMU running even if it believes to be idle: the drive
        // notices when it never comes.
        let asks = self.core.is_translating() || self.hardware.drive.busy();
        let now = self.hardware.now();
        if !asks && !self.core.has_transfers() {
            let due = self.hardware.next_response().unwrap_or(now);
            if due > now {
                return Ok(self.hardware.drive.pass(due - now)?);
            }
        }
        let answers = self.hardware.poll();
        let ready = [self.hardware.ports[0].ready(now), self.hardware.ports[1].ready(now)];
        let world = &mut self.hardware.drive.world;
        [world.fetch_response, world.data_response] = answers;
        world.free_frames = self.os.frames().free();
        let [fetch, data] = requests;
        let outputs = if asks || self.hardware.drive.is_observed() {
            self.hardware.drive.step(&Pins { fetch, data, ..Pins::default() })?
        } else {
            self.hardware.drive.pass(1)?;
            Outputs::default()
        };
        self.core.observe(&outputs);
        let mut moved = outputs.fetch.is_some() || outputs.data.is_some();
        for (port, answer) in answers.into_iter().enumerate() {
            if let Some(answer) = answer {
                moved = true;
                let wrong = |answer| RunError::Data { cycle: now, pid, answer };
                self.core.answered(port, answer).map_err(wrong)?;
            }
        }
        moved |= self.transfer(pid, now, ready);
        self.retire();
        self.quiet = if moved { 0 } else { self.quiet + 1 };
        if self.quiet > PATIENCE {
            let (what, waited) = ("pipeline", self.quiet);
            return Err(StepError::Silent { cycle: now, what, waited }.into());
        }
        if !moved && self.core.is_translating() {
            let cycles = &mut self.hardware.drive.meter.current().cycles;
            cycles.issue -= 1;
            cycles.walk_stall += 1;
        }
        Ok(())
    }

    /// Hands transfers to the buses that are ready in cycle `now`; `true` if there was one.
    fn transfer(&mut self, pid: Pid, now: u64, mut ready: [bool; 2]) -> bool {
        let world = &mut self.hardware.drive.world;
        (world.fetch_request, world.data_request) = (None, None);
        let Some(job) = self.jobs.get_mut(&pid) else { return false };
        for va in self.core.translated() {
            let space = self.os.process(pid).and_then(|process| process.space.as_ref());
            if let Some(space) = space {
                job.shadow.touch(va, || space.backing(va));
            }
        }
        let mut any = false;
        while let Some((port, request)) = self.core.transfer(ready, &mut job.shadow) {
            any = true;
            ready[port] = false;
            self.hardware.ports[port].submit(now, request);
            let seen = if port == 0 { &mut world.fetch_request } else { &mut world.data_request };
            *seen = Some(request);
        }
        any
    }

    fn retire(&mut self) {
        while let Some(retired) = self.core.retire() {
            self.os.accessed(retired.pa);
            let accesses = &mut self.hardware.drive.meter.current().accesses;
            accesses.bus_transfers += retired.transfers;
            match retired.access {
                Access::Fetch => {
                    accesses.fetches += 1;
                    accesses.instructions += u64::from(retired.begins);
                }
                Access::Load => accesses.loads += 1,
                Access::Store => accesses.stores += 1,
            }
        }
    }

    fn check_if_paranoid(&self) -> Result<(), RunError> {
        if self.config.paranoid {
            self.os.check(&self.hardware)?;
        }
        Ok(())
    }

    /// Everything that must be conserved.
    fn check(&self) -> Result<(), RunError> {
        self.os.check(&self.hardware)?;
        let mmu = self.hardware.drive.meter.total().mmu;
        let counted = mmu.fetch_hits + mmu.fetch_misses + mmu.data_hits + mmu.data_misses;
        // A non-canonical address may be refused without a look into the TLB.
        if counted > mmu.translated || counted + mmu.non_canonical < mmu.translated {
            let translated = mmu.translated;
            let text = format!("TLB hits and misses are {counted}, translated were {translated}");
            return Err(RunError::Counters(text));
        }
        Ok(())
    }
}
