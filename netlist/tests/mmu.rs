//! The MMU tops: every register and port, against rust-hdl's own simulation.

mod common;

use common::{flattened, run, rv32, rv64};
use hdl::{Organisation, Rv32Mmu, Rv64Mmu};

type Small32 = Rv32Mmu<4, 2>;
type Small64 = Rv64Mmu<4, 2>;

#[test]
fn rv64_is_the_same_on_every_net() {
    let moved = run(Small64::new(Organisation::default()), 6000, 64, rv64);
    assert!(moved >= 90, "only {moved} % of the nets ever changed");
}

#[test]
fn rv32_is_the_same_on_every_net() {
    let moved = run(Small32::new(Organisation::default()), 2000, 32, rv32);
    assert!(moved >= 90, "only {moved} % of the nets ever changed");
}

#[test]
fn lines_of_a_tlb_are_rows_of_an_array() {
    let netlist = flattened(&Small64::new(Organisation::default()));
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
    let names = netlist::Names::new().with::<CamLine<45, 16>>();
    let design = netlist::elaborate_named(&Small64::new(Organisation::default()), &names)
        .expect("a sound design");
    assert_eq!(design.top_module().name, "Rv64Mmu_4_2");
    let lines = design.modules.iter().flat_map(|module| &module.instances);
    let lines: Vec<_> = lines.filter(|instance| instance.name == "lines").collect();
    assert_eq!(lines.len(), 1, "one TLB module, shared by both ports");
    let line = lines[0].uniform().expect("equal lines");
    assert_eq!(design.module(line).name, "CamLine_45_16");
}
