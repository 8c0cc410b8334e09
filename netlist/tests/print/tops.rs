//! The MMU tops: Icarus and Verilator agree with rust-hdl on every output and cycle.

use crate::base::{Dice, clocked, elaborated, present};
use crate::replay::{Replay, replay};
use hdl::{Rv32Mmu, Rv64Mmu};
use netlist::print::{Describe, verilog};
use rust_hdl::prelude::*;

type Small32 = Rv32Mmu<4, 2>;
type Small64 = Rv64Mmu<4, 2>;
type Large64 = Rv64Mmu<16, 4>;

clocked!(Small32, Small64, Large64);

/// Random traffic over few pages, so that hits, misses, fences and faults all happen.
macro_rules! traffic {
    ($dice:ident, $mmu:ident, $satp:expr, $page:expr, $pte:expr) => {
        present!($dice, $mmu: fetch_req_valid, data_req_valid, data_req_store,
            data_req_sum, data_req_mxr, mem_req_ready, mem_resp_valid, mem_resp_swapped,
            fault_ready, fence_by_va, fence_by_asid, adue);
        $mmu.reset.next = $dice.roll(600) == 0;
        $mmu.fence_valid.next = $dice.roll(60) == 0;
        $mmu.mem_resp_error.next = $dice.roll(30) == 0;
        if $dice.roll(80) == 0 {
            $mmu.satp.next = $satp;
        }
        $mmu.fetch_req_va.next = $page;
        $mmu.data_req_va.next = $page;
        $mmu.fence_va.next = $page;
        $mmu.fence_asid.next = $dice.roll(2).into();
        $mmu.fetch_req_privilege.next = [0_u64, 1, 1, 3][$dice.roll(4) as usize].into();
        $mmu.data_req_privilege.next = [0_u64, 1, 1, 3][$dice.roll(4) as usize].into();
        $mmu.mem_resp_data.next = $pte;
    };
}

/// Mostly leaves and pointers, sometimes anything.
fn pte(dice: &mut Dice, xlen: u32) -> u64 {
    let flags = match dice.roll(8) {
        0..4 => 0xdf,
        4 => 0xef,
        5 => 0x4f,
        6 => 0x01,
        _ => return dice.roll(1 << 32) << (xlen - 32) | dice.roll(256),
    };
    let low = if dice.roll(4) == 0 { dice.roll(4) << 10 } else { 0 };
    dice.roll(4) << 28 | low | flags
}

macro_rules! rv64 {
    ($name:ident, $top:ty, $cycles:expr, $which:expr) => {
        #[test]
        fn $name() {
            replay(<$top>::default(), $cycles, 64, $which, |dice, mmu: &mut $top| {
                let mode = [0_u64, 8, 8, 9, 10][dice.roll(5) as usize];
                let satp = mode << 60 | dice.roll(2) << 44 | dice.roll(8);
                let page = dice.roll(3) << 30 | dice.roll(3) << 21 | dice.roll(9000);
                let page = if dice.roll(10) == 0 { dice.any() } else { page.into() };
                let pte = pte(dice, 64);
                traffic!(dice, mmu, satp.into(), page, pte.into());
            });
        }
    };
}

rv64!(rv64_agrees_in_both_simulators, Small64, 2000, Replay::Both);
rv64!(rv64_of_16_lines_agrees, Large64, 500, Replay::Icarus);

#[test]
fn rv32_agrees_in_both_simulators() {
    replay(Small32::default(), 2000, 32, Replay::Both, |dice, mmu: &mut Small32| {
        let satp = dice.roll(2) << 31 | dice.roll(2) << 22 | dice.roll(8);
        let page = dice.roll(3) << 22 | dice.roll(9000);
        let pte = pte(dice, 32);
        traffic!(dice, mmu, satp.into(), page.into(), pte.into());
    });
}

#[test]
fn rv64_of_16_lines_takes_a_ninth_of_the_lines_of_rust_hdl() {
    let mut block = Large64::default();
    let ours = verilog(&elaborated(&block), "top", &Describe::new()).to_string();
    block.connect_all();
    let theirs = generate_verilog(&block);
    let (ours, theirs) = (ours.lines().count(), theirs.lines().count());
    assert!(9 * ours <= theirs, "{ours} lines, rust-hdl {theirs}");
}

#[test]
fn text_is_the_same_in_every_run() {
    let print = || verilog(&elaborated(&Large64::default()), "top", &Describe::new()).to_string();
    assert_eq!(print(), print());
}
