#![allow(missing_docs, clippy::print_stdout)]
use sim::cpu::*;
use sim::isa::*;
use sim::machine::*;
use sim::os::*;
fn main() {
    let mmu = testbenches::engine::build("rv64_linux").unwrap();
    let cfg = MachineConfig::default();
    println!("{}", serde_json::to_string(&cfg).unwrap());
    let mut m = Machine::new(mmu, cfg).unwrap();
    let prog = Fitted::new(
        Lackey::new(
            "sort".to_string(),
            open("testbenches/data/traces/sort.lackey.zst".as_ref()).unwrap(),
        ),
        Mode::Sv39,
        Fit::Refuse,
    );
    m.spawn(ProcessSpec {
        name: "sort".into(),
        layout: Layout::OnDemand,
        program: Box::new(prog),
        frames: None,
    })
    .unwrap();
    let t = std::time::Instant::now();
    let o = m.run(&std::sync::atomic::AtomicBool::new(false));
    println!("{}", o.report);
    if let Some(e) = o.error {
        println!("{e}");
    }
    println!("{:?}", t.elapsed());
}
