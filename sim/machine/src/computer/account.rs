//! What a computer counts besides the board's counters: by privilege mode, by cause, by form.

use hart::Trap;
use model::isa::Privilege;
use model::mmu::Fence;

/// The modes, in the order of reports.
pub const MODES: [Privilege; 3] = [Privilege::Machine, Privilege::Supervisor, Privilege::User];

/// Exception codes that are counted; those above have no name.
pub const CODES: usize = 16;

/// The counts of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
    /// Writes of `satp`.
    pub satp_writes: u64,
    /// Writes of the registers of PMP, whether they are there or not.
    pub pmp_writes: u64,
}

impl Account {
    pub(super) fn trap(&mut self, trap: &Trap) {
        let counts = if trap.is_interrupt { &mut self.interrupts } else { &mut self.exceptions };
        if let Some(count) = counts.get_mut(trap.cause as usize) {
            *count += 1;
        }
    }

    /// Counts a write of a register of PMP; whether it is the first.
    pub(super) fn writes_pmp_first(&mut self) -> bool {
        self.pmp_writes += 1;
        self.pmp_writes == 1
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
