//! `SegmentUnit` against the books' figures and against a list of byte ranges.

mod common;

use common::{connected, settle};
use hdl::segment::SegmentUnit;
use rust_hdl::prelude::*;

type Toy = SegmentUnit<4, 2, 14, 12, 34>;

const END: u64 = 1 << 12;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Segment {
    present: bool,
    base: u64,
    limit: u64,
    read: bool,
    write: bool,
    execute: bool,
    user: bool,
    down: bool,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Load,
    Store,
    Fetch,
}

fn clock(unit: &mut Toy) {
    for high in [true, false] {
        unit.clock.next = Clock::from(high);
        settle(unit);
    }
}

fn fresh() -> Box<Toy> {
    let mut unit = connected::<Toy>();
    unit.reset.next = true;
    clock(&mut unit);
    unit.reset.next = false;
    clock(&mut unit);
    unit
}

fn load(unit: &mut Toy, index: u64, segment: Segment) {
    unit.load_valid.next = true;
    unit.load_index.next = index.into();
    unit.load_present.next = segment.present;
    unit.load_base.next = segment.base.into();
    unit.load_limit.next = segment.limit.into();
    unit.load_read.next = segment.read;
    unit.load_write.next = segment.write;
    unit.load_execute.next = segment.execute;
    unit.load_user.next = segment.user;
    unit.load_down.next = segment.down;
    settle(unit);
    assert!(unit.load_ready.val() && !unit.req_ready.val(), "no request beside a change");
    clock(unit);
    unit.load_valid.next = false;
}

/// The answer in the request's own cycle: a physical address or a cause.
fn ask(unit: &mut Toy, va: u64, size: u64, kind: Kind, user: bool) -> Result<u64, u64> {
    unit.req_valid.next = true;
    unit.req_va.next = va.into();
    unit.req_size.next = size.into();
    unit.req_fetch.next = matches!(kind, Kind::Fetch);
    unit.req_store.next = matches!(kind, Kind::Store);
    unit.req_user.next = user;
    settle(unit);
    assert!(unit.req_ready.val() && unit.resp_valid.val(), "answered at once");
    let (pa, cause): (u64, u64) = (unit.resp_pa.val().into(), unit.resp_cause.val().into());
    if unit.resp_fault.val() {
        assert_eq!((pa, u64::from(unit.resp_va.val())), (0, va));
        return Err(cause);
    }
    assert_eq!(cause, 0);
    Ok(pa)
}

const RW: Segment = Segment {
    present: true,
    base: 0,
    limit: 0,
    read: true,
    write: true,
    execute: false,
    user: true,
    down: false,
};

/// Arpaci-Dusseau, Operating Systems: Three Easy Pieces, "Segmentation".
#[test]
fn addresses_of_the_book_translate_as_the_book_says() {
    let mut unit = fresh();
    let code = Segment { base: 32 << 10, limit: 2 << 10, execute: true, write: false, ..RW };
    load(&mut unit, 0, code);
    load(&mut unit, 1, Segment { base: 34 << 10, limit: 3 << 10, ..RW });
    load(&mut unit, 3, Segment { base: 28 << 10, limit: 2 << 10, down: true, ..RW });
    assert_eq!(ask(&mut unit, 100, 0, Kind::Fetch, true), Ok(32868));
    assert_eq!(ask(&mut unit, 4200, 0, Kind::Load, true), Ok(34920));
    assert_eq!(ask(&mut unit, 15 << 10, 0, Kind::Store, true), Ok(27 << 10));
    assert_eq!(ask(&mut unit, 7 << 10, 0, Kind::Load, true), Err(2), "beyond the heap");
    assert_eq!(ask(&mut unit, 8 << 10, 0, Kind::Load, true), Err(1), "no such segment");
    assert_eq!(ask(&mut unit, 100, 0, Kind::Store, true), Err(3), "code is not written");
}

#[test]
fn first_fault_is_held_until_it_is_taken() {
    let mut unit = fresh();
    assert_eq!(ask(&mut unit, 5, 0, Kind::Load, true), Err(1));
    assert!(!unit.fault_valid.val());
    clock(&mut unit);
    assert_eq!(ask(&mut unit, 9, 0, Kind::Load, true), Err(1));
    clock(&mut unit);
    unit.req_valid.next = false;
    settle(&mut *unit);
    assert!(unit.fault_valid.val());
    assert_eq!((u64::from(unit.fault_va.val()), u64::from(unit.fault_cause.val())), (5, 1));
    unit.fault_ready.next = true;
    clock(&mut unit);
    assert!(!unit.fault_valid.val());
}

#[test]
fn reset_forgets_every_segment() {
    let mut unit = fresh();
    load(&mut unit, 2, Segment { limit: 16, ..RW });
    assert_eq!(ask(&mut unit, 2 * END, 3, Kind::Load, true), Ok(0));
    unit.reset.next = true;
    settle(&mut *unit);
    assert!(!unit.req_ready.val() && !unit.resp_valid.val());
    clock(&mut unit);
    unit.reset.next = false;
    assert_eq!(ask(&mut unit, 2 * END, 3, Kind::Load, true), Err(1));
}

/// The bytes of a segment, one by one: the address of each, if it is in the segment.
fn place(segment: &Segment, offset: u64) -> Option<u64> {
    let bytes: Vec<u64> = match segment.down {
        false => (0..segment.limit.min(END)).collect(),
        true => (END - segment.limit.min(END)..END).collect(),
    };
    let at = bytes.iter().position(|byte| *byte == offset)? as u64;
    let start = if segment.down { segment.base - segment.limit } else { segment.base };
    Some(start + at)
}

#[test]
fn every_short_segment_answers_as_a_list_of_bytes() {
    let mut unit = fresh();
    for (limit, down) in [
        (0, false),
        (1, false),
        (9, false),
        (0, true),
        (1, true),
        (9, true),
        (END, false),
        (END, true),
    ] {
        let segment = Segment { base: 0x9000, limit, down, ..RW };
        load(&mut unit, 1, segment);
        for near in 0..20 {
            for offset in [near, END - 1 - near] {
                for size in 0..4 {
                    let places: Option<Vec<u64>> =
                        (offset..offset + (1 << size)).map(|byte| place(&segment, byte)).collect();
                    let wanted = places.map(|places| places[0]).ok_or(2);
                    let got = ask(&mut unit, END + offset, size, Kind::Load, true);
                    assert_eq!(got, wanted, "{segment:?} offset {offset} size {size}");
                }
            }
        }
    }
}

#[test]
fn every_combination_of_rights_is_judged() {
    let mut unit = fresh();
    for bits in 0..1 << 7 {
        let bit = |n: u32| bits >> n & 1 == 1;
        let segment = Segment {
            present: bit(4),
            base: 64,
            limit: if bit(5) { 8 } else { 0 },
            read: bit(0),
            write: bit(1),
            execute: bit(2),
            user: bit(3),
            down: false,
        };
        load(&mut unit, 0, segment);
        for (kind, right) in [
            (Kind::Load, segment.read),
            (Kind::Store, segment.write),
            (Kind::Fetch, segment.execute),
        ] {
            let user = bit(6);
            let wanted = match () {
                () if !segment.present => Err(1),
                () if segment.limit == 0 => Err(2),
                () if !right || user && !segment.user => Err(3),
                () => Ok(64),
            };
            assert_eq!(
                ask(&mut unit, 0, 0, kind, user),
                wanted,
                "{segment:?} {kind:?} user {user}"
            );
        }
    }
}
