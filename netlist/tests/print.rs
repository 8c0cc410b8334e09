//! scratch
use netlist::print::{Describe, verilog};
#[test]
fn dump() {
    let mut b = hdl::Rv64Mmu::<16, 4>::default();
    rust_hdl::prelude::Block::connect_all(&mut b);
    let design = netlist::elaborate(&b).unwrap();
    let v = verilog(&design, "mmu", &Describe::new());
    std::fs::write("/tmp/pv/mmu.v", v.to_string()).unwrap();
    let v = rust_hdl::prelude::generate_verilog(&b);
    std::fs::write("/tmp/pv/rh.v", v.to_string()).unwrap();
    let b = hdl::Rv32Mmu::<4, 2>::default();
    let design = netlist::elaborate(&b).unwrap();
    let v = verilog(&design, "mmu32", &Describe::new());
    std::fs::write("/tmp/pv/mmu32.v", v.to_string()).unwrap();
}
