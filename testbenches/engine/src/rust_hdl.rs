//! rust-hdl's own update loop, driven directly: one thread, one settling per clock cycle.
//!
//! In a pass of the loop a value moves by one level of the hierarchy, to or from a child. The clock
//! goes straight down, so a rising edge is at every register before anything that another register
//! or an input changed, even if the clock falls and inputs change in the very next pass. Hence a
//! step is one pass, and the next settling completes both phases of the clock in half the passes
//! that they would take one after the other.

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
    pub fn new<P: PinSet>(mut block: Box<B>) -> Self
    where
        B: PinBlock<P>,
    {
        block.connect_all();
        if let Err(error) = check_all(&*block) {
            panic!("the design does not pass rust-hdl's checks: {error:?}");
        }
        let nets = Nets::of(&*block);
        let mut simulator = Self { block, nets };
        Simulator::<P>::settle(&mut simulator);
        simulator
    }

    /// The block, for tests that look inside.
    pub fn block(&self) -> &B {
        &self.block
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
        self.block.set_clock(false);
        let settled = simulate(&mut *self.block, DEEPEST);
        assert!(settled, "the design did not settle: it has a combinational loop");
    }

    /// Only the top's own clock is high afterwards.
    fn step(&mut self) {
        self.block.set_clock(true);
        self.block.update_all();
    }

    fn signals(&self) -> Vec<Signal> {
        self.nets.signals().to_vec()
    }

    fn visit(&self, values: &mut Vec<u128>) {
        self.nets.sample(&*self.block, values);
    }

    fn pick(&self, signals: &[usize]) -> Vec<u128> {
        self.nets.pick(&*self.block, signals)
    }
}
