//! The checker's cache of walks is invalidated by any change of the tables, reported or not.

use super::*;
use crate::bus::{self, Burst, BusError, Channel, FixedLatency};

const LEAF: u64 = V | RWX | AD;

/// Memory and a checker in which the walk of page 0 is cached.
fn warm() -> (SharedMemory, Checker) {
    let (memory, mut checker) = world();
    for _ in 0..3 {
        assert!(legal(&memory, &mut checker, 1, 0, 0x100_0000));
    }
    (memory, checker)
}

/// The leaf is changed without a report to the checker: only the new one is legal from now on,
/// since no older value is known.
fn stray(change: impl FnOnce(&SharedMemory, u64)) {
    let (memory, mut checker) = warm();
    change(&memory, 0x2000 << 10 | LEAF);
    assert!(!legal(&memory, &mut checker, 1, 0, 0x100_0000));
    for _ in 0..2 {
        assert!(legal(&memory, &mut checker, 1, 0, 0x200_0000));
    }
}

#[test]
fn a_store_into_a_table_is_noticed_however_it_is_made() {
    stray(|memory, leaf| memory.write(page(3), 4, leaf).unwrap());
    stray(|memory, leaf| {
        (0..4).for_each(|n| memory.write(page(3) + n, 1, leaf >> (8 * n)).unwrap())
    });
    stray(|memory, leaf| memory.load(page(3), &(leaf as u32).to_le_bytes()).unwrap());
    stray(|memory, leaf| {
        memory.compare_swap(page(3), 4, 0x1000 << 10 | LEAF, leaf).unwrap();
    });
    stray(|memory, leaf| {
        let mut bus = FixedLatency::new(memory.clone(), 1);
        bus.submit(0, bus::Request::Write { pa: page(3), bytes: 4, value: leaf });
    });
    stray(|memory, leaf| {
        let mut bus = FixedLatency::new(memory.clone(), 1);
        bus.burst(0, &mut Burst::Write { pa: page(3), words: &[leaf] }).unwrap();
    });
}

#[test]
fn a_store_into_the_root_is_noticed() {
    let (memory, mut checker) = warm();
    memory.write(page(4), 4, 0x3000 << 10 | LEAF).unwrap();
    memory.write(page(1), 4, pointer(4)).unwrap();
    assert!(!legal(&memory, &mut checker, 1, 0, 0x100_0000));
    assert!(legal(&memory, &mut checker, 1, 0, 0x300_0000));
}

#[test]
fn the_first_store_into_a_table_that_read_as_zero_is_noticed() {
    let (memory, mut checker) = world();
    memory.write(page(1), 4, pointer(5)).unwrap();
    let fault = Err(crate::isa::Fault { cause: Cause::LoadPageFault, tval: 0 });
    for _ in 0..2 {
        let token = checker.accepted(satp(1), false);
        assert!(checker.check(token, &load(0), (&fault, BASE), &memory).is_ok());
    }
    memory.write(page(5), 4, 0x3000 << 10 | LEAF).unwrap();
    assert!(legal(&memory, &mut checker, 1, 0, 0x300_0000));
    let token = checker.accepted(satp(1), false);
    assert!(checker.check(token, &load(0), (&fault, BASE), &memory).is_err());
}

#[test]
fn memory_that_appears_is_noticed() {
    let (memory, mut checker) = world();
    memory.write(page(1), 4, pointer(0x20)).unwrap();
    let fault = Err(crate::isa::Fault { cause: Cause::LoadAccessFault, tval: 0 });
    for _ in 0..2 {
        let token = checker.accepted(satp(1), false);
        assert!(checker.check(token, &load(0), (&fault, BASE), &memory).is_ok());
    }
    memory.map_rom(page(0x20)..page(0x21)).unwrap();
    let token = checker.accepted(satp(1), false);
    assert!(checker.check(token, &load(0), (&fault, BASE), &memory).is_err());
}

#[test]
fn circumstances_are_not_mixed_up() {
    let (memory, mut checker) = warm();
    memory.write(page(2), 4, pointer(4)).unwrap();
    memory.write(page(4), 4, 0x4000 << 10 | V | RWX).unwrap();
    let mut answer = |request: &Request, asid, adue, response| {
        (0..2).all(|_| {
            let token = checker.accepted(satp(asid), adue);
            checker.check(token, request, (&response, BASE), &memory).is_ok()
        })
    };
    let fault = |cause, tval| Err(crate::isa::Fault { cause, tval });
    // A is clear in the second space: with ADUE it is set, without it is a fault.
    assert!(answer(&load(4), 1, true, Ok(0x100_0004)));
    assert!(answer(&load(8), 2, true, Ok(0x400_0008)));
    assert!(answer(&load(8), 2, false, fault(Cause::LoadPageFault, 8)));
    let user = Context { privilege: Privilege::User, ..load(0).context };
    let by_user = Request { context: user, ..load(0xffc) };
    assert!(answer(&by_user, 1, true, fault(Cause::LoadPageFault, 0xffc)));
    let store = Request { access: Access::Store, ..load(12) };
    assert!(answer(&store, 2, false, fault(Cause::StorePageFault, 12)));
    let machine = Context { privilege: Privilege::Machine, ..user };
    assert!(answer(&Request { context: machine, ..load(16) }, 1, true, Ok(16)));
}

/// Memory that agrees to watch and does not report changes.
#[cfg(debug_assertions)]
struct Quiet(SharedMemory);

#[cfg(debug_assertions)]
impl PteSource for Quiet {
    fn read(&self, pa: u64, bytes: u64) -> Result<u64, BusError> {
        PteSource::read(&self.0, pa, bytes)
    }

    fn writable(&self, pa: u64, bytes: u64) -> bool {
        self.0.writable(pa, bytes)
    }

    fn watch(&self, _pa: u64, _bytes: u64) -> bool {
        true
    }
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "memory kept quiet")]
fn memory_that_breaks_its_promise_is_caught() {
    let (memory, mut checker) = world();
    let quiet = Quiet(memory.clone());
    for leaf in [0x1000 << 10 | LEAF, 0x2000 << 10 | LEAF] {
        memory.write(page(3), 4, leaf).unwrap();
        let token = checker.accepted(satp(1), false);
        let _ = checker.check(token, &load(0), (&Ok(0x100_0000), BASE), &quiet);
    }
}

#[test]
fn what_a_device_answers_is_never_remembered() {
    let (memory, mut checker) = world();
    let console = crate::bus::Console::new();
    memory.map_device(0x1000..0x1018, Box::new(console.clone())).unwrap();
    memory.write(page(1), 4, 1 << 10 | V).unwrap();
    let fault = Err(crate::isa::Fault { cause: Cause::LoadPageFault, tval: 0 });
    let mut judged = |expected: bool| {
        let token = checker.accepted(satp(1), true);
        assert_eq!(checker.check(token, &load(0), (&fault, BASE), &memory).is_ok(), expected);
    };
    judged(true);
    judged(true);
    // An entry that can be read but not written: A cannot be set.
    console.type_in(&[(V | 2) as u8]);
    judged(false);
}
