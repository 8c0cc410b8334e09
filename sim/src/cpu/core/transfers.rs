//! The pipeline's side of the buses: transfers out in program order, answers in.

use super::{Core, DATA, FETCH};
use crate::bus;
use crate::cpu::shadow::{Shadow, mask};
use crate::cpu::slot::{Slot, Stage};
use crate::isa::Access;
use crate::os::scramble;

/// Memory held something else than the program left there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What was done.
    pub access: Access,
    /// The transfer's virtual address.
    pub va: u64,
    /// Its physical address.
    pub pa: u64,
    /// What the program left there.
    pub expected: u64,
    /// What memory answered.
    pub got: u64,
}

/// A transfer that the bus has not answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    number: u64,
    va: u64,
    pa: u64,
    expected: Option<u64>,
    /// Of a store: its bytes, and what the program had there before.
    before: Option<(u8, u64)>,
}

impl Core {
    /// The next transfer for the bus on a port that is ready, fetch and data; to be asked until
    /// there is none. The shadow learns of stores here, in the order in which memory does.
    pub fn transfer(
        &mut self,
        ready: [bool; 2],
        shadow: &mut Shadow,
    ) -> Option<(usize, bus::Request)> {
        for (index, slot) in self.slots.iter_mut().enumerate() {
            let Some(transfer) = slot.next_transfer() else {
                if matches!(slot.stage, Stage::Translated(_)) {
                    continue;
                }
                return None;
            };
            let port = if slot.kind == Access::Fetch { FETCH } else { DATA };
            if !ready[port] {
                return None;
            }
            slot.sent += transfer.covers;
            slot.in_flight += 1;
            slot.transfers += 1;
            let store = (slot.kind == Access::Store).then(|| {
                self.stores += 1;
                scramble(self.seed ^ self.stores) & mask(transfer.bytes)
            });
            let before = store.and_then(|_| shadow.load(transfer.va, transfer.bytes));
            let before = before.map(|before| (transfer.bytes, before));
            if let Some(value) = store {
                shadow.store(transfer.va, transfer.bytes, value);
            }
            let expected = match store {
                Some(_) => None,
                None => shadow.load(transfer.va, transfer.bytes),
            };
            let (number, va, pa) = (self.first + index as u64, transfer.va, transfer.pa);
            self.flights[port].push_back(Flight { number, va, pa, expected, before });
            return Some((port, transfer.request(store)));
        }
        None
    }

    /// Whether a transfer waits for its bus.
    pub fn has_transfers(&self) -> bool {
        self.slots.iter().any(|slot| slot.next_transfer().is_some())
    }

    /// The address of the access that translation has just finished and whose page the shadow
    /// must know before its transfers are asked for.
    pub fn translated(&self) -> impl Iterator<Item = u64> + '_ {
        let fresh = |slot: &&Slot| matches!(slot.stage, Stage::Translated(_)) && slot.sent == 0;
        self.slots.iter().filter(fresh).map(|slot| slot.va)
    }

    /// The bus answered the oldest transfer of a port. A store that it refused did not happen,
    /// and the shadow takes it back: others may see that memory too. What is younger than a
    /// refused access counts for nothing: its process dies, or its call ends.
    ///
    /// # Errors
    /// When memory held something else than the program left there.
    pub fn answered(
        &mut self,
        port: usize,
        response: bus::Response,
        shadow: &mut Shadow,
    ) -> Result<(), Answer> {
        let Some(flight) = self.flights[port].pop_front() else { return Ok(()) };
        let Some(slot) = self.slot_mut(flight.number) else { return Ok(()) };
        slot.in_flight -= 1;
        if response.error {
            slot.stage = Stage::Refused(flight.pa);
            self.take_back(port, flight, shadow);
            return Ok(());
        }
        let kind = slot.kind;
        let older = self.slots.iter().take((flight.number - self.first) as usize);
        if older.into_iter().any(|slot| matches!(slot.stage, Stage::Refused(_))) {
            return Ok(());
        }
        match flight.expected {
            Some(expected) if expected != response.value => Err(Answer {
                access: kind,
                va: flight.va,
                pa: flight.pa,
                expected,
                got: response.value,
            }),
            _ => Ok(()),
        }
    }

    /// What a refused store would have changed is as before, unless a younger store has changed
    /// it since.
    fn take_back(&self, port: usize, flight: Flight, shadow: &mut Shadow) {
        let Some((bytes, before)) = flight.before else { return };
        for at in 0..u64::from(bytes) {
            let va = flight.va + at;
            let covers = |younger: &Flight| {
                let bytes = younger.before.map_or(0, |(bytes, _)| u64::from(bytes));
                (younger.va..younger.va + bytes).contains(&va)
            };
            if !self.flights[port].iter().any(covers) {
                shadow.store(va, 1, before >> (8 * at));
            }
        }
    }
}
