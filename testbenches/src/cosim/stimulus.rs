//! The values of the input pins, cycle by cycle.

use super::addresses::Addresses;
use super::memory::{Asked, Memory};
use super::profile::{PHASES, Profile};
use super::registers::Registers;
use super::sweep::Sweep;
use super::tables::{Tables, chance};
use engine::{Config, Direction, PINS, Pin};
use model::isa::{Extension, Mode, Satp, Sizes, Xlen};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The address spaces among which `satp` changes.
const ASIDS: [u16; 3] = [1, 2, 0x1ff];

/// The payload pins of the input channels, after their valid pin.
const FETCH: &[Pin] = &[Pin::FetchReqVa, Pin::FetchReqPrivilege, Pin::FetchReqSize];
const DATA: &[Pin] = &[
    Pin::DataReqVa,
    Pin::DataReqStore,
    Pin::DataReqCbo,
    Pin::DataReqPrivilege,
    Pin::DataReqSum,
    Pin::DataReqMxr,
    Pin::DataReqSize,
];
const FENCE: &[Pin] = &[Pin::FenceByVa, Pin::FenceVa, Pin::FenceByAsid, Pin::FenceAsid];
const ANSWER: &[Pin] = &[
    Pin::MemRespData,
    Pin::MemRespError,
    Pin::MemRespSwapped,
    Pin::MemRespLine,
    Pin::MemRespWord0,
    Pin::MemRespWord7,
];

/// Where memory gives no lines.
const PLAIN_ANSWER: &[Pin] = &[Pin::MemRespData, Pin::MemRespError, Pin::MemRespSwapped];

/// The values on all pins in one cycle, indexed by `Pin as usize`.
pub(super) type Row = Vec<u64>;

/// The state of everything around the pins.
pub(super) struct Stimulus {
    rng: ChaCha8Rng,
    xlen: Xlen,
    sizes: Sizes,
    /// PBMTE has an effect.
    has_types: bool,
    /// Lines of memory have an effect.
    fills: bool,
    config: Config,
    registers: Registers,
    memory: Memory,
    addresses: Addresses,
    sweep: Sweep,
    phase: usize,
    phase_ends: u64,
    now: u64,
}

impl Stimulus {
    pub(super) fn new(config: &Config, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut tables = Tables::new(config.xlen, config.extensions, config.organisation.sizes);
        let sweep = Sweep::new(config.xlen, &mut tables);
        let addresses = Addresses::new(config.xlen, config.entries, &mut rng);
        let fills = config.organisation.line_fill > 0;
        let walkers = 1 + usize::from(config.organisation.two_walkers);
        let memory = Memory::new(tables, walkers, fills);
        let xlen = config.xlen;
        let has_types = config.extensions.has(Extension::Svpbmt);
        let registers = Registers::new(config);
        let (phase, phase_ends, now) = (0, 0, 0);
        Self {
            rng,
            xlen,
            sizes: config.organisation.sizes,
            has_types,
            fills,
            config: *config,
            registers,
            memory,
            addresses,
            sweep,
            phase,
            phase_ends,
            now,
        }
    }

    /// Answers that memory has refused so far.
    pub(super) fn errors(&self) -> u64 {
        self.memory.errors
    }

    /// Sets the input pins for the next cycle; `row` holds what was on the pins in the last.
    pub(super) fn drive(&mut self, row: &mut Row) {
        let profile = self.profile(row);
        if profile.chaos {
            let is_of_line = |pin| pin == Pin::MemRespLine || engine::WORDS.contains(&pin);
            let driven = |pin: &&Pin| pin.direction() == Direction::In;
            let there = |pin: &&Pin| self.fills || !is_of_line(**pin);
            let pins = PINS.iter().filter(driven).filter(there);
            for &pin in pins.filter(|pin| self.config.has_pin(**pin)) {
                set(row, pin, self.rng.random());
            }
            let reset = chance(&mut self.rng, profile.reset);
            set(row, Pin::Reset, u64::from(reset));
            return;
        }
        // Reset is certain at the very beginning and after the chaotic phase.
        let after_chaos = self.phase > 0 && PHASES[self.phase - 1].chaos || self.phase == 0;
        let first = self.now + profile.cycles == self.phase_ends;
        let reset = first && after_chaos || chance(&mut self.rng, profile.reset);
        set(row, Pin::Reset, u64::from(reset));
        if reset {
            self.memory.forget();
            self.registers.reset();
        }
        self.registers.drive(row, &profile, &mut self.rng);
        self.drive_context(row, &profile);
        self.drive_fence(row, &profile);
        self.drive_requests(row, &profile);
        self.drive_memory(row, &profile);
        let taken = chance(&mut self.rng, profile.fault_ready);
        set(row, Pin::FaultReady, u64::from(taken));
    }

    /// Records the hardware's outputs of this cycle.
    pub(super) fn observe(&mut self, row: &Row) {
        let profile = PHASES[self.phase];
        let asks = high(row, Pin::MemReqValid) && high(row, Pin::MemReqReady);
        if asks && !high(row, Pin::Reset) && self.memory.takes() && !profile.chaos {
            let operands = (get(row, Pin::MemReqExpected), get(row, Pin::MemReqDesired));
            let swap = high(row, Pin::MemReqSwap).then_some(operands);
            let asked = Asked { pa: get(row, Pin::MemReqAddr), swap };
            self.memory.take(self.now, &asked, &profile, &mut self.rng);
        }
        if chance(&mut self.rng, profile.edit) {
            self.memory.tables.disturb_some(&mut self.rng);
        }
        self.now += 1;
    }

    /// The phase of this cycle; a new one starts with its own `satp` and ADUE.
    fn profile(&mut self, row: &mut Row) -> Profile {
        if self.now == 0 || self.now >= self.phase_ends {
            self.phase = if self.now == 0 { 0 } else { (self.phase + 1) % PHASES.len() };
            let profile = PHASES[self.phase];
            self.phase_ends = self.now + profile.cycles;
            self.memory.tables.renew();
            set(row, Pin::Adue, u64::from(profile.adue));
            set(row, Pin::Pbmte, 1);
            let injects = u64::from(self.phase % 4 == 3);
            set(row, Pin::L2Inject, injects);
            let satp = if profile.directed { self.sweep.satp } else { self.some_satp() };
            set(row, Pin::Satp, satp);
        }
        PHASES[self.phase]
    }

    fn drive_context(&mut self, row: &mut Row, profile: &Profile) {
        if chance(&mut self.rng, profile.switch) {
            let satp = self.some_satp();
            set(row, Pin::Satp, satp);
        }
        if chance(&mut self.rng, profile.toggle_adue) {
            set(row, Pin::Adue, get(row, Pin::Adue) ^ 1);
        }
        if self.has_types && chance(&mut self.rng, profile.toggle_adue) {
            set(row, Pin::Pbmte, get(row, Pin::Pbmte) ^ 1);
        }
    }

    fn some_satp(&mut self) -> u64 {
        let rng = &mut self.rng;
        let modes: &[Mode] = match self.xlen {
            Xlen::Rv32 => &[Mode::Sv32, Mode::Sv32, Mode::Sv32, Mode::Bare],
            Xlen::Rv64 => &[Mode::Sv39, Mode::Sv39, Mode::Sv48, Mode::Sv57, Mode::Bare],
        };
        let mut mode = modes[rng.random_range(0..modes.len())];
        // Seldom one that is not implemented.
        if !self.sizes.has(mode) && !chance(rng, 50) {
            mode = self.sizes.deepest;
        }
        let asid = ASIDS[rng.random_range(0..ASIDS.len())];
        let mut root = Tables::root(mode, rng.random());
        let narrow = self.sizes != Sizes::ALL;
        if narrow && chance(rng, 20) {
            // Mostly one that does not exist.
            root |= 1 << rng.random_range(20..44);
        }
        let satp = Satp { mode, asid, root }.encode(self.xlen);
        // A reserved MODE, which only RV64 has.
        let reserved = self.xlen == Xlen::Rv64 && chance(rng, 30);
        if reserved { satp | 0xf << 60 } else { satp }
    }

    fn drive_fence(&mut self, row: &mut Row, profile: &Profile) {
        if high(row, Pin::FenceValid) && !high(row, Pin::FenceReady) {
            return;
        }
        let valid = chance(&mut self.rng, profile.fence);
        set(row, Pin::FenceValid, u64::from(valid));
        if !valid {
            return self.idle(row, FENCE, profile);
        }
        let va = self.addresses.pick(get(row, Pin::Satp), &mut self.rng);
        let asid = ASIDS[self.rng.random_range(0..ASIDS.len())];
        set(row, Pin::FenceByVa, self.rng.random_range(0..2));
        set(row, Pin::FenceVa, va);
        set(row, Pin::FenceByAsid, self.rng.random_range(0..2));
        set(row, Pin::FenceAsid, u64::from(asid));
    }

    fn drive_requests(&mut self, row: &mut Row, profile: &Profile) {
        let ports = [
            (Pin::FetchReqValid, Pin::FetchReqReady, FETCH),
            (Pin::DataReqValid, Pin::DataReqReady, DATA),
        ];
        let one_port = self.config.organisation.one_port;
        let first = usize::from(one_port);
        for (port, (valid_pin, ready_pin, payload)) in ports.into_iter().enumerate().skip(first) {
            // Presented and not accepted: it stays, unless the hardware was reset.
            if high(row, valid_pin) && !high(row, ready_pin) && !high(row, Pin::Reset) {
                continue;
            }
            let valid = chance(&mut self.rng, profile.request);
            set(row, valid_pin, u64::from(valid));
            if !valid {
                self.idle(row, payload, profile);
                if one_port {
                    self.idle(row, &[Pin::DataReqFetch], profile);
                }
                continue;
            }
            for &pin in payload {
                set(row, pin, self.rng.random_range(0..2));
            }
            if port == 1 {
                // Rare enough that most stores are plain stores.
                set(row, Pin::DataReqCbo, u64::from(chance(&mut self.rng, 150)));
            }
            let mut of = port;
            if one_port {
                let fetch = chance(&mut self.rng, 350);
                set(row, Pin::DataReqFetch, u64::from(fetch));
                of = usize::from(!fetch);
            }
            let va = if profile.directed {
                self.sweep.next(of)
            } else {
                self.addresses.pick(get(row, Pin::Satp), &mut self.rng)
            };
            set(row, payload[0], va);
            let privilege = match self.rng.random_range(0..100) {
                0 => 2,
                1..8 if !profile.directed => 3,
                other => u64::from(other % 7 == 0),
            };
            let (pin, size) = match port {
                0 => (Pin::FetchReqPrivilege, Pin::FetchReqSize),
                _ => (Pin::DataReqPrivilege, Pin::DataReqSize),
            };
            set(row, pin, privilege);
            set(row, size, self.rng.random_range(0..8));
        }
    }

    fn drive_memory(&mut self, row: &mut Row, profile: &Profile) {
        let ready = chance(&mut self.rng, profile.ready);
        set(row, Pin::MemReqReady, u64::from(ready));
        let answer = self.memory.answer(self.now);
        set(row, Pin::MemRespValid, u64::from(answer.is_some()));
        match answer {
            Some(answer) => {
                set(row, Pin::MemRespData, answer.data);
                set(row, Pin::MemRespError, u64::from(answer.error));
                set(row, Pin::MemRespSwapped, u64::from(answer.swapped));
                set(row, Pin::MemRespLine, u64::from(answer.line.is_some()));
                for (pin, word) in engine::WORDS.into_iter().zip(answer.line.unwrap_or_default()) {
                    set(row, pin, word);
                }
            }
            None if self.fills => self.idle(row, ANSWER, profile),
            None => self.idle(row, PLAIN_ANSWER, profile),
        }
    }

    /// The payload of an idle channel has no meaning and may have any value.
    fn idle(&mut self, row: &mut Row, payload: &[Pin], profile: &Profile) {
        if chance(&mut self.rng, profile.garbage) {
            for &pin in payload {
                set(row, pin, self.rng.random());
            }
        }
    }
}

pub(super) fn get(row: &Row, pin: Pin) -> u64 {
    row[pin as usize]
}

pub(super) fn high(row: &Row, pin: Pin) -> bool {
    get(row, pin) == 1
}

pub(super) fn set(row: &mut Row, pin: Pin, value: u64) {
    row[pin as usize] = value;
}
