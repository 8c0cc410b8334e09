//! Moments of a run at which it is to stop.

use std::fmt;

use super::{Account, Computer};

/// Causes that translation or protection raises: access faults and page faults.
const FAULTS: [usize; 6] = [1, 5, 7, 12, 13, 15];

/// A moment of a run. Numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// So many cycles have passed.
    Cycle(u64),
    /// So many instructions are completed.
    Instruction(u64),
    /// The instruction at this virtual address is the next one.
    Pc(u64),
    /// The n-th page fault or access fault has trapped.
    Fault(u64),
    /// The n-th of those from U-mode.
    UserFault(u64),
    /// The n-th `sfence.vma` or `sinval.vma` is complete.
    Fence(u64),
    /// `satp` was written for the n-th time.
    Satp(u64),
    /// The first instruction of U-mode is the next one.
    User,
}

impl Moment {
    /// Whether it is known in advance, so that what comes after it is all that there is to see.
    pub fn is_beginning(self) -> bool {
        !matches!(self, Moment::Fault(_) | Moment::UserFault(_) | Moment::Fence(_))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Moment::Cycle(n) => write!(f, "cycle {n}"),
            Moment::Instruction(n) => write!(f, "instruction {n}"),
            Moment::Pc(pc) => write!(f, "pc {pc:#x}"),
            Moment::Fault(n) => write!(f, "fault {n}"),
            Moment::UserFault(n) => write!(f, "fault {n} of U-mode"),
            Moment::Fence(n) => write!(f, "fence {n}"),
            Moment::Satp(n) => write!(f, "write {n} of satp"),
            Moment::User => write!(f, "the first instruction in U-mode"),
        }
    }
}

/// Faults of an account.
pub(super) fn faults(account: &Account) -> u64 {
    FAULTS.into_iter().map(|code| account.exceptions[code]).sum()
}

/// Whether a trap is a fault.
pub(super) fn is_fault(code: u64) -> bool {
    FAULTS.contains(&(code as usize))
}

impl Computer {
    /// Stops at a moment from now on ([`Stop::Reached`](super::Stop::Reached)), or at none. The next
    /// call is for the next moment; one that has passed is reached at once.
    pub fn watch_for(&mut self, moment: Option<Moment>) {
        self.watched = moment;
        // Addresses of instructions are even.
        self.breakpoint = match moment {
            Some(Moment::Pc(pc)) => pc,
            _ => u64::MAX,
        };
        self.last = match moment {
            Some(Moment::Instruction(count)) => count,
            _ => u64::MAX,
        };
        self.around.watches = moment.is_some();
        self.around.disturbed = true;
    }

    /// Whether what is watched has come, as far as it is looked for here.
    pub(super) fn reached(&mut self) -> bool {
        let Some(moment) = self.watched else { return false };
        let account = self.account();
        let fences = [
            account.fences,
            account.fences_by_va,
            account.fences_by_asid,
            account.fences_by_va_and_asid,
        ];
        match moment {
            Moment::Cycle(count) => self.around.now() >= count,
            Moment::Instruction(count) => self.hart.retired() >= count,
            Moment::Pc(pc) => self.hart.pc() == pc,
            Moment::Fault(count) => faults(&account) >= count,
            Moment::UserFault(count) => account.user_faults >= count,
            Moment::Fence(count) => fences.into_iter().sum::<u64>() >= count,
            Moment::Satp(count) => account.satp_writes >= count,
            Moment::User => account.entered_user > 0,
        }
    }
}
