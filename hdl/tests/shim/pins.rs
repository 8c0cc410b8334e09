//! The pins of the blocks as values.

use crate::dice::Dice;
use hdl::shim::*;
use rust_hdl::prelude::*;

/// A value, without the bits that a signal does not have.
pub(crate) fn fit<const N: usize>(value: u64) -> Bits<N> {
    let mask = if N >= 64 { u64::MAX } else { (1 << N) - 1 };
    (value & mask).into()
}

/// A block under test.
pub(crate) trait Clocked: Block + Default {
    fn clock(&mut self, high: bool);
    fn reset(&mut self, on: bool);
}

macro_rules! clocked {
    ($([$($width:ident),*] $block:ty),+ $(,)?) => { $(
        impl<$(const $width: usize),*> Clocked for $block {
            fn clock(&mut self, high: bool) {
                self.clock.next = Clock::from(high);
            }
            fn reset(&mut self, on: bool) {
                self.reset.next = on;
            }
        }
    )+ };
}

clocked! {
    [W, A] SwapByLock<W, A>,
    [PA, A] NarrowAddress<PA, A>,
    [W, B, PA, A, D, DB] WalkerAxi4<W, B, PA, A, D, DB>,
    [W, B, PA, A, D, DB] WalkerAxiLite<W, B, PA, A, D, DB>,
    [W, B, PA, A, D, DB] WalkerWishbone<W, B, PA, A, D, DB>,
    [W, B, PA, A, D, DB] DataAxi4<W, B, PA, A, D, DB>,
    [W, B, PA, A, D, DB] DataAxiLite<W, B, PA, A, D, DB>,
    [W, B, PA, A, D, DB] DataWishbone<W, B, PA, A, D, DB>,
}

/// A request of a walker.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Request {
    pub(crate) addr: u64,
    /// Compare-and-swap: the value expected, and the value to write.
    pub(crate) swap: Option<(u64, u64)>,
}

/// A response to a walker.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Response {
    pub(crate) data: u64,
    pub(crate) error: bool,
    pub(crate) swapped: bool,
}

/// The walker's memory port.
pub(crate) trait MemoryPort: Clocked {
    /// Bits of an entry, of an address, of an address of the bus.
    const WIDTHS: [u64; 3];
    /// Presents a request, or nothing with random payload.
    fn present(&mut self, request: Option<Request>, dice: &mut Dice);
    fn ready(&self) -> bool;
    fn response(&self) -> Option<Response>;
}

macro_rules! memory_port {
    ($([$($width:ident),*] $block:ty, [$w:ident, $pa:ident, $a:ident]);+ $(;)?) => { $(
        impl<$(const $width: usize),*> MemoryPort for $block {
            const WIDTHS: [u64; 3] = [$w as u64, $pa as u64, $a as u64];
            fn present(&mut self, request: Option<Request>, dice: &mut Dice) {
                let swap = request.and_then(|request| request.swap);
                self.mem_req_valid.next = request.is_some();
                self.mem_req_swap.next =
                    request.map_or(dice.once_in(2), |request| request.swap.is_some());
                let addr = request.map_or(dice.any(), |request| request.addr);
                self.mem_req_addr.next = fit(addr);
                let (expected, desired) = swap.unwrap_or((dice.any(), dice.any()));
                self.mem_req_expected.next = fit(expected);
                self.mem_req_desired.next = fit(desired);
            }
            fn ready(&self) -> bool {
                self.mem_req_ready.val()
            }
            fn response(&self) -> Option<Response> {
                self.mem_resp_valid.val().then(|| Response {
                    data: self.mem_resp_data.val().into(),
                    error: self.mem_resp_error.val(),
                    swapped: self.mem_resp_swapped.val(),
                })
            }
        }
    )+ };
}

memory_port! {
    [W, A] SwapByLock<W, A>, [W, A, A];
    [W, B, PA, A, D, DB] WalkerAxi4<W, B, PA, A, D, DB>, [W, PA, A];
    [W, B, PA, A, D, DB] WalkerAxiLite<W, B, PA, A, D, DB>, [W, PA, A];
    [W, B, PA, A, D, DB] WalkerWishbone<W, B, PA, A, D, DB>, [W, PA, A];
}

/// An access of a core.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Access {
    pub(crate) store: bool,
    pub(crate) size: u64,
    pub(crate) bytes: u64,
    pub(crate) data: u64,
}

/// Its answer: the word, or a cause.
pub(crate) type Answer = Result<u64, u64>;

/// What an MMU answers: a physical address or a cause.
pub(crate) type Translation = Result<u64, u64>;

/// A core and the data port of its MMU.
pub(crate) trait CorePort: Clocked {
    /// Bits of a word, of a physical address, of an address of the bus.
    const WIDTHS: [u64; 3];
    /// The core presents an access, or nothing with random payload.
    fn present(&mut self, access: Option<Access>, dice: &mut Dice);
    /// ... it is accepted.
    fn ready(&self) -> bool;
    fn answer(&self) -> Option<Answer>;
    /// The MMU has a request.
    fn asked(&self) -> bool;
    /// The MMU is ready, and answers or not; what has no meaning is random.
    fn translate(&mut self, ready: bool, answer: Option<Translation>, dice: &mut Dice);
}

macro_rules! core_port {
    ($($block:ident $($size:ident)?),+ $(,)?) => { $(
        impl<
            const W: usize, const B: usize, const PA: usize, const A: usize, const D: usize,
            const DB: usize,
        > CorePort for $block<W, B, PA, A, D, DB> {
            const WIDTHS: [u64; 3] = [W as u64, PA as u64, A as u64];
            fn present(&mut self, access: Option<Access>, dice: &mut Dice) {
                self.core_req_valid.next = access.is_some();
                let (store, size) = (dice.once_in(2), dice.roll(8));
                let random = Access { store, size, bytes: dice.any(), data: dice.any() };
                let access = access.unwrap_or(random);
                self.core_req_store.next = access.store;
                $(self.$size.next = fit(access.size);)?
                self.core_req_bytes.next = fit(access.bytes);
                self.core_req_data.next = fit(access.data);
            }
            fn ready(&self) -> bool {
                self.core_req_ready.val()
            }
            fn answer(&self) -> Option<Answer> {
                self.core_resp_valid.val().then(|| match self.core_resp_fault.val() {
                    true => Err(self.core_resp_cause.val().into()),
                    false => Ok(self.core_resp_data.val().into()),
                })
            }
            fn asked(&self) -> bool {
                self.data_req_valid.val()
            }
            fn translate(&mut self, ready: bool, answer: Option<Translation>, dice: &mut Dice) {
                self.data_req_ready.next = ready;
                self.data_resp_valid.next = answer.is_some();
                self.data_resp_fault.next = match answer {
                    Some(answer) => answer.is_err(),
                    None => dice.once_in(2),
                };
                let pa = answer.and_then(Result::ok).unwrap_or(dice.any());
                self.data_resp_pa.next = fit(pa);
                let cause = answer.and_then(Result::err).unwrap_or(dice.any());
                self.data_resp_cause.next = fit(cause);
            }
        }
    )+ };
}

core_port!(DataAxi4 core_req_size, DataAxiLite, DataWishbone);
