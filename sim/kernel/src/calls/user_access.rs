//! The kernel's own access to a process's memory, at the process's virtual addresses.
//!
//! A system call that takes a buffer moves bytes between the kernel and the program. The kernel
//! could translate each address itself; it lets the MMU do it, in S-mode, with `sstatus.SUM` set
//! for as long as the copy lasts (`norm:sstatus_sum`). So a page that is not there faults in
//! S-mode and is brought in, a shared one is copied, and what the process may not do the kernel
//! may not do for it: the call fails with `EFAULT`, and the process lives.
//!
//! Without SUM the same access is the kernel's mistake: the hardware refuses it, whatever the
//! page. `sstatus.MXR` is set while the kernel reads an instruction that it has to emulate, since
//! text may be executable only (`norm:sstatus_mxr`).

use crate::space::{Bounds, Owner};
use crate::{Event, Hal, Os, OsError, Permissions, Pid};
use model::isa::{Access, Context, PAGE_BYTES, Privilege};
use serde::{Deserialize, Serialize};

/// What the kernel reaches into a process's memory for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// `read(2)`: it stores what a device delivers into the buffer.
    Read,
    /// `write(2)`: it loads the buffer's bytes.
    Write,
    /// It loads an instruction of the program's, to emulate it.
    Emulate,
    /// For nothing: a pointer of the program's that it follows by mistake, outside of any copy.
    Stray,
}

impl Call {
    /// The step's word.
    pub fn name(self) -> &'static str {
        match self {
            Call::Read => "read",
            Call::Write => "write",
            Call::Emulate => "emulate",
            Call::Stray => "stray",
        }
    }

    /// What the kernel does to the bytes.
    pub fn access(self) -> Access {
        if self == Call::Read { Access::Store } else { Access::Load }
    }

    /// The bits that `sstatus` must have meanwhile.
    fn needs(self) -> Sstatus {
        Sstatus { sum: self != Call::Stray, mxr: self == Call::Emulate }
    }
}

/// Bytes that the kernel reaches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserAccess {
    /// Why.
    pub call: Call,
    /// The first byte's virtual address.
    pub va: u64,
    /// How many.
    pub bytes: u64,
}

/// The two bits of `sstatus` by which the kernel's own accesses are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sstatus {
    /// The kernel may access user pages.
    pub sum: bool,
    /// The kernel may load from pages that are executable only.
    pub mxr: bool,
}

impl Sstatus {
    /// As a kernel has it that reaches for nothing of the user's.
    pub const CLEAR: Sstatus = Sstatus { sum: false, mxr: false };

    /// The bits that both have.
    fn and(self, other: Sstatus) -> Sstatus {
        Sstatus { sum: self.sum && other.sum, mxr: self.mxr && other.mxr }
    }
}

/// Which of the bits a kernel knows to set: both, unless it is one that forgets.
impl Default for Sstatus {
    fn default() -> Sstatus {
        Sstatus { sum: true, mxr: true }
    }
}

/// Why the kernel's own access was refused for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The process itself may not do that at this address, or nothing can be had there.
    BadAddress,
    /// `sstatus.SUM` was clear: the kernel's own mistake.
    NoSum,
    /// `sstatus.MXR` was clear, and the page is executable only: the kernel's own mistake.
    NoMxr,
}

impl Os {
    /// The running process asks for something that takes its memory. `true`: the accesses may
    /// be made, by [`Os::supervisor`]'s context, and [`Os::end_user_access`] follows. `false`:
    /// part of the buffer is not the user's to name, so the call has failed without an access.
    ///
    /// # Errors
    /// The hardware's.
    pub fn begin_user_access(
        &mut self,
        hal: &mut dyn Hal,
        asked: UserAccess,
    ) -> Result<bool, OsError> {
        let Some((pid, account)) = self.enter(hal)? else { return Ok(false) };
        hal.event(Event::UserAccess { pid, asked });
        let admitted = asked.call == Call::Stray || self.is_users(&asked);
        let status = asked.call.needs().and(self.config.options.sstatus);
        let process = self.process_mut(pid);
        process.counters.user_copies += 1;
        (process.calling, process.sstatus) = (Some(asked), status);
        if !admitted {
            self.end_user_access(hal, 0, Some(Refusal::BadAddress));
        }
        hal.charge(account);
        Ok(admitted)
    }

    /// The call returns to the running process: so many bytes were moved, and what stopped it.
    pub fn end_user_access(&mut self, hal: &mut dyn Hal, moved: u64, why: Option<Refusal>) {
        let Some(pid) = self.current else { return };
        // The next call may fault at the same place, and that is no livelock.
        self.last_fault = None;
        let process = self.process_mut(pid);
        process.calling = None;
        process.sstatus = Sstatus::CLEAR;
        let counters = &mut process.counters;
        counters.user_copy_bytes += moved;
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
        hal.event(Event::UserAccessEnds { pid, moved, result });
    }

    /// By what the kernel's accesses for the running process are judged.
    pub fn supervisor(&self) -> Context {
        let process = self.current.and_then(|pid| self.process(pid));
        let Sstatus { sum, mxr } = process.map_or(Sstatus::CLEAR, |process| process.sstatus);
        Context { privilege: Privilege::Supervisor, sum, mxr }
    }

    /// Whether every byte has an address of the user's part. The kernel's own pages would let
    /// the kernel in: it has to look before it copies.
    fn is_users(&self, asked: &UserAccess) -> bool {
        let bounds = Bounds::new(self.config.mode);
        let Some(last) = asked.va.checked_add(asked.bytes.saturating_sub(1)) else { return false };
        let user = |va| va < bounds.user_end() && bounds.owner(va) == Owner::User;
        // In Sv32 the kernel stands amid the user's addresses: its first may be among the bytes.
        let kernel = bounds.kernel_start();
        user(asked.va) && user(last) && !(asked.va..=last).contains(&kernel)
    }

    /// The bit of `sstatus` whose absence made the kernel's own access fault. Where SUM is clear that
    /// is so whatever the page; where MXR is, only once the page is there.
    pub(crate) fn forgotten(&self, pid: Pid, va: u64) -> Option<Refusal> {
        let process = &self.processes[&pid];
        let asked = process.calling?;
        if !process.sstatus.sum && Bounds::new(self.config.mode).owner(va) == Owner::User {
            return Some(Refusal::NoSum);
        }
        let space = self.space(pid);
        let shown = space.pages.get(&(va / PAGE_BYTES)).is_some_and(|held| held.mapped);
        let permissions = space.permissions(va);
        let unread = asked.call == Call::Emulate && permissions.execute && !permissions.read;
        (shown && unread && !process.sstatus.mxr).then_some(Refusal::NoMxr)
    }

    /// Whether a page with these permissions may be accessed so: who emulates an instruction
    /// loads what the program may execute.
    pub(crate) fn may(&self, pid: Pid, permissions: Permissions, access: Access) -> bool {
        let calling = self.processes[&pid].calling;
        let emulates = calling.is_some_and(|asked| asked.call == Call::Emulate);
        permissions.allows(access) || emulates && permissions.execute
    }
}
