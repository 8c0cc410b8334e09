//! For every diagnostic, a block that causes it; and its location.

#[path = "../common/mod.rs"]
mod common;

use netlist::Diagnostic;
use rust_hdl::prelude::*;

/// The findings of a block, from elaboration or flattening.
pub(crate) fn findings<B: Block>(mut block: B) -> Vec<Diagnostic> {
    block.connect_all();
    match netlist::elaborate(&block) {
        Err(found) => found,
        Ok(design) => design.flatten().err().unwrap_or_default(),
    }
}

/// The one finding of a block.
pub(crate) fn finding<B: Block>(block: B) -> Diagnostic {
    let found = findings(block);
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().expect("one finding")
}

/// A block with inputs `a`, `b`, `c`, output `y`, some more fields and a kernel.
macro_rules! block {
    ($name:ident { $($field:ident: $ty:ty),* $(,)? } $($kernel:tt)*) => {
        #[derive(LogicBlock, Default)]
        struct $name {
            clock: Signal<In, Clock>,
            a: Signal<In, Bits<8>>,
            b: Signal<In, Bits<8>>,
            c: Signal<In, Bit>,
            y: Signal<Out, Bits<8>>,
            $($field: $ty,)*
        }

        impl Logic for $name {
            $($kernel)*
        }
    };
}
pub(crate) use block;

mod drivers;
mod expressions;
mod primitives;
