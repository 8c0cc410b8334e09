use rust_hdl::prelude::*;
use std::time::Instant;
fn settle<B: Block>(u: &mut B) { for _ in 0..200 { u.update_all(); if !u.has_changed() { return } } panic!("no converge") }
fn main() {
    let mut u = Box::new(hdl::Rv64Mmu::<16, 4>::default());
    u.connect_all();
    check_all(&*u).unwrap();
    let mut d = ModuleDefines::default(); u.accept("rv64_mmu", &mut d); let v = d.defines();
    std::fs::write("/tmp/rv64.v", &v).unwrap();
    println!("verilog {} lines", v.lines().count());
    u.reset.next = true;
    let t = Instant::now();
    let n = 20000;
    for i in 0..n {
        u.reset.next = i < 2;
        u.fetch_req_valid.next = true; u.fetch_req_va.next = (i as u64 * 4).into();
        u.clock.next = Clock::from(false); settle(&mut *u);
        u.clock.next = Clock::from(true); settle(&mut *u);
    }
    println!("{:.0} cyc/s", n as f64 / t.elapsed().as_secs_f64());
}
