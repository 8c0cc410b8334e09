//! Random kernels, printed: accepted without a warning, and equal to rust-hdl's own types.

#[path = "../random/block.rs"]
mod block;
#[path = "../random/draw.rs"]
mod draw;
#[path = "../random/tree.rs"]
mod tree;

use crate::base::{Dice, clocked, present};
use crate::replay::{Replay, replay};
pub(crate) use block::Random;
use proptest::prelude::*;

clocked!(Random);

/// One cycle's inputs.
pub(crate) fn stimulus(dice: &mut Dice, block: &mut Random) {
    present!(dice, block: p, q, a, b, c, d);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn kernels_agree(bytes in prop::collection::vec(any::<u8>(), 0..600), seed: u64) {
        replay(Random::new(&bytes), 40, seed, Replay::Drawn, stimulus);
    }
}
