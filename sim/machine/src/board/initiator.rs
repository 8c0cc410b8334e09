//! The source of requests: presents them to a hart's MMU and receives their answers.
//!
//! A scenario of single cycles, a program in the pipeline and a kernel that fences are all
//! initiators. An initiator decides *what* is requested next; the hart presents it until it is
//! accepted, keeps requests in order, checks and times each answer, and returns it as a
//! [`Transaction`].

use model::isa::Attributes;
use model::mmu::{CsrPort, Fence, Port, Reason, Request, Response, Source};

/// A request that was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// The port on which it was requested.
    pub port: Port,
    /// The request.
    pub request: Request,
    /// The MMU's answer, with which the golden model agrees.
    pub response: Response,
    /// Size and memory type of the page, with which it agrees too.
    pub attributes: Attributes,
    /// The cycle in which it was first presented.
    pub presented: u64,
    /// The cycle in which it was accepted.
    pub accepted: u64,
    /// The cycle of its answer.
    pub answered: u64,
    /// Whether it hit in a TLB, according to the events of its lookup; `None` if no TLB was
    /// looked up.
    pub hit: Option<bool>,
    /// Where the answer came from, and why it is a fault; `None` also without trace pins.
    pub told: (Option<Source>, Option<Reason>),
}

/// The requests of a hart. By default, every method does nothing.
pub trait Initiator {
    /// The next request of a port that presents nothing; called once per cycle. It is presented
    /// from this cycle until it is accepted, and cannot be withdrawn.
    fn request(&mut self, port: Port, now: u64) -> Option<Request> {
        let _ = (port, now);
        None
    }

    /// The next fence, likewise.
    fn fence(&mut self, now: u64) -> Option<Fence> {
        let _ = now;
        None
    }

    /// What is on the port of the PMP registers in this cycle.
    fn csr(&self, now: u64) -> CsrPort {
        let _ = now;
        CsrPort::default()
    }

    /// Whether a fault that the MMU holds is taken in this cycle.
    fn takes_fault(&self) -> bool {
        false
    }

    /// Whether this cycle resets the MMU: everything presented or in flight is discarded.
    fn resets(&self) -> bool {
        false
    }

    /// A request was answered; called in order for each port.
    fn answered(&mut self, transaction: &Transaction) {
        let _ = transaction;
    }

    /// A fence was accepted, in the last of the `cycles` cycles in which it was presented.
    fn fenced(&mut self, fence: Fence, cycles: u64) {
        let _ = (fence, cycles);
    }
}

/// Requests nothing.
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

/// Requests one fence, or one translation.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Once {
    pub(super) fence: Option<Fence>,
    pub(super) request: Option<Request>,
    /// The answer to the request.
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
