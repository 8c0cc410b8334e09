//! The walker's side: one walker or two, which read entries and update them.

use crate::axi::{Axi, Subordinate};
use crate::bus::{Bus, Event, PACES, Pace, World};
use crate::common::{checked, settle};
use crate::dice::Dice;
use crate::pins::{MemoryPort, Request, Response};
use crate::plain::Plain;
use crate::wishbone::{Slave, Wishbone};
use hdl::shim::*;
use std::collections::VecDeque;

/// How often each kind of answer came.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) read: u32,
    pub(crate) error: u32,
    pub(crate) outside: u32,
    pub(crate) swapped: u32,
    pub(crate) differed: u32,
    /// The value was right, and the write not made.
    pub(crate) lost: u32,
    /// Two requests were in flight.
    pub(crate) both: u32,
}

impl Counts {
    fn add(&mut self, more: Counts) {
        self.read += more.read;
        self.error += more.error;
        self.outside += more.outside;
        self.swapped += more.swapped;
        self.differed += more.differed;
        self.lost += more.lost;
        self.both += more.both;
    }
}

struct Walkers {
    number: usize,
    presented: Option<Request>,
    in_flight: VecDeque<Request>,
    counts: Counts,
}

impl Walkers {
    fn draw<P: MemoryPort>(&mut self, world: &World, due: usize, dice: &mut Dice) {
        let [width, pa, a] = P::WIDTHS;
        let bytes = width / 8;
        let free = self.number + due > self.in_flight.len();
        if !free || self.presented.is_some() || dice.once_in(3) {
            return;
        }
        let mut addr = world.base + dice.roll(world.span / bytes) * bytes;
        if pa > a && dice.once_in(6) {
            addr |= 1 << (a + dice.roll(pa - a));
        }
        let value = world.memory.read(addr, bytes);
        let mask = if width == 64 { u64::MAX } else { (1 << width) - 1 };
        let swap = dice.once_in(2).then(|| {
            let expected = if dice.once_in(4) { dice.any() & mask } else { value };
            (expected, dice.any() & mask)
        });
        self.presented = Some(Request { addr, swap });
    }

    /// What the bus did for a request justifies its response, and nothing else does.
    fn judge<P: MemoryPort>(&mut self, request: Request, response: Response, world: &mut World) {
        let [width, pa, a] = P::WIDTHS;
        let bytes = width / 8;
        let counts = &mut self.counts;
        if pa > a && request.addr >> a != 0 {
            counts.outside += 1;
            assert!(response.error, "the bus has no {:#x}", request.addr);
            return;
        }
        let first = world.events.pop_front().expect("the bus was asked first");
        let Event::Read { word, error, lock, locked, .. } = first else {
            panic!("first a read: {first:?}");
        };
        let place = Place::of(&first, request.addr, bytes, world.bus_bytes);
        assert_eq!(lock, request.swap.is_some(), "a compare-and-swap is locked");
        let value = place.entry(word);
        let Some((expected, desired)) = request.swap else {
            assert_eq!(response.error, error, "{request:x?}");
            assert!(error || response.data == value, "{response:x?}, memory has {value:x}");
            counts.error += u32::from(error);
            counts.read += u32::from(!error);
            return;
        };
        if error || !locked {
            counts.error += 1;
            assert!(response.error, "{first:x?}");
            return;
        }
        if value != expected {
            counts.differed += 1;
            assert!(!response.error && !response.swapped, "{value:x}, {request:x?}");
            return;
        }
        let second = world.events.pop_front().expect("then a write");
        let Event::Write { word, before, error, lock, made, .. } = second else {
            panic!("a write: {second:?}");
        };
        let place = Place::of(&second, request.addr, bytes, world.bus_bytes);
        assert!(lock && place.entry(word) == desired, "{second:x?}, {request:x?}");
        if made {
            assert_eq!(place.entry(before), expected, "nobody else came between");
        }
        counts.error += u32::from(error);
        counts.swapped += u32::from(made);
        counts.lost += u32::from(!made && !error);
        assert_eq!((response.error, response.swapped && !response.error), (error, made));
    }
}

/// An entry as it is on a bus.
struct Place {
    /// Bits to its left.
    shift: u64,
    mask: u64,
}

impl Place {
    /// Checks that an access of the bus is one to this entry and to nothing else.
    fn of(event: &Event, wanted: u64, entry_bytes: u64, bus_bytes: u64) -> Self {
        let (addr, size, named) = match *event {
            Event::Read { addr, size, bytes, .. } => (addr, size, bytes),
            Event::Write { addr, size, bytes, .. } => (addr, size, Some(bytes)),
        };
        assert_eq!(addr / bus_bytes, wanted / bus_bytes, "{event:x?} for {wanted:#x}");
        if let Some(size) = size {
            assert_eq!((addr, 1 << size), (wanted, entry_bytes), "{event:x?} for {wanted:#x}");
        }
        let lane = wanted % bus_bytes;
        let every = (1 << entry_bytes) - 1;
        assert!(named.is_none_or(|named| named == every << lane), "{event:x?} for {wanted:#x}");
        Self { shift: 8 * lane, mask: u64::MAX >> (64 - 8 * entry_bytes) }
    }

    fn entry(&self, word: u64) -> u64 {
        word >> self.shift & self.mask
    }
}

/// Runs a block for some cycles between walkers and a bus.
fn run<P: MemoryPort, B: Bus<P>>(
    mut bus: B,
    mut world: World,
    walkers: usize,
    cycles: u64,
    seed: u64,
) -> Counts {
    let mut dice = Dice::new(seed);
    let mut block = checked(Box::<P>::default());
    let mut side = Walkers {
        number: walkers,
        presented: None,
        in_flight: VecDeque::new(),
        counts: Counts::default(),
    };
    block.reset(true);
    block.present(None, &mut dice);
    for high in [true, false] {
        block.clock(high);
        settle(&mut *block);
    }
    block.reset(false);
    for cycle in 0..cycles {
        world.cycle = cycle;
        bus.drive(&mut block, &mut world, &mut dice);
        block.present(side.presented, &mut dice);
        settle(&mut *block);
        let response = block.response();
        // A walker decodes a response, and presents the next request in the same cycle.
        let due = usize::from(response.is_some());
        let fresh = side.presented.is_none() && side.in_flight.len() < side.number + due;
        if fresh {
            side.draw::<P>(&world, due, &mut dice);
            block.present(side.presented, &mut dice);
            settle(&mut *block);
            assert_eq!(block.response(), response, "no response depends on a request");
        }
        if bus.respond(&mut block, &mut world, &mut dice) {
            settle(&mut *block);
        }
        if dice.once_in(8) {
            let outputs = bus.outputs(&block);
            bus.disturb(&mut block, &mut dice);
            settle(&mut *block);
            assert_eq!(bus.outputs(&block), outputs, "no output depends on an input of the bus");
            if B::REGISTERED {
                assert_eq!(block.response(), response, "nor does a response to the walker");
            }
            bus.restore(&mut block);
            settle(&mut *block);
        }
        bus.edge(&block, &mut world, &mut dice);
        if let Some(response) = block.response() {
            let request = side.in_flight.pop_front().expect("a response to a request");
            side.judge::<P>(request, response, &mut world);
        }
        if block.ready()
            && let Some(request) = side.presented.take()
        {
            side.in_flight.push_back(request);
            assert!(side.in_flight.len() <= walkers);
            side.counts.both += u32::from(side.in_flight.len() == 2);
        }
        // Whatever was written belongs to a compare-and-swap that is still presented.
        let writes = |event: &Event| matches!(event, Event::Write { .. });
        let swaps = |request: &Request| request.swap.is_some();
        if world.events.iter().any(writes) {
            let accepted = side.in_flight.back().is_some_and(swaps);
            assert!(accepted || side.presented.as_ref().is_some_and(swaps), "written too late");
        }
        for high in [true, false] {
            block.clock(high);
            settle(&mut *block);
        }
    }
    assert!(side.in_flight.len() + world.events.len() < 4, "nothing is left behind");
    side.counts
}

/// Every pace, one walker and two: 100,000 cycles.
fn every_pace<P: MemoryPort, B: Bus<P>>(
    bus_bytes: u64,
    errors: u64,
    make: impl Fn(Pace) -> B,
) -> Counts {
    let [.., a] = P::WIDTHS;
    let mut sum = Counts::default();
    for (at, pace) in (0..).zip(PACES) {
        for walkers in [1, 2] {
            let base = if a == 32 { 0xffff_ffc0 } else { 0x2_0000_0040 };
            let world = World::new(base, 64, bus_bytes, errors);
            let seed = 0x5111 + 16 * at + walkers as u64;
            let counts = run::<P, B>(make(pace), world, walkers, 10_000, seed);
            println!("{pace:?}, {walkers} walkers: {counts:?}");
            assert!(counts.both == 0 || walkers == 2);
            sum.add(counts);
        }
    }
    assert!(sum.read > 2000 && sum.swapped > 500 && sum.differed > 100, "{sum:?}");
    assert_eq!(sum.error > 50, errors > 0, "{sum:?}");
    assert_eq!(sum.both > 100, B::PIPELINED, "{sum:?}");
    sum
}

const BEYOND: u32 = 100;

fn on_axi4<P: MemoryPort + Axi>() {
    let counts = every_pace::<P, _>(P::BYTES, 20, |pace| Subordinate::new(pace, true));
    let [_, pa, a] = P::WIDTHS;
    assert_eq!(counts.outside > BEYOND, pa > a);
    assert!(counts.lost > 50, "exclusive writes fail, too: {counts:?}");
}

fn on_a_locked_bus<P: MemoryPort, B: Bus<P>>(bus_bytes: u64, make: impl Fn(Pace) -> B) {
    let counts = every_pace::<P, _>(bus_bytes, 20, make);
    let [_, pa, a] = P::WIDTHS;
    assert_eq!(counts.outside > BEYOND, pa > a);
    assert_eq!(counts.lost, 0, "a lock does not fail");
}

fn on_axi_lite<P: MemoryPort + Axi>() {
    on_a_locked_bus::<P, _>(P::BYTES, |pace| Subordinate::new(pace, false));
}

fn on_wishbone<P: MemoryPort + Wishbone>() {
    on_a_locked_bus::<P, _>(P::BYTES, Slave::new);
}

#[test]
fn a_lock_makes_a_compare_and_swap_of_a_read_and_a_write() {
    on_a_locked_bus::<SwapByLock<32, 34>, _>(4, |pace| Plain::new(pace, 0));
    on_a_locked_bus::<SwapByLock<64, 56>, _>(8, |pace| Plain::new(pace, 0));
}

#[test]
fn a_lock_that_fails_is_an_error_or_a_swap_that_was_not_made() {
    let counts = every_pace::<SwapByLock<64, 56>, _>(8, 20, |pace| Plain::new(pace, 4));
    assert!(counts.lost > 50, "{counts:?}");
}

#[test]
fn axi4_has_every_rule_kept() {
    on_axi4::<WalkerAxi4<32, 4, 34, 32, 32, 4>>();
    on_axi4::<WalkerAxi4<64, 8, 56, 32, 64, 8>>();
    on_axi4::<WalkerAxi4<64, 8, 56, 56, 64, 8>>();
}

#[test]
fn axi4_has_32_bit_entries_on_64_bits() {
    on_axi4::<WalkerAxi4<32, 4, 34, 32, 64, 8>>();
}

#[test]
fn axi4_without_a_monitor_refuses_compare_and_swap() {
    type Walker = WalkerAxi4<64, 8, 56, 32, 64, 8>;
    let world = World::new(0x4000, 64, 8, 0);
    let bus = Subordinate::new(Pace::Random, false);
    let counts = run::<Walker, _>(bus, world, 1, 10_000, 0x0ca5);
    assert_eq!((counts.swapped, counts.differed, counts.lost), (0, 0, 0), "{counts:?}");
    assert!(counts.error > 500 && counts.read > 500, "{counts:?}");
}

#[test]
fn axi_lite_has_every_rule_kept() {
    on_axi_lite::<WalkerAxiLite<32, 4, 34, 32, 32, 4>>();
    on_axi_lite::<WalkerAxiLite<64, 8, 56, 32, 64, 8>>();
    on_axi_lite::<WalkerAxiLite<32, 4, 34, 32, 64, 8>>();
}

#[test]
fn wishbone_has_every_rule_kept() {
    on_wishbone::<WalkerWishbone<32, 4, 34, 32, 32, 4>>();
    on_wishbone::<WalkerWishbone<64, 8, 56, 32, 64, 8>>();
    on_wishbone::<WalkerWishbone<32, 4, 34, 32, 64, 8>>();
}

#[test]
#[should_panic(expected = "never two halves")]
fn an_entry_of_64_bits_is_not_read_in_halves() {
    drop(WalkerAxi4::<64, 8, 56, 32, 32, 4>::default());
}
