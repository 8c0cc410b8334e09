//! The supervisor binary interface, answered without firmware: RISC-V SBI 2.0, of one hart.
//!
//! | extension | functions |
//! |---|---|
//! | BASE | all |
//! | TIME | `set_timer`, by `stimecmp` |
//! | sPI | `send_ipi`, to the caller |
//! | RFNC | `remote_fence_i`, `remote_sfence_vma`, `remote_sfence_vma_asid`, by the caller itself |
//! | HSM | `hart_get_status` |
//! | SRST | shutdown and reboot |
//! | DBCN | `console_write`, `console_write_byte`; `console_read` finds nothing |
//!
//! A call takes the cycles of its trap, and none for what firmware would execute.

use std::task::Poll;

use hart::{Hart, Surroundings};
use model::isa::{PAGE_BYTES, Xlen};
use model::mmu::Fence;
use platform::{Ending, Syscon, Uart};

use super::around::Around;

/// What a call returns in `a0` and `a1`.
type Answer = Result<u64, Refusal>;

/// Why a call did nothing, by the code that the specification gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refusal {
    Failed = -1,
    NotSupported = -2,
    InvalidParam = -3,
}

const BASE: u64 = 0x10;
const TIME: u64 = 0x5449_4d45;
const IPI: u64 = 0x73_5049;
const RFENCE: u64 = 0x5246_4e43;
const HSM: u64 = 0x48_534d;
const SRST: u64 = 0x5352_5354;
const DBCN: u64 = 0x4442_434e;

/// Version 2.0, as BASE tells it.
const VERSION: u64 = 2 << 24;
/// An implementation ID that nobody has registered.
const IMPLEMENTATION: u64 = 0x7061_6765;
/// No message of a console is longer.
const LONGEST: u64 = 1 << 16;

/// The cause of a call from S-mode.
pub(super) const CALL: u64 = 9;

// CSRs, by their numbers.
const SIP: u16 = 0x144;
const STIMECMP: u16 = 0x14d;
const STIMECMPH: u16 = 0x15d;
const MSTATUS: u16 = 0x300;
const MEDELEG: u16 = 0x302;
const MIDELEG: u16 = 0x303;
const MCOUNTEREN: u16 = 0x306;
const MENVCFG: u16 = 0x30a;
const MENVCFGH: u16 = 0x31a;
const MIP: u16 = 0x344;

/// `mstatus.MPP` of S-mode.
const MPP_SUPERVISOR: u64 = 1 << 11;
/// Everything that S-mode handles itself: all but calls from S-mode and M-mode.
const DELEGATED: u64 = 0xb1ff;
/// The interrupts of S-mode.
const INTERRUPTS: u64 = 0x222;
const SSIP: u64 = 2;
/// The counters `cycle`, `time` and `instret`.
const COUNTERS: u64 = 7;
/// Bits 61 to 63 of `menvcfg`: ADUE, PBMTE, STCE. A hart keeps those that it implements.
const ENVIRONMENT: u64 = 7;

/// Lets the hardware set A and D.
pub(super) fn set_adue(hart: &mut Hart, around: &mut Around) {
    let (number, value) = match hart.config().xlen {
        Xlen::Rv32 => (MENVCFGH, 1 << 29),
        Xlen::Rv64 => (MENVCFG, 1 << 61),
    };
    hart.set_csr(around, number, value);
}

/// Firmware that is no program.
#[derive(Debug)]
pub(super) struct Sbi {
    syscon: Syscon,
    uart: Uart,
    narrow: bool,
}

impl Sbi {
    pub(super) fn new(syscon: Syscon, uart: Uart, narrow: bool) -> Sbi {
        Sbi { syscon, uart, narrow }
    }

    /// Leaves the hart as firmware does: in S-mode at `entry`, with the arguments of a kernel.
    pub(super) fn start(&self, hart: &mut Hart, around: &mut Around, entry: u64, tree: u64) {
        let wide = if self.narrow { 0 } else { ENVIRONMENT << 61 };
        let high = if self.narrow { ENVIRONMENT << 29 } else { 0 };
        let registers = [
            (MEDELEG, DELEGATED),
            (MIDELEG, INTERRUPTS),
            (MCOUNTEREN, COUNTERS),
            (MENVCFG, wide),
            (MENVCFGH, high),
            (MSTATUS, MPP_SUPERVISOR),
        ];
        for (number, value) in registers {
            hart.set_csr(around, number, value);
        }
        self.set_timer(hart, around, u64::MAX);
        hart.set_register(10, hart.config().id);
        hart.set_register(11, tree);
        hart.resume(entry);
    }

    /// Carries out a call: the hart has trapped into M-mode, and goes on after it.
    pub(super) fn call(&self, hart: &mut Hart, around: &mut Around, pc: u64) {
        let answer = self.answer(hart, around);
        let (error, value) = match answer {
            Ok(value) => (0, value),
            Err(refusal) => (refusal as i64 as u64, 0),
        };
        hart.set_register(10, error);
        hart.set_register(11, value);
        hart.resume(pc.wrapping_add(4));
    }

    fn answer(&self, hart: &mut Hart, around: &mut Around) -> Answer {
        let argument = |number: usize| hart.register_value(10 + number);
        let [a0, a1, a2, a3] = [0, 1, 2, 3].map(argument);
        let (extension, function) = (argument(7), argument(6));
        match (extension, function) {
            (BASE, 0) => Ok(VERSION),
            (BASE, 1) => Ok(IMPLEMENTATION),
            (BASE, 2) => Ok(1),
            (BASE, 3) => {
                let known = [BASE, TIME, IPI, RFENCE, HSM, SRST, DBCN];
                Ok(u64::from(known.contains(&a0)))
            }
            (BASE, 4..=6) => Ok(0),
            (TIME, 0) => {
                let time = if self.narrow { a1 << 32 | a0 } else { a0 };
                self.set_timer(hart, around, time);
                Ok(0)
            }
            (IPI, 0) => {
                self.is_own(hart, a0, a1)?;
                let pending = hart.csr_value(around, MIP).unwrap_or(0);
                hart.set_csr(around, SIP, pending | SSIP);
                Ok(0)
            }
            (RFENCE, 0) => {
                self.is_own(hart, a0, a1)?;
                around.empty_buffer();
                Ok(0)
            }
            (RFENCE, 1 | 2) => {
                self.is_own(hart, a0, a1)?;
                let asid = (function == 2).then(|| argument(4) as u16);
                for va in pages(a2, a3) {
                    fence(around, Fence { va, asid });
                }
                Ok(0)
            }
            (HSM, 2) if a0 == hart.config().id => Ok(0),
            (HSM, 2) => Err(Refusal::InvalidParam),
            (SRST, 0) => {
                let ending = match a0 {
                    0 => Ending::PowerOff,
                    1 | 2 => Ending::Reboot,
                    _ => return Err(Refusal::InvalidParam),
                };
                self.syscon.end(ending);
                around.disturbed = true;
                Ok(0)
            }
            (DBCN, 0) => self.print(around, a0, if self.narrow { a2 << 32 | a1 } else { a1 }),
            (DBCN, 1) => Ok(0),
            (DBCN, 2) => {
                self.uart.print(&[a0 as u8]);
                Ok(0)
            }
            _ => Err(Refusal::NotSupported),
        }
    }

    /// A mask of harts, from one on, must name this one alone.
    fn is_own(&self, hart: &Hart, mask: u64, first: u64) -> Result<(), Refusal> {
        let everyone = if self.narrow { u64::from(u32::MAX) } else { u64::MAX };
        let own = hart.config().id.checked_sub(first).filter(|place| *place < 64);
        let named = first == everyone || own.is_some_and(|place| mask == 1 << place);
        if named { Ok(()) } else { Err(Refusal::InvalidParam) }
    }

    fn set_timer(&self, hart: &mut Hart, around: &mut Around, time: u64) {
        hart.set_csr(around, STIMECMP, time);
        if self.narrow {
            hart.set_csr(around, STIMECMPH, time >> 32);
        }
    }

    /// Prints bytes of physical memory; returns how many.
    fn print(&self, around: &Around, bytes: u64, pa: u64) -> Answer {
        let text: Result<Vec<u8>, _> = (0..bytes.min(LONGEST))
            .map(|at| around.memory.peek(pa.wrapping_add(at), 1).map(|byte| byte as u8))
            .collect();
        let text = text.map_err(|_| Refusal::InvalidParam)?;
        if text.is_empty() && bytes > 0 {
            return Err(Refusal::Failed);
        }
        self.uart.print(&text);
        Ok(text.len() as u64)
    }
}

/// The addresses to fence for a range; `None` for everything.
fn pages(start: u64, size: u64) -> Vec<Option<u64>> {
    // As Linux does: beyond this, a fence of everything is cheaper.
    const MOST: u64 = 64;
    let count = size.div_ceil(PAGE_BYTES);
    if start == 0 && size == 0 || size == u64::MAX || count > MOST {
        return vec![None];
    }
    (0..count).map(|page| Some(start.wrapping_add(page * PAGE_BYTES))).collect()
}

/// A fence, complete on return.
fn fence(around: &mut Around, fence: Fence) {
    while around.fence(fence) == Poll::Pending && around.error.is_none() {}
}
