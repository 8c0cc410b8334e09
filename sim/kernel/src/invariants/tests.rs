//! Accounts spoiled one by one: each spoilt account is found.

use super::*;
use crate::testing::Flat;
use crate::{Layout, MachineConfig, Permissions, RegionKind, RegionSpec, Use};
use model::isa::{Access, Cause, Fault};

const HEAP: u64 = 0x1_0000;

/// A system with one process that has stored to two pages of its heap, read a third, and read a
/// page of a file; one of its pages was in swap, and is in both places.
fn system() -> (Flat, Os, Pid) {
    let mut hal = Flat::default();
    let mut config = MachineConfig { swap: 4, ..MachineConfig::default() };
    // The root and two tables, and four pages with the zero page.
    config.frames = config.kernel + 3 + 4;
    let mut os = Os::boot(&mut hal, config).unwrap();
    let mut heap = RegionSpec::new(RegionKind::Heap, HEAP, 8);
    heap.permissions = Permissions::parse("rw-");
    let text = RegionSpec::new(RegionKind::Text, 0x2_0000, 1);
    let pid = os.spawn(&mut hal, "one", &Layout::Regions(vec![heap, text]), None).unwrap();
    os.dispatch(&mut hal).unwrap();
    let mut touch = |va, access| {
        os.accessed(0);
        let fault = Fault { cause: Cause::page_fault(access), tval: va };
        os.fault(&mut hal, access, fault).unwrap();
        // As the hardware would.
        if access == Access::Store {
            let at = os.leaf(&mut hal, pid, va / PAGE_BYTES).unwrap();
            let entry = hal.read(at, 8).unwrap();
            hal.write(at, 8, entry | pte::DIRTY).unwrap();
        }
        os.check(&hal).unwrap();
    };
    for page in 0..4 {
        touch(HEAP + page * PAGE_BYTES, Access::Store);
    }
    touch(0x2_0000, Access::Fetch);
    touch(HEAP, Access::Load);
    assert!(os.memory.pages.iter().any(|(_, page)| page.lends()));
    (hal, os, pid)
}

/// What the check says after `spoil`.
fn verdict(spoil: impl FnOnce(&mut Flat, &mut Os, Pid)) -> String {
    let (mut hal, mut os, pid) = system();
    spoil(&mut hal, &mut os, pid);
    os.check(&hal).map_or_else(|error| error.to_string(), |()| "all is well".to_owned())
}

/// A page that the process maps, and at which virtual page.
fn mapped(os: &Os, pid: Pid) -> (u64, PageId) {
    let mut pages = os.space(pid).pages.iter().filter(|(_, held)| held.mapped);
    pages.next().map(|(vpn, held)| (vpn, held.page)).unwrap()
}

#[test]
fn every_spoilt_account_is_found() {
    let found = |what: &str, spoil: fn(&mut Flat, &mut Os, Pid)| {
        let verdict = verdict(spoil);
        assert!(verdict.contains(what), "{what}: {verdict}");
    };
    found("all is well", |_, _, _| {});
    found("process 1 holds PageId", |_, os, pid| {
        let (vpn, id) = mapped(os, pid);
        os.memory.pages.get_mut(id).unwrap().remove_holder((pid, vpn));
    });
    found("is mapped, mappers are []", |_, os, pid| {
        let (vpn, id) = mapped(os, pid);
        os.memory.pages.get_mut(id).unwrap().remove_mapper((pid, vpn));
    });
    found("is not mapped, mappers are [(1, 11)]", |_, os, pid| {
        let absent = |os: &Os, held: &&Held| os.memory.frame_of(held.page).is_none();
        let pages = &os.space(pid).pages;
        let (vpn, held) = pages.iter().find(|(_, held)| absent(os, held)).unwrap();
        let page = held.page;
        os.memory.pages.get_mut(page).unwrap().add_mapper((pid, vpn));
    });
    found("holders, but processes hold", |_, os, pid| {
        let id = os.space(pid).pages.get(0x20).unwrap().page;
        os.memory.pages.get_mut(id).unwrap().add_holder((pid, 7));
    });
    found("which is in no frame", |_, os, pid| {
        let (_, id) = mapped(os, pid);
        os.memory.pages.set_frame(id, None);
    });
    found("entries map", |hal, os, pid| {
        let (vpn, _) = mapped(os, pid);
        let at = os.leaf(hal, pid, vpn).unwrap();
        hal.write(at, 8, 0).unwrap();
    });
    found("tables [", |hal, os, pid| {
        let root = os.space(pid).table.root();
        hal.write(root * PAGE_BYTES, 8, 0).unwrap();
    });
    found("pages are mapped, counted", |_, os, pid| os.space_mut(pid).resident += 1);
    found("tables and", |_, os, _| {
        let frame = os.memory.frames.allocate(Use::Table(9));
        assert_eq!(frame, None, "memory is full");
        let (_, page) = os.memory.pages.iter().find(|(_, page)| page.frame.is_some()).unwrap();
        os.memory.frames.assign(page.frame.unwrap(), Use::Table(9));
    });
    found("PageId(9999)", |_, os, pid| {
        let (vpn, id) = mapped(os, pid);
        let frame = os.memory.frame_of(id).unwrap();
        os.memory.frames.assign(frame, Use::Page(PageId(9999)));
        assert!(os.space(pid).pages.contains(vpn));
    });
    found("which is free", |_, os, _| {
        let slot = os.memory.pages.iter().find_map(|(_, page)| page.slot).unwrap();
        os.memory.swap.release(slot);
    });
    found("is that of", |_, os, _| {
        let slots = os.memory.pages.iter().filter_map(|(id, page)| Some((id, page.slot?)));
        let slots: Vec<_> = slots.collect();
        let ((_, slot), (other, _)) = (slots[0], slots[1]);
        os.memory.pages.set_slot(other, Some(slot));
    });
    found("are in use", |_, os, _| {
        os.memory.swap.allocate().unwrap();
    });
    found("in the page cache, but objects have", |_, os, _| {
        let object = os.memory.objects.iter().next().unwrap().0;
        let absent = os.memory.pages.iter().find(|(_, page)| page.frame.is_none());
        let id = absent.unwrap().0;
        os.memory.pages.get_mut(id).unwrap().home = Some((object, 5));
    });
    found("as page 5, it has", |_, os, pid| {
        let object = os.memory.objects.iter().next().unwrap().0;
        let (_, id) = mapped(os, pid);
        os.memory.objects.get_mut(object).unwrap().pages.insert(5, id);
    });
    found("allows more than its region", |hal, os, pid| {
        let vpn = 0x20;
        let at = os.leaf(hal, pid, vpn).unwrap();
        let entry = hal.read(at, 8).unwrap();
        hal.write(at, 8, entry | pte::WRITE).unwrap();
    });
}
