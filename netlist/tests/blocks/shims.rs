//! Every shim alone, with random signals on all its ports: what the protocols forbid included.

use crate::common::{Clocked, Dice, clocked, present, run};
use hdl::shim::{
    AxiHandshake, DataAccess, DataAxi4, DataAxiLite, DataWishbone, Lanes, NarrowAddress,
    SwapByLock, WalkerAccess, WalkerAxi4, WalkerAxiLite, WalkerWishbone,
};
use rust_hdl::prelude::*;

type Swap32 = SwapByLock<32, 34>;
type Swap64 = SwapByLock<64, 56>;
type Narrow34 = NarrowAddress<34, 32>;
type Narrow56 = NarrowAddress<56, 32>;
type Narrow40 = NarrowAddress<34, 40>;
type Wide = Lanes<32, 4, 64, 8>;
type Walk32 = WalkerAccess<32, 4, 34, 32, 64, 8>;
type Walk64 = WalkerAccess<64, 8, 56, 56, 64, 8>;
type Load32 = DataAccess<32, 4, 34, 32, 64, 8>;
type Load64 = DataAccess<64, 8, 56, 32, 64, 8>;
type WalkAxi = WalkerAxi4<64, 8, 56, 32, 64, 8>;
type WalkLite = WalkerAxiLite<32, 4, 34, 32, 32, 4>;
type WalkWishbone = WalkerWishbone<32, 4, 34, 32, 64, 8>;
type LoadAxi = DataAxi4<32, 4, 34, 32, 64, 8>;
type LoadLite = DataAxiLite<64, 8, 56, 32, 64, 8>;
type LoadWishbone = DataWishbone<32, 4, 34, 32, 32, 4>;

clocked!(Swap32, Swap64, Narrow34, Narrow56, Narrow40, Wide, AxiHandshake, Walk32, Walk64);
clocked!(Load32, Load64, WalkAxi, WalkLite, WalkWishbone, LoadAxi, LoadLite, LoadWishbone);

/// At least `least` of a hundred nets must have changed, or the test would prove little.
fn alone<B: Clocked>(block: B, least: usize, present: impl FnMut(&mut Dice, &mut B)) {
    let moved = run(block, 1200, 53, present);
    assert!(moved >= least, "only {moved} % of the nets ever changed");
}

/// A value that two pins often share, so that comparisons succeed.
fn few<const N: usize>(dice: &mut Dice) -> Bits<N> {
    dice.roll(3).into()
}

/// An address: mostly small, sometimes one that no bus has.
fn address<const N: usize>(dice: &mut Dice) -> Bits<N> {
    if dice.roll(4) == 0 { dice.any() } else { (4 * dice.roll(64)).into() }
}

macro_rules! of_walker {
    ($dice:ident, $block:ident) => {
        present!($dice, $block: mem_req_valid, mem_req_swap, mem_req_desired);
        $block.reset.next = $dice.roll(200) == 0;
        $block.mem_req_addr.next = address($dice);
        $block.mem_req_expected.next = few($dice);
    };
}

macro_rules! of_core {
    ($dice:ident, $block:ident) => {
        present!($dice, $block: core_req_valid, core_req_store, core_req_bytes, core_req_data,
            data_req_ready, data_resp_valid, data_resp_cause);
        $block.reset.next = $dice.roll(200) == 0;
        $block.data_resp_fault.next = $dice.roll(4) == 0;
        $block.data_resp_pa.next = address($dice);
    };
}

macro_rules! of_axi {
    ($dice:ident, $block:ident) => {
        present!($dice, $block: m_axi_arready, m_axi_awready, m_axi_wready, m_axi_rvalid,
            m_axi_bvalid);
        $block.m_axi_rdata.next = few($dice);
        $block.m_axi_rresp.next = $dice.roll(3).into();
        $block.m_axi_bresp.next = $dice.roll(3).into();
    };
}

macro_rules! of_wishbone {
    ($dice:ident, $block:ident) => {
        present!($dice, $block: wb_ack_i);
        $block.wb_err_i.next = $dice.roll(5) == 0;
        $block.wb_dat_i.next = few($dice);
    };
}

macro_rules! of_plain_memory {
    ($dice:ident, $block:ident) => {
        present!($dice, $block: bus_req_ready, bus_resp_valid);
        $block.bus_resp_error.next = $dice.roll(5) == 0;
        $block.bus_resp_data.next = few($dice);
    };
}

#[test]
pub(crate) fn a_swap_agrees_alone() {
    alone(Swap32::default(), 90, |dice, block| {
        of_walker!(dice, block);
        of_plain_memory!(dice, block);
        block.bus_resp_locked.next = dice.roll(5) != 0;
    });
    alone(Swap64::default(), 90, |dice, block| {
        of_walker!(dice, block);
        of_plain_memory!(dice, block);
        block.bus_resp_locked.next = dice.roll(5) != 0;
    });
}

#[test]
pub(crate) fn narrow_addresses_agree_alone() {
    macro_rules! narrow {
        ($block:ty, $least:expr) => {
            alone(<$block>::default(), $least, |dice, block| {
                present!(dice, block: mem_req_valid, bus_req_ready, bus_resp_valid,
                    bus_resp_error);
                block.reset.next = dice.roll(200) == 0;
                block.mem_req_addr.next = address(dice);
            });
        };
    }
    narrow!(Narrow34, 90);
    narrow!(Narrow56, 90);
    narrow!(Narrow40, 80);
}

#[test]
pub(crate) fn lanes_agree_alone() {
    alone(Wide::default(), 90, |dice, block| {
        present!(dice, block: accepted, upper, data, bytes, answered, bus_word);
        block.reset.next = dice.roll(200) == 0;
    });
}

#[test]
pub(crate) fn a_handshake_agrees_alone() {
    alone(AxiHandshake::default(), 90, |dice, block| {
        present!(dice, block: bus_req_valid, bus_req_write, arready, rvalid, rresp, awready,
            wready, bvalid, bresp);
        block.reset.next = dice.roll(200) == 0;
    });
}

#[test]
pub(crate) fn accesses_agree_alone() {
    alone(Walk32::default(), 90, |dice, block| {
        of_walker!(dice, block);
        of_plain_memory!(dice, block);
        block.bus_resp_locked.next = dice.roll(5) != 0;
    });
    alone(Walk64::default(), 85, |dice, block| {
        of_walker!(dice, block);
        of_plain_memory!(dice, block);
        block.bus_resp_locked.next = dice.roll(5) != 0;
    });
    alone(Load32::default(), 90, |dice, block| {
        of_core!(dice, block);
        of_plain_memory!(dice, block);
        block.core_req_size.next = dice.any();
    });
    alone(Load64::default(), 90, |dice, block| {
        of_core!(dice, block);
        of_plain_memory!(dice, block);
        block.core_req_size.next = dice.any();
    });
}

#[test]
pub(crate) fn walkers_on_buses_agree() {
    alone(WalkAxi::default(), 75, |dice, block| {
        of_walker!(dice, block);
        of_axi!(dice, block);
        block.m_axi_rlast.next = dice.any();
    });
    alone(WalkLite::default(), 75, |dice, block| {
        of_walker!(dice, block);
        of_axi!(dice, block);
    });
    alone(WalkWishbone::default(), 75, |dice, block| {
        of_walker!(dice, block);
        of_wishbone!(dice, block);
    });
}

#[test]
pub(crate) fn loads_and_stores_on_buses_agree() {
    alone(LoadAxi::default(), 75, |dice, block| {
        of_core!(dice, block);
        of_axi!(dice, block);
        present!(dice, block: core_req_size, m_axi_rlast);
    });
    alone(LoadLite::default(), 75, |dice, block| {
        of_core!(dice, block);
        of_axi!(dice, block);
    });
    alone(LoadWishbone::default(), 75, |dice, block| {
        of_core!(dice, block);
        of_wishbone!(dice, block);
    });
}
