//! The pipeline's side of the buses: transfers out in program order, answers in.

use super::Core;
use crate::cpu::shadow::Shadow;
use crate::cpu::slot::{Stage, Transfer};
use kernel::scramble;
use model::bus;
use model::isa::Access;
use model::mmu::{PerPort, Port};
use model::page::mask;

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
    /// The next transfer for the bus of a port that is ready; to be asked until
    /// there is none. The shadow learns of stores here, in the order in which memory does.
    pub fn transfer(
        &mut self,
        ready: PerPort<bool>,
        shadow: &mut Shadow,
    ) -> Option<(Port, bus::Request)> {
        while self
            .slots
            .get(self.unsent)
            .is_some_and(|slot| slot.is_translated() && !slot.is_unsent())
        {
            self.unsent += 1;
        }
        let number = self.unsent;
        let slot = self.slots.get_mut(number)?;
        let transfer = slot.next_transfer()?;
        let port = Port::of(slot.kind);
        if !ready[port] {
            return None;
        }
        slot.sent += transfer.covers;
        slot.in_flight += 1;
        slot.transfers += 1;
        self.sendable -= usize::from(!slot.is_unsent());
        let Transfer { va, pa, bytes, .. } = transfer;
        let (store, expected, before) = if slot.kind == Access::Store {
            self.stores += 1;
            let value = scramble(self.seed ^ self.stores) & mask(bytes);
            let before = shadow.store(va, bytes, value);
            (Some(value), None, before.map(|before| (bytes, before)))
        } else {
            (None, shadow.load(va, bytes), None)
        };
        self.flights[port].push_back(Flight { number, va, pa, expected, before });
        Some((port, transfer.request(store)))
    }

    /// Whether a transfer waits for its bus.
    pub fn has_transfers(&self) -> bool {
        self.sendable > 0
    }

    /// The bus answered the oldest transfer of a port. A store that it refused did not happen,
    /// and the shadow takes it back: others may see that memory too. What is younger than a
    /// refused access counts for nothing: its process dies, or its call ends.
    ///
    /// # Errors
    /// When memory held something else than the program left there.
    pub fn answered(
        &mut self,
        port: Port,
        response: bus::Response,
        shadow: &mut Shadow,
    ) -> Result<(), Answer> {
        let Some(flight) = self.flights[port].pop_front() else { return Ok(()) };
        let number = flight.number;
        let Some(slot) = self.slots.get_mut(number) else { return Ok(()) };
        slot.in_flight -= 1;
        if response.error {
            self.sendable -= usize::from(slot.is_translated() && slot.is_unsent());
            slot.stage = Stage::Refused(flight.pa);
            self.untranslated = self.untranslated.min(number);
            self.unsent = self.unsent.min(number);
            self.refused = Some(self.refused.map_or(number, |oldest| oldest.min(number)));
            self.take_back(port, flight, shadow);
            return Ok(());
        }
        let kind = slot.kind;
        if self.refused.is_some_and(|refused| refused < number) {
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
    fn take_back(&self, port: Port, flight: Flight, shadow: &mut Shadow) {
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
