//! Icarus Verilog on the exported Verilog, with an all-Verilog test bench.

use super::clock::ChildClock;
use super::workshop::{Workshop, strange};
use super::{BenchError, Measurement};
use crate::export::tools;

const COMPILER: &str = "iverilog";
const RUNNER: &str = "vvp";

/// A compiled design.
pub(super) struct Icarus {
    /// CPU time of a run without cycles: loading design and traffic.
    start: f64,
}

impl Icarus {
    /// Compiles; returns also the seconds that it took.
    pub(super) fn build(workshop: &Workshop) -> Result<(Self, f64), BenchError> {
        let mut arguments: Vec<String> =
            ["-g2005", "-s", "icarus", "-o", "icarus.vvp"].map(str::to_owned).into();
        arguments.extend(workshop.bench_definitions());
        arguments.extend(["icarus.v".into(), "bench.v".into(), workshop.design()]);
        let (_, seconds) = workshop.run(COMPILER, &arguments)?;
        Ok((Self { start: 0.0 }, seconds))
    }

    /// Measures the time outside of simulation, which [`Icarus::run`] subtracts.
    pub(super) fn calibrate(&mut self, workshop: &Workshop) -> Result<(), BenchError> {
        self.start = 0.0;
        self.start = self.run(workshop, 0)?.seconds;
        Ok(())
    }

    pub(super) fn run(&self, workshop: &Workshop, cycles: u64) -> Result<Measurement, BenchError> {
        let clock = ChildClock::start();
        let argument = format!("+cycles={cycles}");
        let said = tools::run(RUNNER, workshop.path(), &["-n", "icarus.vvp", &argument])?;
        let seconds = (clock.seconds() - self.start).max(0.0);
        let read = || {
            let (translations, checksum) = said.trim().split_once(' ')?;
            Some(Measurement {
                cycles,
                translations: translations.parse().ok()?,
                checksum: u64::from_str_radix(checksum, 16).ok()?,
                seconds,
            })
        };
        read().ok_or_else(|| strange(RUNNER, &said))
    }
}
