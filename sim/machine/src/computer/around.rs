//! What is around the hart: the ports of the MMU, in cycles, memory and devices.
//!
//! Time: an instruction takes a cycle. Its load or store is presented in that cycle, and beside it
//! the fetch of what follows, unless the fetch buffer has it. So whatever hits costs nothing more,
//! and a miss stalls the hart until it is answered. A trap, a fence and a write of a register that
//! concerns translation empty the fetch buffer. Memory behind the data port takes `latency` cycles;
//! that behind the fetch port, and caches, are not modelled, and branches are predicted perfectly.

use std::task::Poll;

use hart::{Control, Modify, Op, Refused, Surroundings, Trap};
use model::bus::{BusError, SharedMemory};
use model::isa::{Access, Cause, Context, Fault, Privilege, Xlen};
use model::mmu::{CsrPort, Fence, Port, Request, Response};
use platform::{Block, Clint, Clock};

use super::account::Account;
use super::code::Code;
use super::missing::Missing;
use super::ports::{Ports, Slot};
use super::window::{BLOCK, Window};
use crate::board::{Board, Executing, HartId, StepError};

/// The hart's number on the board.
pub(super) const HART: HartId = 0;

/// Cycles of a tick of `mtime`.
pub(super) const CYCLES_PER_TICK: u64 = 100;

/// Everything around the hart.
pub(super) struct Around {
    pub(super) board: Board,
    pub(super) memory: SharedMemory,
    pub(super) ports: Ports,
    pub(super) window: Window,
    pub(super) code: Code,
    pub(super) clock: Clock,
    pub(super) clint: Clint,
    pub(super) disk: Option<Block>,
    /// Cycles of a load or a store after its translation.
    pub(super) latency: u64,
    /// The address after the last instruction that was fetched, and its mode.
    follows: (u64, Privilege),
    /// The present instruction has used its cycle.
    used: bool,
    /// Cycles without requests that have not been given to the board.
    idle: u64,
    /// Something happened that may concern interrupts, or that somebody watches.
    pub(super) disturbed: bool,
    /// The MMU broke a rule.
    pub(super) error: Option<StepError>,
    /// What is counted.
    pub(super) account: Account,
    /// Somebody watches for a moment.
    pub(super) watches: bool,
    /// The last trap.
    trap: Option<Trap>,
    /// What missed.
    pub(super) missing: Missing,
    /// The address of the present instruction.
    at: u64,
    /// Addresses were written by others than the hart's stores.
    pub(super) foreign: Vec<(u64, u64)>,
}

impl Around {
    pub(super) fn new(
        board: Board,
        code: Code,
        clock: Clock,
        clint: Clint,
        disk: Option<Block>,
        latency: u64,
    ) -> Around {
        Around {
            memory: board.memory().clone(),
            board,
            ports: Ports::default(),
            window: Window::EMPTY,
            code,
            clock,
            clint,
            disk,
            latency,
            follows: (0, Privilege::Machine),
            used: false,
            idle: 0,
            disturbed: true,
            error: None,
            account: Account::default(),
            watches: false,
            trap: None,
            missing: Missing::default(),
            at: 0,
            foreign: Vec::new(),
        }
    }

    /// Cycles since the beginning.
    #[inline(always)]
    pub(super) fn now(&self) -> u64 {
        self.board.now() + self.idle
    }

    /// Ticks since the beginning, by the cycles.
    fn ticks(&self) -> u64 {
        self.now() / CYCLES_PER_TICK
    }

    /// Brings the clock up to date.
    pub(super) fn set_clock(&mut self) {
        if self.clock.advance(self.ticks()) {
            self.clint.update();
            self.disturbed = true;
        }
    }

    /// An instruction was completed; the hart goes on at this address.
    #[inline(always)]
    pub(super) fn retired(&mut self, next: u64, privilege: Privilege) {
        if std::mem::take(&mut self.used) {
            return;
        }
        if self.known(next, privilege).is_some() && self.ports.are_idle() {
            self.idle += 1;
            return;
        }
        self.fetch_ahead(next, privilege);
        self.cycle();
        self.used = false;
    }

    /// Observers see what the hart does.
    #[cold]
    fn show(&mut self, pc: u64, privilege: Privilege, op: Option<Op>) {
        self.board.world.executing = Some(Executing { pc, privilege, op, trap: self.trap });
    }

    /// A trap was taken.
    pub(super) fn trapped(&mut self, trap: Option<Trap>) {
        self.trap = trap;
        self.empty_buffer();
        self.used = false;
        self.idle += 1;
    }

    /// Lets cycles pass in which the hart asks nothing.
    pub(super) fn rest(&mut self, cycles: u64) {
        self.idle += cycles;
    }

    /// Gives the board the cycles that it has not been given.
    pub(super) fn settle(&mut self) {
        let idle = std::mem::take(&mut self.idle);
        if idle == 0 {
            return;
        }
        let idle = if self.board.busy() { self.come_to_rest(idle) } else { idle };
        if let Err(error) = self.board.pass(idle) {
            self.error.get_or_insert(error);
        }
    }

    /// Lets up to so many cycles pass until the MMU is at rest; the ports hear what it answers.
    /// Returns how many are left.
    #[cold]
    fn come_to_rest(&mut self, mut left: u64) -> u64 {
        while left > 0 && self.board.busy() && self.error.is_none() {
            let repeated = self.board.repeat(HART, &mut self.ports, left);
            left -= repeated;
            if repeated == 0 {
                self.present();
                left -= 1;
            }
        }
        left
    }

    /// One cycle with what the ports are asked, or as many as pass without a change.
    fn cycle(&mut self) {
        self.settle();
        self.used = true;
        let waits = |slot: &Slot| !matches!(slot, Slot::Asked(_));
        if self.ports.slots.values().all(waits) && self.board.busy() {
            self.board.repeat(HART, &mut self.ports, u64::MAX);
        }
        self.present();
    }

    /// One cycle of the board with what the ports are asked.
    #[inline(always)]
    fn present(&mut self) {
        if let Err(error) = self.board.cycle_of(HART, &mut self.ports) {
            self.error.get_or_insert(error);
        }
        self.ports.passed();
        if self.ports.missed[Port::Fetch] | self.ports.missed[Port::Data] {
            self.note_misses();
        }
    }

    #[cold]
    fn note_misses(&mut self) {
        let missed = std::mem::take(&mut self.ports.missed);
        self.missing.add(self.at, missed);
    }

    /// The instruction at an address, if the fetch buffer has all of it and it is decoded.
    #[inline(always)]
    fn known(&self, pc: u64, privilege: Privilege) -> Option<Op> {
        let at = self.window.at(pc, privilege)?;
        let op = self.code.get(self.window.kept, pc);
        (op.is_known() && at + op.bytes() <= self.window.bytes).then_some(op)
    }

    /// Asks for what the fetch buffer lacks of the instruction at an address.
    fn fetch_ahead(&mut self, pc: u64, privilege: Privilege) {
        if self.ports.fencing || !matches!(self.ports.slots[Port::Fetch], Slot::Free) {
            return;
        }
        let wanted = match self.window.at(pc, privilege) {
            None => Some(pc),
            // Another page is not asked ahead for.
            Some(_) if !self.is_complete(pc, privilege) => self.window.next(),
            Some(_) => None,
        };
        if let Some(wanted) = wanted {
            self.ask_for(wanted, BLOCK, privilege);
        }
    }

    /// Whether the fetch buffer has all bits of the instruction at an address, decoded or not.
    fn is_complete(&self, pc: u64, privilege: Privilege) -> bool {
        let Window { pa, bytes, .. } = self.window;
        self.window
            .at(pc, privilege)
            .is_some_and(|at| !matches!(Code::bits(&self.memory, pa + at, bytes - at), Ok(None)))
    }

    fn ask_for(&mut self, va: u64, bytes: u64, privilege: Privilege) {
        let context = Context { privilege, sum: false, mxr: false };
        let va = va & !(bytes - 1);
        let request = Request { va, access: Access::Fetch, bytes: bytes as u8, context };
        self.ports.ask(Port::Fetch, request);
    }

    /// Forgets what was fetched.
    pub(super) fn empty_buffer(&mut self) {
        self.window = Window::EMPTY;
        self.ports.give_up(Port::Fetch);
    }

    /// An instruction that the fetch buffer does not have, or that is not decoded.
    #[cold]
    #[inline(never)]
    fn fetch_slowly(&mut self, pc: u64, privilege: Privilege) -> Poll<Result<Op, Fault>> {
        let mut asked = false;
        if self.board.is_observed() {
            self.show(pc, privilege, None);
        }
        loop {
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

    /// The answer of the data port.
    #[inline(always)]
    fn data(&mut self, request: &Request) -> Poll<Response> {
        if matches!(self.ports.slots[Port::Data], Slot::Free) {
            self.ports.ask(Port::Data, *request);
            let (next, privilege) = self.follows;
            if self.known(next, privilege).is_none() {
                self.fetch_ahead(next, privilege);
            }
        }
        self.cycle();
        match self.ports.take(Port::Data) {
            Some((_, response)) => Poll::Ready(response),
            None => Poll::Pending,
        }
    }

    /// A write of a register of PMP.
    fn write_protection(&mut self, number: u16, value: u64) {
        self.ports.select(CsrPort { number, write: Some(value) });
        self.cycle();
        self.ports.select(CsrPort::default());
    }

    /// A word was written that may be of a page table.
    #[cold]
    fn replaced(&mut self, pa: u64, old: u64) {
        let word = pa & !7;
        match self.board.hart(HART).mmu().xlen() {
            Xlen::Rv64 => self.board.software_wrote(word, old),
            Xlen::Rv32 => {
                self.board.software_wrote(word, old & 0xffff_ffff);
                self.board.software_wrote(word + 4, old >> 32);
            }
        }
    }

    /// Memory was written.
    #[inline(always)]
    fn wrote(&mut self, pa: u64, bytes: u64) {
        if self.code.wrote(pa, bytes) {
            self.disturbed = true;
        }
    }

    /// An access that may be a device's.
    #[inline(always)]
    fn transfer<T>(
        &mut self,
        pa: u64,
        transfer: impl FnOnce(&SharedMemory) -> Result<T, BusError>,
    ) -> Poll<Result<T, Refused>> {
        self.idle += self.latency - 1;
        let device = pa < platform::Map::RAM;
        if device {
            self.set_clock();
        }
        let done = transfer(&self.memory).map_err(|BusError| Refused);
        if device {
            self.attend_devices();
        }
        Poll::Ready(done)
    }

    /// A device was accessed: it may have something to do, or to signal.
    #[cold]
    fn attend_devices(&mut self) {
        self.disturbed = true;
        let Some(disk) = self.disk.as_ref().filter(|disk| disk.is_notified()) else { return };
        for range in disk.serve(&self.memory) {
            let bytes = range.end - range.start;
            self.foreign.push((range.start, bytes));
            let pages = (range.start & !0xfff..range.end).step_by(0x1000);
            for page in pages {
                let from = page.max(range.start);
                self.wrote(from, (page + 0x1000).min(range.end) - from);
            }
        }
    }
}

/// Whether a fetch brings what is at an address, in this mode.
fn covers(request: &Request, va: u64, privilege: Privilege) -> bool {
    let within = va.wrapping_sub(request.va) < request.bytes.into();
    within && request.context.privilege == privilege
}

fn refused(va: u64) -> Fault {
    Fault { cause: Cause::InstructionAccessFault, tval: va }
}

impl Surroundings for Around {
    #[inline(always)]
    fn fetch(&mut self, pc: u64, privilege: Privilege) -> Poll<Result<Op, Fault>> {
        let op = match self.known(pc, privilege) {
            Some(op) => op,
            None => match self.fetch_slowly(pc, privilege) {
                Poll::Ready(Ok(op)) => op,
                other => return other,
            },
        };
        self.at = pc;
        if self.board.is_observed() {
            self.show(pc, privilege, Some(op));
        }
        self.follows = (pc.wrapping_add(op.bytes()), privilege);
        Poll::Ready(Ok(op))
    }

    #[inline(always)]
    fn translate(&mut self, request: &Request) -> Poll<Response> {
        self.data(request)
    }

    #[inline(always)]
    fn load(&mut self, pa: u64, bytes: u8) -> Poll<Result<u64, Refused>> {
        self.transfer(pa, |memory| memory.read(pa, bytes))
    }

    #[inline(always)]
    fn store(&mut self, pa: u64, bytes: u8, value: u64) -> Poll<Result<(), Refused>> {
        let done = self.transfer(pa, |memory| memory.replace(pa, bytes, value));
        let Poll::Ready(Ok(old)) = done else { return done.map_ok(|_| ()) };
        if let Some(old) = old {
            self.replaced(pa, old);
        }
        self.wrote(pa, bytes.into());
        Poll::Ready(Ok(()))
    }

    fn modify(
        &mut self,
        pa: u64,
        bytes: u8,
        modify: Modify,
        register: u64,
    ) -> Poll<Result<u64, Refused>> {
        let Ok(old) = self.memory.peek(pa, bytes) else { return Poll::Ready(Err(Refused)) };
        let new = modify.apply(old, register, bytes);
        // Devices have no atomic operations.
        if pa < platform::Map::RAM && self.memory.line(pa).is_none() {
            return Poll::Ready(Err(Refused));
        }
        self.store(pa, bytes, new).map_ok(|()| old)
    }

    fn fence(&mut self, fence: Fence) -> Poll<()> {
        self.empty_buffer();
        if !self.ports.fence_is_complete(fence) {
            self.cycle();
            if !self.ports.fence_is_complete(fence) {
                return Poll::Pending;
            }
        }
        self.account.fence(fence);
        self.disturbed |= self.watches;
        Poll::Ready(())
    }

    /// Stores have dropped what they wrote to; only what was fetched before is older.
    fn fence_instructions(&mut self) -> Poll<()> {
        self.account.instruction_fences += 1;
        self.empty_buffer();
        Poll::Ready(())
    }

    fn changed(&mut self, control: Control) {
        self.settle();
        let hart = self.board.hart_mut(HART);
        match control {
            Control::Satp(satp) => {
                hart.satp = satp;
                self.account.satp_writes += 1;
                self.disturbed |= self.watches;
            }
            Control::Translation { adue, pbmte } => (hart.adue, hart.pbmte) = (adue, pbmte),
            Control::Pmp { csr, value } => {
                // Until software writes any, the board has the last entry permit everything.
                if self.account.writes_pmp_first() {
                    let opened = hart.checker().pmp().open();
                    opened.iter().rev().for_each(|&(number, _)| self.write_protection(number, 0));
                }
                self.write_protection(csr, value);
            }
            Control::Deadline => {
                self.disturbed = true;
                return;
            }
        }
        self.empty_buffer();
    }

    fn time(&mut self) -> u64 {
        self.set_clock();
        self.clock.now()
    }

    fn cycles(&mut self) -> u64 {
        self.now()
    }
}
