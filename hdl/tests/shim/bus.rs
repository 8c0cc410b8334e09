//! What every bus has: memory, a pace, and a record of what was done on it.

use crate::dice::Dice;
use std::collections::{BTreeMap, VecDeque};

/// Bytes of memory; those that nobody wrote follow from their address.
#[derive(Default)]
pub(crate) struct Memory(BTreeMap<u64, u8>);

impl Memory {
    fn byte(&self, at: u64) -> u8 {
        self.0.get(&at).copied().unwrap_or((at.wrapping_mul(0x9e37_79b9) >> 5) as u8)
    }

    /// `bytes` of them, little-endian.
    pub(crate) fn read(&self, at: u64, bytes: u64) -> u64 {
        (0..bytes).rev().fold(0, |word, byte| word << 8 | u64::from(self.byte(at + byte)))
    }

    /// Those of `bytes` that the mask names.
    pub(crate) fn write(&mut self, at: u64, bytes: u64, mask: u64, word: u64) {
        for byte in (0..bytes).filter(|byte| mask >> byte & 1 == 1) {
            self.0.insert(at + byte, (word >> (8 * byte)) as u8);
        }
    }
}

/// How the other side of a handshake behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Always ready, answers as early as it may.
    Fast,
    /// Ready and answering when the dice say so.
    Random,
    /// Ready only in a cycle after one in which it was asked.
    Asked,
    /// Random; takes a write's address before its data.
    AddressFirst,
    /// Random; takes a write's data before its address.
    DataFirst,
}

pub(crate) const PACES: [Pace; 5] =
    [Pace::Fast, Pace::Random, Pace::Asked, Pace::AddressFirst, Pace::DataFirst];

impl Pace {
    /// Whether to be ready in this cycle, if asked in the last.
    pub(crate) fn ready(self, dice: &mut Dice, asked: bool) -> bool {
        match self {
            Pace::Fast => true,
            Pace::Asked => asked && dice.once_in(2),
            _ => dice.once_in(2),
        }
    }

    /// More cycles until an answer.
    pub(crate) fn delay(self, dice: &mut Dice) -> u64 {
        match self {
            Pace::Fast => 0,
            _ if dice.once_in(16) => dice.roll(40),
            _ => dice.roll(4),
        }
    }
}

/// What a bus did for its master.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Event {
    /// It read the whole width at an address of the bus.
    Read {
        /// As the master gave it.
        addr: u64,
        /// log2 of the bytes asked for, where the protocol says it.
        size: Option<u64>,
        /// Those that the master named, where the protocol says it for reads.
        bytes: Option<u64>,
        /// What is there, over the whole width.
        word: u64,
        error: bool,
        /// It asked for the lock.
        lock: bool,
        /// ... and has it.
        locked: bool,
    },
    /// It was asked to write.
    Write {
        addr: u64,
        size: Option<u64>,
        bytes: u64,
        word: u64,
        /// What was there, over the whole width.
        before: u64,
        error: bool,
        lock: bool,
        /// It wrote.
        made: bool,
    },
}

/// What was done and has not been compared with a response.
pub(crate) type Events = VecDeque<Event>;

/// Memory as everybody on a bus sees it.
pub(crate) struct World {
    pub(crate) memory: Memory,
    pub(crate) events: Events,
    pub(crate) cycle: u64,
    /// Addresses that are used: so many bytes from here.
    pub(crate) base: u64,
    pub(crate) span: u64,
    /// Bytes of the bus.
    pub(crate) bus_bytes: u64,
    /// One access in so many is refused.
    pub(crate) errors: u64,
}

impl World {
    pub(crate) fn new(base: u64, span: u64, bus_bytes: u64, errors: u64) -> Self {
        let (memory, events) = (Memory::default(), Events::new());
        Self { memory, events, cycle: 0, base, span, bus_bytes, errors }
    }

    pub(crate) fn error(&self, dice: &mut Dice) -> bool {
        self.errors > 0 && dice.once_in(self.errors)
    }

    /// Another master changes something; returns the address, a multiple of 4.
    pub(crate) fn meddle(&mut self, dice: &mut Dice) -> u64 {
        let at = self.base + dice.roll(self.span / 4) * 4;
        self.memory.write(at, 4, 0xf, dice.roll(4));
        at
    }
}

/// The model of a bus with a block as its master.
pub(crate) trait Bus<B> {
    /// The walker's responses are registered.
    const REGISTERED: bool = true;

    /// Two requests may be in flight at once.
    const PIPELINED: bool = true;

    /// Drives the inputs that do not depend on what the block does in this cycle.
    fn drive(&mut self, block: &mut B, world: &mut World, dice: &mut Dice);

    /// Drives those that do, once the block has settled; says whether there are any.
    fn respond(&mut self, _block: &mut B, _world: &mut World, _dice: &mut Dice) -> bool {
        false
    }

    /// Before the edge: checks the rules, and takes what is transferred.
    fn edge(&mut self, block: &B, world: &mut World, dice: &mut Dice);

    /// Gives all inputs other values than they have.
    fn disturb(&mut self, block: &mut B, dice: &mut Dice);

    /// Gives them back what `drive` and `respond` gave them.
    fn restore(&mut self, block: &mut B);

    /// All outputs to the bus, as text.
    fn outputs(&self, block: &B) -> String;
}
