//! Consecutive cycles of a running process in which every request hits.
//!
//! Most cycles of a long run are of this kind. They equal those of the general loop
//! ([`Machine::turn`](super::Machine)), test the same conditions, and give the same report, without
//! the work of the general loop that only walks, faults, calls, slow buses and observers need.

use super::error::RunError;
use super::job::Job;
use super::known::Basis;
use super::step::origin;
use super::{HART, Machine};
use crate::board::RunOfHits;
use crate::cpu::{Origin, Places};
use kernel::Pid;
use model::bus::SharedMemory;
use model::golden::PteSource;
use model::isa::{Access, Translation};
use model::mmu::{PerPort, Port};
use std::sync::atomic::{AtomicBool, Ordering};

impl Machine {
    /// Simulates cycles as long as they are of this kind, at most until cycle `end` or until the
    /// process has taken `left` accesses. The first one that turns out to be different is completed
    /// by the general loop.
    #[inline(never)]
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
        let hart = self.hardware.board.hart(HART);
        let (satp, adue, pbmte) = (hart.satp, hart.adue, hart.pbmte);
        let Some(mut run) = self.hardware.board.run_of_hits() else { return Ok(()) };
        let Some(mut stride) = self.core.stride(run.now()) else { return Ok(()) };
        job.known.rest_on(Basis { satp, adue, pbmte, forgotten: job.shadow.forgotten() });
        let sees_accesses = self.os.sees_accesses();
        let (began, before) = (run.now(), *left);
        let mut until_tick = match self.config.tick_every {
            0 => u64::MAX,
            every => every.saturating_sub(job.since_tick),
        };
        let (mut missed, mut retired) = (None, None);
        'cycles: while *left > 0 && run.now() < end && !stop.load(Ordering::Relaxed) {
            while stride.has_room() && *left > 0 {
                // A timer interrupt is due, which the general loop takes.
                if until_tick == 0 {
                    break 'cycles;
                }
                let Some(access) = job.look() else { break 'cycles };
                if !stride.push(access) {
                    break 'cycles;
                }
                job.take();
                *left -= 1;
                until_tick -= 1;
            }
            let (now, (fetch, data)) = (run.now(), stride.choose());
            if fetch.is_none() && data.is_none() {
                if !stride.moves() {
                    break;
                }
                run.rest();
            } else {
                let fetched = fetch.map(|number| stride.access(number));
                let moved = data.map(|number| stride.access(number));
                let answers = run.cycle(fetched.map(|(va, _)| va), moved);
                let places = answers.and_then(|answers| {
                    let judge = Judge { run: &run, memory: &memory, version: memory.version() };
                    let first = |va| origin(&self.os, pid, va);
                    let fetched = judge.places(job, Port::Fetch, fetched, answers, first)?;
                    let moved = judge.places(job, Port::Data, moved, answers, first)?;
                    Some((answers, fetched, moved))
                });
                let Some((answers, fetched, moved)) = places else {
                    run.refused();
                    missed = Some(PerPort([fetch, data]));
                    break;
                };
                run.passed(PerPort([fetch.is_some(), data.is_some()]), &answers);
                let addresses = answers.map(Translation::pa);
                if let (Some(number), Some(places)) = (fetch, fetched) {
                    stride.translated(number, addresses[Port::Fetch], places);
                }
                if let (Some(number), Some(places)) = (data, moved) {
                    stride.translated(number, addresses[Port::Data], places);
                }
            }
            let gone = |pa| match sees_accesses {
                true => self.os.accessed(pa),
                false => retired = Some(pa),
            };
            if !stride.finish(now, &memory, &mut job.shadow, gone) {
                break;
            }
        }
        if let Some(pa) = retired {
            self.os.accessed(pa);
        }
        let now = run.now();
        if now > began {
            (self.quiet, self.fruitless) = (0, 0);
        }
        job.since_tick += before - *left;
        let ran = run.end();
        self.hardware.board.end_run(ran);
        self.hardware.board.meter.current().accesses += stride.counters();
        stride.back(&mut self.core, now);
        let Some(chosen) = missed else { return Ok(()) };
        self.core.present(chosen);
        let answers = PerPort::from_fn(|port| self.poll(port, now));
        self.hardware.board.finish(HART, &mut self.core)?;
        self.finish_cycle(pid, now, answers, PerPort([true; Port::COUNT]))
    }
}

/// Decides whether the answers of a cycle are correct.
struct Judge<'a> {
    run: &'a RunOfHits<'a>,
    memory: &'a SharedMemory,
    version: u64,
}

impl Judge<'_> {
    /// Where shadow and memory have the page of a port's access, if there is one. `None` if its
    /// answer is not confirmed. `first` gives the first contents of an address.
    #[inline(always)]
    fn places(
        &self,
        job: &mut Job,
        port: Port,
        access: Option<(u64, Access)>,
        answers: PerPort<Translation>,
        first: impl FnOnce(u64) -> Origin,
    ) -> Option<Option<Places>> {
        let Some((va, kind)) = access else { return Some(None) };
        let answer = answers[port];
        if let Some(places) = job.known.find(va, kind, answer, self.version) {
            debug_assert!(self.run.walks_to(port, answer), "memory kept quiet");
            return Some(Some(places));
        }
        self.learn(job, port, (va, kind), answer, first).map(Some)
    }

    #[inline(never)]
    fn learn(
        &self,
        job: &mut Job,
        port: Port,
        (va, kind): (u64, Access),
        answer: Translation,
        first: impl FnOnce(u64) -> Origin,
    ) -> Option<Places> {
        if !self.run.confirms(port, answer) {
            return None;
        }
        let place = job.shadow.touch(va, || first(va));
        let places = (place, self.memory.find(answer.pa()));
        job.known.learn(va, kind, answer, self.version, places);
        Some(places)
    }
}
