//! Cycles per second of a whole board, every answer checked: hits on both ports of one hart and
//! of two, and a process whose stores go through pipeline, MMU, data bus and shadow.
#![allow(missing_docs)] // criterion's macros make public functions.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::{Engine, build};
use kernel::{Layout, RegionKind, RegionSpec};
use machine::board::{Board, Initiator};
use machine::cpu::Listed;
use machine::system::{Machine, MachineConfig, ProcessSpec};
use model::bus::{FixedLatency, SharedMemory};
use model::isa::{Access, Context, Mode, Satp, Xlen};
use model::mmu::{Port, Request};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

const CONFIG: &str = "rv64_linux";
const RAM: u64 = 0x8000_0000;
/// Cycles, or accesses, of one measured run.
const COUNT: u64 = 2_000;

/// Requests one of eight gigapages on each port in each cycle.
#[derive(Default)]
struct Hits(u64);

impl Initiator for Hits {
    fn request(&mut self, port: Port, _now: u64) -> Option<Request> {
        self.0 += 1;
        let access = if port == Port::Fetch { Access::Fetch } else { Access::Load };
        let va = ((self.0 % 8) << 30) | (self.0 % 512 * 8);
        Some(Request { va, access, bytes: 8, context: Context::USER })
    }
}

/// A board whose harts have translated all eight pages.
fn warm(harts: usize) -> (Board, Vec<Hits>) {
    let memory = SharedMemory::with_ram(RAM..RAM + 0x10_0000).expect("whole pages");
    for page in 0..8 {
        // A leaf at the root, to physical gigapage `page`: all permissions, U, A and D.
        let leaf = page << 28 | 0xdf;
        memory.write(RAM + 8 * page, 8, leaf).expect("in RAM");
    }
    let mut board = Board::new(memory.clone());
    for _ in 0..harts {
        let walker = Box::new(FixedLatency::new(memory.clone(), 10));
        let mmu = build(CONFIG, Engine::Compiled).expect("a named configuration");
        let hart = board.add(mmu, walker);
        let satp = Satp { mode: Mode::Sv39, asid: 1, root: RAM >> 12 };
        board.hart_mut(hart).satp = satp.encode(Xlen::Rv64);
    }
    board.reset().expect("nothing is asked");
    let mut hits: Vec<Hits> = (0..harts).map(|_| Hits::default()).collect();
    for _ in 0..COUNT {
        board.cycle(&mut hits).expect("the hardware is right");
    }
    (board, hits)
}

fn board(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("board");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    group.throughput(Throughput::Elements(COUNT));
    for harts in [1, 2] {
        let (mut board, mut hits) = warm(harts);
        group.bench_function(format!("hits/{harts}_harts"), |bencher| {
            bencher.iter(|| {
                for _ in 0..COUNT {
                    board.cycle(&mut hits).expect("the hardware is right");
                }
            });
        });
    }
    group.bench_function("machine/stores", |bencher| {
        bencher.iter_batched(
            || {
                let mmu = build(CONFIG, Engine::Compiled).expect("a named configuration");
                let mut machine = Machine::new(mmu, MachineConfig::default()).expect("it boots");
                let bss = RegionSpec::new(RegionKind::Bss, 0x10000, 4);
                let vas = (0..COUNT).map(|n| 0x10000 + n * 8 % 0x4000);
                let spec = ProcessSpec {
                    name: "stores".into(),
                    layout: Layout::Regions(vec![bss]),
                    program: Box::new(Listed::accesses(Access::Store, 8, vas)),
                    frames: None,
                };
                machine.spawn(spec).expect("it can be laid out");
                machine
            },
            |mut machine| {
                let outcome = machine.run(&AtomicBool::new(false));
                assert!(outcome.error.is_none(), "{:?}", outcome.error);
            },
            criterion::BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(benches, board);
criterion_main!(benches);
