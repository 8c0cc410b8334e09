//! Random traffic for the MMU tops: few pages and address spaces, so that hits, misses, fences
//! and faults all happen.

use super::{Clocked, Dice, present};
use hdl::{Rv32Mmu, Rv64Mmu};
use rust_hdl::prelude::*;

macro_rules! traffic {
    ($dice:ident, $mmu:ident, $satp:expr, $page:expr, $pte:expr) => {
        present!($dice, $mmu: fetch_req_valid, data_req_valid, data_req_store,
            data_req_cbo, data_req_sum, data_req_mxr, mem_req_ready, mem_resp_valid, mem_resp_swapped,
            fault_ready, fence_by_va, fence_by_asid, adue, pbmte,
            l2_inject, mem_resp_line);
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
        $mmu.mem_resp_word_0.next = $dice.roll(1 << 44).into();
        $mmu.mem_resp_word_7.next = 0xcf_u64.into();
    };
}

/// Mostly leaves and pointers, sometimes any value.
pub(crate) fn pte(dice: &mut Dice, xlen: u32) -> u64 {
    let flags = match dice.roll(9) {
        0 | 1 => 0xdf,
        2 | 3 => 0xcf,
        // A global leaf, one with D clear, one with A clear, pointers.
        4 => 0xef,
        5 => [0x4f, 0x5f, 0x0f][dice.roll(3) as usize],
        6 => [0x01, 0x21][dice.roll(2) as usize],
        7 => dice.roll(256),
        _ => return dice.roll(1 << 32) << (xlen - 32) | dice.roll(256),
    };
    // Mostly aligned for a superpage of any level.
    let low = if dice.roll(4) == 0 { dice.roll(4) << 10 } else { 0 };
    let high = if xlen == 32 { dice.roll(4) << 28 } else { dice.roll(4) << 46 };
    high | low | flags
}

/// One cycle's inputs.
pub(crate) fn rv64<const N: usize, const IDX: usize>(dice: &mut Dice, mmu: &mut Rv64Mmu<N, IDX>) {
    let mode = [0_u64, 8, 8, 9, 10][dice.roll(5) as usize];
    let satp = mode << 60 | dice.roll(2) << 44 | dice.roll(8);
    let page = dice.roll(2) << 38 | dice.roll(3) << 30 | dice.roll(3) << 21 | dice.roll(9000);
    let page = if dice.roll(10) == 0 { dice.any() } else { page.into() };
    let pte = pte(dice, 64);
    traffic!(dice, mmu, satp.into(), page, pte.into());
}

/// One cycle's inputs.
pub(crate) fn rv32<const N: usize, const IDX: usize>(dice: &mut Dice, mmu: &mut Rv32Mmu<N, IDX>) {
    let satp = dice.roll(4).min(1) << 31 | dice.roll(2) << 22 | dice.roll(8);
    let page = dice.roll(3) << 22 | dice.roll(9000);
    let pte = pte(dice, 32);
    traffic!(dice, mmu, satp.into(), page.into(), pte.into());
}

impl<const N: usize, const IDX: usize> Clocked for Rv64Mmu<N, IDX> {
    fn clock(&mut self, high: bool) {
        self.clock.next = Clock::from(high);
    }
}

impl<const N: usize, const IDX: usize> Clocked for Rv32Mmu<N, IDX> {
    fn clock(&mut self, high: bool) {
        self.clock.next = Clock::from(high);
    }
}
