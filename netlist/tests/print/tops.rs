//! The MMU tops: Icarus and Verilator agree with rust-hdl on every output and cycle.

use crate::base::{elaborated, rv32, rv64};
use crate::replay::{Replay, replay};
use hdl::{Organisation, Rv32Mmu, Rv64Mmu};
use netlist::print::{Describe, verilog};
use rust_hdl::prelude::*;

type Small32 = Rv32Mmu<4, 2>;
type Small64 = Rv64Mmu<4, 2>;
type Large64 = Rv64Mmu<16, 4>;

#[test]
fn rv64_agrees_in_both_simulators() {
    replay(Small64::new(Organisation::default()), 2000, 64, Replay::Both, rv64);
}

#[test]
fn rv64_of_16_lines_agrees() {
    replay(Large64::new(Organisation::default()), 500, 64, Replay::Icarus, rv64);
}

#[test]
fn rv32_agrees_in_both_simulators() {
    replay(Small32::new(Organisation::default()), 2000, 32, Replay::Both, rv32);
}

#[test]
fn rv64_of_16_lines_takes_a_seventh_of_the_lines_of_rust_hdl() {
    let mut block = Large64::new(Organisation::default());
    let ours = verilog(&elaborated(&block), "top", &Describe::new()).to_string();
    block.connect_all();
    let theirs = generate_verilog(&block);
    let (ours, theirs) = (ours.lines().count(), theirs.lines().count());
    assert!(7 * ours <= theirs, "{ours} lines, rust-hdl {theirs}");
}

#[test]
fn text_is_the_same_in_every_run() {
    let print = || {
        verilog(&elaborated(&Large64::new(Organisation::default())), "top", &Describe::new())
            .to_string()
    };
    assert_eq!(print(), print());
}
