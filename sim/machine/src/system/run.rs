//! The run: processes in turn, until all have ended.

use super::calls::{Barrier, Next};
use super::error::{FRUITLESS, RunError};
use super::{Machine, Outcome};
use crate::board::Software;
use crate::cpu::{Op, Trap};
use kernel::{Activity, Hal, Pid, Verdict};
use model::isa::Context;
use std::sync::atomic::{AtomicBool, Ordering};

/// How a process's turn ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// Others may run.
    Over,
    /// Others must run: it waits.
    Blocked,
    /// It has ended.
    Gone,
    /// A stop was requested.
    Stopped,
}

impl Machine {
    /// Runs until all processes have ended, something fails, or `stop` is set. What was simulated
    /// until then is reported in every case.
    pub fn run(&mut self, stop: &AtomicBool) -> Outcome {
        let (stopped, mut error) = match self.turns(stop) {
            Ok(stopped) => (stopped, None),
            Err(error) => (false, Some(error)),
        };
        if error.is_none() {
            error = self.check().err();
        }
        self.hardware.board.charge(Activity::Process);
        self.hardware.board.pause(Software::Kernel(&self.os));
        self.hardware.board.end();
        self.outcome(stopped, error)
    }

    fn turns(&mut self, stop: &AtomicBool) -> Result<bool, RunError> {
        loop {
            if stop.load(Ordering::Relaxed) {
                return Ok(true);
            }
            let Some(pid) = self.os.next(&mut self.hardware)? else {
                let Some(wake) = self.os.next_wake() else { return self.all_done() };
                self.idle(wake)?;
                continue;
            };
            self.hardware.board.meter.select(pid);
            self.hardware.board.world.pid = Some(pid);
            self.os.dispatch(&mut self.hardware)?;
            self.check_if_due()?;
            if let Some(parked) = self.jobs.get_mut(pid).and_then(|job| job.parked.take()) {
                self.core.unpark(parked);
            }
            match self.turn(pid, stop)? {
                Turn::Stopped => {
                    self.os.turn_over(&mut self.hardware, pid)?;
                    return Ok(true);
                }
                Turn::Gone => {
                    self.core.clear();
                    self.jobs.remove(pid);
                }
                Turn::Over | Turn::Blocked => {
                    self.fruitless += 1;
                    if self.fruitless > FRUITLESS {
                        let (cycle, turns) = (self.hardware.now(), self.fruitless);
                        return Err(RunError::Livelock { cycle, turns });
                    }
                    let parked = self.core.park();
                    if let Some(job) = self.jobs.get_mut(pid) {
                        job.parked = Some(parked);
                    }
                    // The scheduler's own work is charged to no process.
                    self.hardware.board.meter.select(0);
                    self.os.turn_over(&mut self.hardware, pid)?;
                    self.check_if_due()?;
                }
            }
        }
    }

    /// No process is ready or will be: the run ends, unless a process still waits.
    fn all_done(&self) -> Result<bool, RunError> {
        match self.os.processes().find(|process| process.space.is_some()) {
            None => Ok(false),
            Some(process) => {
                Err(RunError::Deadlock { cycle: self.hardware.now(), pid: process.pid })
            }
        }
    }

    /// Lets time pass until the next event that a process waits for.
    fn idle(&mut self, wake: u64) -> Result<(), RunError> {
        self.hardware.board.meter.select(0);
        self.hardware.board.world.pid = None;
        let account = self.hardware.board.charge(Activity::Idle);
        let now = self.hardware.now();
        self.hardware.board.pass(wake.saturating_sub(now))?;
        self.hardware.board.charge(account);
        Ok(())
    }

    /// Runs a process until its quantum is used up, it waits or ends, or a stop is requested.
    fn turn(&mut self, pid: Pid, stop: &AtomicBool) -> Result<Turn, RunError> {
        let endless = |quantum| if quantum == 0 { u64::MAX } else { quantum };
        let mut left = endless(self.config.quantum);
        let end = self.hardware.now().saturating_add(endless(self.config.quantum_cycles));
        let mut barrier = None;
        let mut stopped = false;
        self.charge_process(pid);
        self.resume_work(pid);
        loop {
            let (accesses, cycle) = self.sampled();
            let cycle = cycle.min(self.looked());
            if !stopped && barrier.is_none() {
                let most = left.min(accesses);
                let mut rest = most;
                self.stride(pid, &mut rest, end.min(cycle), stop)?;
                left -= most - rest;
            }
            stopped |= stop.load(Ordering::Relaxed);
            left = if self.hardware.now() < end { left } else { 0 };
            let crosses = self.crossing(pid).is_some();
            if crosses && !stopped {
                self.feed(pid);
            }
            while !crosses && !stopped && left > 0 && barrier.is_none() && self.core.has_room() {
                barrier = self.take_in(pid, &mut left);
            }
            if self.core.is_empty() {
                let next = match barrier.take() {
                    _ if crosses && !stopped => self.end_crossing(pid, None)?,
                    Some(barrier) => self.pass_barrier(pid, barrier)?,
                    None => return Ok(if stopped { Turn::Stopped } else { Turn::Over }),
                };
                match next {
                    Next::On => continue,
                    Next::Blocked => return Ok(Turn::Blocked),
                    Next::Gone => return Ok(Turn::Gone),
                }
            }
            let Some(trap) = self.core.trap() else {
                self.cycle(pid)?;
                continue;
            };
            let next = self.trap(pid, trap)?;
            self.core.squash();
            match next {
                Next::On => {}
                Next::Gone => return Ok(Turn::Gone),
                Next::Blocked => {
                    // A step that was read too early is read again.
                    if let Some((job, barrier)) = self.jobs.get_mut(pid).zip(barrier) {
                        job.pending = Some(barrier);
                    }
                    return Ok(Turn::Blocked);
                }
            }
        }
    }

    /// Takes the program's next step into the pipeline, or returns one that has to wait for the
    /// pipeline.
    fn take_in(&mut self, pid: Pid, left: &mut u64) -> Option<Barrier> {
        let job = self.jobs.get_mut(pid)?;
        if job.pending.is_some() {
            return job.pending.take();
        }
        if self.config.tick_every > 0 && job.since_tick >= self.config.tick_every {
            job.since_tick = 0;
            return Some(Barrier::Tick);
        }
        let access = match job.peek() {
            Some(access) => {
                job.take();
                access
            }
            None => match job.program.next() {
                Some(Ok(Op::Access(access))) => access,
                other => return Some(Barrier::of(other)),
            },
        };
        *left -= 1;
        job.since_tick += 1;
        if self.core.push(access, Context::USER) {
            self.hardware.board.meter.current().accesses.page_crossings += 1;
        }
        None
    }

    fn trap(&mut self, pid: Pid, trap: Trap) -> Result<Next, RunError> {
        self.tell_work(pid);
        if self.series.is_some() {
            self.may_end();
        }
        let entered = self.hardware.now();
        self.hardware.board.charge(Activity::Handler);
        let number = self.hardware.board.meter.current().accesses.total() + 1;
        let number = self.crossing(pid).is_none().then_some(number);
        self.hardware.board.world.access = number;
        let verdict = match trap {
            Trap::Fault { access, fault } => {
                self.hardware.take_fault()?;
                self.os.fault(&mut self.hardware, access, fault)?
            }
            Trap::Refused { va, pa } => self.os.bus_error(&mut self.hardware, va, pa)?,
        };
        self.check_if_due()?;
        self.hardware.board.charge(Activity::Process);
        let passed = self.hardware.now() - entered;
        self.hardware.board.meter.current().fault_latency.record(passed);
        match verdict {
            Verdict::Killed => Ok(Next::Gone),
            Verdict::Resume => Ok(self.after_kernel(entered)),
            Verdict::Refused(why) => {
                self.os.kernel_worked(passed);
                self.resume_work(pid);
                self.end_crossing(pid, Some(why))
            }
        }
    }
}
