//! rust-hdl's own simulation in parallel with ours: every net, every half cycle.

#![allow(dead_code, reason = "not every test file uses all of it")]
#![allow(unused_imports, reason = "likewise")]

mod dice;
mod observe;
mod pair;
mod traffic;

pub(crate) use dice::{Dice, Stimulus, present};
pub(crate) use observe::{observe, paths};
pub(crate) use pair::run;
pub(crate) use traffic::{rv32, rv64};

use netlist::ir::Netlist;
use netlist::{Design, Diagnostic};
use rust_hdl::prelude::*;

/// Blocks under test: their clock.
pub(crate) trait Clocked: Block {
    /// Sets the clock input; nothing if there is none.
    fn clock(&mut self, high: bool);
}

/// Implements [`Clocked`] for blocks whose clock is called `clock`.
#[allow(unused_macros, reason = "not every test file uses all of it")]
macro_rules! clocked {
    ($($block:ty),+ $(,)?) => {
        $(impl $crate::common::Clocked for $block {
            fn clock(&mut self, high: bool) {
                self.clock.next = rust_hdl::prelude::Clock::from(high);
            }
        })+
    };
}
#[allow(unused_imports, reason = "not every test file uses all of it")]
pub(crate) use clocked;

/// Implements [`Clocked`] for blocks without a clock.
#[allow(unused_macros, reason = "not every test file uses all of it")]
macro_rules! unclocked {
    ($($block:ty),+ $(,)?) => {
        $(impl $crate::common::Clocked for $block {
            fn clock(&mut self, _high: bool) {}
        })+
    };
}
#[allow(unused_imports, reason = "not every test file uses all of it")]
pub(crate) use unclocked;

pub(crate) fn elaborated<B: Block>(block: &B) -> Design {
    netlist::elaborate(block).unwrap_or_else(|found| panic!("{}", listed(&found)))
}

pub(crate) fn flattened<B: Block>(block: &B) -> Netlist {
    elaborated(block).flatten().unwrap_or_else(|found| panic!("{}", listed(&found)))
}

fn listed(found: &[Diagnostic]) -> String {
    found.iter().map(|finding| format!("{finding}\n")).collect()
}

/// Lets a block settle under rust-hdl.
pub(crate) fn settle<B: Block>(block: &mut B) {
    assert!(simulate(block, 200), "the block does not settle");
}
