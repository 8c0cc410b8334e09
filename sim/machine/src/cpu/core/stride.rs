//! The pipeline at full speed: every request hits, and every transfer is answered in the next
//! cycle, as the program expects.
//!
//! It does what [`Core`] does in such a cycle, without the work that only misses, faults and slow
//! buses need:
//!
//! - A request is answered in the cycle in which it is presented, so a port is never busy, and
//!   at most one fetch is translated ahead of data that waits.
//! - A transfer that is passed to the bus in one cycle is complete in the next: an access retires
//!   in the cycle after its last transfer, and of a transfer only its access must be remembered.
//!
//! Between two cycles the pipeline can always return to the general path ([`Stride::back`]), which
//! then handles an answer that is not as expected.

use super::Core;
use super::transfers::{Flight, Held};
use crate::cpu::program;
use crate::cpu::shadow::{Place, Shadow};
use crate::cpu::slot::{Piece, Slot, Stage};
use crate::stats::AccessCounters;
use kernel::scramble;
use model::bus::{self, BusError, FoundPage, Known, SharedMemory};
use model::isa::{Access, Context, PAGE_BYTES};
use model::mmu::{PerPort, Port};
use model::page::mask;

/// The largest window for a stride.
const ROOM: usize = 16;

/// Where shadow and memory have a page; memory may not have it yet.
pub type Places = (Place, Option<FoundPage>);

/// The number of kinds of accesses.
const KINDS: usize = Access::CacheBlock as usize + 1;

/// An access in the window, and its progress.
#[derive(Clone, Copy, Debug)]
struct Entry {
    va: u64,
    /// Its physical address, once it is translated.
    pa: u64,
    /// The place of its page in the shadow; `None` if the shadow was not asked.
    place: Option<Place>,
    /// Its page in memory, if it was looked up.
    page: Option<FoundPage>,
    bytes: u16,
    /// Bytes passed to the bus.
    sent: u16,
    transfers: u16,
    kind: Access,
}

/// The window of a pipeline at full speed.
#[derive(Debug)]
pub struct Stride {
    /// Number n is at index n modulo their number.
    entries: [Entry; ROOM],
    window: u64,
    one_port: bool,
    /// As in [`Core`].
    first: u64,
    untranslated: u64,
    fetches: u64,
    unsent: u64,
    /// The number of the next access.
    end: u64,
    /// The fetch that is translated while older data accesses are not.
    ahead: Option<u64>,
    /// The accesses whose transfers were passed to the buses in the last cycle.
    flying: PerPort<Option<u64>>,
    instruction: u64,
    stores: u64,
    seed: u64,
    /// Accesses that have left, by kind, and their transfers.
    retired: [u64; KINDS],
    transfers: u64,
    /// Transfers that memory answered otherwise than it should.
    odd: PerPort<Option<Flight>>,
}

impl Core {
    /// The pipeline at full speed from cycle `now` on, if its state allows that; it takes over all
    /// accesses until it is given back.
    pub fn stride(&mut self, now: u64) -> Option<Stride> {
        let usual = |slot: &Slot| {
            let settled = matches!(slot.stage, Stage::Waiting | Stage::Translated(_));
            settled && slot.begins && slot.context == Context::USER
        };
        let whole = self.window <= ROOM && !self.is_translating() && self.refused.is_none();
        if !whole || !self.slots.iter().all(usual) {
            return None;
        }
        let mut flying = PerPort::default();
        for (port, flights) in self.flights.iter() {
            flying[port] = match (flights.front(), flights.len()) {
                (None, _) => None,
                (Some(flight), 1) if flight.is_fine(now) => Some(flight.number),
                _ => return None,
            };
        }
        let [first, end] = [self.slots.first(), self.slots.first() + self.slots.len() as u64];
        let translated = |number: &u64| self.slots.get(*number).is_some_and(Slot::is_translated);
        let mut ahead = (self.untranslated..end).filter(translated);
        let (ahead, more) = (ahead.next(), ahead.next());
        let fetch =
            |number: u64| self.slots.get(number).is_some_and(|slot| slot.kind == Access::Fetch);
        let only = ahead.is_none_or(|ahead| !(self.untranslated..ahead).any(fetch) && fetch(ahead));
        if more.is_some() || !only {
            return None;
        }
        let mut entries = [Entry::NONE; ROOM];
        for (number, slot) in (first..).zip(self.slots.iter()) {
            entries[place(number)] = Entry::new(slot);
        }
        self.flights.iter_mut().for_each(|(_, flights)| flights.clear());
        Some(Stride {
            entries,
            window: self.window as u64,
            one_port: self.one_port,
            first,
            untranslated: self.untranslated,
            fetches: ahead.map_or(self.untranslated, |ahead| ahead + 1),
            unsent: self.unsent,
            end,
            ahead,
            flying,
            instruction: self.instruction,
            stores: self.stores,
            seed: self.seed,
            retired: [0; KINDS],
            transfers: 0,
            odd: PerPort::default(),
        })
    }

    /// Presents accesses to the MMU; a port that has one here is free.
    pub fn present(&mut self, numbers: PerPort<Option<u64>>) {
        self.ports = numbers;
        for number in numbers.values().flatten() {
            if let Some(slot) = self.slots.get_mut(*number) {
                slot.stage = Stage::Translating;
            }
        }
    }
}

impl Stride {
    /// Whether another access fits in.
    #[inline]
    pub fn has_room(&self) -> bool {
        self.end - self.first < self.window
    }

    /// Adds the program's next access; `false`, without adding it, if it crosses a page.
    #[inline]
    pub fn push(&mut self, access: program::Access) -> bool {
        let program::Access { kind, va, bytes } = access;
        if va % PAGE_BYTES + u64::from(bytes) > PAGE_BYTES {
            return false;
        }
        self.instruction += u64::from(kind == Access::Fetch);
        self.entries[place(self.end)] = Entry { va, kind, bytes, ..Entry::NONE };
        self.end += 1;
        true
    }

    /// The accesses to be translated in this cycle, a fetch and another one: [`Core::choose`].
    #[inline(always)]
    pub fn choose(&mut self) -> (Option<u64>, Option<u64>) {
        let oldest = self.untranslated;
        if oldest == self.end {
            return (None, None);
        }
        if self.entries[place(oldest)].kind == Access::Fetch {
            return (Some(oldest), None);
        }
        let mut fetch = None;
        if self.ahead.is_none() && !self.one_port {
            self.fetches = self.fetches.max(oldest + 1);
            while self.fetches < self.end && fetch.is_none() {
                let found = self.entries[place(self.fetches)].kind == Access::Fetch;
                fetch = found.then_some(self.fetches);
                self.fetches += u64::from(!found);
            }
        }
        (fetch, Some(oldest))
    }

    /// The address and kind of an access.
    #[inline(always)]
    pub fn access(&self, number: u64) -> (u64, Access) {
        let Entry { va, kind, .. } = &self.entries[place(number)];
        (*va, *kind)
    }

    /// An access is translated; and where shadow and memory have its page.
    #[inline(always)]
    pub fn translated(&mut self, number: u64, pa: u64, (in_shadow, page): Places) {
        let entry = &mut self.entries[place(number)];
        entry.pa = pa;
        (entry.place, entry.page) = (Some(in_shadow), page);
        if number == self.untranslated {
            self.untranslated += 1;
        } else {
            self.ahead = Some(number);
            self.fetches = number + 1;
        }
        if self.ahead == Some(self.untranslated) {
            (self.ahead, self.untranslated) = (None, self.untranslated + 1);
        }
    }

    /// Whether something moves in a cycle in which nothing is translated.
    pub fn moves(&self) -> bool {
        self.first < self.unsent || self.unsent < self.untranslated || self.flying.0 != [None; 2]
    }

    /// The rest of a cycle: transfers to buses that are all ready; accesses that were complete
    /// before leave, and `gone` is called with the physical address of each. Returns whether memory
    /// answered all transfers as it should.
    #[inline]
    pub fn finish(
        &mut self,
        now: u64,
        memory: &SharedMemory,
        shadow: &mut Shadow,
        mut gone: impl FnMut(u64),
    ) -> bool {
        let complete = self.unsent;
        let is_fine = self.transfer(now, memory, shadow);
        while self.first < complete {
            let Entry { pa, kind, transfers, .. } = self.entries[place(self.first)];
            self.first += 1;
            self.retired[kind as usize] += 1;
            self.transfers += u64::from(transfers);
            gone(pa);
        }
        is_fine
    }

    /// The accesses that have left.
    pub fn counters(&self) -> AccessCounters {
        let of = |kind: Access| self.retired[kind as usize];
        AccessCounters {
            instructions: of(Access::Fetch),
            fetches: of(Access::Fetch),
            // As [`AccessCounters::completed`] counts them.
            loads: of(Access::Load) + of(Access::CacheBlock),
            stores: of(Access::Store),
            bus_transfers: self.transfers,
            ..AccessCounters::default()
        }
    }

    /// [`Core::transfer`] repeated until there is none.
    #[inline]
    fn transfer(&mut self, now: u64, memory: &SharedMemory, shadow: &mut Shadow) -> bool {
        self.flying = PerPort([None, None]);
        let mut is_fine = true;
        while self.unsent < self.untranslated {
            let number = self.unsent;
            let entry = &mut self.entries[place(number)];
            let port = Port::of(entry.kind);
            if self.flying[port].is_some() {
                break;
            }
            self.flying[port] = Some(number);
            let (at, left) = (u64::from(entry.sent), entry.bytes - entry.sent);
            let (va, pa) = (entry.va + at, entry.pa + at);
            let differs = entry.differs(va, pa, memory, shadow);
            // Mostly whole words are equal, so that it does not matter which of their bytes are read.
            let piece = (differs != Some(0)).then(|| Piece::next(entry.kind, va, left));
            let covers = piece.map_or_else(|| Piece::of_word(va, left), |piece| piece.covers);
            entry.sent += covers;
            entry.transfers += 1;
            self.unsent += u64::from(entry.sent == entry.bytes);
            let Some(Piece { into, bytes, .. }) = piece else { continue };
            let (va, pa) = (va - into, pa - into);
            let read = mask(bytes) << (va % 8 * 8);
            if differs.is_none_or(|differs| differs & read != 0) {
                is_fine &= self.carry(number, va, pa, bytes, now, memory, shadow);
            }
        }
        is_fine
    }

    /// A transfer that is a store, or that a look at the words does not settle; `false` if it is
    /// not answered as it should be.
    #[expect(clippy::too_many_arguments, reason = "a transfer and what takes part in it")]
    fn carry(
        &mut self,
        number: u64,
        va: u64,
        pa: u64,
        bytes: u8,
        now: u64,
        memory: &SharedMemory,
        shadow: &mut Shadow,
    ) -> bool {
        let kind = self.entries[place(number)].kind;
        let (held, got) = if kind == Access::Store {
            self.stores += 1;
            let value = scramble(self.seed ^ self.stores) & mask(bytes);
            let before = shadow.store(va, bytes, value);
            let held = before.map_or(Held::Unknown, |before| Held::Before(bytes, before));
            (held, memory.write(pa, bytes, value).map(|()| 0))
        } else {
            let expected = shadow.load(va, bytes);
            (expected.map_or(Held::Unknown, Held::Expected), memory.read(pa, bytes))
        };
        match (held, got) {
            (Held::Expected(expected), Ok(value)) if expected == value => true,
            (Held::Unknown | Held::Before(..), Ok(_)) => true,
            _ => {
                let known = Some(Known { due: now + 1, response: response(got) });
                self.odd[Port::of(kind)] = Some(Flight { number, va, pa, held, known });
                false
            }
        }
    }

    /// Gives the accesses back, before cycle `now`.
    pub fn back(self, core: &mut Core, now: u64) {
        let fetches = (self.first..self.end)
            .filter(|number| self.entries[place(*number)].kind == Access::Fetch)
            .count();
        let mut instruction = self.instruction - fetches as u64;
        core.slots.restart(self.first);
        core.sendable = 0;
        for number in self.first..self.end {
            let entry = self.entries[place(number)];
            instruction += u64::from(entry.kind == Access::Fetch);
            let translated = number < self.untranslated || self.ahead == Some(number);
            let flying = self.flying.values().flatten().filter(|flying| **flying == number);
            let slot = entry.slot(instruction, translated, flying.count() as u16);
            core.sendable += usize::from(translated && slot.is_unsent());
            core.slots.push(slot);
        }
        (core.untranslated, core.fetches) = (self.untranslated, self.untranslated);
        core.unsent = self.unsent;
        (core.instruction, core.stores) = (self.instruction, self.stores);
        for (port, flying) in self.flying {
            let fine = flying.map(|number| Flight::fine(number, now));
            core.flights[port].extend(self.odd[port].or(fine));
        }
    }
}

impl Entry {
    const NONE: Entry = Entry {
        va: 0,
        pa: 0,
        place: None,
        page: None,
        bytes: 0,
        sent: 0,
        transfers: 0,
        kind: Access::Fetch,
    };

    fn new(slot: &Slot) -> Entry {
        let Slot { kind, va, bytes, sent, transfers, stage, .. } = *slot;
        let pa = if let Stage::Translated(pa) = stage { pa } else { 0 };
        Entry { va, pa, bytes, sent, transfers, kind, ..Entry::NONE }
    }

    /// Of a load or fetch whose page is known in memory and in the shadow: the bits in which the word
    /// at an address differs from what it must be.
    #[inline]
    fn differs(&self, va: u64, pa: u64, memory: &SharedMemory, shadow: &Shadow) -> Option<u64> {
        let (Some(place), Some(page)) = (self.place, self.page) else { return None };
        if self.kind == Access::Store {
            return None;
        }
        // All transfers of an access are in its page.
        Some(shadow.word_at(place, va)? ^ memory.word(page, pa))
    }

    fn slot(self, instruction: u64, translated: bool, in_flight: u16) -> Slot {
        let Entry { va, pa, bytes, sent, transfers, kind, .. } = self;
        let stage = if translated { Stage::Translated(pa) } else { Stage::Waiting };
        Slot {
            kind,
            va,
            bytes,
            context: Context::USER,
            instruction,
            begins: true,
            stage,
            sent,
            in_flight,
            transfers,
        }
    }
}

#[inline]
fn place(number: u64) -> usize {
    number as usize % ROOM
}

fn response(got: Result<u64, BusError>) -> bus::Response {
    bus::Response { value: got.unwrap_or(0), error: got.is_err(), swapped: false }
}
