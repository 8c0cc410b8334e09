//! Cycles per second of CPU time of the compiled MMU, in a closed loop with a functional memory.
//!
//! `cargo bench -p netlist --bench mmu -- [hits|mixed|misses] [8|16|32|64] [--ablate]` prints one
//! line for each configuration. The checksum covers every response.

#![allow(clippy::print_stdout, reason = "the table is the result")]

use hdl::{Organisation, Rv64Mmu};
use netlist::Compiled;
use netlist::compile::{InputSlot, OutputSlot};
use netlist::optimise::Options;
use netlist::{Netlist, elaborate};
use rust_hdl::prelude::Block;
use std::time::{Duration, Instant};

/// Cycles between a request of the walker and its answer.
const LATENCY: u64 = 20;

/// One workload: the pages that requests touch.
struct Workload {
    name: &'static str,
    /// Hundredths of requests that go to cold pages.
    cold: u64,
}

const WORKLOADS: [Workload; 3] = [
    Workload { name: "hits", cold: 0 },
    Workload { name: "mixed", cold: 5 },
    Workload { name: "misses", cold: 100 },
];

fn xorshift(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

impl Workload {
    /// Virtual addresses: four warm pages, and cold ones that are never warm again.
    fn addresses(&self) -> Vec<u64> {
        let mut state = 0x9e37_79b9_7f4a_7c15;
        let mut cold = 0;
        let mut next = || {
            let roll = xorshift(&mut state);
            let page = if roll % 100 < self.cold {
                cold += 1;
                64 + cold % 4096
            } else {
                roll / 128 % 4
            };
            page << 12 | (roll >> 40) & 0xff8
        };
        (0..16384).map(|_| next()).collect()
    }
}

/// The page-table entry at an address: a root, one table below it, and tables of leaves.
fn entry(address: u64) -> u64 {
    let (table, index) = (address >> 12, address >> 3 & 511);
    match table {
        1 => 2 << 10 | 1,
        2 => (16 + index) << 10 | 1,
        _ => (0x8_0000 + (table * 512 + index) % 0xffff) << 10 | 0xcf,
    }
}

/// CPU time of this thread so far.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|field| field.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

struct Ports {
    valid: InputSlot,
    va: InputSlot,
    memory_valid: InputSlot,
    memory_data: InputSlot,
    ready: OutputSlot,
    answered: OutputSlot,
    pa: OutputSlot,
    read_valid: OutputSlot,
    read_address: OutputSlot,
}

impl Ports {
    fn new(netlist: &Netlist, engine: &Compiled) -> Self {
        let input = |name: &str| {
            engine.input(netlist.input_named(name).expect("an input")).expect("a narrow input")
        };
        let output = |name: &str| {
            engine.output(netlist.net_named(name).expect("a net")).expect("a narrow output")
        };
        Self {
            valid: input("data_req_valid"),
            va: input("data_req_va"),
            memory_valid: input("mem_resp_valid"),
            memory_data: input("mem_resp_data"),
            ready: output("data_req_ready"),
            answered: output("data_resp_valid"),
            pa: output("data_resp_pa"),
            read_valid: output("mem_req_valid"),
            read_address: output("mem_req_addr"),
        }
    }
}

/// Runs some cycles; returns CPU time, checksum and responses.
fn run(
    netlist: &Netlist,
    engine: &mut Compiled,
    workload: &Workload,
    cycles: u64,
) -> (Duration, u64, u64) {
    engine.reset();
    for (name, value) in [
        ("reset", 1),
        ("satp", 8 << 60 | 1),
        ("data_req_privilege", 1),
        ("mem_req_ready", 1),
        ("fault_ready", 1),
    ] {
        let input = netlist.input_named(name).expect("an input");
        let slot = engine.input(input).expect("a narrow input");
        engine.write(slot, value);
    }
    engine.cycle();
    let reset = netlist.input_named("reset").expect("an input");
    engine.write(engine.input(reset).expect("a bit"), 0);
    let ports = Ports::new(netlist, engine);
    let addresses = workload.addresses();
    engine.write(ports.valid, 1);
    let (mut at, mut due, mut data) = (0, u64::MAX, 0);
    let (mut checksum, mut responses) = (0_u64, 0);
    let start = cpu();
    for now in 0..cycles {
        engine.write(ports.va, addresses[at % addresses.len()]);
        let answer = now == due;
        engine.write(ports.memory_valid, u64::from(answer));
        if answer {
            engine.write(ports.memory_data, data);
        }
        engine.cycle();
        at += engine.read(ports.ready) as usize;
        if engine.read(ports.answered) == 1 {
            checksum = checksum.rotate_left(5) ^ engine.read(ports.pa);
            responses += 1;
        }
        if engine.read(ports.read_valid) == 1 {
            (due, data) = (now + LATENCY, entry(engine.read(ports.read_address)));
        }
    }
    (cpu() - start, checksum, responses)
}

fn measure<B: Block>(mut block: B, entries: u32, wanted: &[String]) {
    let wants = |word: &str, among: &[&str]| {
        let named: Vec<&String> =
            wanted.iter().filter(|name| among.contains(&name.as_str())).collect();
        named.is_empty() || named.iter().any(|name| *name == word)
    };
    if !wants(&entries.to_string(), &["8", "16", "32", "64"]) {
        return;
    }
    block.connect_all();
    let start = Instant::now();
    let netlist = elaborate(&block).expect("it elaborates").flatten().expect("it is sound");
    let flattened = start.elapsed();
    let all = Options::default();
    let mut variants = vec![("all passes", all.clone())];
    if wanted.iter().any(|word| word == "--ablate") {
        variants.extend([
            ("no columns", Options { columns: false, ..all.clone() }),
            ("no guards", Options { guards: false, ..all.clone() }),
            ("no gates", Options { common: None, ..all.clone() }),
            ("none", Options { columns: false, guards: false, common: None, ..all }),
        ]);
    }
    for (name, options) in &variants {
        let start = Instant::now();
        let mut engine = Compiled::with(&netlist, options).expect("it compiles");
        let compiled = start.elapsed();
        if wanted.iter().any(|word| word == "--statistics") {
            println!("{:#?}", engine.statistics());
        }
        for workload in &WORKLOADS {
            if !wants(workload.name, &["hits", "mixed", "misses"]) {
                continue;
            }
            let cycles = 2_000_000;
            run(&netlist, &mut engine, workload, cycles / 10);
            let mut times = Vec::new();
            let mut result = (0, 0);
            for _ in 0..5 {
                let (time, checksum, responses) = run(&netlist, &mut engine, workload, cycles);
                times.push(time);
                result = (checksum, responses);
            }
            times.sort();
            let speed = cycles as f64 / times[2].as_secs_f64() / 1e6;
            println!(
                "{entries:3} entries {:7} {name:11} {speed:8.2} M cycles/s  {:6.1} ns  \
                 checksum {:016x} responses {}  (flatten {flattened:.1?}, compile {compiled:.1?})",
                workload.name,
                1e3 / speed,
                result.0,
                result.1,
            );
            if wanted.iter().any(|word| word == "--statistics") {
                println!("{:x?}", engine.statistics().functions);
            }
        }
    }
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    measure(Rv64Mmu::<8, 3>::new(Organisation::default()), 8, &wanted);
    measure(Rv64Mmu::<16, 4>::new(Organisation::default()), 16, &wanted);
    measure(Rv64Mmu::<32, 5>::new(Organisation::default()), 32, &wanted);
    measure(Rv64Mmu::<64, 6>::new(Organisation::default()), 64, &wanted);
}
