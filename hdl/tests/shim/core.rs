//! The core's side: loads and stores, with an MMU that answers early, late, or with a fault.

use crate::axi::{Axi, Subordinate};
use crate::bus::{Bus, Event, PACES, Pace, World};
use crate::common::{checked, settle};
use crate::dice::Dice;
use crate::pins::{Access, Answer, CorePort, Translation};
use crate::wishbone::{Slave, Wishbone};
use hdl::shim::*;

/// When an MMU answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answers {
    /// A hit in its own cycle, a miss later.
    AtOnce,
    /// A hit in the next cycle.
    Registered,
    /// Anything.
    Sometime,
}

/// How often each kind of answer came.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    loads: u32,
    stores: u32,
    faults: u32,
    outside: u32,
    errors: u32,
}

/// What is under way: the access, and what the MMU said and will say.
#[derive(Clone, Copy)]
struct UnderWay {
    access: Access,
    translation: Translation,
    /// The cycle of the MMU's answer.
    answered: u64,
}

fn draw<P: CorePort>(world: &World, dice: &mut Dice) -> (Access, Translation) {
    let [width, pa, a] = P::WIDTHS;
    let bytes = width / 8;
    let size = dice.roll(u64::from(bytes.ilog2()) + 1);
    let mut addr = world.base + (dice.roll(world.span >> size) << size);
    let within = addr % bytes;
    let (every, offset) = ((1 << (1 << size)) - 1, within);
    if pa > a && dice.once_in(8) {
        addr |= 1 << (a + dice.roll(pa - a));
    }
    let data = dice.any() & u64::MAX >> (64 - width);
    let access = Access { store: dice.once_in(2), size, bytes: every << offset, data };
    let cause = [5, 7, 13, 15][dice.roll(4) as usize];
    (access, if dice.once_in(5) { Err(cause) } else { Ok(addr) })
}

/// What the bus did for an access justifies its answer, and nothing else does.
fn judge<P: CorePort>(
    under_way: &UnderWay,
    answer: Answer,
    world: &mut World,
    counts: &mut Counts,
) {
    let [width, pa_bits, a] = P::WIDTHS;
    let (access, bytes) = (under_way.access, width / 8);
    let of_access = if access.store { 7 } else { 5 };
    let pa = match under_way.translation {
        Err(cause) => {
            counts.faults += 1;
            assert_eq!(answer, Err(cause), "the MMU's fault");
            assert!(world.events.is_empty(), "no bus access: {:?}", world.events);
            return;
        }
        Ok(pa) if pa_bits > a && pa >> a != 0 => {
            counts.outside += 1;
            assert_eq!(answer, Err(of_access), "the bus has no {pa:#x}");
            assert!(world.events.is_empty(), "no bus access: {:?}", world.events);
            return;
        }
        Ok(pa) => pa,
    };
    let event = world.events.pop_front().expect("a bus access");
    assert!(world.events.is_empty(), "one bus access: {:?}", world.events);
    let lane = pa / bytes * bytes % world.bus_bytes;
    let (addr, size, error) = match event {
        Event::Read { addr, size, bytes: named, word, error, .. } => {
            assert!(!access.store);
            assert!(named.is_none_or(|named| named == access.bytes << lane), "{event:x?}");
            let word = word >> (8 * lane) & u64::MAX >> (64 - width);
            assert!(error || answer == Ok(word), "{answer:x?}, memory has {word:x}");
            counts.loads += 1;
            (addr, size, error)
        }
        Event::Write { addr, size, bytes: named, word, error, .. } => {
            assert!(access.store);
            assert_eq!(named, access.bytes << lane, "{event:x?}");
            let word = word >> (8 * lane) & u64::MAX >> (64 - width);
            assert_eq!(word, access.data, "{event:x?}");
            counts.stores += 1;
            (addr, size, error)
        }
    };
    counts.errors += u32::from(error);
    assert_eq!(answer.is_err(), error);
    assert!(!error || answer == Err(of_access), "{answer:?}");
    match size {
        Some(size) => assert_eq!((addr, size), (pa, access.size), "{event:x?}"),
        None => assert_eq!(addr / world.bus_bytes, pa / world.bus_bytes, "{event:x?}"),
    }
}

/// Runs a block for some cycles between a core with its MMU and a bus.
fn run<P: CorePort, B: Bus<P>>(
    mut bus: B,
    mut world: World,
    answers: Answers,
    cycles: u64,
    seed: u64,
) -> Counts {
    let mut dice = Dice::new(seed);
    let mut block = checked(Box::<P>::default());
    let (mut presented, mut under_way, mut counts) = (None, None, Counts::default());
    block.reset(true);
    block.present(None, &mut dice);
    for high in [true, false] {
        block.clock(high);
        settle(&mut *block);
    }
    block.reset(false);
    for cycle in 0..cycles {
        world.cycle = cycle;
        if presented.is_none() && !dice.once_in(3) {
            presented = Some(draw::<P>(&world, &mut dice));
        }
        bus.drive(&mut block, &mut world, &mut dice);
        block.present(presented.map(|(access, _)| access), &mut dice);
        // The MMU: its ready may fall at any time (a fence), its answer may come at once.
        let ready = dice.once_in(2);
        let due = |one: &UnderWay| one.answered == cycle;
        let late = under_way.as_ref().filter(|one| due(one)).map(|one| one.translation);
        block.translate(ready, late, &mut dice);
        settle(&mut *block);
        if let Some((access, translation)) = presented
            && block.asked()
            && ready
        {
            assert!(under_way.is_none(), "one access at a time");
            let after = match answers {
                Answers::Registered => 1,
                _ if dice.once_in(3) => dice.roll(20),
                Answers::AtOnce => 0,
                Answers::Sometime => dice.roll(3),
            };
            assert!(block.ready(), "what the MMU accepts is accepted from the core");
            under_way = Some(UnderWay { access, translation, answered: cycle + after });
            presented = None;
            block.translate(ready, (after == 0).then_some(translation), &mut dice);
            settle(&mut *block);
        } else {
            assert!(!block.ready() || presented.is_none() || block.asked());
            assert!(!(block.ready() && presented.is_some()), "accepted without the MMU");
        }
        if bus.respond(&mut block, &mut world, &mut dice) {
            settle(&mut *block);
        }
        if dice.once_in(8) {
            let outputs = bus.outputs(&block);
            bus.disturb(&mut block, &mut dice);
            settle(&mut *block);
            assert_eq!(bus.outputs(&block), outputs, "no output depends on an input of the bus");
            bus.restore(&mut block);
            settle(&mut *block);
        }
        bus.edge(&block, &mut world, &mut dice);
        if let Some(answer) = block.answer() {
            let one: UnderWay = under_way.take().expect("an answer to an access");
            assert!(cycle > one.answered, "not before the MMU's");
            judge::<P>(&one, answer, &mut world, &mut counts);
        }
        for high in [true, false] {
            block.clock(high);
            settle(&mut *block);
        }
    }
    counts
}

/// Every pace and every MMU: 100,500 cycles.
fn every_pace<P: CorePort, B: Bus<P>>(bus_bytes: u64, make: impl Fn(Pace) -> B) {
    let [_, pa, a] = P::WIDTHS;
    let mut seed = 0xda7a;
    for pace in PACES {
        for answers in [Answers::AtOnce, Answers::Registered, Answers::Sometime] {
            let world = World::new(if a == 32 { 0xffff_ff80 } else { 0x40 }, 128, bus_bytes, 12);
            seed += 1;
            let counts = run::<P, B>(make(pace), world, answers, 6700, seed);
            println!("{pace:?}, {answers:?}: {counts:?}");
            let Counts { loads, stores, faults, outside, errors } = counts;
            assert!(loads.min(stores).min(faults) > 40 && errors > 5, "{counts:?}");
            assert_eq!(outside > 5, pa > a, "{counts:?}");
        }
    }
}

fn on_axi4<P: CorePort + Axi>() {
    every_pace::<P, _>(P::BYTES, |pace| Subordinate::new(pace, true));
}

fn on_axi_lite<P: CorePort + Axi>() {
    every_pace::<P, _>(P::BYTES, |pace| Subordinate::new(pace, false));
}

fn on_wishbone<P: CorePort + Wishbone>() {
    every_pace::<P, _>(P::BYTES, Slave::new);
}

#[test]
fn axi4_carries_loads_and_stores() {
    on_axi4::<DataAxi4<32, 4, 34, 32, 32, 4>>();
    on_axi4::<DataAxi4<64, 8, 56, 32, 64, 8>>();
    on_axi4::<DataAxi4<64, 8, 56, 56, 64, 8>>();
    on_axi4::<DataAxi4<32, 4, 34, 32, 64, 8>>();
}

#[test]
fn axi_lite_carries_loads_and_stores() {
    on_axi_lite::<DataAxiLite<32, 4, 34, 32, 32, 4>>();
    on_axi_lite::<DataAxiLite<64, 8, 56, 32, 64, 8>>();
    on_axi_lite::<DataAxiLite<32, 4, 34, 32, 64, 8>>();
}

#[test]
fn wishbone_carries_loads_and_stores() {
    on_wishbone::<DataWishbone<32, 4, 34, 32, 32, 4>>();
    on_wishbone::<DataWishbone<64, 8, 56, 32, 64, 8>>();
    on_wishbone::<DataWishbone<32, 4, 34, 32, 64, 8>>();
}
