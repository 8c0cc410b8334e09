//! The MMU tops: every register and port, against rust-hdl's own simulation.

mod common;

use common::{Dice, clocked, flattened, present, run};
use hdl::{Rv32Mmu, Rv64Mmu};

type Small32 = Rv32Mmu<4, 2>;
type Small64 = Rv64Mmu<4, 2>;

clocked!(Small32, Small64);

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
    let flags = match dice.roll(9) {
        0 | 1 => 0xdf,
        2 | 3 => 0xcf,
        // A global leaf, a clean one, an untouched one, pointers.
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

#[test]
fn rv64_is_the_same_on_every_net() {
    let moved = run(Small64::default(), 2000, 64, |dice, mmu| {
        let mode = [0_u64, 8, 8, 9, 10][dice.roll(5) as usize];
        let satp = mode << 60 | dice.roll(2) << 44 | dice.roll(8);
        let page = dice.roll(2) << 38 | dice.roll(3) << 30 | dice.roll(3) << 21 | dice.roll(9000);
        let page = if dice.roll(10) == 0 { dice.any() } else { page.into() };
        let pte = pte(dice, 64);
        traffic!(dice, mmu, satp.into(), page, pte.into());
    });
    assert!(moved >= 90, "only {moved} % of the nets ever changed");
}

#[test]
fn rv32_is_the_same_on_every_net() {
    let moved = run(Small32::default(), 2000, 32, |dice, mmu| {
        let satp = dice.roll(4).min(1) << 31 | dice.roll(2) << 22 | dice.roll(8);
        let page = dice.roll(3) << 22 | dice.roll(9000);
        let pte = pte(dice, 32);
        traffic!(dice, mmu, satp.into(), page.into(), pte.into());
    });
    assert!(moved >= 90, "only {moved} % of the nets ever changed");
}

#[test]
fn lines_of_a_tlb_are_rows_of_an_array() {
    let netlist = flattened(&Small64::default());
    let lines = netlist.arrays.iter().find(|array| array.path == "data.tlb.lines");
    let lines = lines.expect("the array of lines is kept");
    assert_eq!(lines.rows, 4);
    let vpn = lines.columns.iter().find(|column| column.path == "held_vpn").expect("a column");
    let netlist::ir::Rows::Registers(rows) = &vpn.rows else { panic!("registers: {vpn:?}") };
    let paths = rows.iter().map(|id| netlist.registers[id.0 as usize].path.as_str());
    let expected: Vec<String> = (0..4).map(|i| format!("data.tlb.lines[{i}].held_vpn")).collect();
    assert_eq!(paths.collect::<Vec<_>>(), expected);
}

#[test]
fn modules_take_the_names_of_types() {
    use hdl::tlb::CamLine;
    let names = netlist::Names::new().with::<CamLine<45, 44, 16>>();
    let design = netlist::elaborate_named(&Small64::default(), &names).expect("a sound design");
    assert_eq!(design.top_module().name, "Rv64Mmu_4_2");
    let lines = design.modules.iter().flat_map(|module| &module.instances);
    let lines: Vec<_> = lines.filter(|instance| instance.name == "lines").collect();
    assert_eq!(lines.len(), 1, "one TLB module, shared by both ports");
    let line = lines[0].uniform().expect("equal lines");
    assert_eq!(design.module(line).name, "CamLine_45_44_16");
}
