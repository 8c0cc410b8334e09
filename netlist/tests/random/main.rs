//! Random kernels, executed by rust-hdl's own types and by the interpreter.

mod block;
#[path = "../common/mod.rs"]
mod common;
mod draw;
mod tree;

use block::Random;
use common::{clocked, present, run};
use proptest::prelude::*;

clocked!(Random);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn kernels_agree(bytes in prop::collection::vec(any::<u8>(), 0..600), seed: u64) {
        run(Random::new(&bytes), 12, seed, |dice, block| present!(dice, block: p, q, a, b, c, d));
    }
}
