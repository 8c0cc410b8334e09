//! The kernel's record of a process.

use super::space::Image;
use super::{AddressSpace, Death, OsCounters, Pid, Sstatus, UserAccess};
use serde::Serialize;

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
