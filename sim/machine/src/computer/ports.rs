//! The ports of the MMU, as a hart uses them: each has at most one request, one fence at a time.

use crate::board::{Initiator, Transaction};
use model::mmu::{CsrPort, Fence, PerPort, Port, Request, Response};
use serde::{Deserialize, Serialize};

/// A port's request on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Slot {
    /// There is none.
    #[default]
    Free,
    /// It is to be presented in the next cycle.
    Asked(Request),
    /// It is presented or in flight.
    Sent(Request),
    /// It was answered.
    Answered(Request, Response),
    /// It is presented or in flight, and nobody waits for its answer any more.
    Given(Request),
}

/// What a hart asks of its MMU.
#[derive(Debug, Default)]
pub(super) struct Ports {
    pub(super) slots: PerPort<Slot>,
    fence: Option<Fence>,
    fenced: bool,
    /// Nothing is asked before the fence is complete.
    pub(super) fencing: bool,
    csr: CsrPort,
    drain: Drain,
    /// The last answers were misses, and nobody has noted it.
    pub(super) missed: PerPort<bool>,
}

/// The hart takes faults with their answers. The fault that the MMU holds, too, is taken in the cycle
/// after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Drain {
    #[default]
    Nothing,
    InNextCycle,
    Now,
}

impl Ports {
    /// Asks a port that is free.
    #[inline]
    pub(super) fn ask(&mut self, port: Port, request: Request) {
        self.slots[port] = Slot::Asked(request);
    }

    /// The answer of a port, if it is there; the port is free then.
    #[inline]
    pub(super) fn take(&mut self, port: Port) -> Option<(Request, Response)> {
        let Slot::Answered(request, response) = self.slots[port] else { return None };
        self.slots[port] = Slot::Free;
        Some((request, response))
    }

    /// Nobody waits for a port's answer any more.
    pub(super) fn give_up(&mut self, port: Port) {
        self.slots[port] = match self.slots[port] {
            Slot::Sent(request) | Slot::Given(request) => Slot::Given(request),
            Slot::Free | Slot::Asked(_) | Slot::Answered(..) => Slot::Free,
        };
    }

    /// Asks for a fence, once; true when it is complete.
    pub(super) fn fence_is_complete(&mut self, fence: Fence) -> bool {
        if self.fenced {
            (self.fenced, self.fencing) = (false, false);
            return true;
        }
        if !self.fencing {
            (self.fence, self.fencing) = (Some(fence), true);
        }
        false
    }

    /// A cycle has passed.
    #[inline]
    pub(super) fn passed(&mut self) {
        self.drain = match self.drain {
            Drain::Nothing => return,
            Drain::InNextCycle => Drain::Now,
            Drain::Now => Drain::Nothing,
        };
    }

    /// Nothing is asked, awaited or to be taken.
    #[inline]
    pub(super) fn are_idle(&self) -> bool {
        let free = |slot: &Slot| matches!(slot, Slot::Free | Slot::Answered(..));
        self.slots.values().all(free) && !self.fencing && self.drain == Drain::Nothing
    }

    /// Nothing is under way; answers may lie there, and that is all there is to know.
    pub(super) fn rest(&self) -> bool {
        self.are_idle() && self.only_asks() && !self.fenced && self.fence.is_none()
    }

    /// Nothing goes on but what the ports ask.
    #[inline]
    pub(super) fn only_asks(&self) -> bool {
        !self.fencing && self.drain == Drain::Nothing && self.csr == CsrPort::default()
    }

    /// These requests are presented; the ports that have one were free.
    pub(super) fn send(&mut self, requests: PerPort<Option<Request>>) {
        for (port, request) in requests {
            if let Some(request) = request {
                self.slots[port] = Slot::Sent(request);
            }
        }
    }

    /// What is on the port of the PMP registers in the coming cycles.
    pub(super) fn select(&mut self, csr: CsrPort) {
        self.csr = csr;
    }
}

impl Initiator for Ports {
    #[inline]
    fn request(&mut self, port: Port, _now: u64) -> Option<Request> {
        let Slot::Asked(request) = self.slots[port] else { return None };
        self.slots[port] = Slot::Sent(request);
        Some(request)
    }

    #[inline]
    fn fence(&mut self, _now: u64) -> Option<Fence> {
        self.fence.take()
    }

    #[inline]
    fn csr(&self, _now: u64) -> CsrPort {
        self.csr
    }

    #[inline]
    fn takes_fault(&self) -> bool {
        self.drain == Drain::Now
    }

    #[inline]
    fn answered(&mut self, transaction: &Transaction) {
        if transaction.response.is_err() {
            self.drain = Drain::InNextCycle;
        }
        if transaction.hit == Some(false) {
            self.missed[transaction.port] = true;
        }
        let slot = &mut self.slots[transaction.port];
        *slot = match *slot {
            Slot::Sent(request) => Slot::Answered(request, transaction.response),
            _ => Slot::Free,
        };
    }

    fn fenced(&mut self, _fence: Fence, _cycles: u64) {
        self.fenced = true;
    }
}
