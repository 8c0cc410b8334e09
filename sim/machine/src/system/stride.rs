//! Consecutive cycles of a running process in which every request hits.
//!
//! Most cycles of a long run are of this kind. They equal those of the general loop
//! ([`Machine::turn`](super::Machine)), test the same conditions, and give the same report, without
//! the work of the general loop that only walks, faults, calls, slow buses and observers need.

use super::calls::Barrier;
use super::error::RunError;
use super::job::Job;
use super::step::origin;
use super::{HART, Machine};
use crate::cpu::{Op, Stride};
use crate::stats::AccessCounters;
use kernel::Pid;
use model::mmu::{PerPort, Port};
use std::sync::atomic::{AtomicBool, Ordering};

impl Machine {
    /// Simulates cycles as long as they are of this kind, at most until cycle `end` or until the
    /// process has taken `left` accesses. The first one that turns out to be different is completed
    /// by the general loop.
    pub(super) fn stride(
        &mut self,
        pid: Pid,
        left: &mut u64,
        end: u64,
        stop: &AtomicBool,
    ) -> Result<(), RunError> {
        let may = self.hardware.answers_at_once() && self.config.tlb_lookup == 0;
        if *left == 0 || !may {
            return Ok(());
        }
        let Some(job) = self.jobs.get_mut(pid).filter(|job| job.is_free()) else { return Ok(()) };
        let memory = self.hardware.board.memory().clone();
        let Some(mut run) = self.hardware.board.run_of_hits() else { return Ok(()) };
        let Some(mut stride) = self.core.stride(run.now()) else { return Ok(()) };
        let tick_every = self.config.tick_every;
        let mut counters = AccessCounters::default();
        let mut missed = None;
        while *left > 0 && run.now() < end && !stop.load(Ordering::Relaxed) {
            if !take_in(&mut stride, job, left, tick_every) {
                break;
            }
            let (now, chosen) = (run.now(), stride.choose());
            if chosen == PerPort::default() {
                if !stride.moves() {
                    break;
                }
                run.rest();
            } else if let Some(answers) = run.cycle(stride.requests(chosen)) {
                let shadow = &mut job.shadow;
                let mut touch = |va| shadow.touch(va, || origin(&self.os, pid, va));
                if let (Some(number), Some(pa)) = (chosen[Port::Fetch], answers[Port::Fetch]) {
                    stride.translated(number, pa, &mut touch);
                }
                if let (Some(number), Some(pa)) = (chosen[Port::Data], answers[Port::Data]) {
                    stride.translated(number, pa, &mut touch);
                }
            } else {
                missed = Some(chosen);
                break;
            }
            (self.quiet, self.fruitless) = (0, 0);
            let gone = |pa| self.os.accessed(pa);
            if !stride.finish(now, &memory, &mut job.shadow, &mut counters, gone) {
                break;
            }
        }
        let now = run.now();
        run.end();
        self.hardware.board.meter.current().accesses += counters;
        stride.back(&mut self.core, now);
        let Some(chosen) = missed else { return Ok(()) };
        self.core.present(chosen);
        let answers = PerPort::from_fn(|port| self.poll(port, now));
        self.hardware.board.finish(HART, &mut self.core)?;
        self.finish_cycle(pid, now, answers, PerPort([true; Port::COUNT]))
    }
}

/// Fills the window; `false` if the general loop must do that.
#[inline]
fn take_in(stride: &mut Stride, job: &mut Job, left: &mut u64, tick_every: u64) -> bool {
    while stride.has_room() && *left > 0 {
        if tick_every > 0 && job.since_tick >= tick_every {
            return false;
        }
        let Some(access) = job.peek() else {
            job.pending = match job.program.next() {
                Some(Ok(Op::Access(access))) => {
                    job.put_ahead(access);
                    continue;
                }
                other => Some(Barrier::of(other)),
            };
            return false;
        };
        if !stride.push(access) {
            return false;
        }
        job.take();
        *left -= 1;
        job.since_tick += 1;
    }
    true
}
