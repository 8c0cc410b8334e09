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
use model::isa::{Fault, Privilege, Xlen};
use model::mmu::{CsrPort, Fence, PerPort, Port, Request, Response};
use platform::{Block, Clint, Clock};

use super::account::Account;
use super::code::Code;
use super::missing::Missing;
use super::ports::{Ports, Slot};
use super::window::Window;
use crate::board::{Board, Evaluated, Executing, HartId, StepError};

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
    pub(super) follows: (u64, Privilege),
    /// The present instruction has used its cycle.
    pub(super) used: bool,
    /// Cycles without requests that have not been given to the board.
    idle: u64,
    /// Something happened that may concern interrupts, or that somebody watches.
    pub(super) disturbed: bool,
    /// The MMU broke a rule.
    pub(super) error: Option<StepError>,
    /// What is counted.
    pub(super) account: Account,
    /// Software has written a register of PMP.
    protected: bool,
    /// Somebody watches for a moment.
    pub(super) watches: bool,
    /// The last trap.
    pub(super) trap: Option<Trap>,
    /// What missed.
    pub(super) missing: Missing,
    /// The address of the present instruction.
    pub(super) at: u64,
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
            protected: false,
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
    pub(super) fn show(&mut self, pc: u64, privilege: Privilege, op: Option<Op>) {
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
    pub(super) fn cycle(&mut self) {
        self.settle();
        self.used = true;
        if let (Slot::Asked(fetch), Slot::Free) =
            (self.ports.slots[Port::Fetch], self.ports.slots[Port::Data])
            && self.ports.only_asks()
        {
            let requests = PerPort([Some(fetch), None]);
            match self.board.only_hits(HART, &requests) {
                Some(Ok(answers)) => {
                    let response = Ok(answers[Port::Fetch].pa());
                    self.ports.slots[Port::Fetch] = Slot::Answered(fetch, response);
                    return;
                }
                Some(Err(Evaluated)) => {
                    self.ports.send(requests);
                    if let Err(error) = self.board.finish(HART, &mut self.ports) {
                        self.error.get_or_insert(error);
                    }
                    self.passed();
                    return;
                }
                None => {}
            }
        }
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
        self.passed();
    }

    /// A cycle has passed in which not all were hits.
    #[inline(always)]
    fn passed(&mut self) {
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

    /// The answer of the data port.
    #[inline(always)]
    fn data(&mut self, request: &Request) -> Poll<Response> {
        if self.ports.are_idle() && matches!(self.ports.slots[Port::Data], Slot::Free) {
            let (next, privilege) = self.follows;
            let fetches = matches!(self.ports.slots[Port::Fetch], Slot::Free);
            let fetch = if fetches { self.lacks(next, privilege) } else { None };
            if let Some(pa) = self.hit(fetch, request) {
                return Poll::Ready(Ok(pa));
            }
        } else {
            if matches!(self.ports.slots[Port::Data], Slot::Free) {
                self.ports.ask(Port::Data, *request);
                let (next, privilege) = self.follows;
                if self.known(next, privilege).is_none() {
                    self.fetch_ahead(next, privilege);
                }
            }
            self.cycle();
        }
        match self.ports.take(Port::Data) {
            Some((_, response)) => Poll::Ready(response),
            None => Poll::Pending,
        }
    }

    /// A cycle with these requests, of ports that are idle: the physical address of the data, if it
    /// contains nothing but hits. Else the cycle has passed, and the ports know what became of it.
    #[inline(always)]
    fn hit(&mut self, fetch: Option<Request>, data: &Request) -> Option<u64> {
        self.settle();
        self.used = true;
        let requests = PerPort([fetch, Some(*data)]);
        match self.board.only_hits(HART, &requests) {
            Some(Ok(answers)) => {
                if let Some(request) = fetch {
                    let response = Ok(answers[Port::Fetch].pa());
                    self.ports.slots[Port::Fetch] = Slot::Answered(request, response);
                }
                return Some(answers[Port::Data].pa());
            }
            Some(Err(Evaluated)) => {
                self.ports.send(requests);
                if let Err(error) = self.board.finish(HART, &mut self.ports) {
                    self.error.get_or_insert(error);
                }
                self.passed();
            }
            None => {
                if let Some(request) = fetch {
                    self.ports.ask(Port::Fetch, request);
                }
                self.ports.ask(Port::Data, *data);
                self.present();
            }
        }
        None
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
                self.account.pmp_writes += 1;
                if !std::mem::replace(&mut self.protected, true) {
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
