//! rust-hdl's own update loop, driven directly: one thread, one settle per clock phase.

use super::signals::Nets;
use super::{Pin, PinBlock, Simulator};
use model::mmu::Signal;
use rust_hdl::prelude::*;

/// More delta cycles than any of our designs is deep; reaching it means a combinational loop.
const DEEPEST: usize = 1000;

/// A top simulated by `update_all` until nothing changes.
pub struct RustHdl<B> {
    block: Box<B>,
    nets: Nets,
}

impl<B: PinBlock> RustHdl<B> {
    /// Connects and checks a block.
    ///
    /// # Panics
    /// If the block has an unconnected input or a logic loop: a defect of the design, found by
    /// building it once.
    pub fn new(mut block: Box<B>) -> Self {
        block.connect_all();
        if let Err(error) = check_all(&*block) {
            panic!("the design does not pass rust-hdl's checks: {error:?}");
        }
        let nets = Nets::of(&*block);
        let mut simulator = Self { block, nets };
        simulator.phase(false);
        simulator
    }

    /// The block, for tests that look inside.
    pub fn block(&self) -> &B {
        &self.block
    }

    fn phase(&mut self, clock: bool) {
        self.block.set_clock(clock);
        let settled = simulate(&mut *self.block, DEEPEST);
        assert!(settled, "the design did not settle: it has a combinational loop");
    }
}

impl<B: PinBlock> Simulator for RustHdl<B> {
    fn poke(&mut self, pin: Pin, value: u64) {
        self.block.set(pin, value);
    }

    fn peek(&self, pin: Pin) -> u64 {
        self.block.get(pin)
    }

    fn settle(&mut self) {
        self.phase(false);
    }

    fn step(&mut self) {
        self.phase(true);
    }

    fn signals(&self) -> Vec<Signal> {
        self.nets.signals().to_vec()
    }

    fn visit(&self, values: &mut Vec<u128>) {
        self.nets.sample(&*self.block, values);
    }
}
