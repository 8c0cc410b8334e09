//! The hart: its registers, and a step.

use crate::instruction::instructions;
use crate::memory::Midway;
use crate::trap::{Interrupt, Trap, cause};
use crate::{Config, Op, Surroundings, status};
use model::golden::Pmp;
use model::isa::{Context, Privilege, Xlen};
use serde::{Deserialize, Serialize};
use std::task::Poll;

// The executors of the table's rows, and their arguments.
use crate::csr::Change;
use crate::float::Precision::{Double, Single};
use crate::float::{Binary, Compare, Integer};
use crate::floating::Sign;
use crate::instruction::number;
use crate::integer::*;
use crate::memory::Extend::{Signed, Unsigned};
use crate::surroundings::Modify;

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// An instruction was completed.
    Retired,
    /// A trap was taken, an exception or an interrupt: [`Hart::trap`].
    Trapped,
    /// The surroundings have not answered yet.
    Pending,
    /// It waits for an interrupt (`wfi`).
    Waiting,
}

/// What executing an instruction gives, `Ok` if it is completed: `pc` is then that of the next one.
pub(crate) type Executed = Result<(), Step>;

/// A hart. [The crate](crate) says how it is run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hart {
    /// Integer registers, sign-extended in RV32; what is written to `x0` goes to number 32.
    #[serde(with = "crate::state::registers")]
    pub(crate) x: [u64; 64],
    pub(crate) pc: u64,
    /// The bits of an address.
    pub(crate) mask: u64,
    /// The bits of the address of an instruction.
    pub(crate) aligned: u64,
    pub(crate) privilege: Privilege,
    /// The context of loads and stores.
    pub(crate) context: Context,
    /// Something comes before the next instruction: an interrupt, `wfi`, or the rest of the last.
    pub(crate) attention: bool,
    pub(crate) waiting: bool,
    /// An instruction that has begun and has not got all its answers.
    #[serde(skip)]
    pub(crate) midway: Option<Box<Midway>>,
    /// Instructions completed.
    pub(crate) retired: u64,
    /// Floating-point registers; single precision is boxed.
    pub(crate) f: [u64; 32],
    pub(crate) fflags: u8,
    pub(crate) frm: u8,
    pub(crate) mstatus: u64,
    pub(crate) mie: u64,
    /// Pending interrupts that lines or a timer signal.
    pub(crate) lines: u64,
    /// Pending interrupts that software has set.
    pub(crate) software_pending: u64,
    pub(crate) medeleg: u64,
    pub(crate) mideleg: u64,
    pub(crate) mtvec: u64,
    pub(crate) mscratch: u64,
    pub(crate) mepc: u64,
    pub(crate) mcause: u64,
    pub(crate) mtval: u64,
    pub(crate) mcounteren: u64,
    pub(crate) mcountinhibit: u64,
    pub(crate) menvcfg: u64,
    pub(crate) stvec: u64,
    pub(crate) sscratch: u64,
    pub(crate) sepc: u64,
    pub(crate) scause: u64,
    pub(crate) stval: u64,
    pub(crate) scounteren: u64,
    pub(crate) senvcfg: u64,
    pub(crate) stimecmp: u64,
    pub(crate) satp: u64,
    pub(crate) pmp: Pmp,
    /// What is subtracted from the number of cycles and of instructions to give the CSRs, or while
    /// one is inhibited its value.
    pub(crate) cycle_base: u64,
    pub(crate) instret_base: u64,
    /// The bytes that a load-reserved has reserved.
    pub(crate) reservation: Option<(u64, u8)>,
    pub(crate) trap: Option<Trap>,
    pub(crate) config: Config,
}

impl Hart {
    /// A hart after reset.
    pub fn new(config: &Config) -> Hart {
        let (mask, widths) = match config.xlen {
            Xlen::Rv32 => (0xffff_ffff, 0),
            Xlen::Rv64 => (u64::MAX, status::WIDTHS),
        };
        let aligned = if config.c { !1 } else { !3 };
        Hart {
            x: [0; 64],
            pc: config.reset & mask & aligned,
            mask,
            aligned,
            privilege: Privilege::Machine,
            context: Context { privilege: Privilege::Machine, sum: false, mxr: false },
            attention: false,
            waiting: false,
            midway: None,
            retired: 0,
            f: [0; 32],
            fflags: 0,
            frm: 0,
            mstatus: widths,
            mie: 0,
            lines: 0,
            software_pending: 0,
            medeleg: 0,
            mideleg: 0,
            mtvec: 0,
            mscratch: 0,
            mepc: 0,
            mcause: 0,
            mtval: 0,
            mcounteren: 0,
            mcountinhibit: 0,
            menvcfg: 0,
            stvec: 0,
            sscratch: 0,
            sepc: 0,
            scause: 0,
            stval: 0,
            scounteren: 0,
            senvcfg: 0,
            stimecmp: u64::MAX,
            satp: 0,
            pmp: Pmp::new(config.xlen, config.pmp),
            cycle_base: 0,
            instret_base: 0,
            reservation: None,
            trap: None,
            config: *config,
        }
    }

    /// What it implements.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// One step: at most one instruction. After `Pending`, the next one goes on where it stopped.
    #[inline(never)]
    pub fn step<S: Surroundings>(&mut self, around: &mut S) -> Step {
        self.complete(around).err().unwrap_or(Step::Retired)
    }

    /// So many steps, or fewer: it stops after one that is not [`Step::Retired`]. Returns how many
    /// instructions were completed, and what the last step did.
    #[inline(never)]
    pub fn run<S: Surroundings>(&mut self, around: &mut S, limit: u64) -> (u64, Step) {
        let before = self.retired;
        for _ in 0..limit {
            if let Err(step) = self.complete(around) {
                return (self.retired.wrapping_sub(before), step);
            }
        }
        (limit, Step::Retired)
    }

    /// A step, `Ok` if it completes an instruction.
    #[inline(always)]
    fn complete<S: Surroundings>(&mut self, around: &mut S) -> Result<(), Step> {
        if self.attention
            && let Some(step) = self.attend(around)
        {
            return if step == Step::Retired { Ok(()) } else { Err(step) };
        }
        match around.fetch(self.pc, self.privilege) {
            Poll::Ready(Ok(op)) => self.execute(around, op)?,
            Poll::Ready(Err(fault)) => return Err(self.fault(fault)),
            Poll::Pending => return Err(Step::Pending),
        }
        self.retired += 1;
        Ok(())
    }

    /// What comes before the next instruction, if anything does.
    #[cold]
    #[inline(never)]
    fn attend<S: Surroundings>(&mut self, around: &mut S) -> Option<Step> {
        if let Some(op) = self.midway.as_ref().map(|midway| midway.op) {
            let executed = self.execute(around, op);
            self.refresh();
            self.retired += u64::from(executed.is_ok());
            return Some(executed.err().unwrap_or(Step::Retired));
        }
        if self.waiting && self.pending() & self.mie == 0 {
            return Some(Step::Waiting);
        }
        self.waiting = false;
        match self.deliverable() {
            0 => {
                self.attention = false;
                None
            }
            bit => Some(self.interrupt(bit)),
        }
    }

    /// Recomputes what follows from the mode, `mstatus` and the pending interrupts.
    pub(crate) fn refresh(&mut self) {
        let moved = self.mstatus & status::MPRV != 0;
        self.context = Context {
            // norm:mstatus_mprv_ldst_op
            privilege: if moved { status::previous(self.mstatus) } else { self.privilege },
            sum: self.mstatus & status::SUM != 0,
            mxr: self.mstatus & status::MXR != 0,
        };
        self.attention = self.waiting || self.midway.is_some() || self.deliverable() != 0;
    }

    /// Executes an instruction by its row of the table.
    #[inline(always)]
    fn execute<S: Surroundings>(&mut self, around: &mut S, op: Op) -> Executed {
        macro_rules! dispatch {
            ($hart:ident $around:ident $op:ident; $($code:ident $name:literal $operands:ident
                $mask:literal $match:literal $width:ident $extension:ident
                $how:ident($($argument:expr),*);)*) => {
                match $op.number() {
                    $(number::$code => $hart.$how($around, $op, $($argument),*),)*
                    _ => $hart.illegal($op),
                }
            };
        }
        instructions! { dispatch (self around op;) }
    }

    /// The address after an instruction.
    #[inline(always)]
    fn next(&self, op: Op) -> u64 {
        self.pc.wrapping_add(op.bytes()) & self.mask
    }

    /// Goes on to the next instruction.
    #[inline(always)]
    pub(crate) fn advance(&mut self, op: Op) -> Executed {
        self.pc = self.next(op);
        Ok(())
    }

    /// The value of an integer register.
    #[inline(always)]
    pub(crate) fn get(&self, register: usize) -> u64 {
        self.x[register & 63]
    }

    /// Writes the destination.
    #[inline(always)]
    pub(crate) fn set(&mut self, op: Op, value: u64) {
        self.x[op.rd() & 63] = value;
    }

    /// An address as a register holds it: sign-extended in RV32.
    #[inline(always)]
    fn extended(&self, address: u64) -> u64 {
        if self.mask == u64::MAX { address } else { address as i32 as u64 }
    }

    #[inline(always)]
    fn register<S>(&mut self, _: &mut S, op: Op, result: impl Fn(u64, u64) -> u64) -> Executed {
        let value = result(self.get(op.rs1()), self.get(op.rs2()));
        self.set(op, value);
        self.advance(op)
    }

    #[inline(always)]
    fn immediate<S>(&mut self, _: &mut S, op: Op, result: impl Fn(u64, u64) -> u64) -> Executed {
        let value = result(self.get(op.rs1()), op.imm());
        self.set(op, value);
        self.advance(op)
    }

    /// `lui` and `auipc`
    #[inline(always)]
    fn upper<S>(&mut self, _: &mut S, op: Op, relative: bool) -> Executed {
        let imm = op.imm();
        let value = if relative { self.extended(self.pc.wrapping_add(imm)) } else { imm };
        self.set(op, value);
        self.advance(op)
    }

    #[inline(always)]
    fn branch<S>(&mut self, _: &mut S, op: Op, taken: impl Fn(u64, u64) -> bool) -> Executed {
        match taken(self.get(op.rs1()), self.get(op.rs2())) {
            true => self.go_to(self.pc.wrapping_add(op.imm())),
            false => self.advance(op),
        }
    }

    #[inline(always)]
    fn jump<S>(&mut self, _: &mut S, op: Op) -> Executed {
        let link = self.extended(self.next(op));
        self.go_to(self.pc.wrapping_add(op.imm()))?;
        self.set(op, link);
        Ok(())
    }

    #[inline(always)]
    fn jump_register<S>(&mut self, _: &mut S, op: Op) -> Executed {
        let link = self.extended(self.next(op));
        self.go_to(self.get(op.rs1()).wrapping_add(op.imm()) & !1)?;
        self.set(op, link);
        Ok(())
    }

    /// Goes on somewhere else: without compressed instructions the target may be misaligned.
    #[inline(always)]
    fn go_to(&mut self, target: u64) -> Executed {
        let target = target & self.mask;
        if target & !self.aligned != 0 {
            return Err(self.raise(cause::FETCH_MISALIGNED, target));
        }
        self.pc = target;
        Ok(())
    }

    /// `fence`: a hart sees its own accesses in order anyway.
    #[inline(always)]
    fn no_operation<S>(&mut self, _: &mut S, op: Op) -> Executed {
        self.advance(op)
    }

    /// The address of the next instruction.
    pub fn pc(&self) -> u64 {
        self.pc
    }

    /// Continues at another address, as a loader or a debugger does.
    pub fn set_pc(&mut self, pc: u64) {
        self.pc = pc & self.mask & self.aligned;
        self.midway = None;
        self.refresh();
    }

    /// An integer register, XLEN bits; 0 of a number above 31.
    pub fn register_value(&self, number: usize) -> u64 {
        if number < 32 { self.x[number] & self.mask } else { 0 }
    }

    /// Writes an integer register; without effect on `x0` and beyond `x31`.
    pub fn set_register(&mut self, number: usize, value: u64) {
        if (1..32).contains(&number) {
            self.x[number] = self.extended(value);
        }
    }

    /// A floating-point register; 0 of a number above 31.
    pub fn float_value(&self, number: usize) -> u64 {
        self.f.get(number).copied().unwrap_or(0)
    }

    /// The mode it is in.
    pub fn privilege(&self) -> Privilege {
        self.privilege
    }

    /// Instructions completed since reset.
    pub fn retired(&self) -> u64 {
        self.retired
    }

    /// The last trap that was taken.
    pub fn trap(&self) -> Option<Trap> {
        self.trap
    }

    /// `satp`
    pub fn satp(&self) -> u64 {
        self.satp
    }

    /// The PMP registers.
    pub fn pmp(&self) -> &Pmp {
        &self.pmp
    }

    /// The instruction whose answers are awaited, if it has asked for anything but its fetch.
    pub fn midway(&self) -> Option<Op> {
        self.midway.as_ref().map(|midway| midway.op)
    }

    /// Whether it waits for an interrupt.
    pub fn is_waiting(&self) -> bool {
        self.waiting
    }

    /// Whether any interrupt is enabled in `mie`; without one, none is ever taken.
    pub fn may_be_interrupted(&self) -> bool {
        self.mie != 0
    }

    /// A line signals an interrupt, or does not any more.
    pub fn signal(&mut self, interrupt: Interrupt, level: bool) {
        let lines =
            if level { self.lines | interrupt.bit() } else { self.lines & !interrupt.bit() };
        if lines != self.lines {
            self.lines = lines;
            self.refresh();
        }
    }

    /// Somebody else has written physical memory: a reservation of these bytes is lost.
    pub fn written_by_others(&mut self, pa: u64, bytes: u64) {
        let meets = |(from, size): (u64, u8)| pa < from + u64::from(size) && from < pa + bytes;
        if self.reservation.is_some_and(meets) {
            self.reservation = None;
        }
    }
}
