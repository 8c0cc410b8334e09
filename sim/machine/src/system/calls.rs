//! System calls of a program, each made once everything before it is complete.

use super::error::RunError;
use super::{Job, Machine};
use crate::cpu::{Op, ProgramError, Shadow};
use kernel::{Activity, Execed, Hal, Pid};
use model::isa::PAGE_BYTES;
use std::ops::Range;

/// What the program does once everything before it is complete.
#[derive(Debug)]
pub(super) enum Barrier {
    /// A step that is no access.
    Op(Op),
    /// The end of the program, or of its source.
    End,
    /// The time between two ticks has passed.
    Tick,
    /// The source cannot go on.
    Broken(ProgramError),
}

impl Barrier {
    /// Classifies a step that is no access.
    pub(super) fn of(step: Option<Result<Op, ProgramError>>) -> Barrier {
        match step {
            Some(Ok(op)) => Barrier::Op(op),
            None => Barrier::End,
            Some(Err(error)) => Barrier::Broken(error),
        }
    }
}

/// What happens to the process's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// It continues.
    On,
    /// It waits.
    Blocked,
    /// It has ended.
    Gone,
}

impl Machine {
    /// Does what the program, or the timer, requested.
    pub(super) fn pass_barrier(&mut self, pid: Pid, barrier: Barrier) -> Result<Next, RunError> {
        let entered = self.hardware.now();
        self.fruitless = 0;
        let next = match barrier {
            Barrier::Broken(error) => return Err(error.into()),
            Barrier::Op(Op::Think(cycles)) => {
                self.hardware.board.pass(cycles)?;
                let cycles = self.hardware.now() - entered;
                let account = &mut self.hardware.board.meter.current().cycles;
                account.issue -= cycles;
                account.compute += cycles;
                return Ok(Next::On);
            }
            Barrier::Tick | Barrier::Op(Op::Tick) => {
                self.os.tick(&mut self.hardware)?;
                Next::On
            }
            Barrier::End | Barrier::Op(Op::Exit) => {
                self.may_end();
                self.os.exit(&mut self.hardware)?;
                Next::Gone
            }
            Barrier::Op(op) => self.call(pid, op)?,
        };
        self.check_if_due()?;
        if next == Next::On {
            return Ok(self.after_kernel(entered));
        }
        Ok(next)
    }

    /// Whether the process continues after the kernel worked for it.
    pub(super) fn after_kernel(&mut self, entered: u64) -> Next {
        self.os.kernel_worked(self.hardware.now() - entered);
        self.hardware.board.charge(Activity::Process);
        if self.os.block(&mut self.hardware) {
            return Next::Blocked;
        }
        if let Some(pid) = self.os.current() {
            self.charge_process(pid);
            self.resume_work(pid);
        }
        Next::On
    }

    fn call(&mut self, pid: Pid, op: Op) -> Result<Next, RunError> {
        let hal = &mut self.hardware;
        match op {
            Op::Sbrk(pages) => {
                let given_up = self.os.sbrk(hal, pages)?;
                if let Some((job, range)) = self.jobs.get_mut(pid).zip(given_up) {
                    // A heap that grew gives nothing up, at its new end.
                    let grown = u64::try_from(pages).unwrap_or(0).saturating_mul(PAGE_BYTES);
                    if grown > 0 {
                        job.allocated(range.end.saturating_sub(grown)..range.end);
                    }
                    job.shadow.forget(range);
                }
            }
            Op::Mmap(spec) => {
                let mapped = self.os.mmap(hal, &spec)?;
                let bytes = spec.pages.saturating_mul(PAGE_BYTES);
                let end = spec.start.saturating_add(bytes);
                if let Some(job) = self.jobs.get_mut(pid).filter(|_| mapped) {
                    job.shadow.forget(spec.start..end);
                    job.allocated(spec.start..end);
                }
            }
            Op::Munmap(range) => {
                let unmapped = self.os.munmap(hal, range.clone())?;
                if let Some(job) = self.jobs.get_mut(pid).filter(|_| unmapped) {
                    job.shadow.forget(range);
                }
            }
            Op::Mprotect(range, permissions) => {
                self.os.mprotect(hal, range, permissions)?;
            }
            Op::Mremap(asked) => {
                if let Some(new) = self.os.mremap(hal, &asked)? {
                    self.mapping_moved(pid, &asked.old, &new);
                }
            }
            Op::Madvise(range) => {
                let dropped = self.os.madvise(hal, range.clone())?;
                if let Some(job) = self.jobs.get_mut(pid).filter(|_| dropped) {
                    job.shadow.forget(range);
                }
            }
            Op::Msync(range) => {
                self.os.msync(hal, range)?;
            }
            Op::Mlock(range) => {
                self.os.mlock(hal, range)?;
            }
            Op::Munlock(range) => {
                self.os.munlock(hal, range)?;
            }
            Op::User(asked) => self.begin_crossing(pid, asked)?,
            Op::Fork(name) => self.fork(pid, &name)?,
            Op::Exec(name) => return self.exec(pid, &name),
            Op::Wait => {
                if self.os.wait(hal)? {
                    return Ok(Next::Blocked);
                }
            }
            Op::Access(_) | Op::Think(_) | Op::Tick | Op::Exit => {}
        }
        // The kernel may have had to kill for memory.
        let alive = self.os.process(pid).is_some_and(|process| process.space.is_some());
        Ok(if alive { Next::On } else { Next::Gone })
    }

    /// A mapping was moved or resized: the expected contents move with it.
    fn mapping_moved(&mut self, pid: Pid, old: &Range<u64>, new: &Range<u64>) {
        let Some(job) = self.jobs.get_mut(pid) else { return };
        let kept = (old.end - old.start).min(new.end - new.start);
        job.shadow.forget(old.start + kept..old.end);
        if old.start != new.start {
            job.shadow.forget(new.clone());
            job.shadow.relocate(&(old.start..old.start + kept), new.start);
        }
        job.program.moved(old, new);
        job.moves.push((old.clone(), new.clone()));
    }

    fn fork(&mut self, pid: Pid, name: &str) -> Result<(), RunError> {
        let template = self.templates.get(name).ok_or_else(|| unknown(name))?;
        let mut program = (template.program)();
        let Some(child) = self.os.fork(&mut self.hardware, name)? else { return Ok(()) };
        let (shadow, moves, allocated) = match self.jobs.get(pid) {
            Some(job) => (job.shadow.fork(), job.moves.clone(), job.allocated.clone()),
            None => (Shadow::new(self.common.clone()), Vec::new(), None),
        };
        // The copy has its mappings where the original has them.
        moves.iter().for_each(|(old, new)| program.moved(old, new));
        let mut job = Job::new(program, shadow);
        job.moves = moves;
        if let Some(range) = allocated {
            job.allocated(range);
        }
        self.jobs.insert(child, job);
        self.origins.insert(child, name.to_owned());
        Ok(())
    }

    fn exec(&mut self, pid: Pid, name: &str) -> Result<Next, RunError> {
        let template = self.templates.get(name).ok_or_else(|| unknown(name))?;
        match self.os.exec(&mut self.hardware, name, &template.layout)? {
            Execed::Killed => return Ok(Next::Gone),
            Execed::Refused => return Ok(Next::On),
            Execed::Done => {}
        }
        if let Some(job) = self.jobs.get_mut(pid) {
            job.program = (template.program)();
            job.shadow.clear();
            job.moves.clear();
            job.allocated = None;
        }
        Ok(Next::On)
    }
}

fn unknown(name: &str) -> RunError {
    RunError::Config(format!("no program is called `{name}`"))
}
