//! The port of the PMP registers: writes that leave most of memory accessible.

use super::profile::Profile;
use super::stimulus::{Row, set};
use super::tables::chance;
use engine::{Config, Pin};
use model::golden::Pmp;
use model::isa::PmpCsr;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::collections::VecDeque;

/// The word at which page tables begin, as a PMP address counts.
const PLACES: u64 = 0x8_0000 << 10;

/// What software writes to the PMP registers.
pub(super) struct Registers {
    registers: Pmp,
    /// Writes that follow in the next cycles.
    due: VecDeque<(u16, u64)>,
}

impl Registers {
    pub(super) fn new(config: &Config) -> Registers {
        let mut made = Registers {
            registers: Pmp::new(config.xlen, config.physical.pmp),
            due: VecDeque::new(),
        };
        made.reset();
        made
    }

    /// After a reset everything is opened again.
    pub(super) fn reset(&mut self) {
        self.registers.reset();
        self.due = self.registers.open().into();
    }

    /// Sets the pins of the next cycle.
    pub(super) fn drive(&mut self, row: &mut Row, profile: &Profile, rng: &mut ChaCha8Rng) {
        let often = if profile.directed || self.registers.is_empty() { 0 } else { 20 };
        if self.due.is_empty() && chance(rng, often) {
            self.set_up(rng);
        }
        let write = self.due.pop_front();
        let any = rng.random_range(0x39f..0x3c2);
        let (number, value) = write.unwrap_or((any, rng.random()));
        set(row, Pin::PmpCsr, number.into());
        set(row, Pin::PmpWriteValid, write.is_some().into());
        set(row, Pin::PmpWriteData, value);
        if write.is_some() {
            self.registers.write(number, value);
        }
    }

    /// One of the entries before the last is written, mostly a small one.
    fn set_up(&mut self, rng: &mut ChaCha8Rng) {
        let number = rng.random_range(0..self.registers.len() - 1);
        let (register, byte) = self.registers.config_of(number);
        let (register, place) = (register.number(), rng.random_range(0..0x2_0000));
        let ones = (1 << rng.random_range(0..12)) - 1;
        let lock = if chance(rng, 30) { 0x80 } else { 0 };
        let config = rng.random_range(0..0x20) | if chance(rng, 600) { 7 } else { 0 } | lock;
        let others = self.registers.read(register) & !(0xff << (8 * byte));
        let address = PmpCsr::Address(number as u16).number();
        self.due.push_back((address, (PLACES + place) | ones));
        self.due.push_back((register, others | config << (8 * byte)));
    }
}
