//! A process as the machine runs it: its program, and what is under way for it.

use super::calls::Barrier;
use super::user_access::Crossing;
use crate::cpu::{Parked, Program, Shadow};
use kernel::Pid;
use std::ops::Range;

/// What a process is made of outside the kernel.
pub(super) struct Job {
    pub(super) program: Box<dyn Program>,
    pub(super) shadow: Shadow,
    /// Its accesses while it does not run.
    pub(super) parked: Option<Parked>,
    /// A step that was read when it had to stop.
    pub(super) pending: Option<Barrier>,
    /// The call that the kernel is in for it, if that takes its memory.
    pub(super) crossing: Option<Crossing>,
    /// Accesses since the last timer interrupt.
    pub(super) since_tick: u64,
    /// Mappings that it moved: from where, and to where.
    pub(super) moves: Vec<(Range<u64>, Range<u64>)>,
}

impl Job {
    /// At its beginning.
    pub(super) fn new(program: Box<dyn Program>, shadow: Shadow) -> Job {
        Job {
            program,
            shadow,
            parked: None,
            pending: None,
            crossing: None,
            since_tick: 0,
            moves: Vec::new(),
        }
    }
}

/// The jobs of all processes. Numbers of processes count up from 1, and each cycle asks for the
/// running one's.
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
