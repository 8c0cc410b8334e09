//! Cycles and translations per second of both tops on hit, mixed and miss traffic.
//!
//! `pagewalk bench` prints the same for other simulators as well.
#![allow(missing_docs)] // criterion's macros make public functions.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use engine::find;
use engine::traffic::{Loop, Workload};
use std::time::Duration;

/// Cycles of one measured run.
const CYCLES: u64 = 2_000;

fn mmu(criterion: &mut Criterion) {
    for name in ["rv32_linux", "rv64_linux"] {
        let config = find(name).expect("a named configuration");
        for &workload in Workload::ALL {
            let engine = config.native().expect("machine code for this machine");
            let mut traffic = Loop::new(config, engine, true, workload, 1);
            // A warm TLB, and the number of translations per run.
            traffic.run(CYCLES);
            let translations = traffic.run(CYCLES).translations;
            for (unit, elements) in [("cycles", CYCLES), ("translations", translations)] {
                let mut group = criterion.benchmark_group(format!("{name}/{unit}"));
                group.sample_size(10).measurement_time(Duration::from_secs(2));
                group.throughput(Throughput::Elements(elements));
                group.bench_function(BenchmarkId::from_parameter(workload.name()), |bencher| {
                    bencher.iter(|| traffic.run(CYCLES));
                });
                group.finish();
            }
        }
    }
}

criterion_group!(benches, mmu);
criterion_main!(benches);
