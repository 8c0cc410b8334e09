//! Whole machines, with software MMUs in place of hardware.

mod caching;
mod calls;
mod colours;
mod fast;
mod fences;
mod looking;
mod looks;
mod memory;
mod overlap;
mod paging;
mod pipeline;
mod policies;
mod protection;
mod reference;
mod soak;
mod textbook;
mod trace;
mod user_access;

use super::{Machine, MachineConfig, Outcome, ProcessSpec};
use crate::cpu::{Access, Listed, Op};
use kernel::{Costs, Layout, RegionKind, RegionSpec};
use model::golden::IdealMmu;
use model::isa::Access::{Load, Store};
use model::isa::{self, Mode, PAGE_BYTES, Xlen};
use std::sync::atomic::AtomicBool;

/// Where tests put their zeroed pages.
const BSS: u64 = 0x10_0000;

fn xlen(mode: Mode) -> Xlen {
    if mode == Mode::Sv32 { Xlen::Rv32 } else { Xlen::Rv64 }
}

/// Checks everything always, with a fast disk.
fn strict(mode: Mode) -> MachineConfig {
    let costs = Costs { trap: 10, handler: 20, disk_read: 1000, disk_write: 1000, switch: 30 };
    MachineConfig { mode, check_every: Some(1), costs, ..MachineConfig::default() }
}

fn region(kind: RegionKind, start: u64, pages: u64) -> RegionSpec {
    RegionSpec::new(kind, start, pages)
}

fn process(name: &str, regions: Vec<RegionSpec>, ops: impl IntoIterator<Item = Op>) -> ProcessSpec {
    ProcessSpec {
        name: name.to_owned(),
        layout: Layout::Regions(regions),
        program: Box::new(Listed::new(ops)),
        frames: None,
    }
}

fn op(kind: isa::Access, va: u64) -> Op {
    Op::Access(Access { kind, va, bytes: 8 })
}

fn load(va: u64) -> Op {
    op(Load, va)
}

fn store(va: u64) -> Op {
    op(Store, va)
}

fn run_with(config: MachineConfig, specs: impl IntoIterator<Item = ProcessSpec>) -> Outcome {
    let mmu = Box::new(IdealMmu::new(xlen(config.mode)));
    let mut machine = Machine::new(mmu, config).unwrap();
    for spec in specs {
        machine.spawn(spec).unwrap();
    }
    machine.run(&AtomicBool::new(false))
}

/// Runs to the end without an error.
fn run(config: MachineConfig, specs: impl IntoIterator<Item = ProcessSpec>) -> Outcome {
    let outcome = run_with(config, specs);
    assert!(outcome.error.is_none(), "{}", outcome.error.unwrap());
    outcome
}

/// The cause of death of a process; `exited` if it was not killed.
fn fate(outcome: &Outcome, at: usize) -> &'static str {
    match &outcome.states[at].1 {
        kernel::State::Killed { death } => death.name(),
        kernel::State::Exited => "exited",
        kernel::State::Runnable => "runnable",
    }
}

fn page(number: u64) -> u64 {
    BSS + number * PAGE_BYTES
}
