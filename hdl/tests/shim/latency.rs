//! The formulas of the blocks' documentation, to the cycle.

use crate::bus::Memory;
use crate::common::{checked, settle};
use crate::dice::Dice;
use crate::pins::*;
use hdl::shim::*;

/// Clocks a block once; its inputs stay.
fn clock<P: Clocked>(block: &mut P) {
    for high in [true, false] {
        block.clock(high);
        settle(block);
    }
}

/// Presents a request in cycle 0 and drives the bus by `bus`, called in each cycle with its number
/// and the block; returns the cycles of acceptance and of the response.
fn walk<P: MemoryPort>(request: Request, mut bus: impl FnMut(u64, &mut P)) -> (u64, u64, Response) {
    let mut dice = Dice::new(7);
    let mut block = checked(Box::<P>::default());
    let mut accepted = None;
    for cycle in 0..100 {
        block.present(accepted.is_none().then_some(request), &mut dice);
        settle(&mut *block);
        bus(cycle, &mut block);
        settle(&mut *block);
        if let Some(response) = block.response() {
            return (accepted.expect("accepted before"), cycle, response);
        }
        if block.ready() && accepted.is_none() {
            accepted = Some(cycle);
        }
        clock(&mut *block);
    }
    panic!("no response to {request:?}");
}

const AT: u64 = 0x40;

fn requests(memory: &Memory) -> [Request; 3] {
    let value = memory.read(AT, 8);
    let request = |swap| Request { addr: AT, swap };
    [request(None), request(Some((value ^ 1, 5))), request(Some((value, 5)))]
}

/// A read, a compare-and-swap that finds another value, and one that is made.
fn formulas<P: MemoryPort>(walks: impl Fn(Request) -> (u64, u64, Response), l: u64, reads_at: u64) {
    let memory = Memory::default();
    let [read, differs, swaps] = requests(&memory).map(walks);
    assert_eq!((read.0, read.1, read.2.data), (reads_at, reads_at + l, memory.read(AT, 8)));
    let read_ends = reads_at + l;
    assert_eq!((differs.0, differs.1, differs.2.swapped), (read_ends + 1, read_ends + 2, false));
    let write_ends = read_ends + 1 + reads_at + l;
    assert_eq!((swaps.0, swaps.1, swaps.2.swapped), (write_ends + 1, write_ends + 2, true));
}

#[test]
fn a_read_passes_and_a_swap_takes_two_accesses() {
    for l in 1..6 {
        let walks = |request| {
            let (memory, mut due) = (Memory::default(), None);
            walk::<SwapByLock<64, 56>>(request, move |cycle, block| {
                block.bus_req_ready.next = true;
                block.bus_resp_valid.next = due == Some(cycle);
                block.bus_resp_data.next = memory.read(AT, 8).into();
                block.bus_resp_locked.next = true;
                settle(block);
                if block.bus_req_valid.val() {
                    due = Some(cycle + l);
                }
            })
        };
        formulas::<SwapByLock<64, 56>>(walks, l, 0);
    }
}

#[test]
fn axi_is_memory_of_a_cycle_more_than_its_own() {
    type Walker = WalkerAxi4<64, 8, 56, 32, 64, 8>;
    for r in 1..5 {
        let walks = |request| {
            let (memory, mut due) = (Memory::default(), None);
            walk::<Walker>(request, move |cycle, block| {
                block.m_axi_arready.next = true;
                block.m_axi_awready.next = true;
                block.m_axi_wready.next = true;
                block.m_axi_rvalid.next = due == Some((cycle, false));
                block.m_axi_bvalid.next = due == Some((cycle, true));
                block.m_axi_rdata.next = memory.read(AT, 8).into();
                block.m_axi_rresp.next = 1.into();
                block.m_axi_bresp.next = 1.into();
                settle(block);
                if block.m_axi_arvalid.val() || block.m_axi_awvalid.val() {
                    due = Some((cycle + r, block.m_axi_awvalid.val()));
                }
            })
        };
        formulas::<Walker>(walks, r + 1, 0);
    }
}

#[test]
fn wishbone_is_memory_of_latency_one_that_is_ready_at_the_end() {
    type Walker = WalkerWishbone<64, 8, 56, 32, 64, 8>;
    for s in 0..4 {
        let walks = |request| {
            let (memory, mut since) = (Memory::default(), 0);
            walk::<Walker>(request, move |_, block| {
                block.wb_dat_i.next = memory.read(AT, 8).into();
                block.wb_ack_i.next = block.wb_stb_o.val() && since == s;
                settle(block);
                since = if block.wb_stb_o.val() && since < s { since + 1 } else { 0 };
            })
        };
        formulas::<Walker>(walks, 1, s);
    }
}

/// An access whose MMU answers after `h` cycles: the cycles in which the bus is asked, if it is, and
/// in which the core is answered.
fn access(h: u64, translation: Translation, wait: u64) -> (Option<u64>, u64) {
    let mut dice = Dice::new(9);
    let mut block = checked(Box::<DataWishbone<32, 4, 34, 32, 32, 4>>::default());
    let mut asked = None;
    let load = Access { store: false, size: 2, bytes: 0xf, data: 0 };
    for cycle in 0..60 {
        block.present((cycle == 0).then_some(load), &mut dice);
        block.translate(true, (cycle == h).then_some(translation), &mut dice);
        settle(&mut *block);
        if block.wb_stb_o.val() {
            asked = asked.or(Some(cycle));
        }
        block.wb_ack_i.next = asked.is_some_and(|asked| cycle == asked + wait);
        block.wb_err_i.next = false;
        settle(&mut *block);
        if block.answer().is_some() {
            return (asked, cycle);
        }
        clock(&mut *block);
    }
    panic!("no answer");
}

#[test]
fn the_bus_is_asked_in_the_cycle_after_the_mmu_has_answered() {
    for h in [0, 1, 2, 7] {
        for wait in [0, 1, 3] {
            assert_eq!(access(h, Ok(0x40), wait), (Some(h + 1), h + 1 + wait));
        }
        assert_eq!(access(h, Err(13), 0), (None, h + 1));
        assert_eq!(access(h, Ok(1 << 32), 0), (None, h + 1));
    }
}
