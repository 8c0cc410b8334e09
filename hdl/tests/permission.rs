//! `Permission` against the specification's sentences, over its whole truth table; and the verdicts
//! on all lines of a TLB against it.

mod common;

use common::{bit, checked, connected, settle};
use hdl::permission::Permission;
use hdl::tlb::LineRights;
use hdl::{AccessContext, Leaf};

#[test]
fn every_access_to_every_leaf_is_judged_as_the_specification_says() {
    let mut block = connected::<Permission>();
    for inputs in 0..1 << 11 {
        let leaf = Leaf {
            read: bit(inputs, 0),
            write: bit(inputs, 1),
            execute: bit(inputs, 2),
            user: bit(inputs, 3),
            dirty: bit(inputs, 4),
            ..Leaf::default()
        };
        let access = AccessContext {
            fetch: bit(inputs, 5),
            store: bit(inputs, 6),
            user: bit(inputs, 7),
            sum: bit(inputs, 8),
            mxr: bit(inputs, 9),
            adue: false,
            pbmte: false,
            cbo: bit(inputs, 10),
        };
        if u8::from(access.fetch) + u8::from(access.store) + u8::from(access.cbo) > 1 {
            continue;
        }
        block.leaf.next = leaf;
        block.access.next = access;
        settle(&mut *block);

        let kind = match (access.fetch, access.store) {
            (true, _) => leaf.execute,
            (_, true) => leaf.write,
            _ if access.cbo => leaf.read || leaf.write || access.mxr && leaf.execute,
            _ => leaf.read || access.mxr && leaf.execute,
        };
        let owner = match (access.user, leaf.user) {
            (true, user_page) => user_page,
            (false, false) => true,
            (false, true) => !access.fetch && access.sum,
        };
        assert_eq!(block.denied.val(), !(kind && owner), "{leaf:?} {access:?}");
        assert_eq!(block.unmarked.val(), access.store && !leaf.dirty, "{leaf:?} {access:?}");
    }
}

/// Each of 32 lines has other flags; so every access meets every leaf.
#[test]
fn lines_are_judged_as_single_leaves_are() {
    let mut lines = checked(Box::new(LineRights::<32>::new(32)));
    let mut block = connected::<Permission>();
    for line in 0..32 {
        lines.read[line].next = bit(line as u32, 0);
        lines.write[line].next = bit(line as u32, 1);
        lines.execute[line].next = bit(line as u32, 2);
        lines.user[line].next = bit(line as u32, 3);
        lines.dirty[line].next = bit(line as u32, 4);
    }
    for inputs in 0..1 << 7 {
        let access = AccessContext {
            fetch: bit(inputs, 0),
            store: bit(inputs, 1),
            cbo: bit(inputs, 2),
            user: bit(inputs, 3),
            sum: bit(inputs, 4),
            mxr: bit(inputs, 5),
            adue: bit(inputs, 6),
            pbmte: false,
        };
        if u8::from(access.fetch) + u8::from(access.store) + u8::from(access.cbo) > 1 {
            continue;
        }
        lines.access.next = access;
        settle(&mut *lines);
        for line in 0..32 {
            block.leaf.next = Leaf {
                read: bit(line as u32, 0),
                write: bit(line as u32, 1),
                execute: bit(line as u32, 2),
                user: bit(line as u32, 3),
                dirty: bit(line as u32, 4),
                ..Leaf::default()
            };
            block.access.next = access;
            settle(&mut *block);
            let (denied, unmarked) = (block.denied.val(), block.unmarked.val());
            let faults = denied || unmarked && !access.adue;
            let decides = denied || !unmarked || !access.adue;
            assert_eq!(lines.faults.val().get_bit(line), faults, "{line:05b} {access:?}");
            assert_eq!(lines.decides.val().get_bit(line), decides, "{line:05b} {access:?}");
        }
    }
}
