//! The pipeline: in order, a fetch port and a data port, precise faults.
//!
//! While the loads and stores of an instruction are translated, the next instruction's fetch is
//! translated in parallel: one translation per cycle and port as long as the TLBs hit. Each port
//! presents one request until it is accepted, then waits for its response. An MMU with one port for
//! both is asked for one translation after the other, in program order, so that what it is asked next
//! never depends on how long an answer takes. Transfers go to the bus
//! in program order, at most one per cycle and port, and only once everything older is translated;
//! several may be outstanding. A fault is taken when everything older is complete; younger accesses
//! are squashed and repeated later. An access that crosses a page becomes two.
//!
//! Not modelled: dependences between instructions, branches, a store buffer, caches.
//!
//! The pipeline's side of the buses is in the file `transfers`.

mod stride;
mod transfers;

pub use stride::{Places, Stride};
pub use transfers::Answer;

use super::program;
use super::slot::{Slot, Stage};
use super::window::Window;
use crate::board::{Initiator, Transaction};
use model::isa::{Access, Context, Fault, PAGE_BYTES, Privilege};
use model::mmu::{PerPort, Port, Request, Response};
use std::collections::VecDeque;
use transfers::Flight;

/// Why the pipeline needs the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trap {
    /// Translation failed.
    Fault {
        /// The kind of access.
        access: Access,
        /// The fault.
        fault: Fault,
    },
    /// Memory refused the access itself.
    Refused {
        /// Its virtual address.
        va: u64,
        /// The physical address that was refused.
        pa: u64,
    },
}

/// A completed access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retired {
    /// The kind of access.
    pub access: Access,
    /// Its bytes.
    pub bytes: u16,
    /// It is the kernel's own, on the program's behalf.
    pub is_kernels: bool,
    /// Its physical address.
    pub pa: u64,
    /// It is not the second half of an access that crosses a page.
    pub begins: bool,
    /// Bus transfers that it took.
    pub transfers: u64,
}

/// The pipeline's state for the process that runs.
///
/// Accesses are numbered, and for each kind of query about the oldest access a cursor moves only
/// forward, so that the cost of a cycle does not depend on the number of accesses in the window.
#[derive(Debug)]
pub struct Core {
    window: usize,
    /// The MMU has one port: no fetch is ahead of data that waits.
    one_port: bool,
    slots: Window,
    /// The slot that each port is busy with.
    ports: PerPort<Option<u64>>,
    /// Answers of the MMU that [`Core::settle`] has not returned yet.
    settled: PerPort<Option<Result<u64, ()>>>,
    /// The first access that is not translated: older ones may go to memory.
    untranslated: u64,
    /// No fetch from `untranslated` up to here is still to be translated.
    fetches: u64,
    /// The first access that was not passed to the bus completely.
    unsent: u64,
    /// Accesses that are translated and not completely passed to the bus.
    sendable: usize,
    /// The oldest access that memory refused.
    refused: Option<u64>,
    flights: PerPort<VecDeque<Flight>>,
    instruction: u64,
    stores: u64,
    seed: u64,
}

/// The accesses of a process that waits for something, to be repeated when it runs again.
#[derive(Debug, Default)]
pub struct Parked {
    slots: Vec<Slot>,
    instruction: u64,
}

impl Core {
    /// An empty pipeline that holds up to `window` accesses, for an MMU with `one_port` or two. Stores
    /// write values derived from the seed and their number.
    pub fn new(window: usize, one_port: bool, seed: u64) -> Core {
        Core {
            window: window.max(1),
            one_port,
            slots: Window::default(),
            ports: PerPort::default(),
            settled: PerPort::default(),
            untranslated: 0,
            fetches: 0,
            unsent: 0,
            sendable: 0,
            refused: None,
            flights: PerPort::default(),
            instruction: 0,
            stores: 0,
            seed,
        }
    }

    /// Whether another access fits in.
    #[inline]
    pub fn has_room(&self) -> bool {
        self.slots.len() < self.window
    }

    /// Nothing is in it.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Adds the next access, with its context: the program's, or the kernel's on its behalf. `true`
    /// if it crosses a page and became several.
    #[inline]
    pub fn push(&mut self, access: program::Access, context: Context) -> bool {
        let program::Access { kind, mut va, bytes: mut left } = access;
        if kind == Access::Fetch {
            self.instruction += 1;
        }
        let mut pieces = 0;
        while left > 0 {
            let bytes = (PAGE_BYTES - va % PAGE_BYTES).min(u64::from(left)) as u16;
            self.slots.push(Slot {
                kind,
                va,
                bytes,
                context,
                instruction: self.instruction,
                begins: pieces == 0,
                stage: Stage::Waiting,
                sent: 0,
                in_flight: 0,
                transfers: 0,
            });
            va = va.wrapping_add(u64::from(bytes));
            left -= bytes;
            pieces += 1;
        }
        pieces > 1
    }

    /// Gives idle ports their next access, in program order: a load or store once everything
    /// before it is translated, a fetch at most one instruction ahead of data that still waits, and
    /// not at all where both need the same port.
    #[inline]
    pub fn choose(&mut self) {
        if self.ports.values().all(Option::is_some) {
            return;
        }
        let Some(oldest) = self.slots.get(self.untranslated).filter(|slot| !slot.is_bad()) else {
            return;
        };
        let waiting_data = (oldest.kind != Access::Fetch).then_some(oldest.instruction);
        if waiting_data.is_some() && self.ports[Port::Data].is_none() {
            self.ports[Port::Data] = Some(self.untranslated);
        }
        if self.ports[Port::Fetch].is_some() || self.one_port && waiting_data.is_some() {
            return;
        }
        self.fetches = self.fetches.max(self.untranslated);
        while let Some(slot) = self.slots.get(self.fetches) {
            if slot.kind == Access::Fetch && !slot.is_translated() {
                let near = waiting_data.is_none_or(|oldest| oldest + 1 >= slot.instruction);
                if near && !slot.is_bad() {
                    self.ports[Port::Fetch] = Some(self.fetches);
                }
                break;
            }
            self.fetches += 1;
        }
    }

    /// The MMU's answers since the last call: an address that it translated, or that it did not.
    /// Each is returned once.
    #[inline]
    pub fn settle(&mut self) -> PerPort<Option<Result<u64, ()>>> {
        while self.slots.get(self.untranslated).is_some_and(Slot::is_translated) {
            self.untranslated += 1;
        }
        std::mem::take(&mut self.settled)
    }

    /// Whether there is something for [`Core::settle`] to tell.
    #[inline]
    pub fn is_answered(&self) -> bool {
        self.settled.values().any(Option::is_some)
    }

    /// Removes the oldest access, if it is complete.
    #[inline]
    pub fn retire(&mut self) -> Option<Retired> {
        let slot = self.slots.front().filter(|slot| slot.is_done())?;
        let Stage::Translated(pa) = slot.stage else { return None };
        let Slot { kind, bytes, context, begins, .. } = *slot;
        let transfers = u64::from(slot.transfers);
        self.slots.pop();
        let is_kernels = context.privilege != Privilege::User;
        Some(Retired { access: kind, bytes, is_kernels, pa, begins, transfers })
    }

    /// The trap to take: the oldest access failed, and nothing is in flight any more.
    #[inline]
    pub fn trap(&self) -> Option<Trap> {
        let slot = self.slots.front().filter(|slot| slot.is_bad() && !self.is_under_way())?;
        match slot.stage {
            Stage::Faulted(fault) => Some(Trap::Fault { access: slot.kind, fault }),
            Stage::Refused(pa) => Some(Trap::Refused { va: slot.va, pa }),
            _ => None,
        }
    }

    /// Whether an answer of the MMU or the bus is outstanding.
    #[inline]
    pub fn is_under_way(&self) -> bool {
        self.is_translating() || self.has_flights()
    }

    /// Whether an answer of a bus is outstanding.
    #[inline]
    pub fn has_flights(&self) -> bool {
        self.flights.values().any(|flights| !flights.is_empty())
    }

    /// Whether a port waits for the MMU.
    #[inline]
    pub fn is_translating(&self) -> bool {
        self.ports.values().any(Option::is_some)
    }

    /// After a trap: everything is requested again.
    pub fn squash(&mut self) {
        self.slots.iter_mut().for_each(|slot| slot.stage = Stage::Waiting);
        self.rewind();
    }

    /// Nothing in the window is translated.
    fn rewind(&mut self) {
        let first = self.slots.first();
        (self.untranslated, self.fetches, self.unsent) = (first, first, first);
        (self.sendable, self.refused) = (0, None);
    }

    /// Takes the accesses of a process that is blocked out of the pipeline, after a squash.
    pub fn park(&mut self) -> Parked {
        let parked = Parked { slots: self.slots.drain(), instruction: self.instruction };
        self.rewind();
        parked
    }

    /// Puts them back; the pipeline is empty.
    pub fn unpark(&mut self, parked: Parked) {
        parked.slots.into_iter().for_each(|slot| self.slots.push(slot));
        self.instruction = parked.instruction;
    }

    /// Discards the accesses of a process that has ended.
    pub fn clear(&mut self) {
        self.slots.drain();
        self.rewind();
    }
}

/// The pipeline presents the accesses of [`Core::choose`].
impl Initiator for Core {
    #[inline]
    fn request(&mut self, port: Port, _now: u64) -> Option<Request> {
        let slot = self.slots.get_mut(self.ports[port]?)?;
        if slot.stage != Stage::Waiting {
            return None;
        }
        slot.stage = Stage::Translating;
        Some(slot.request())
    }

    #[inline]
    fn answered(&mut self, transaction: &Transaction) {
        let Transaction { port, response, .. } = *transaction;
        let number = self.ports[port].take();
        let Some(slot) = number.and_then(|number| self.slots.get_mut(number)) else { return };
        slot.stage = stage(response);
        let translated = slot.is_translated();
        self.sendable += usize::from(translated);
        self.settled[port] = Some(if translated { Ok(slot.va) } else { Err(()) });
    }
}

fn stage(response: Response) -> Stage {
    match response {
        Ok(pa) => Stage::Translated(pa),
        Err(fault) => Stage::Faulted(fault),
    }
}
