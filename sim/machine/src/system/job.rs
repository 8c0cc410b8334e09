//! A process as the machine runs it: its program, and its work in progress.

use super::calls::Barrier;
use super::known::KnownPages;
use super::user_access::Crossing;
use crate::cpu::{Access, Op, Parked, Program, Shadow};
use kernel::Pid;
use std::ops::Range;

/// The parts of a process outside the kernel.
pub(super) struct Job {
    pub(super) program: Box<dyn Program>,
    /// Accesses that were read ahead, and how many of them the pipeline has taken.
    ahead: Vec<Access>,
    taken: usize,
    pub(super) shadow: Shadow,
    pub(super) known: KnownPages,
    /// Its accesses while it does not run.
    pub(super) parked: Option<Parked>,
    /// A step that was read but not done when the process had to stop.
    pub(super) pending: Option<Barrier>,
    /// The system call in progress, if it accesses the process's memory.
    pub(super) crossing: Option<Crossing>,
    /// Accesses since the last timer interrupt.
    pub(super) since_tick: u64,
    /// Mappings that the process moved: from where, and to where.
    pub(super) moves: Vec<(Range<u64>, Range<u64>)>,
    /// The pages that it was given last.
    pub(super) allocated: Option<Range<u64>>,
}

impl Job {
    /// At its beginning.
    pub(super) fn new(program: Box<dyn Program>, shadow: Shadow) -> Job {
        Job {
            program,
            ahead: Vec::new(),
            taken: 0,
            shadow,
            known: KnownPages::default(),
            parked: None,
            pending: None,
            crossing: None,
            since_tick: 0,
            moves: Vec::new(),
            allocated: None,
        }
    }

    /// The system gave it these pages.
    pub(super) fn allocated(&mut self, range: Range<u64>) {
        self.program.allocated(&range);
        self.allocated = Some(range);
    }

    /// Whether only its program decides what comes next.
    pub(super) fn is_free(&self) -> bool {
        self.crossing.is_none() && self.pending.is_none()
    }

    /// The program's next step, if it is an access that was or can be read ahead.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<Access> {
        if self.taken == self.ahead.len() {
            self.read_ahead();
        }
        self.ahead.get(self.taken).copied()
    }

    /// Takes the access that [`Job::peek`] returned.
    #[inline]
    pub(super) fn take(&mut self) {
        self.taken += 1;
    }

    /// As [`Job::peek`], and reads the next step if it could not be read ahead. `None` if it is no
    /// access: it is pending then.
    #[inline(always)]
    pub(super) fn look(&mut self) -> Option<Access> {
        match self.ahead.get(self.taken) {
            Some(access) => Some(*access),
            None => self.look_further(),
        }
    }

    #[cold]
    fn look_further(&mut self) -> Option<Access> {
        if self.peek().is_none() {
            match self.program.next() {
                Some(Ok(Op::Access(access))) => self.ahead.push(access),
                other => self.pending = Some(Barrier::of(other)),
            }
        }
        self.ahead.get(self.taken).copied()
    }

    fn read_ahead(&mut self) {
        self.taken = 0;
        self.ahead.clear();
        self.program.accesses(u64::MAX, &mut self.ahead);
    }
}

/// The jobs of all processes. Process numbers count up from 1, and the running one's is looked up
/// in each cycle.
#[derive(Default)]
pub(super) struct Jobs(Vec<Option<Job>>);

impl Jobs {
    pub(super) fn insert(&mut self, pid: Pid, job: Job) {
        let at = pid as usize;
        if self.0.len() <= at {
            self.0.resize_with(at + 1, || None);
        }
        self.0[at] = Some(job);
    }

    pub(super) fn get(&self, pid: Pid) -> Option<&Job> {
        self.0.get(pid as usize)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, pid: Pid) -> Option<&mut Job> {
        self.0.get_mut(pid as usize)?.as_mut()
    }

    pub(super) fn remove(&mut self, pid: Pid) {
        if let Some(job) = self.0.get_mut(pid as usize) {
            *job = None;
        }
    }
}
