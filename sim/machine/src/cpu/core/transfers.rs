//! The pipeline's side of the buses: transfers out in program order, answers in.

use super::Core;
use crate::cpu::shadow::Shadow;
use crate::cpu::slot::{Stage, Transfer};
use kernel::scramble;
use model::bus::{self, Known};
use model::isa::Access;
use model::mmu::{PerPort, Port};
use model::page::mask;
use std::collections::VecDeque;

/// Memory returned something else than what the program stored there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The kind of access.
    pub access: Access,
    /// The transfer's virtual address.
    pub va: u64,
    /// Its physical address.
    pub pa: u64,
    /// What the program stored there.
    pub expected: u64,
    /// What memory returned.
    pub got: u64,
}

/// A transfer that the bus has not answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    pub(super) number: u64,
    pub(super) va: u64,
    pub(super) pa: u64,
    pub(super) held: Held,
    /// The answer to come, if the bus knew it at once.
    pub(super) known: Option<Known>,
}

/// The expected contents at a transfer's address.
#[derive(Clone, Copy, Debug)]
pub(super) enum Held {
    /// Unknown contents, such as those of a device.
    Unknown,
    /// What a load or fetch must read.
    Expected(u64),
    /// What a store of so many bytes overwrote.
    Before(u8, u64),
}

impl Flight {
    /// A transfer that will be answered in this cycle, as expected.
    pub(super) fn fine(number: u64, due: u64) -> Flight {
        let response = bus::Response { value: 0, error: false, swapped: false };
        let known = Some(Known { due, response });
        Flight { number, va: 0, pa: 0, held: Held::Unknown, known }
    }

    /// Whether it is known to be answered in this cycle, as expected.
    pub(super) fn is_fine(&self, now: u64) -> bool {
        let Some(Known { due, response }) = self.known else { return false };
        let expected = match self.held {
            Held::Expected(expected) => expected == response.value,
            Held::Unknown | Held::Before(..) => true,
        };
        due == now && !response.error && expected
    }
}

impl Core {
    /// The next transfer for the bus of a port that is ready; call it until there is none. The
    /// shadow is updated by stores here, in the order in which memory is.
    #[inline]
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
        let (store, held) = if slot.kind == Access::Store {
            self.stores += 1;
            let value = scramble(self.seed ^ self.stores) & mask(bytes);
            let before = shadow.store(va, bytes, value);
            (Some(value), before.map(|before| Held::Before(bytes, before)))
        } else {
            (None, shadow.load(va, bytes).map(Held::Expected))
        };
        let held = held.unwrap_or(Held::Unknown);
        self.flights[port].push_back(Flight { number, va, pa, held, known: None });
        Some((port, transfer.request(store)))
    }

    /// The answer to the port's youngest transfer is known already.
    #[inline]
    pub fn will_be(&mut self, port: Port, known: Known) {
        if let Some(flight) = self.flights[port].back_mut() {
            flight.known = Some(known);
        }
    }

    /// The answer to the port's oldest transfer, if it is known and arrives in this cycle.
    #[inline]
    pub fn arrived(&self, port: Port, now: u64) -> Option<bus::Response> {
        let known = self.flights[port].front()?.known?;
        (known.due <= now).then_some(known.response)
    }

    /// Whether the bus must still be polled for the answer to the port's oldest transfer.
    #[inline]
    pub fn asks_bus(&self, port: Port) -> bool {
        self.flights[port].front().is_some_and(|flight| flight.known.is_none())
    }

    /// The earliest cycle in which a known answer arrives.
    pub fn next_arrival(&self) -> Option<u64> {
        let first = |flights: &VecDeque<Flight>| Some(flights.front()?.known?.due);
        self.flights.values().filter_map(first).min()
    }

    /// Whether a transfer waits only for its bus.
    #[inline]
    pub fn can_transfer(&self) -> bool {
        let oldest = self.slots.get(self.unsent);
        oldest.is_some_and(|slot| slot.is_translated() && slot.is_unsent())
    }

    /// Whether a transfer waits for its bus, or for older ones.
    #[inline]
    pub fn has_transfers(&self) -> bool {
        self.sendable > 0
    }

    /// The bus answered the oldest transfer of a port. A store that it refused did not happen, and
    /// the shadow undoes it: others may see that memory too. What is younger than a refused access
    /// has no effect: its process is killed, or its call ends.
    ///
    /// # Errors
    /// When memory returned something else than what the program stored there.
    #[inline]
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
        match flight.held {
            Held::Expected(expected) if expected != response.value => Err(Answer {
                access: kind,
                va: flight.va,
                pa: flight.pa,
                expected,
                got: response.value,
            }),
            _ => Ok(()),
        }
    }

    /// Undoes what a refused store would have changed, unless a younger store has changed it since.
    fn take_back(&self, port: Port, flight: Flight, shadow: &mut Shadow) {
        let Held::Before(bytes, before) = flight.held else { return };
        for at in 0..u64::from(bytes) {
            let va = flight.va + at;
            let covers = |younger: &Flight| {
                let Held::Before(bytes, _) = younger.held else { return false };
                (younger.va..younger.va + u64::from(bytes)).contains(&va)
            };
            if !self.flights[port].iter().any(covers) {
                shadow.store(va, 1, before >> (8 * at));
            }
        }
    }
}
