//! Traps: exceptions, interrupts, and the returns from them.

use crate::hart::{Executed, Hart, Step};
use crate::status;
use crate::{Op, Surroundings};
use model::isa::{Fault, Privilege};
use serde::{Deserialize, Serialize};

/// Causes of exceptions that do not come from translation.
pub(crate) mod cause {
    pub(crate) const FETCH_MISALIGNED: u64 = 0;
    pub(crate) const ILLEGAL: u64 = 2;
    pub(crate) const BREAKPOINT: u64 = 3;
    pub(crate) const LOAD_MISALIGNED: u64 = 4;
    pub(crate) const LOAD_ACCESS: u64 = 5;
    pub(crate) const STORE_MISALIGNED: u64 = 6;
    pub(crate) const STORE_ACCESS: u64 = 7;
    /// Of U-mode; those of S and M follow.
    pub(crate) const CALL: u64 = 8;
}

/// Interrupts, by their bits in `mip` and `mie`.
pub(crate) mod bit {
    pub(crate) const SSI: u64 = 1 << 1;
    pub(crate) const MSI: u64 = 1 << 3;
    pub(crate) const STI: u64 = 1 << 5;
    pub(crate) const MTI: u64 = 1 << 7;
    pub(crate) const SEI: u64 = 1 << 9;
    pub(crate) const MEI: u64 = 1 << 11;
    pub(crate) const SUPERVISOR: u64 = SSI | STI | SEI;
    pub(crate) const ALL: u64 = SUPERVISOR | MSI | MTI | MEI;
    /// From the highest priority down (`norm:intr_M_mode_pri`).
    pub(crate) const PRIORITY: [u64; 6] = [MEI, MSI, MTI, SEI, SSI, STI];
}

/// The exceptions that can be delegated: not the call from M-mode (`norm:medeleg_enc_txt`).
pub(crate) const DELEGABLE: u64 = 0xb3ff;

/// A line by which something outside signals an interrupt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// Of another hart, or of this one: `mip.MSIP`.
    MachineSoftware,
    /// `mtime` has reached `mtimecmp`: `mip.MTIP`.
    MachineTimer,
    /// The interrupt controller, for M-mode: `mip.MEIP`.
    MachineExternal,
    /// The interrupt controller, for S-mode: `mip.SEIP`, together with the bit that software writes.
    SupervisorExternal,
}

impl Interrupt {
    pub(crate) fn bit(self) -> u64 {
        match self {
            Interrupt::MachineSoftware => bit::MSI,
            Interrupt::MachineTimer => bit::MTI,
            Interrupt::MachineExternal => bit::MEI,
            Interrupt::SupervisorExternal => bit::SEI,
        }
    }
}

/// A trap that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trap {
    /// It is an interrupt, not an exception.
    pub is_interrupt: bool,
    /// The exception code, without the interrupt bit.
    pub cause: u64,
    /// The value of `mtval` or `stval`.
    pub tval: u64,
    /// The instruction that trapped, or before which the interrupt was taken.
    pub pc: u64,
    /// The mode before it.
    pub from: Privilege,
    /// The mode that handles it.
    pub to: Privilege,
}

impl Hart {
    /// The interrupts that are pending, as `mip` shows them.
    pub(crate) fn pending(&self) -> u64 {
        self.lines | self.software_pending
    }

    /// The interrupt to take now, as its bit; 0 if none is (`norm:intr_mip_mie_op`).
    pub(crate) fn deliverable(&self) -> u64 {
        let enabled = self.pending() & self.mie;
        let is_on = |mode: Privilege, global: u64| match self.privilege as u8 {
            now if now < mode as u8 => true,
            now if now == mode as u8 => self.mstatus & global != 0,
            _ => false,
        };
        let machine = enabled & !self.mideleg;
        let supervisor = enabled & self.mideleg;
        let taken = match () {
            () if machine != 0 && is_on(Privilege::Machine, status::MIE) => machine,
            () if supervisor != 0 && is_on(Privilege::Supervisor, status::SIE) => supervisor,
            () => 0,
        };
        bit::PRIORITY.into_iter().find(|bit| taken & bit != 0).unwrap_or(0)
    }

    /// Takes an interrupt, given as its bit.
    pub(crate) fn interrupt(&mut self, bit: u64) -> Step {
        self.enter(true, u64::from(bit.trailing_zeros()), 0, self.mideleg & bit != 0)
    }

    /// Raises an exception.
    #[cold]
    pub(crate) fn raise(&mut self, cause: u64, tval: u64) -> Step {
        self.enter(false, cause, tval, self.medeleg >> cause & 1 != 0)
    }

    /// Translation refused an access.
    #[cold]
    pub(crate) fn fault(&mut self, fault: Fault) -> Step {
        self.raise(fault.cause as u64, fault.tval)
    }

    /// An instruction that does not exist, or not now.
    #[cold]
    pub(crate) fn illegal(&mut self, op: Op) -> Executed {
        Err(self.raise(cause::ILLEGAL, u64::from(op.bits())))
    }

    /// Enters the handler of a trap (`norm:trap_del_S_mode_op`).
    fn enter(&mut self, is_interrupt: bool, cause: u64, tval: u64, delegated: bool) -> Step {
        let from = self.privilege;
        let tval = tval & self.mask;
        let to = match from {
            Privilege::User | Privilege::Supervisor if delegated => Privilege::Supervisor,
            _ => Privilege::Machine,
        };
        self.midway = None;
        self.waiting = false;
        self.trap = Some(Trap { is_interrupt, cause, tval, pc: self.pc, from, to });
        let top = (self.mask >> 1) + 1;
        let code = if is_interrupt { cause | top } else { cause };
        let pc = self.pc;
        let vector = if to == Privilege::Machine {
            (self.mepc, self.mcause, self.mtval) = (pc, code, tval);
            self.mstatus = status::entered_machine(self.mstatus, from);
            self.mtvec
        } else {
            (self.sepc, self.scause, self.stval) = (pc, code, tval);
            self.mstatus = status::entered_supervisor(self.mstatus, from);
            self.stvec
        };
        let base = vector & !3;
        self.pc = match is_interrupt && vector & 1 == 1 {
            true => base.wrapping_add(4 * cause) & self.mask,
            false => base,
        };
        self.privilege = to;
        self.refresh();
        Step::Trapped
    }

    /// `ecall`
    pub(crate) fn environment_call<S>(&mut self, _: &mut S, _: Op) -> Executed {
        let cause = cause::CALL + self.privilege as u64;
        Err(self.raise(cause, 0))
    }

    /// `ebreak`
    pub(crate) fn breakpoint<S>(&mut self, _: &mut S, _: Op) -> Executed {
        Err(self.raise(cause::BREAKPOINT, self.pc))
    }

    /// `mret`
    pub(crate) fn machine_return<S>(&mut self, _: &mut S, op: Op) -> Executed {
        if self.privilege != Privilege::Machine {
            return self.illegal(op);
        }
        (self.mstatus, self.privilege) = status::machine_returned(self.mstatus);
        self.refresh();
        self.pc = self.mepc & self.aligned;
        Ok(())
    }

    /// Goes on at an address after a trap into M-mode, as `mret` does: for firmware that is no program.
    /// Without effect in other modes.
    pub fn resume(&mut self, pc: u64) {
        if self.privilege == Privilege::Machine {
            (self.mstatus, self.privilege) = status::machine_returned(self.mstatus);
            self.refresh();
            self.pc = pc & self.mask & self.aligned;
        }
    }

    /// `sret`
    pub(crate) fn supervisor_return<S>(&mut self, _: &mut S, op: Op) -> Executed {
        let trapped = self.privilege == Privilege::Supervisor && self.mstatus & status::TSR != 0;
        if self.privilege == Privilege::User || trapped {
            return self.illegal(op);
        }
        (self.mstatus, self.privilege) = status::supervisor_returned(self.mstatus);
        self.refresh();
        self.pc = self.sepc & self.aligned;
        Ok(())
    }

    /// `wfi`: waits, unless an interrupt that is enabled is pending already, whatever mode may take
    /// it and when (`norm:wfi_unaffected_conditions`).
    pub(crate) fn wait<S: Surroundings>(&mut self, _: &mut S, op: Op) -> Executed {
        let refused = match self.privilege {
            Privilege::Machine => false,
            Privilege::Supervisor => self.mstatus & status::TW != 0,
            Privilege::User => true,
        };
        if refused {
            return self.illegal(op);
        }
        self.waiting = self.pending() & self.mie == 0;
        self.attention |= self.waiting;
        self.advance(op)
    }
}
