//! The benchmark's closed loop alone, for profilers: one configuration on the compiled engine, one
//! workload, so many cycles. Two lengths under `valgrind --tool=callgrind` give the instructions of
//! a cycle.
//!
//! ```text
//! cargo build --release --package engine --example traffic
//! target/release/examples/traffic rv64_linux hits 1000000
//! ```

use anyhow::{Context, bail};
use engine::find;
use engine::traffic::{Loop, Workload};

#[expect(clippy::print_stdout, reason = "it is a command")]
fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [config, workload, cycles] = &arguments[..] else {
        bail!("give a configuration, a workload (hits, mixed, misses) and a number of cycles");
    };
    let config = find(config)?;
    let workload = Workload::ALL.iter().find(|known| known.name() == workload);
    let workload = *workload.with_context(|| format!("no workload `{}`", arguments[1]))?;
    let cycles = cycles.parse().with_context(|| format!("{cycles} is no number of cycles"))?;
    let mut traffic = Loop::new(config, config.native()?, true, workload, 1);
    let passed = traffic.run(cycles);
    println!("{} translations, checksum {:#018x}", passed.translations, passed.checksum);
    Ok(())
}
