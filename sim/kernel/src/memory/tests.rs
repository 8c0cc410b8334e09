//! The accounting of memory alone: no page table, no process, no hardware.

use super::*;
use crate::MachineConfig;

/// Memory with 8 frames for pages and tables, and 2 slots.
fn memory() -> PhysicalMemory {
    let mut config = MachineConfig { swap: 2, ..MachineConfig::default() };
    config.frames = config.kernel + 8;
    PhysicalMemory::new(&config)
}

/// A page in a frame.
fn page(memory: &mut PhysicalMemory) -> PageId {
    let id = memory.pages.add(Page::default());
    let frame = memory.frames.allocate(Use::Page(id)).expect("there are frames");
    memory.pages.set_frame(id, Some(frame));
    id
}

/// Writes a page to a slot.
fn save(memory: &mut PhysicalMemory, id: PageId) {
    let slot = memory.swap.allocate().expect("there are slots");
    memory.pages.set_slot(id, Some(slot));
}

#[test]
fn frame_and_slot_go_with_the_last_holder() {
    let mut memory = memory();
    let id = page(&mut memory);
    save(&mut memory, id);
    memory.hold(id, 1, 0x10);
    memory.hold(id, 2, 0x20);
    memory.release(id, 1, 0x10);
    assert_eq!((memory.frames.free(), memory.swap.used()), (7, 1));
    memory.release(id, 2, 0x20);
    assert_eq!((memory.frames.free(), memory.swap.used()), (8, 0));
    assert!(memory.pages.get(id).is_none());
}

#[test]
fn a_page_in_swap_is_held_and_one_that_a_file_has_is_forgotten() {
    let mut memory = memory();
    let (own, cached) = (page(&mut memory), page(&mut memory));
    save(&mut memory, own);
    memory.hold(own, 1, 5);
    memory.hold(cached, 1, 6);
    memory.hold(cached, 2, 7);
    let file = memory.objects.named("log", true, None).unwrap();
    memory.set_home(cached, Some((file, 3)));
    let file_of = |id| memory.file_of(memory.pages.get(id).unwrap()).map(|(_, index)| index);
    assert_eq!((file_of(cached), file_of(own)), (Some(3), None));
    assert!(memory.free_frame(own).is_empty());
    assert_eq!(memory.pages.get(own).map(|page| page.holders().len()), Some(1));
    assert_eq!(memory.free_frame(cached), [(1, 6), (2, 7)]);
    assert!(memory.pages.get(cached).is_none());
    assert!(memory.objects.get(file).unwrap().pages.is_empty());
    assert_eq!(memory.frames.free(), 8);
}

#[test]
fn the_page_cache_keeps_a_page_without_a_holder() {
    let mut memory = memory();
    let id = page(&mut memory);
    let file = memory.objects.named("log", true, None).unwrap();
    memory.set_home(id, Some((file, 0)));
    memory.hold(id, 1, 5);
    memory.release(id, 1, 5);
    assert_eq!((memory.frame_of(id).is_some(), memory.frames.free()), (true, 7));
}

#[test]
fn a_full_device_takes_a_slot_back_from_a_page_in_memory() {
    let mut memory = memory();
    let (first, second) = (page(&mut memory), page(&mut memory));
    assert_eq!(memory.find_slot(0, 2), SlotFound::Free);
    save(&mut memory, first);
    save(&mut memory, second);
    memory.hold(second, 9, 1);
    assert_eq!(memory.find_slot(2, 3), SlotFound::Free, "it grew");
    let third = page(&mut memory);
    save(&mut memory, third);
    memory.free_frame(first);
    assert_eq!(memory.find_slot(2, 3), SlotFound::TakenFrom(9));
    let page = memory.pages.get(second).unwrap();
    assert!(page.unsaved && page.slot.is_none());
    save(&mut memory, second);
    memory.free_frame(second);
    memory.free_frame(third);
    assert_eq!(memory.find_slot(2, 3), SlotFound::Full, "none of them is in memory");
}
