//! `Permission` against the specification's sentences, over its whole truth table.

mod common;

use common::{bit, connected, settle};
use hdl::permission::Permission;
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
