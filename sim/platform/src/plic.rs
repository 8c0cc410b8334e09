//! The platform-level interrupt controller, by the RISC-V PLIC specification 1.0.0.

use std::cell::RefCell;
use std::rc::Rc;

use model::bus::{BusError, Device};
use serde::{Deserialize, Serialize};

use crate::{Lines, Map, OtherDevice};

const PENDING: u64 = 0x1000;
const ENABLES: u64 = 0x2000;
const CONTEXT_ENABLES: u64 = 0x80;
const CONTEXTS: u64 = 0x20_0000;
const CONTEXT: u64 = 0x1000;
/// Priorities and thresholds have three bits.
const PRIORITY: u32 = 7;

/// A target: one privilege level of one hart.
#[derive(Debug)]
struct Target {
    lines: Lines,
    line: u64,
    enabled: u32,
    threshold: u32,
}

#[derive(Debug)]
struct State {
    /// By source; that of source 0, which does not exist, stays 0.
    priorities: [u32; Map::SOURCES as usize + 1],
    /// One bit for each source in each of these: what the device asserts, the request that its
    /// gateway has passed on, and that it waits for completion.
    asserted: u32,
    pending: u32,
    in_service: u32,
    targets: Vec<Target>,
}

/// The controller. Its contexts are, for each hart in turn, M-mode and S-mode.
///
/// | offset | register |
/// |---|---|
/// | 4 s | priority of source s, 0 to 7; 0 never interrupts |
/// | 0x1000 | pending sources, a bit each |
/// | 0x2000 + 0x80 c | enabled sources of context c |
/// | 0x20_0000 + 0x1000 c | threshold of context c: only higher priorities interrupt |
/// | 0x20_0004 + 0x1000 c | read: claims the source of highest priority, 0 if none; written: its completion |
///
/// All are words of 32 bits. What does not exist reads as zero and ignores writes.
#[derive(Clone, Debug)]
pub struct Plic(Rc<RefCell<State>>);

/// What a controller remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlicState {
    priorities: [u32; Map::SOURCES as usize + 1],
    sources: [u32; 3],
    targets: Vec<(u32, u32)>,
}

/// An interrupt source of a controller, for the device behind it.
#[derive(Clone, Debug)]
pub struct Source {
    plic: Plic,
    number: u32,
}

impl Source {
    /// The level that the device asserts from now on.
    pub fn set(&self, high: bool) {
        if !(1..=Map::SOURCES).contains(&self.number) {
            return;
        }
        let mut state = self.plic.0.borrow_mut();
        let bit = 1 << self.number;
        if high == (state.asserted & bit != 0) {
            return;
        }
        state.asserted = if high { state.asserted | bit } else { state.asserted & !bit };
        state.gate(self.number);
        state.notify();
    }
}

impl Plic {
    /// A controller for the harts with these lines, in the order of their numbers.
    pub fn new(lines: &[Lines]) -> Plic {
        let target =
            |lines: &Lines, line| Target { lines: lines.clone(), line, enabled: 0, threshold: 0 };
        let targets = lines.iter().flat_map(|l| [target(l, Lines::MEI), target(l, Lines::SEI)]);
        Plic(Rc::new(RefCell::new(State {
            priorities: Default::default(),
            asserted: 0,
            pending: 0,
            in_service: 0,
            targets: targets.collect(),
        })))
    }

    /// Its registers, and what it knows of its sources.
    pub fn state(&self) -> PlicState {
        let state = self.0.borrow();
        let State { priorities, asserted, pending, in_service, targets } = &*state;
        PlicState {
            priorities: *priorities,
            sources: [*asserted, *pending, *in_service],
            targets: targets.iter().map(|target| (target.enabled, target.threshold)).collect(),
        }
    }

    /// Goes on from a state. Lines have states of their own.
    ///
    /// # Errors
    /// [`OtherDevice`]: another number of harts.
    pub fn restore(&self, saved: &PlicState) -> Result<(), OtherDevice> {
        let mut state = self.0.borrow_mut();
        if state.targets.len() != saved.targets.len() {
            return Err(OtherDevice("PLIC"));
        }
        state.priorities = saved.priorities;
        [state.asserted, state.pending, state.in_service] = saved.sources;
        for (target, saved) in state.targets.iter_mut().zip(&saved.targets) {
            (target.enabled, target.threshold) = *saved;
        }
        Ok(())
    }

    /// A source, from 1 to [`Map::SOURCES`]. Any other number is a wire that leads nowhere.
    pub fn source(&self, number: u32) -> Source {
        Source { plic: self.clone(), number }
    }
}

impl State {
    /// A source's gateway: an asserted level becomes one request, and the next one only after
    /// completion. A request that was made is not withdrawn.
    fn gate(&mut self, source: u32) {
        self.pending |= self.asserted & !self.in_service & (1 << source);
    }

    /// The pending and enabled source of highest priority above the threshold; of several, the
    /// lowest number.
    fn highest(&self, target: &Target) -> Option<u32> {
        let candidates = self.pending & target.enabled;
        let priority = |source: &u32| self.priorities[*source as usize];
        let sources = (1..=Map::SOURCES).filter(|source| candidates >> source & 1 != 0);
        let above = sources.filter(|source| priority(source) > target.threshold);
        above.min_by_key(|source| (PRIORITY - priority(source), *source))
    }

    /// A claim regards no threshold: it takes any enabled source of non-zero priority.
    fn claimable(&self, context: usize) -> Option<u32> {
        let Target { lines, line, enabled, .. } = &self.targets[context];
        let open = Target { lines: lines.clone(), line: *line, enabled: *enabled, threshold: 0 };
        self.highest(&open)
    }

    fn notify(&self) {
        for target in &self.targets {
            target.lines.set(target.line, self.highest(target).is_some());
        }
    }

    fn claim(&mut self, context: usize) -> u32 {
        let Some(source) = self.claimable(context) else { return 0 };
        self.pending &= !(1 << source);
        self.in_service |= 1 << source;
        self.notify();
        source
    }

    /// A completion of a source that is not enabled for the context is ignored.
    fn complete(&mut self, context: usize, source: u64) {
        let exists = (1..=u64::from(Map::SOURCES)).contains(&source);
        if exists && self.targets[context].enabled >> source & 1 != 0 {
            self.in_service &= !(1 << source);
            self.gate(source as u32);
        }
    }

    /// The context of an offset in a block of each, and the offset within.
    fn context(&self, offset: u64, block: u64) -> Option<(usize, u64)> {
        let context = (offset / block) as usize;
        (context < self.targets.len()).then_some((context, offset % block))
    }

    fn read(&self, offset: u64) -> u64 {
        let register = match offset {
            ..PENDING => self.priorities.get((offset / 4) as usize).copied(),
            PENDING => Some(self.pending),
            ENABLES..CONTEXTS => match self.context(offset - ENABLES, CONTEXT_ENABLES) {
                Some((context, 0)) => Some(self.targets[context].enabled),
                _ => None,
            },
            CONTEXTS.. => match self.context(offset - CONTEXTS, CONTEXT) {
                Some((context, 0)) => Some(self.targets[context].threshold),
                Some((context, 4)) => self.claimable(context),
                _ => None,
            },
            _ => None,
        };
        register.unwrap_or(0).into()
    }
}

impl Device for Plic {
    fn read(&mut self, offset: u64, bytes: u8) -> Result<u64, BusError> {
        let offset = crate::word(offset, bytes)?;
        let mut state = self.0.borrow_mut();
        if let CONTEXTS.. = offset
            && let Some((context, 4)) = state.context(offset - CONTEXTS, CONTEXT)
        {
            return Ok(state.claim(context).into());
        }
        Ok(state.read(offset))
    }

    fn write(&mut self, offset: u64, bytes: u8, value: u64) -> Result<(), BusError> {
        let offset = crate::word(offset, bytes)?;
        let mut state = self.0.borrow_mut();
        match offset {
            4..PENDING => {
                if let Some(priority) = state.priorities.get_mut((offset / 4) as usize) {
                    *priority = value as u32 & PRIORITY;
                }
            }
            ENABLES..CONTEXTS => {
                if let Some((context, 0)) = state.context(offset - ENABLES, CONTEXT_ENABLES) {
                    state.targets[context].enabled = value as u32 & !1;
                }
            }
            CONTEXTS.. => match state.context(offset - CONTEXTS, CONTEXT) {
                Some((context, 0)) => state.targets[context].threshold = value as u32 & PRIORITY,
                Some((context, 4)) => state.complete(context, value),
                _ => {}
            },
            _ => {}
        }
        state.notify();
        Ok(())
    }

    fn peek(&self, offset: u64, bytes: u8) -> Result<u64, BusError> {
        Ok(self.0.borrow().read(crate::word(offset, bytes)?))
    }
}
