//! Processes, as the kernel keeps them.

use super::space::Image;
use super::{AddressSpace, Death, OsCounters, Pid, Sstatus, UserAccess};
use serde::Serialize;

/// How a process stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It can run.
    Runnable,
    /// It ended by itself.
    Exited,
    /// It was killed.
    Killed {
        /// Why.
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
    /// How it stands.
    pub state: State,
    /// Its memory; nothing once it is gone.
    pub space: Option<AddressSpace>,
    /// The most frames that its pages may hold; beyond that it replaces its own.
    pub frames: Option<u64>,
    /// The call of its own that the kernel is in, if that takes its memory.
    pub calling: Option<UserAccess>,
    /// `sstatus` while the kernel works for it: kept with it when others run.
    pub sstatus: Sstatus,
    /// Its program's image.
    pub image: Image,
    /// What was done for it.
    pub counters: OsCounters,
    /// The most frames that its pages ever held.
    pub peak_resident: u64,
    /// The most frames that its page tables ever held.
    pub peak_tables: u64,
}
