//! Page tables in plain memory.

use super::*;
use crate::testing::Flat;
use model::isa::pte;

/// A table whose tables come from frame 0x80001 on.
fn table(mode: Mode) -> (Flat, PageTable) {
    let mut hal = Flat::default();
    let table = PageTable::new(&mut hal, mode, 0x8_0000).unwrap();
    (hal, table)
}

/// The entry of a page, with tables made as needed; how many were made.
fn reach(hal: &mut Flat, table: &mut PageTable, vpn: u64) -> (u64, usize) {
    let before = table.tables().len();
    loop {
        match table.find(hal, vpn, 0).unwrap() {
            Place::Leaf(at) => return (at, table.tables().len() - before),
            Place::Missing { at, level } => {
                let frame = 0x8_0000 + table.tables().len() as u64;
                table.link(hal, vpn, (at, level), frame).unwrap();
            }
        }
    }
}

#[test]
fn a_walk_makes_one_table_a_level_and_neighbours_share_it() {
    for (mode, levels) in [(Mode::Sv32, 2), (Mode::Sv39, 3), (Mode::Sv48, 4), (Mode::Sv57, 5)] {
        let (mut hal, mut table) = table(mode);
        let (first, made) = reach(&mut hal, &mut table, 0x1_2345);
        assert_eq!(made, levels - 1, "{mode:?}");
        let (second, more) = reach(&mut hal, &mut table, 0x1_2346);
        assert_eq!((second - first, more), (mode.pte_bytes(), 0), "{mode:?}");
        assert!(table.all_linked().all(|(level, start, _)| {
            (start..start + table.pages_below(level)).contains(&0x1_2345)
        }));
    }
}

#[test]
fn a_table_is_unlinked_and_hung_again_with_what_is_in_it() {
    let (mut hal, mut table) = table(Mode::Sv39);
    let (at, _) = reach(&mut hal, &mut table, 0x200);
    hal.write(at, 8, pte::entry(0x9_0000, pte::VALID | pte::READ)).unwrap();
    assert_eq!(table.linked(&(0x3ff..0x400)), [(0, 0x200), (1, 0)]);
    let (frame, pointer) = table.unlink(&mut hal, (0, 0x200)).unwrap();
    assert!(matches!(table.find(&mut hal, 0x200, 0).unwrap(), Place::Missing { level: 1, .. }));
    assert!(table.unlink(&mut hal, (0, 0x200)).is_err());
    table.attach(&mut hal, (0, 0x200), pointer, frame).unwrap();
    assert_eq!(table.find(&mut hal, 0x200, 0).unwrap(), Place::Leaf(at));
    let old = table.update(&mut hal, at, |entry| entry | pte::DIRTY).unwrap();
    assert_eq!(pte::ppn(Mode::Sv39, old), 0x9_0000);
    assert_eq!(hal.peek(at, 8), Some(old | pte::DIRTY));
}

#[test]
fn what_allows_nothing_has_no_v_and_what_may_be_stored_to_has_r() {
    let bits = |text| permission_bits(Permissions::parse(text).unwrap());
    assert_eq!(bits("---"), USER | INACCESSIBLE);
    assert_eq!(bits("-w-"), bits("rw-"));
    assert_eq!(bits("-wx"), VALID | USER | READ | WRITE | EXECUTE);
    assert_eq!(bits("--x"), VALID | USER | EXECUTE);
}
