//! The computer of [`computer`](crate::computer) as a simple emulator has it: the same hart and
//! devices, an MMU in software that keeps what it has translated, and no cycles.
//!
//! An instruction is the unit of time. The clock and the interrupts' lines are looked at once in
//! [`STRETCH`] instructions, and after each trap and each access to a device.

use hart::functional::{Functional, Outside, Ram};
use hart::{Hart, Interrupt, Refused, Step};
use model::bus::Device;
use platform::{Clint, Clock, Lines, Map, Plic, Syscon, Uart};

use crate::computer::{Setup, SetupError, Stop};

/// Instructions between two looks at what may interrupt.
pub const STRETCH: u64 = 256;
/// Instructions that take as long as a tick of `mtime`: a cycle each, as on the computer when
/// everything hits.
const PER_TICK: u64 = 100;

/// What is where there is no RAM.
struct Devices {
    clint: Clint,
    plic: Plic,
    uart: Uart,
    syscon: Syscon,
    /// One of them was accessed.
    touched: bool,
}

impl Devices {
    fn at(&mut self, pa: u64) -> Option<(&mut dyn Device, u64)> {
        let Devices { clint, plic, uart, syscon, touched } = self;
        *touched = true;
        let devices: [(_, &mut dyn Device); 4] =
            [(Map::UART, uart), (Map::PLIC, plic), (Map::CLINT, clint), (Map::SYSCON, syscon)];
        let mut found = devices.into_iter().filter(|(range, _)| range.contains(&pa));
        found.next().map(|(range, device)| (device, pa - range.start))
    }
}

impl Outside for Devices {
    fn load(&mut self, pa: u64, bytes: u8) -> Result<u64, Refused> {
        let (device, offset) = self.at(pa).ok_or(Refused)?;
        device.read(offset, bytes).map_err(|_| Refused)
    }

    fn store(&mut self, pa: u64, bytes: u8, value: u64) -> Result<(), Refused> {
        let (device, offset) = self.at(pa).ok_or(Refused)?;
        device.write(offset, bytes, value).map_err(|_| Refused)
    }

    fn disturbs(&mut self) -> bool {
        std::mem::take(&mut self.touched)
    }
}

/// An emulator.
pub struct Emulator {
    hart: Hart,
    around: Functional<Devices>,
    clock: Clock,
    lines: Lines,
    /// The lines' levels that the hart knows.
    levels: u64,
    /// Time, in instructions.
    passed: u64,
    /// Traps that were taken.
    traps: u64,
    to_host: Option<u64>,
}

impl Emulator {
    /// The emulator of a computer, with RAM that is all zero. Of the MMU only its properties count,
    /// and latencies are those of nothing.
    ///
    /// # Errors
    /// [`SetupError`]: it has no disk, among others.
    pub fn new(setup: Setup) -> Result<Emulator, SetupError> {
        setup.end_of_memory()?;
        if setup.disk.is_some() {
            return Err(SetupError::Disk);
        }
        let config = setup.hart();
        let (clock, lines) = (Clock::new(), Lines::new());
        let plic = Plic::new(std::slice::from_ref(&lines));
        let devices = Devices {
            clint: Clint::new(&clock, std::slice::from_ref(&lines)),
            uart: Uart::new(plic.source(Map::UART_SOURCE), setup.printed),
            plic,
            syscon: Syscon::new(),
            touched: false,
        };
        let ram = Ram::new(Map::RAM, setup.memory as usize);
        Ok(Emulator {
            hart: Hart::new(&config),
            around: Functional::new(&config, ram, devices),
            clock,
            lines,
            levels: 0,
            passed: 0,
            traps: 0,
            to_host: setup.to_host,
        })
    }

    /// Places bytes in RAM.
    ///
    /// # Errors
    /// [`SetupError::Outside`].
    pub fn place(&mut self, pa: u64, bytes: &[u8]) -> Result<(), SetupError> {
        if self.around.ram_mut().write(pa, bytes) {
            return Ok(());
        }
        let to = Map::RAM + self.around.ram().bytes().len() as u64;
        Err(SetupError::Outside { pa, bytes: bytes.len() as u64, from: Map::RAM, to })
    }

    /// The hart.
    pub fn hart(&self) -> &Hart {
        &self.hart
    }

    /// The hart, to set its registers before it runs.
    pub fn hart_mut(&mut self) -> &mut Hart {
        &mut self.hart
    }

    /// Instructions completed, and traps taken.
    pub fn steps(&self) -> u64 {
        self.hart.retired() + self.traps
    }

    /// Runs until it stops, at most for so many steps: instructions completed, and traps taken. What
    /// software writes to `tohost` is noticed up to [`STRETCH`] instructions late.
    pub fn run(&mut self, steps: u64) -> Stop {
        let end = self.steps().saturating_add(steps);
        loop {
            if let Some(stop) = self.attend() {
                return stop;
            }
            let left = end.saturating_sub(self.steps());
            if left == 0 {
                return Stop::Limit;
            }
            let (done, step) = self.hart.run(&mut self.around, left.min(STRETCH));
            self.passed += done;
            match step {
                Step::Trapped => {
                    self.traps += 1;
                    self.passed += 1;
                }
                Step::Waiting => match self.next_event() {
                    Some(tick) => self.passed = self.passed.max(tick.saturating_mul(PER_TICK)),
                    None => return Stop::Asleep,
                },
                Step::Retired | Step::Pending => {}
            }
        }
    }

    /// Brings the clock and the lines up to date, and looks whether software has ended the run.
    #[inline]
    fn attend(&mut self) -> Option<Stop> {
        if self.clock.advance(self.passed / PER_TICK) {
            self.around.outside.clint.update();
        }
        self.around.time = self.clock.now();
        self.around.cycles = self.passed;
        self.hart.tick(self.around.time);
        let levels = self.lines.levels();
        let changed = levels ^ self.levels;
        if changed != 0 {
            self.levels = levels;
            for (line, interrupt) in [
                (Lines::MSI, Interrupt::MachineSoftware),
                (Lines::MTI, Interrupt::MachineTimer),
                (Lines::SEI, Interrupt::SupervisorExternal),
                (Lines::MEI, Interrupt::MachineExternal),
            ] {
                if changed & line != 0 {
                    self.hart.signal(interrupt, levels & line != 0);
                }
            }
        }
        // A program may tell first and then turn the power off.
        let told = self.to_host.and_then(|pa| self.around.ram().load(pa, 8));
        let told = told.filter(|word| *word != 0).map(Stop::ToHost);
        told.or_else(|| self.around.outside.syscon.ending().map(Stop::Ended))
    }

    /// The tick at which a timer interrupts next, if one does.
    fn next_event(&self) -> Option<u64> {
        let own = self.hart.deadline().filter(|time| *time > self.clock.now());
        let own = own.map_or(u64::MAX, |time| self.clock.ticks_at(time));
        let next = self.clock.deadline().min(own);
        (next != u64::MAX).then_some(next)
    }
}

#[cfg(test)]
mod tests;
