//! The kernel's own access to a process's memory, at the process's virtual addresses.
//!
//! A system call that takes a buffer moves bytes between the kernel and the program. The kernel
//! could translate each address itself; instead it lets the MMU do it, in S-mode, with
//! `sstatus.SUM` set during the copy (`norm:sstatus_sum`). So a page that is not present faults in
//! S-mode and is brought in, a shared one is copied, and an access that the process itself may not
//! make fails: the call returns `EFAULT`, and the process continues.
//!
//! Without SUM the access is an error of the kernel: the hardware refuses it, whatever the page.
//! `sstatus.MXR` is set while the kernel reads an instruction that it has to emulate, since text
//! may be executable only (`norm:sstatus_mxr`).

use crate::space::{Bounds, Owner};
use crate::{Event, Hal, Os, OsError, Permissions, Pid};
use model::isa::{Access, Context, PAGE_BYTES, Privilege};
use strum::IntoStaticStr;

/// The purpose of the kernel's access to a process's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Call {
    /// `read(2)`: it stores the data of a device into the buffer.
    Read,
    /// `write(2)`: it loads the buffer's bytes.
    Write,
    /// It loads an instruction of the program, to emulate it.
    Emulate,
    /// None: it follows a pointer of the program by mistake, outside of any copy.
    Stray,
}

impl Call {
    /// The name of the step in a program.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The type of the kernel's accesses.
    pub fn access(self) -> Access {
        if self == Call::Read { Access::Store } else { Access::Load }
    }

    /// The bits of `sstatus` that must be set for the accesses.
    fn needs(self) -> Sstatus {
        Sstatus { sum: self != Call::Stray, mxr: self == Call::Emulate }
    }
}

/// The memory that the kernel accesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserAccess {
    /// The purpose.
    pub call: Call,
    /// The first byte's virtual address.
    pub va: u64,
    /// How many bytes.
    pub bytes: u64,
}

/// The two bits of `sstatus` that govern the kernel's accesses to user pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sstatus {
    /// The kernel may access user pages.
    pub sum: bool,
    /// The kernel may load from pages that are executable only.
    pub mxr: bool,
}

impl Sstatus {
    /// The bits of a kernel that accesses no user memory.
    pub const CLEAR: Sstatus = Sstatus { sum: false, mxr: false };

    /// The bits set in both.
    fn and(self, other: Sstatus) -> Sstatus {
        Sstatus { sum: self.sum && other.sum, mxr: self.mxr && other.mxr }
    }
}

/// The bits that the kernel sets: both, unless it is configured to forget one.
impl Default for Sstatus {
    fn default() -> Sstatus {
        Sstatus { sum: true, mxr: true }
    }
}

/// Why the kernel's own access was finally refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The process itself may not make this access, or there is no memory.
    BadAddress,
    /// `sstatus.SUM` was clear: an error of the kernel.
    NoSum,
    /// `sstatus.MXR` was clear, and the page is executable only: an error of the kernel.
    NoMxr,
}

impl Os {
    /// A call of the running process that accesses its memory. `true`: the accesses may be made,
    /// with [`Os::supervisor`]'s context, and [`Os::end_user_access`] must follow. `false`: part of
    /// the buffer is outside the user's addresses, so the call has failed without an access.
    ///
    /// # Errors
    /// Errors of the hardware.
    pub fn begin_user_access(
        &mut self,
        hal: &mut dyn Hal,
        asked: UserAccess,
    ) -> Result<bool, OsError> {
        let Some((pid, account)) = self.enter(hal)? else { return Ok(false) };
        self.happened(hal, Event::UserAccess { pid, asked });
        let admitted = asked.call == Call::Stray || self.is_users(&asked);
        let status = asked.call.needs().and(Sstatus { sum: self.config.sum, mxr: self.config.mxr });
        let process = self.process_mut(pid);
        (process.calling, process.sstatus) = (Some(asked), status);
        if !admitted {
            self.end_user_access(hal, 0, Some(Refusal::BadAddress));
        }
        hal.charge(account);
        Ok(admitted)
    }

    /// The call returns to the running process: how many bytes were moved, and why it stopped
    /// early, if it did.
    pub fn end_user_access(&mut self, hal: &mut dyn Hal, moved: u64, why: Option<Refusal>) {
        let Some(pid) = self.current else { return };
        // The next call may fault at the same address; that is no livelock.
        self.last_fault = None;
        let process = self.process_mut(pid);
        process.calling = None;
        process.sstatus = Sstatus::CLEAR;
        let counters = &mut process.counters;
        let result = match why {
            None => "done",
            Some(Refusal::BadAddress) if moved == 0 => {
                counters.efaults += 1;
                "efault"
            }
            Some(Refusal::BadAddress) => {
                counters.short_copies += 1;
                "short"
            }
            Some(Refusal::NoSum) => {
                counters.sum_faults += 1;
                "no_sum"
            }
            Some(Refusal::NoMxr) => {
                counters.mxr_faults += 1;
                "no_mxr"
            }
        };
        self.happened(hal, Event::UserAccessEnds { pid, moved, result });
    }

    /// The context of the kernel's accesses for the running process.
    pub fn supervisor(&self) -> Context {
        let process = self.current.and_then(|pid| self.process(pid));
        let Sstatus { sum, mxr } = process.map_or(Sstatus::CLEAR, |process| process.sstatus);
        Context { privilege: Privilege::Supervisor, sum, mxr }
    }

    /// Whether every byte has a user address. Kernel pages would not fault, so the kernel must
    /// check before it copies.
    fn is_users(&self, asked: &UserAccess) -> bool {
        let bounds = Bounds::new(self.config.mode);
        let Some(last) = asked.va.checked_add(asked.bytes.saturating_sub(1)) else { return false };
        let user = |va| va < bounds.user_end() && bounds.owner(va) == Owner::User;
        // In Sv32 the kernel lies in the middle of the user's addresses, so it may be inside the
        // buffer.
        let kernel = bounds.kernel_start();
        user(asked.va) && user(last) && !(asked.va..=last).contains(&kernel)
    }

    /// The bit of `sstatus` whose absence made the kernel's own access fault. A clear SUM faults
    /// for any page, a clear MXR only for one that is present.
    pub(crate) fn forgotten(&self, pid: Pid, va: u64) -> Option<Refusal> {
        let process = &self.processes[pid];
        let asked = process.calling?;
        if !process.sstatus.sum && Bounds::new(self.config.mode).owner(va) == Owner::User {
            return Some(Refusal::NoSum);
        }
        let space = self.space(pid);
        let present = space.pages.get(va / PAGE_BYTES).is_some_and(|held| held.mapped);
        let permissions = space.permissions(va);
        let unread = asked.call == Call::Emulate && permissions.execute && !permissions.read;
        (present && unread && !process.sstatus.mxr).then_some(Refusal::NoMxr)
    }

    /// Whether a page with these permissions allows an access. A load that emulates an instruction
    /// is allowed where the program may execute.
    pub(crate) fn may(&self, pid: Pid, permissions: Permissions, access: Access) -> bool {
        let calling = self.processes[pid].calling;
        let emulates = calling.is_some_and(|asked| asked.call == Call::Emulate);
        permissions.allows(access) || emulates && permissions.execute
    }
}
