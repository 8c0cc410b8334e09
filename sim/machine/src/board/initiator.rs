//! Who asks: whatever presents requests to a hart's MMU and takes what became of them.
//!
//! A scenario of single cycles, a program in the pipeline and a kernel that fences are initiators
//! of one kind. An initiator decides *what* is asked next; the hart presents it until it is
//! accepted, keeps it in order, judges and times its answer, and hands it back as a
//! [`Transaction`].

use model::mmu::{Fence, Port, Request, Response};

/// A request that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Where it was asked.
    pub port: Port,
    /// What was asked.
    pub request: Request,
    /// What the MMU answered; the golden model agrees.
    pub response: Response,
    /// The cycle in which it was first presented.
    pub presented: u64,
    /// The cycle in which it was accepted.
    pub accepted: u64,
    /// The cycle of its answer.
    pub answered: u64,
    /// Whether a TLB knew it, as the events of its acceptance say; nothing if it was not looked up.
    pub hit: Option<bool>,
}

/// What a hart asks. Every method does nothing unless said otherwise.
pub trait Initiator {
    /// The next request of a port that presents nothing; asked once a cycle. It is presented from
    /// this cycle on until it is accepted, and cannot be taken back.
    fn request(&mut self, port: Port, now: u64) -> Option<Request> {
        let _ = (port, now);
        None
    }

    /// The next fence, likewise.
    fn fence(&mut self, now: u64) -> Option<Fence> {
        let _ = now;
        None
    }

    /// Whether a fault that the MMU holds is taken in this cycle.
    fn takes_fault(&self) -> bool {
        false
    }

    /// Whether this cycle resets the MMU: what is presented or under way is forgotten.
    fn resets(&self) -> bool {
        false
    }

    /// A request was answered: in the order of each port.
    fn answered(&mut self, transaction: &Transaction) {
        let _ = transaction;
    }

    /// A fence was accepted, in the last of so many cycles in which it was presented.
    fn fenced(&mut self, fence: Fence, cycles: u64) {
        let _ = (fence, cycles);
    }
}

/// Asks nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Idle;

impl Initiator for Idle {}

/// Resets the MMU.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Resets;

impl Initiator for Resets {
    fn resets(&self) -> bool {
        true
    }
}

/// Takes held faults.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TakesFaults;

impl Initiator for TakesFaults {
    fn takes_fault(&self) -> bool {
        true
    }
}

/// Asks for one fence, or one translation.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Once {
    pub(super) fence: Option<Fence>,
    pub(super) request: Option<Request>,
    /// What became of the request.
    pub(super) response: Option<Response>,
    /// The fence was accepted.
    pub(super) fenced: bool,
}

impl Initiator for Once {
    fn request(&mut self, port: Port, _now: u64) -> Option<Request> {
        self.request.take_if(|request| Port::of(request.access) == port)
    }

    fn fence(&mut self, _now: u64) -> Option<Fence> {
        self.fence.take()
    }

    fn takes_fault(&self) -> bool {
        false
    }

    fn answered(&mut self, transaction: &Transaction) {
        self.response = Some(transaction.response);
    }

    fn fenced(&mut self, _fence: Fence, _cycles: u64) {
        self.fenced = true;
    }
}
