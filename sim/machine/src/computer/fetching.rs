//! Fetching: what the fetch buffer has, and what is asked for.

use std::task::Poll;

use hart::Op;
use model::bus::BusError;
use model::isa::{Access, Cause, Context, Fault, Privilege};
use model::mmu::{Port, Request, Response};

use super::around::Around;
use super::code::Code;
use super::ports::Slot;
use super::window::{BLOCK, Window};

impl Around {
    /// The instruction at an address, if the fetch buffer has all of it and it is decoded.
    #[inline(always)]
    pub(super) fn known(&self, pc: u64, privilege: Privilege) -> Option<Op> {
        let at = self.window.at(pc, privilege)?;
        let op = self.code.get(self.window.kept, pc);
        (op.is_known() && at + op.bytes() <= self.window.bytes).then_some(op)
    }

    /// Asks for what the fetch buffer lacks of the instruction at an address.
    pub(super) fn fetch_ahead(&mut self, pc: u64, privilege: Privilege) {
        if self.ports.fencing || !matches!(self.ports.slots[Port::Fetch], Slot::Free) {
            return;
        }
        if let Some(request) = self.lacks(pc, privilege) {
            self.ports.ask(Port::Fetch, request);
        }
    }

    /// The fetch that brings what the fetch buffer lacks of the instruction at an address, if
    /// anything.
    #[inline(always)]
    pub(super) fn lacks(&self, pc: u64, privilege: Privilege) -> Option<Request> {
        let wanted = match self.window.at(pc, privilege) {
            None => pc,
            Some(_) if self.known(pc, privilege).is_some() => return None,
            // Another page is not asked ahead for.
            Some(_) if !self.is_complete(pc, privilege) => self.window.next()?,
            Some(_) => return None,
        };
        Some(fetch_of(wanted, BLOCK, privilege))
    }

    /// Whether the fetch buffer has all bits of the instruction at an address, decoded or not.
    fn is_complete(&self, pc: u64, privilege: Privilege) -> bool {
        let Window { pa, bytes, .. } = self.window;
        self.window
            .at(pc, privilege)
            .is_some_and(|at| !matches!(Code::bits(&self.memory, pa + at, bytes - at), Ok(None)))
    }

    fn ask_for(&mut self, va: u64, bytes: u64, privilege: Privilege) {
        self.ports.ask(Port::Fetch, fetch_of(va, bytes, privilege));
    }

    /// Forgets what was fetched.
    pub(super) fn empty_buffer(&mut self) {
        self.window = Window::EMPTY;
        self.ports.give_up(Port::Fetch);
    }

    /// An instruction that the fetch buffer does not have, or that is not decoded.
    #[cold]
    #[inline(never)]
    pub(super) fn fetch_slowly(
        &mut self,
        pc: u64,
        privilege: Privilege,
    ) -> Poll<Result<Op, Fault>> {
        let mut asked = false;
        if self.board.is_observed() {
            self.show(pc, privilege, None);
        }
        loop {
            if let Some(op) = self.known(pc, privilege) {
                return Poll::Ready(Ok(op));
            }
            let wanted = match self.window.at(pc, privilege) {
                None => pc,
                Some(at) => {
                    let Window { pa, bytes, kept, .. } = self.window;
                    match Code::bits(&self.memory, pa + at, bytes - at) {
                        Ok(Some(bits)) => return Poll::Ready(Ok(self.code.learn(kept, pc, bits))),
                        Ok(None) => self.window.from.wrapping_add(bytes),
                        Err(BusError) => return Poll::Ready(Err(refused(pc))),
                    }
                }
            };
            if let Some((request, response)) = self.ports.take(Port::Fetch) {
                match self.arrived(pc, wanted, privilege, request, response) {
                    Some(answer) => return Poll::Ready(answer),
                    None => continue,
                }
            }
            match self.ports.slots[Port::Fetch] {
                Slot::Free => self.ask_for(wanted, BLOCK, privilege),
                Slot::Asked(request) | Slot::Sent(request)
                    if !covers(&request, wanted, privilege) =>
                {
                    self.ports.give_up(Port::Fetch);
                }
                _ => {}
            }
            if asked {
                return Poll::Pending;
            }
            asked = true;
            self.cycle();
            self.used = false;
        }
    }

    /// A fetch was answered while the instruction at `pc` lacks what is at `wanted`. `None`: look
    /// again.
    fn arrived(
        &mut self,
        pc: u64,
        wanted: u64,
        privilege: Privilege,
        request: Request,
        response: Response,
    ) -> Option<Result<Op, Fault>> {
        if !covers(&request, wanted, privilege) {
            return None;
        }
        let bytes = u64::from(request.bytes);
        let pa = match response {
            Ok(pa) => pa,
            // Protection may permit a part of the block.
            Err(Fault { cause: Cause::InstructionAccessFault, .. }) if bytes > 2 => {
                self.ask_for(wanted, 2, privilege);
                return None;
            }
            Err(Fault { cause, .. }) => return Some(Err(Fault { cause, tval: wanted })),
        };
        if self.window.extend((request.va, privilege), pa, bytes, pc) {
            return None;
        }
        let kept = self.code.keep(pa);
        let window = Window { from: request.va, bytes, pa, kept, privilege };
        let before = std::mem::replace(&mut self.window, window);
        if wanted == pc {
            return None;
        }
        // The second half is on another page.
        let low = self.memory.peek(before.pa + before.bytes - 2, 2);
        let high = self.memory.peek(pa, 2);
        match (low, high) {
            (Ok(low), Ok(high)) => Some(Ok(self.code.decode((low | high << 16) as u32))),
            (Err(BusError), _) => Some(Err(refused(pc))),
            (_, Err(BusError)) => Some(Err(refused(wanted))),
        }
    }
}

#[inline(always)]
fn fetch_of(va: u64, bytes: u64, privilege: Privilege) -> Request {
    let context = Context { privilege, sum: false, mxr: false };
    Request { va: va & !(bytes - 1), access: Access::Fetch, bytes: bytes as u8, context }
}

/// Whether a fetch brings what is at an address, in this mode.
fn covers(request: &Request, va: u64, privilege: Privilege) -> bool {
    let within = va.wrapping_sub(request.va) < request.bytes.into();
    within && request.context.privilege == privilege
}

fn refused(va: u64) -> Fault {
    Fault { cause: Cause::InstructionAccessFault, tval: va }
}
