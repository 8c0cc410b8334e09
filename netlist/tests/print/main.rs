//! Printed Verilog: accepted by every tool without a warning, and equal to rust-hdl cycle by
//! cycle on every port and register in Icarus and in Verilator.
//!
//! The small blocks are those of the interpreter's tests; here `run` replays them on their Verilog.

#[path = "../common/mod.rs"]
mod base;
mod bench;
mod golden;
mod ram;
mod random;
mod replay;
mod segment;

mod common {
    pub(crate) use crate::base::{
        Clocked, Dice, Stimulus, clocked, elaborated, flattened, present, settle, unclocked,
    };

    /// As its namesake, but on the printed Verilog; there is no percentage to return.
    pub(crate) fn run<B: Clocked>(
        block: B,
        cycles: u64,
        seed: u64,
        mut present: impl FnMut(&mut Dice, &mut B),
    ) -> usize {
        if let Some(block) = crate::verilator::collect(block, cycles, seed, &mut present) {
            crate::replay::replay(block, cycles, seed, crate::replay::Replay::Icarus, present);
        }
        100
    }
}

#[path = "../blocks/absent.rs"]
mod absent;
#[path = "../blocks/arithmetic.rs"]
mod arithmetic;
#[path = "../blocks/arrays.rs"]
mod arrays;
#[path = "../blocks/dimensions.rs"]
mod dimensions;
#[path = "../blocks/distributed.rs"]
mod distributed;
#[path = "../blocks/enums.rs"]
mod enums;
#[path = "../blocks/hardware.rs"]
mod hardware;
#[path = "../blocks/hierarchy.rs"]
mod hierarchy;
#[path = "../blocks/interfaces.rs"]
mod interfaces;
#[path = "../blocks/memories.rs"]
mod memories;
#[path = "../blocks/mismatches.rs"]
mod mismatches;
#[path = "../blocks/selects.rs"]
mod selects;
mod shapes;
#[path = "../blocks/shims.rs"]
mod shims;
#[path = "../blocks/signed.rs"]
mod signed;
#[path = "../blocks/structs.rs"]
mod structs;
mod tops;
mod verilator;
#[path = "../blocks/widgets.rs"]
mod widgets;
