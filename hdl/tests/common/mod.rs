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

/// A small generator (xorshift), so that the seed alone repeats a run.
#[allow(dead_code, reason = "not every test file is random")]
pub(crate) struct Dice(pub(crate) u64);

#[allow(dead_code, reason = "not every test file is random")]
impl Dice {
    /// From 0 to one less than `sides`.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    /// True once in so many times.
    pub(crate) fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }
}
