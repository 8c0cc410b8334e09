//! The pipeline: in order, a fetch port and a data port, precise faults.
//!
//! While the loads and stores of an instruction are translated, the next instruction's fetch is
//! translated beside them: one translation a cycle and port as long as the TLBs hit. Each port
//! presents one request until it is accepted, then waits for its response. Transfers go to the
//! bus in program order, at most one a cycle and port, and only once everything older is
//! translated; several may be under way. A fault waits until everything older is complete; what
//! is younger is squashed and repeated later. An access that crosses a page is two.
//!
//! Not modelled: dependences between instructions, branches, a store buffer, caches.

mod transfers;

pub use transfers::Answer;

use super::program;
use super::slot::{Slot, Stage};
use crate::isa::{Access, Context, Fault, PAGE_BYTES, Privilege};
use crate::mmu::{Outputs, Request, Response};
use std::collections::VecDeque;
use transfers::Flight;

/// Index of the fetch port.
const FETCH: usize = 0;
/// Index of the data port.
const DATA: usize = 1;

/// Why the pipeline needs the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trap {
    /// Translation failed.
    Fault {
        /// What was to be done.
        access: Access,
        /// How it failed.
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
    /// What it did.
    pub access: Access,
    /// Its bytes.
    pub bytes: u16,
    /// It is the kernel's own, on the program's behalf.
    pub is_kernels: bool,
    /// Its physical address.
    pub pa: u64,
    /// It is not the second half of an access across pages.
    pub begins: bool,
    /// Bus transfers that it took.
    pub transfers: u64,
}

/// The pipeline's state for the process that runs.
#[derive(Debug)]
pub struct Core {
    window: usize,
    slots: VecDeque<Slot>,
    /// The number of the first slot; numbers are never used again.
    first: u64,
    /// The slot that each port is busy with.
    ports: [Option<u64>; 2],
    flights: [VecDeque<Flight>; 2],
    instruction: u64,
    stores: u64,
    seed: u64,
}

/// The accesses of a process that waits for something, to be repeated when it runs again.
#[derive(Debug, Default)]
pub struct Parked {
    slots: VecDeque<Slot>,
    instruction: u64,
}

impl Core {
    /// An empty pipeline for so many accesses at a time. Stores write values that follow from
    /// the seed and their number.
    pub fn new(window: usize, seed: u64) -> Core {
        Core {
            window: window.max(1),
            slots: VecDeque::new(),
            first: 0,
            ports: [None; 2],
            flights: [VecDeque::new(), VecDeque::new()],
            instruction: 0,
            stores: 0,
            seed,
        }
    }

    /// Whether another access can be taken in.
    pub fn has_room(&self) -> bool {
        self.slots.len() < self.window
    }

    /// Nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Takes in the next access, judged by this context: the program's, or the kernel's on its
    /// behalf. `true` if it crosses a page and became several.
    pub fn push(&mut self, access: program::Access, context: Context) -> bool {
        let program::Access { kind, mut va, bytes: mut left } = access;
        if kind == Access::Fetch {
            self.instruction += 1;
        }
        let mut pieces = 0;
        while left > 0 {
            let bytes = (PAGE_BYTES - va % PAGE_BYTES).min(u64::from(left)) as u16;
            self.slots.push_back(Slot {
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

    /// What to present to the MMU in this cycle, on the fetch and the data port. The MMU's
    /// outputs must be given to [`Core::observe`].
    pub fn present(&mut self) -> [Option<Request>; 2] {
        self.choose();
        self.ports.map(|port| {
            let slot = self.slot(port?)?;
            (slot.stage == Stage::Waiting).then(|| slot.request())
        })
    }

    /// Gives idle ports their next access, in program order.
    fn choose(&mut self) {
        let mut waiting_data: Option<u64> = None;
        let mut all_translated = true;
        let mut fetch_blocked = self.ports[FETCH].is_some();
        for (index, slot) in self.slots.iter().enumerate() {
            if slot.is_bad() {
                break;
            }
            if slot.is_translated() {
                continue;
            }
            let number = self.first + index as u64;
            match slot.kind {
                Access::Fetch => {
                    // Only one instruction ahead of data that still waits.
                    let near = waiting_data.is_none_or(|oldest| oldest + 1 >= slot.instruction);
                    if !fetch_blocked && near {
                        self.ports[FETCH] = Some(number);
                    }
                    fetch_blocked = true;
                }
                Access::Load | Access::Store => {
                    if all_translated && self.ports[DATA].is_none() {
                        self.ports[DATA] = Some(number);
                    }
                    waiting_data = waiting_data.or(Some(slot.instruction));
                }
            }
            all_translated = false;
        }
    }

    fn slot(&self, number: u64) -> Option<&Slot> {
        self.slots.get(number.checked_sub(self.first)? as usize)
    }

    fn slot_mut(&mut self, number: u64) -> Option<&mut Slot> {
        self.slots.get_mut(number.checked_sub(self.first)? as usize)
    }

    /// Takes note of what the MMU accepted and answered.
    pub fn observe(&mut self, outputs: &Outputs) {
        let ports = [(outputs.fetch_ready, outputs.fetch), (outputs.data_ready, outputs.data)];
        for (port, (ready, response)) in ports.into_iter().enumerate() {
            let Some(number) = self.ports[port] else { continue };
            let Some(slot) = self.slot_mut(number) else { continue };
            if ready && slot.stage == Stage::Waiting {
                slot.stage = Stage::Translating;
            }
            if let Some(response) = response.filter(|_| slot.stage == Stage::Translating) {
                slot.stage = stage(response);
                self.ports[port] = None;
            }
        }
    }

    /// The oldest access, if it is complete; it leaves.
    pub fn retire(&mut self) -> Option<Retired> {
        let slot = self.slots.front().filter(|slot| slot.is_done())?;
        let Stage::Translated(pa) = slot.stage else { return None };
        let Slot { kind, bytes, context, begins, transfers, .. } = *slot;
        self.slots.pop_front();
        self.first += 1;
        let is_kernels = context.privilege != Privilege::User;
        Some(Retired { access: kind, bytes, is_kernels, pa, begins, transfers })
    }

    /// The trap to take: the oldest access is bad, and nothing is under way any more.
    pub fn trap(&self) -> Option<Trap> {
        let slot = self.slots.front().filter(|_| !self.is_under_way())?;
        match slot.stage {
            Stage::Faulted(fault) => Some(Trap::Fault { access: slot.kind, fault }),
            Stage::Refused(pa) => Some(Trap::Refused { va: slot.va, pa }),
            _ => None,
        }
    }

    /// Whether the MMU or the bus owes it an answer.
    pub fn is_under_way(&self) -> bool {
        self.is_translating() || self.flights.iter().any(|flights| !flights.is_empty())
    }

    /// Whether a port waits for the MMU.
    pub fn is_translating(&self) -> bool {
        self.ports.iter().any(Option::is_some)
    }

    /// After a trap: everything is asked for again.
    pub fn squash(&mut self) {
        for slot in &mut self.slots {
            slot.stage = Stage::Waiting;
        }
    }

    /// Takes the accesses of a process that is blocked out of the pipeline, after a squash.
    pub fn park(&mut self) -> Parked {
        self.first += self.slots.len() as u64;
        Parked { slots: std::mem::take(&mut self.slots), instruction: self.instruction }
    }

    /// Puts them back; the pipeline is empty.
    pub fn unpark(&mut self, parked: Parked) {
        (self.slots, self.instruction) = (parked.slots, parked.instruction);
    }

    /// The process is gone: so are its accesses.
    pub fn clear(&mut self) {
        self.first += self.slots.len() as u64;
        self.slots.clear();
    }
}

fn stage(response: Response) -> Stage {
    match response {
        Ok(pa) => Stage::Translated(pa),
        Err(fault) => Stage::Faulted(fault),
    }
}
