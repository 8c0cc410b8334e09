//! rust-hdl's own update loop, driven directly: one thread, one settle per clock phase.

use super::signals::Nets;
use super::{PinBlock, PinSet, Simulator};
use model::mmu::Signal;
use rust_hdl::prelude::*;

/// More delta cycles than any of our designs needs; reaching it means a combinational loop.
const DEEPEST: usize = 1000;

/// A top simulated by calling `update_all` until nothing changes.
pub struct RustHdl<B> {
    block: Box<B>,
    nets: Nets,
}

impl<B: Block> RustHdl<B> {
    /// Connects and checks a block.
    ///
    /// # Panics
    /// If the block has an unconnected input or a combinational loop: a defect of the design, which
    /// the first build reveals.
    pub fn new<P>(mut block: Box<B>) -> Self
    where
        B: PinBlock<P>,
    {
        block.connect_all();
        if let Err(error) = check_all(&*block) {
            panic!("the design does not pass rust-hdl's checks: {error:?}");
        }
        let nets = Nets::of(&*block);
        let mut simulator = Self { block, nets };
        simulator.phase::<P>(false);
        simulator
    }

    /// The block, for tests that look inside.
    pub fn block(&self) -> &B {
        &self.block
    }

    fn phase<P>(&mut self, clock: bool)
    where
        B: PinBlock<P>,
    {
        self.block.set_clock(clock);
        let settled = simulate(&mut *self.block, DEEPEST);
        assert!(settled, "the design did not settle: it has a combinational loop");
    }
}

impl<P: PinSet, B: PinBlock<P>> Simulator<P> for RustHdl<B> {
    fn poke(&mut self, pin: P, value: u64) {
        self.block.set(pin, value);
    }

    fn peek(&self, pin: P) -> u64 {
        self.block.get(pin)
    }

    fn settle(&mut self) {
        self.phase::<P>(false);
    }

    fn step(&mut self) {
        self.phase::<P>(true);
    }

    fn signals(&self) -> Vec<Signal> {
        self.nets.signals().to_vec()
    }

    fn visit(&self, values: &mut Vec<u128>) {
        self.nets.sample(&*self.block, values);
    }
}
