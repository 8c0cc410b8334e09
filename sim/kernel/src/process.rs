//! The kernel's record of a process.

use super::space::Image;
use super::{AddressSpace, Death, OsCounters, Pid, Sstatus, UserAccess};
use serde::Serialize;
use std::ops::Index;

/// The state of a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It can run.
    Runnable,
    /// It exited.
    Exited,
    /// It was killed.
    Killed {
        /// The reason.
        death: Death,
    },
}

/// One process.
#[derive(Debug)]
pub struct Process {
    /// Its number.
    pub pid: Pid,
    /// Its name in reports.
    pub name: String,
    /// Its state.
    pub state: State,
    /// Its memory; none once it has ended.
    pub space: Option<AddressSpace>,
    /// The most frames that its pages may occupy; beyond that it replaces its own pages.
    pub frames: Option<u64>,
    /// The system call that it is in, if that accesses its memory.
    pub calling: Option<UserAccess>,
    /// `sstatus` while the kernel works for it, saved when others run.
    pub sstatus: Sstatus,
    /// Its program's image.
    pub image: Image,
    /// Its counters.
    pub counters: OsCounters,
    /// The most frames that its pages ever occupied.
    pub peak_resident: u64,
    /// The most frames that its page tables ever occupied.
    pub peak_tables: u64,
}

/// All processes, ended ones included. Their numbers count from 1.
#[derive(Debug, Default)]
pub(crate) struct Processes(Vec<Process>);

impl Processes {
    /// Adds the process of the next number.
    pub(crate) fn push(&mut self, process: Process) {
        debug_assert_eq!(process.pid as usize, self.0.len() + 1);
        self.0.push(process);
    }

    /// Removes the last one: it could not be made after all.
    pub(crate) fn pop(&mut self) -> Option<Process> {
        self.0.pop()
    }

    /// One process, if there is one of this number.
    #[inline]
    pub(crate) fn get(&self, pid: Pid) -> Option<&Process> {
        self.0.get((pid as usize).checked_sub(1)?)
    }

    /// One process, mutable, if there is one of this number.
    #[inline]
    pub(crate) fn get_mut(&mut self, pid: Pid) -> Option<&mut Process> {
        self.0.get_mut((pid as usize).checked_sub(1)?)
    }

    /// All, by number.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Process> {
        self.0.iter()
    }
}

impl Index<Pid> for Processes {
    type Output = Process;

    #[inline]
    fn index(&self, pid: Pid) -> &Process {
        self.get(pid).expect("the process was made by spawn or fork")
    }
}
