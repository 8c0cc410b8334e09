//! Regions split, moved and grown, without a machine.

use super::*;
use crate::FileId;
use crate::memory::Objects;
use crate::space::table::PageTable;
use crate::space::{Ground, Image, RegionSpec, lay_out};
use crate::testing::Flat;
use model::isa::Mode;

const PAGE: u64 = PAGE_BYTES;

fn space(specs: &[RegionSpec]) -> AddressSpace {
    let mut objects = Objects::new(1);
    let image = Image { file: FileId(1), object: objects.image(FileId(1)) };
    let ground = Ground { mode: Mode::Sv39, ram: 0x8000_0000..0x8100_0000 };
    let regions = lay_out(&ground, "p", image, specs, &mut objects).unwrap();
    let table = PageTable::new(&mut Flat::default(), Mode::Sv39, 0x8_0000).unwrap();
    AddressSpace::new(table, regions, false)
}

fn pages(kind: RegionKind, first: u64, pages: u64, limit: u64) -> RegionSpec {
    let limit = (limit > 0).then_some(limit);
    RegionSpec { limit, ..RegionSpec::new(kind, first * PAGE, pages) }
}

fn mapped(space: &AddressSpace) -> Vec<(u64, u64)> {
    space.regions.values().map(|r| (r.start / PAGE, r.end / PAGE)).collect()
}

#[test]
fn a_cut_makes_two_regions_that_keep_their_places_in_the_file() {
    let mut space = space(&[pages(RegionKind::Data, 16, 8, 0), pages(RegionKind::Bss, 32, 4, 0)]);
    space.cut_out(&(18 * PAGE..33 * PAGE));
    assert_eq!(mapped(&space), [(16, 18), (18, 24), (32, 33), (33, 36)]);
    assert_eq!(space.region(20 * PAGE).and_then(|r| r.index(20 * PAGE)), Some(4));
    space.cut(18 * PAGE);
    assert_eq!(space.regions.len(), 4, "a border is cut once");
    assert!(space.covers(&(16 * PAGE..24 * PAGE)) && !space.covers(&(23 * PAGE..33 * PAGE)));
    assert!(space.is_free(&(24 * PAGE..32 * PAGE)) && !space.is_free(&(24 * PAGE..33 * PAGE)));
}

#[test]
fn a_stack_ends_at_its_limit_at_a_mapping_and_at_the_gap_above_it() {
    use Death::{GuardPage, Hole, NullPage};
    let stack = pages(RegionKind::Stack, 40, 1, 8);
    let below = pages(RegionKind::Mapped, 34, 2, 0);
    let mut alone = space(std::slice::from_ref(&stack));
    assert_eq!(alone.grow_stack(33 * PAGE + 5, PAGE), Ok(()));
    assert_eq!(mapped(&alone), [(33, 41)]);
    assert_eq!(alone.grow_stack(32 * PAGE, PAGE), Err(GuardPage { va: 32 * PAGE }));
    assert_eq!(alone.grow_stack(31 * PAGE, PAGE), Err(Hole { va: 31 * PAGE }));
    assert_eq!(alone.grow_stack(31 * PAGE, 2 * PAGE), Err(GuardPage { va: 31 * PAGE }));
    assert_eq!(alone.grow_stack(8, PAGE), Err(NullPage { va: 8 }));
    let both = || space(&[below.clone(), stack.clone()]);
    assert_eq!(both().grow_stack(37 * PAGE, PAGE), Ok(()));
    assert_eq!(both().grow_stack(36 * PAGE, PAGE), Err(GuardPage { va: 36 * PAGE }));
    assert_eq!(both().grow_stack(36 * PAGE, 0), Ok(()));
    assert_eq!(both().grow_stack(39 * PAGE, 4 * PAGE), Err(GuardPage { va: 39 * PAGE }));
    assert_eq!(both().grow_stack(33 * PAGE, PAGE), Err(GuardPage { va: 33 * PAGE }));
}

#[test]
fn a_heap_ends_at_its_limit_at_a_mapping_and_at_a_stacks_gap() {
    let heap = pages(RegionKind::Heap, 16, 2, 8);
    let end = |space: &AddressSpace, more, gap| {
        space.heap_end(more, gap * PAGE).map(|(start, end)| (start / PAGE, end / PAGE))
    };
    let alone = space(std::slice::from_ref(&heap));
    assert_eq!((end(&alone, 6, 1), end(&alone, 7, 1)), (Some((16, 24)), None));
    assert_eq!((end(&alone, -2, 1), end(&alone, -3, 1)), (Some((16, 16)), None));
    assert_eq!(end(&alone, i64::MAX, 1), None);
    let wall = space(&[heap.clone(), pages(RegionKind::Mapped, 20, 1, 0)]);
    assert_eq!((end(&wall, 2, 9), end(&wall, 3, 9)), (Some((16, 20)), None));
    let stack = space(&[heap, pages(RegionKind::Stack, 22, 1, 1)]);
    assert_eq!((end(&stack, 3, 1), end(&stack, 4, 1)), (Some((16, 21)), None));
    assert_eq!((end(&stack, 1, 3), end(&stack, 2, 3)), (Some((16, 19)), None));
}

#[test]
fn free_addresses_are_found_above_and_else_from_the_bottom() {
    let heap = pages(RegionKind::Heap, 64, 1, 8);
    let stack = pages(RegionKind::Stack, 100, 1, 4);
    let space = space(&[heap, stack]);
    let room = |mode, count, from: u64, gap| {
        let range = space.find_room(Bounds::new(mode), count * PAGE, from * PAGE, gap * PAGE);
        range.map(|range| range.start / PAGE)
    };
    assert_eq!(room(Mode::Sv39, 1, 60, 1), Some(60));
    assert_eq!(room(Mode::Sv39, 5, 60, 1), Some(72), "not in the room of the heap");
    assert_eq!(room(Mode::Sv39, 25, 60, 1), Some(101), "nor in that of the stack");
    assert_eq!(room(Mode::Sv39, 24, 60, 1), Some(72));
    assert_eq!(room(Mode::Sv39, 24, 60, 2), Some(101), "nor in its gap");
    assert_eq!(room(Mode::Sv39, 3, (1 << 26) - 2, 1), Some(16), "then from the bottom");
    assert_eq!(room(Mode::Sv39, 1 << 26, 60, 1), None);
    assert_eq!(room(Mode::Sv32, 1, 0xc_0000, 1), Some(0xc_0400), "behind the kernel");
}
