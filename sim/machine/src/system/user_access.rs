//! The kernel's accesses to the running process's memory, made by the core's data port.
//!
//! They are accesses like the program's: translated by the MMU at the process's virtual addresses,
//! checked by the golden model, their data compared with the shadow. Only their context is the
//! kernel's: S-mode, and `sstatus` as the call sets it. One access moves the largest aligned power
//! of two up to 8 bytes, as a kernel's copy loop does.
//!
//! The kernel is not preempted while it copies: a quantum that expires ends when the call returns.
//! But it may have to wait for a page, and then other processes run; the call keeps its progress,
//! and continues with the same access when the process runs again.

use super::Machine;
use super::calls::Next;
use super::error::RunError;
use crate::cpu::Access;
use kernel::{Activity, Hal, Pid, Refusal, UserAccess};

/// The widest of the kernel's accesses, in bytes.
const WIDEST: u64 = 8;

/// A system call in progress that accesses the process's memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crossing {
    asked: UserAccess,
    /// Bytes for which accesses were passed to the core.
    given: u64,
    /// Bytes whose accesses are complete.
    moved: u64,
    /// Since when the kernel's work has not been reported to the scheduler.
    since: u64,
}

impl Machine {
    /// The program makes a call that accesses its memory.
    pub(super) fn begin_crossing(&mut self, pid: Pid, asked: UserAccess) -> Result<(), RunError> {
        let admitted = self.os.begin_user_access(&mut self.hardware, asked)?;
        if let Some(job) = self.jobs.get_mut(pid).filter(|_| admitted) {
            let since = self.hardware.now();
            job.crossing = Some(Crossing { asked, given: 0, moved: 0, since });
        }
        Ok(())
    }

    /// The call in progress for a process.
    pub(super) fn crossing(&mut self, pid: Pid) -> Option<&mut Crossing> {
        self.jobs.get_mut(pid)?.crossing.as_mut()
    }

    /// Charges coming cycles to the activity of a process.
    pub(super) fn charge_process(&mut self, pid: Pid) {
        let crosses = self.crossing(pid).is_some();
        let account = if crosses { Activity::UserCopy } else { Activity::Process };
        self.hardware.board.charge(account);
    }

    /// Passes the call's next accesses to the core.
    pub(super) fn feed(&mut self, pid: Pid) {
        let context = self.os.supervisor();
        while self.core.has_room() {
            let Some(crossing) = self.crossing(pid) else { return };
            let (asked, given) = (crossing.asked, crossing.given);
            let (va, left) = (asked.va.wrapping_add(given), asked.bytes - given);
            if left == 0 {
                return;
            }
            let mut bytes = WIDEST;
            while bytes > left || !va.is_multiple_of(bytes) {
                bytes /= 2;
            }
            crossing.given += bytes;
            let access = Access { kind: asked.call.access(), va, bytes: bytes as u16 };
            self.core.push(access, context);
        }
    }

    /// One of its accesses is complete.
    pub(super) fn moved(&mut self, pid: Pid, bytes: u16) {
        if let Some(crossing) = self.crossing(pid) {
            crossing.moved += u64::from(bytes);
        }
    }

    /// The call returns: everything is moved, or an access was refused.
    pub(super) fn end_crossing(
        &mut self,
        pid: Pid,
        why: Option<Refusal>,
    ) -> Result<Next, RunError> {
        let Some(job) = self.jobs.get_mut(pid) else { return Ok(Next::Gone) };
        let Some(crossing) = job.crossing.take() else { return Ok(Next::On) };
        self.core.clear();
        self.os.end_user_access(&mut self.hardware, crossing.moved, why);
        self.check_if_due()?;
        Ok(self.after_kernel(crossing.since))
    }

    /// Reports the kernel's work for the process so far to the scheduler.
    pub(super) fn tell_work(&mut self, pid: Pid) {
        let now = self.hardware.now();
        let Some(crossing) = self.crossing(pid) else { return };
        let worked = now - std::mem::replace(&mut crossing.since, now);
        self.os.kernel_worked(worked);
    }

    /// The kernel works for the process from now on.
    pub(super) fn resume_work(&mut self, pid: Pid) {
        let now = self.hardware.now();
        if let Some(crossing) = self.crossing(pid) {
            crossing.since = now;
        }
    }
}
