//! A bench that drives one block by hand.

use rust_hdl::prelude::*;

#[allow(dead_code, reason = "not every test file makes default blocks")]
/// A connected block that passes rust-hdl's checks.
pub(crate) fn connected<B: Block + Default>() -> Box<B> {
    checked(Box::default())
}

/// The block, connected, if it passes rust-hdl's checks.
pub(crate) fn checked<B: Block>(mut block: Box<B>) -> Box<B> {
    block.connect_all();
    check_all(&*block).expect("the block is connected and free of loops");
    block
}

/// Lets combinational logic follow its inputs.
pub(crate) fn settle<B: Block>(block: &mut B) {
    assert!(simulate(block, 100), "the block does not settle");
}

/// Truth-table input: bit `index` of `word`.
#[allow(dead_code, reason = "not every test file counts in bits")]
pub(crate) fn bit(word: u32, index: u32) -> bool {
    word >> index & 1 == 1
}
