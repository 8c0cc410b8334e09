//! A tap on the pins of an MMU: what its ports are asked, and what they answer.
//!
//! A request belongs to the stream when it is answered. It counts if the hardware looks it up: if it is
//! translated and its address canonical. Fences follow what was answered before them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::tlb::{Answer, Leaf, Translations, Use};
use model::isa::{
    Access, Attributes, Extensions, Mode, Physical, Privilege, Satp, Translation, Xlen,
};
use model::mmu::{
    Fence, Inputs, MemoryRequest, Mmu, Organisation, Outputs, PerPort, Port, Request, Signal,
};

/// D and G of an entry.
const DIRTY: u64 = 1 << 7;
const GLOBAL: u64 = 1 << 5;

/// The TLBs of every size behind each port. An MMU with one port has them at its data port.
pub type Tapped = Rc<RefCell<PerPort<Translations>>>;

/// An accepted request, and the registers at its acceptance.
#[derive(Clone, Copy, Debug)]
struct Accepted {
    request: Request,
    satp: u64,
    adue: bool,
}

/// An MMU with a tap on its pins; otherwise it is that MMU.
pub struct Tap {
    mmu: Box<dyn Mmu>,
    tlbs: Tapped,
    xlen: Xlen,
    /// Implemented bits of an address space's number.
    asid_mask: u16,
    one_port: bool,
    waiting: PerPort<VecDeque<Accepted>>,
    /// The walker's outstanding request: the entry that a swap writes.
    asked: Option<Option<u64>>,
    /// What the walk in progress has read.
    walked: Option<Leaf>,
    global: bool,
    scheme: (u64, Option<Satp>),
}

impl Tap {
    /// Around an MMU; the other handle has what was seen, in up to so many sets
    /// ([`Translations::new`]).
    pub fn new(mmu: Box<dyn Mmu>, most_sets: u32) -> (Tap, Tapped) {
        let tlbs = PerPort::from_fn(|_| Translations::new(most_sets));
        let tlbs = Rc::new(RefCell::new(tlbs));
        let (xlen, organisation) = (mmu.xlen(), mmu.organisation());
        let bits = organisation.sizes.asid_bits(xlen);
        let tap = Tap {
            tlbs: tlbs.clone(),
            xlen,
            asid_mask: ((1_u32 << bits) - 1) as u16,
            one_port: organisation.one_port,
            waiting: PerPort::default(),
            asked: None,
            walked: None,
            global: false,
            scheme: (0, Satp::decode(0, xlen)),
            mmu,
        };
        (tap, tlbs)
    }

    /// Bits of the page number inside a page, by the size that an answer tells.
    fn inside(&self, size: u8) -> u32 {
        let of_level = if self.xlen == Xlen::Rv32 { 10 } else { 9 };
        if size == Attributes::NAPOT { 4 } else { of_level * u32::from(size) }
    }

    /// The use of a TLB that a request is, if it is one.
    fn used(&mut self, accepted: &Accepted) -> Option<Use> {
        let Accepted { request, satp, adue } = *accepted;
        if self.scheme.0 != satp {
            self.scheme = (satp, Satp::decode(satp, self.xlen));
        }
        let Satp { mode, asid, .. } = self.scheme.1?;
        if mode == Mode::Bare || request.context.privilege == Privilege::Machine {
            return None;
        }
        let unused = 64 - mode.va_bits();
        let canonical = (request.va << unused) as i64 >> unused == request.va as i64;
        if self.xlen == Xlen::Rv64 && !canonical {
            return None;
        }
        let marks = adue && request.access == Access::Store;
        Some(Use { space: asid & self.asid_mask, vpn: self.page(request.va), marks })
    }

    fn page(&self, va: u64) -> u64 {
        match self.xlen {
            Xlen::Rv32 => va << 32 >> 44,
            Xlen::Rv64 => va >> 12,
        }
    }

    fn tell(&mut self, port: Port, accepted: &Accepted, answer: Answer) {
        let Some(used) = self.used(accepted) else { return };
        let port = if self.one_port { Port::Data } else { port };
        self.tlbs.borrow_mut()[port].answered(used, answer);
    }

    /// A cycle that was evaluated.
    fn follow(&mut self, inputs: &Inputs, outputs: &Outputs) {
        if inputs.reset {
            self.waiting = PerPort::default();
            (self.asked, self.walked, self.global) = (None, None, false);
            self.fenced(Fence { va: None, asid: None });
            return;
        }
        for port in Port::ALL {
            let (satp, adue) = (inputs.satp, inputs.adue);
            let accepted = inputs.accepted(port, outputs);
            let at_once = accepted.is_some() && self.waiting[port].is_empty();
            self.waiting[port].extend(accepted.map(|request| Accepted { request, satp, adue }));
            let Some(response) = outputs.responses[port] else { continue };
            let Some(accepted) = self.waiting[port].pop_front() else { continue };
            let leaf = if at_once { None } else { self.walked };
            let answer = match response {
                Ok(_) => Answer::Page { inside: self.inside(outputs.attributes[port].size), leaf },
                Err(_) => Answer::Fault,
            };
            self.tell(port, &accepted, answer);
            if !at_once {
                (self.walked, self.global) = (None, false);
            }
        }
        self.walk(inputs, outputs);
        if let Some(fence) = inputs.accepted_fence(outputs) {
            self.fenced(fence);
        }
    }

    /// What the walker reads and writes.
    fn walk(&mut self, inputs: &Inputs, outputs: &Outputs) {
        if let Some(response) = inputs.memory
            && let Some(desired) = self.asked.take()
        {
            let entry = match desired {
                Some(desired) if response.swapped => desired,
                _ => response.data,
            };
            self.global |= entry & GLOBAL != 0;
            self.walked = Some(Leaf { dirty: entry & DIRTY != 0, global: self.global });
        }
        if let Some(request) = outputs.memory.filter(|_| inputs.memory_ready) {
            self.asked = Some(match request {
                MemoryRequest::Read { .. } => None,
                MemoryRequest::CompareSwap { desired, .. } => Some(desired),
            });
        }
    }

    fn fenced(&mut self, fence: Fence) {
        // The walk in progress begins anew.
        (self.walked, self.global) = (None, false);
        let va = fence.va.map(|va| self.page(va));
        let fence = Fence { va, asid: fence.asid.map(|asid| asid & self.asid_mask) };
        let mut tlbs = self.tlbs.borrow_mut();
        Port::ALL.into_iter().for_each(|port| tlbs[port].fenced(fence));
    }
}

impl Mmu for Tap {
    fn xlen(&self) -> Xlen {
        self.xlen
    }

    fn name(&self) -> &str {
        self.mmu.name()
    }

    fn entries(&self) -> usize {
        self.mmu.entries()
    }

    fn extensions(&self) -> Extensions {
        self.mmu.extensions()
    }

    fn organisation(&self) -> Organisation {
        self.mmu.organisation()
    }

    fn physical(&self) -> Physical {
        self.mmu.physical()
    }

    fn cycle(&mut self, inputs: &Inputs) -> Outputs {
        let outputs = self.mmu.cycle(inputs);
        self.follow(inputs, &outputs);
        outputs
    }

    #[inline]
    fn cycle_of_requests(
        &mut self,
        inputs: &Inputs,
        outputs: &mut Outputs,
    ) -> Option<PerPort<Translation>> {
        let answers = self.mmu.cycle_of_requests(inputs, outputs);
        let Some(hits) = answers else {
            self.follow(inputs, outputs);
            return None;
        };
        for port in Port::ALL {
            let Some(request) = inputs.requests[port] else { continue };
            let accepted = Accepted { request, satp: inputs.satp, adue: inputs.adue };
            let inside = self.inside(hits[port].attributes().size);
            self.tell(port, &accepted, Answer::Page { inside, leaf: None });
        }
        answers
    }

    fn show_outputs(&mut self, outputs: &mut Outputs) {
        self.mmu.show_outputs(outputs);
    }

    fn signals(&self) -> Vec<Signal> {
        self.mmu.signals()
    }

    fn values(&self, values: &mut Vec<u128>) {
        self.mmu.values(values);
    }

    fn changes(&self, tell: &mut dyn FnMut(usize, u128)) {
        self.mmu.changes(tell);
    }

    fn is_quiescent(&self) -> bool {
        self.mmu.is_quiescent()
    }

    fn watch(&mut self, on: bool) {
        self.mmu.watch(on);
    }
}
