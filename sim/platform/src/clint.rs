//! Timer and software interrupts, in the layout of SiFive's CLINT, which is also that of the ACLINT's
//! machine-level devices one after the other.

use std::cell::RefCell;
use std::rc::Rc;

use model::bus::{BusError, Device};
use serde::{Deserialize, Serialize};

use crate::{Clock, Lines, OtherDevice};

const MTIMECMP: u64 = 0x4000;
const MTIME: u64 = 0xbff8;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Hart {
    msip: bool,
    mtimecmp: u64,
}

#[derive(Debug)]
struct State {
    clock: Clock,
    harts: Vec<(Hart, Lines)>,
}

/// The device.
///
/// | offset | register |
/// |---|---|
/// | 4 h | `msip` of hart h: bit 0 is its machine software interrupt |
/// | 0x4000 + 8 h | `mtimecmp` of hart h: its machine timer interrupt is high while `mtime` is not below it |
/// | 0xbff8 | `mtime` |
///
/// Registers of 64 bits are accessed whole or by halves. At reset no interrupt is pending, and
/// every `mtimecmp` is at its maximum.
#[derive(Clone, Debug)]
pub struct Clint(Rc<RefCell<State>>);

/// What a CLINT remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClintState(Vec<Hart>);

impl Clint {
    /// The device for the harts with these lines, in the order of their numbers.
    pub fn new(clock: &Clock, lines: &[Lines]) -> Clint {
        let hart = Hart { msip: false, mtimecmp: u64::MAX };
        let harts = lines.iter().map(|lines| (hart, lines.clone())).collect();
        let clint = Clint(Rc::new(RefCell::new(State { clock: clock.clone(), harts })));
        clint.update();
        clint
    }

    /// Its registers.
    pub fn state(&self) -> ClintState {
        ClintState(self.0.borrow().harts.iter().map(|(hart, _)| *hart).collect())
    }

    /// Goes on from a state. Clock and lines have states of their own.
    ///
    /// # Errors
    /// [`OtherDevice`]: another number of harts.
    pub fn restore(&self, ClintState(harts): &ClintState) -> Result<(), OtherDevice> {
        let mut state = self.0.borrow_mut();
        if state.harts.len() != harts.len() {
            return Err(OtherDevice("CLINT"));
        }
        state.harts.iter_mut().zip(harts).for_each(|((hart, _), saved)| *hart = *saved);
        Ok(())
    }

    /// Sets the timer lines by the clock. To be called when the clock reaches its deadline.
    pub fn update(&self) {
        self.0.borrow().update();
    }
}

impl State {
    fn update(&self) {
        let now = self.clock.now();
        let mut deadline = u64::MAX;
        for (hart, lines) in &self.harts {
            let due = now >= hart.mtimecmp;
            lines.set(Lines::MTI, due);
            lines.set(Lines::MSI, hart.msip);
            if !due {
                deadline = deadline.min(hart.mtimecmp);
            }
        }
        self.clock.wait_for(deadline);
    }

    /// The 64-bit register at an offset.
    fn register(&self, offset: u64) -> Result<u64, BusError> {
        match offset {
            MTIME => Ok(self.clock.now()),
            MTIMECMP..MTIME => {
                let (hart, _) = self.harts.get(number(offset)).ok_or(BusError)?;
                Ok(hart.mtimecmp)
            }
            _ => Err(BusError),
        }
    }
}

/// The hart of the `mtimecmp` at an offset.
fn number(offset: u64) -> usize {
    ((offset - MTIMECMP) / 8) as usize
}

impl Device for Clint {
    fn read(&mut self, offset: u64, bytes: u8) -> Result<u64, BusError> {
        self.peek(offset, bytes)
    }

    fn write(&mut self, offset: u64, bytes: u8, value: u64) -> Result<(), BusError> {
        let mut state = self.0.borrow_mut();
        if offset < MTIMECMP {
            let hart = crate::word(offset, bytes)? / 4;
            let (hart, _) = state.harts.get_mut(hart as usize).ok_or(BusError)?;
            hart.msip = value & 1 != 0;
        } else {
            let whole = state.register(offset & !7)?;
            let value = match bytes {
                8 => value,
                4 if offset & 4 == 0 => whole & !0xffff_ffff | value & 0xffff_ffff,
                4 => whole & 0xffff_ffff | value << 32,
                _ => return Err(BusError),
            };
            if offset & !7 == MTIME {
                state.clock.set(value);
            } else {
                state.harts[number(offset)].0.mtimecmp = value;
            }
        }
        state.update();
        Ok(())
    }

    fn peek(&self, offset: u64, bytes: u8) -> Result<u64, BusError> {
        let state = self.0.borrow();
        if offset < MTIMECMP {
            let hart = crate::word(offset, bytes)? / 4;
            let (hart, _) = state.harts.get(hart as usize).ok_or(BusError)?;
            return Ok(hart.msip.into());
        }
        let whole = state.register(offset & !7)?;
        match bytes {
            8 => Ok(whole),
            4 => Ok(whole >> (8 * (offset & 4)) & 0xffff_ffff),
            _ => Err(BusError),
        }
    }
}
