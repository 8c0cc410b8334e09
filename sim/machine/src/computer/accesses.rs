//! Who hears of each access of programs: the instructions that U-mode completes, with their loads
//! and stores.

use std::task::Poll;

use hart::{Control, Hart, Modify, Op, Refused, Step, Surroundings};
use model::isa::{self, Fault, Privilege};
use model::mmu::{Fence, Request, Response};

use super::around::Around;
use crate::cpu::Access;

/// Who hears of the accesses of programs.
pub trait Accesses {
    /// U-mode has completed an instruction under this `satp`: its fetch, then its loads and stores. An
    /// atomic operation is a load and a store of the same address.
    fn completed(&mut self, satp: u64, accesses: &[Access]);
}

/// Follows the hart, and tells of what is complete.
pub(super) struct Listener {
    told: Box<dyn Accesses>,
    /// The present instruction, if it is one of U-mode.
    present: Vec<Access>,
}

impl Listener {
    pub(super) fn new(told: Box<dyn Accesses>) -> Listener {
        Listener { told, present: Vec::new() }
    }

    /// A step of the hart.
    pub(super) fn step(&mut self, hart: &mut Hart, around: &mut Around) -> Step {
        let present = &mut self.present;
        let step = hart.step(&mut Heard { around, present });
        match step {
            Step::Pending => {}
            Step::Retired if !self.present.is_empty() => {
                self.told.completed(hart.satp(), &self.present);
                self.present.clear();
            }
            // What has trapped begins again.
            _ => self.present.clear(),
        }
        step
    }
}

impl super::Computer {
    /// Somebody hears of the accesses of programs from now on.
    pub fn tell_accesses(&mut self, told: Box<dyn Accesses>) {
        self.listener = Some(Listener::new(told));
    }
}

/// The surroundings, overheard.
struct Heard<'a> {
    around: &'a mut Around,
    present: &'a mut Vec<Access>,
}

impl Surroundings for Heard<'_> {
    fn fetch(&mut self, pc: u64, privilege: Privilege) -> Poll<Result<Op, Fault>> {
        let answer = self.around.fetch(pc, privilege);
        self.present.clear();
        if let Poll::Ready(Ok(op)) = answer
            && privilege == Privilege::User
        {
            let bytes = op.bytes() as u16;
            self.present.push(Access { kind: isa::Access::Fetch, va: pc, bytes });
        }
        answer
    }

    fn translate(&mut self, request: &Request) -> Poll<Response> {
        let answer = self.around.translate(request);
        if matches!(answer, Poll::Ready(Ok(_))) && !self.present.is_empty() {
            let Request { va, access: kind, bytes, .. } = *request;
            self.present.push(Access { kind, va, bytes: bytes.into() });
        }
        answer
    }

    fn load(&mut self, pa: u64, bytes: u8) -> Poll<Result<u64, Refused>> {
        self.around.load(pa, bytes)
    }

    fn store(&mut self, pa: u64, bytes: u8, value: u64) -> Poll<Result<(), Refused>> {
        self.around.store(pa, bytes, value)
    }

    fn modify(
        &mut self,
        pa: u64,
        bytes: u8,
        modify: Modify,
        register: u64,
    ) -> Poll<Result<u64, Refused>> {
        let answer = self.around.modify(pa, bytes, modify, register);
        if let (Poll::Ready(Ok(_)), Some(store)) = (&answer, self.present.last().copied())
            && store.kind == isa::Access::Store
        {
            // Its translation asked for the store alone.
            let place = self.present.len() - 1;
            self.present.insert(place, Access { kind: isa::Access::Load, ..store });
        }
        answer
    }

    fn fence(&mut self, fence: Fence) -> Poll<()> {
        self.around.fence(fence)
    }

    fn fence_instructions(&mut self) -> Poll<()> {
        self.around.fence_instructions()
    }

    fn changed(&mut self, control: Control) {
        self.around.changed(control);
    }

    fn time(&mut self) -> u64 {
        self.around.time()
    }

    fn cycles(&mut self) -> u64 {
        self.around.cycles()
    }
}
