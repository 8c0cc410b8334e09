//! What a computer counts besides the board's counters: by privilege mode, by cause, by form.

use hart::Trap;
use model::isa::Privilege;
use model::mmu::Fence;
use serde::{Deserialize, Serialize};

use super::moment::is_fault;

/// The modes, in the order of reports.
pub const MODES: [Privilege; 3] = [Privilege::Machine, Privilege::Supervisor, Privilege::User];

/// Exception codes that are counted; those above have no name.
pub const CODES: usize = 16;

/// The counts of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Instructions completed, by the index of their mode in [`MODES`].
    pub instructions: [u64; 3],
    /// Cycles, likewise. Those of a trap count for the mode that handles it.
    pub cycles: [u64; 3],
    /// Exceptions by their code, and interrupts by theirs.
    pub exceptions: [u64; CODES],
    /// Interrupts by their code.
    pub interrupts: [u64; CODES],
    /// Fences of everything.
    pub fences: u64,
    /// Fences by address.
    pub fences_by_va: u64,
    /// Fences by address space.
    pub fences_by_asid: u64,
    /// Fences by address and address space.
    pub fences_by_va_and_asid: u64,
    /// Page faults and access faults from U-mode.
    pub user_faults: u64,
    /// Times that the hart came into U-mode.
    pub entered_user: u64,
    /// `fence.i`.
    pub instruction_fences: u64,
    /// Writes of `satp`.
    pub satp_writes: u64,
    /// Writes of the registers of PMP, whether they are there or not.
    pub pmp_writes: u64,
}

impl Account {
    /// Adds another's counts.
    pub fn add(&mut self, other: &Account) {
        let add = |to: &mut [u64], from: &[u64]| {
            to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        };
        add(&mut self.instructions, &other.instructions);
        add(&mut self.cycles, &other.cycles);
        add(&mut self.exceptions, &other.exceptions);
        add(&mut self.interrupts, &other.interrupts);
        self.fences += other.fences;
        self.fences_by_va += other.fences_by_va;
        self.fences_by_asid += other.fences_by_asid;
        self.fences_by_va_and_asid += other.fences_by_va_and_asid;
        self.pmp_writes += other.pmp_writes;
        self.user_faults += other.user_faults;
        self.entered_user += other.entered_user;
        self.instruction_fences += other.instruction_fences;
        self.satp_writes += other.satp_writes;
    }

    pub(super) fn trap(&mut self, trap: &Trap) {
        let counts = if trap.is_interrupt { &mut self.interrupts } else { &mut self.exceptions };
        if let Some(count) = counts.get_mut(trap.cause as usize) {
            *count += 1;
        }
        let of_user = trap.from == Privilege::User && !trap.is_interrupt;
        self.user_faults += u64::from(of_user && is_fault(trap.cause));
    }

    pub(super) fn fence(&mut self, fence: Fence) {
        *match (fence.va, fence.asid) {
            (None, None) => &mut self.fences,
            (Some(_), None) => &mut self.fences_by_va,
            (None, Some(_)) => &mut self.fences_by_asid,
            (Some(_), Some(_)) => &mut self.fences_by_va_and_asid,
        } += 1;
    }
}

/// The place of a mode in [`MODES`].
pub(super) fn index(privilege: Privilege) -> usize {
    match privilege {
        Privilege::Machine => 0,
        Privilege::Supervisor => 1,
        Privilege::User => 2,
    }
}
