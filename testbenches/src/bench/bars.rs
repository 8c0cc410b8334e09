//! Targets of the figures: ratios, since an absolute speed says more about the machine.

use super::boot::Length;
use super::{Contender, Report, Row};
use serde::Serialize;
use std::fmt;

/// How many times faster `compiled` must be than another, by workload: hits, mixed, misses.
const FASTER: [(Contender, [f64; 3]); 2] =
    [(Contender::Verilator, [5.0, 8.0, 15.0]), (Contender::VerilatorBest, [1.5, 3.0, 5.0])];

/// The workloads in that order.
const WORKLOADS: [&str; 3] = ["hits", "mixed", "misses"];

/// The largest ratio of a cycle's cost with 64 lines to that with 8.
const GROWTH: f64 = 3.0;

/// The target of CPU seconds until the configuration of 32 lines runs.
const READY: f64 = 0.05;

/// The largest ratio of the CPU time of a run shown as a page to that of the run alone.
const PAGE: f64 = 2.0;

/// The bar of that ratio.
pub(super) fn of_pages(measured: f64) -> Bar {
    Bar::new("show trace : trace, CPU time".to_owned(), measured, PAGE, Side::Most)
}

/// The largest ratio of a boot's CPU time to that of QEMU.
pub(super) const fn of_boot(length: Length) -> f64 {
    match length {
        Length::Lean => 25.0,
        Length::Default => 40.0,
    }
}

/// The largest ratio of a boot's CPU time to that of the same hart on an MMU in software.
pub(super) const EMULATOR: f64 = 2.5;

/// The least ratio of Verilator's CPU time in a part of a boot to that of the whole computer.
pub(super) const VERILATOR: f64 = 8.0;

/// The largest ratio of a boot's CPU time with a second level and a walk cache to that without.
pub(super) const PARTS: f64 = 1.4;

/// On which side of its bar a ratio is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// It is at most that.
    Most,
    /// It is at least that.
    Least,
}

/// A ratio or time and its bar.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bar {
    /// What is compared.
    pub what: String,
    /// What was measured.
    pub measured: f64,
    /// The target.
    pub bar: f64,
    /// Whether `measured` is on the right side of `bar`.
    pub met: bool,
}

impl Bar {
    pub(super) fn new(what: String, measured: f64, bar: f64, side: Side) -> Bar {
        let met = match side {
            Side::Most => measured <= bar,
            Side::Least => measured >= bar,
        };
        Bar { what, measured, bar, met }
    }
}

impl fmt::Display for Bar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let met = if self.met { "met" } else { "missed" };
        write!(f, "{}: {:.3}, bar {} {met}", self.what, self.measured, self.bar)
    }
}

impl Report {
    /// All bars for which there are figures.
    pub fn bars(&self) -> Vec<Bar> {
        let mut bars = Vec::new();
        for (contender, least) in FASTER {
            for (workload, bar) in WORKLOADS.into_iter().zip(least) {
                let rows = self.rows.iter();
                let rows =
                    rows.filter(|row| row.engine == contender.name() && row.workload == workload);
                for row in rows {
                    let Some(measured) = row.ratio else { continue };
                    let what = format!("{} {workload}, compiled : {contender}", row.config);
                    bars.push(Bar { what, measured, bar, met: measured >= bar });
                }
            }
        }
        let compiled = |row: &&Row| row.engine == Contender::Compiled.name();
        for large in self.rows.iter().filter(compiled).filter(|row| row.entries == 64) {
            let width = |row: &Row| row.config.split('_').next();
            let small = self.rows.iter().filter(compiled).find(|small| {
                let same = small.workload == large.workload && width(small) == width(large);
                same && small.entries == 8
            });
            let Some(small) = small else { continue };
            let measured = small.cycles_per_cpu_second / large.cycles_per_cpu_second;
            let what = format!("{} : {} {}, growth", large.config, small.config, large.workload);
            bars.push(Bar { what, measured, bar: GROWTH, met: measured <= GROWTH });
        }
        let hits = |row: &&Row| row.entries == 32 && row.workload == WORKLOADS[0];
        for row in self.rows.iter().filter(compiled).filter(hits) {
            let Some(measured) = row.ready_seconds else { continue };
            let what = format!("{}, CPU seconds until ready", row.config);
            bars.push(Bar { what, measured, bar: READY, met: measured <= READY });
        }
        bars
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(config: &'static str, entries: usize, engine: Contender, speed: f64) -> Row {
        Row {
            config,
            entries,
            workload: "hits",
            engine: engine.name(),
            cycles_per_cpu_second: speed,
            range: [speed; 2],
            translations_per_cpu_second: speed,
            ratio: Some(100.0 / speed),
            ready_seconds: (engine == Contender::Compiled).then_some(0.04),
            checksum: String::new(),
        }
    }

    #[test]
    fn a_bar_is_met_on_its_own_side() {
        let mut report = Report::new(1);
        report.rows = vec![
            row("rv64_small", 8, Contender::Compiled, 400.0),
            row("rv64_large", 32, Contender::Compiled, 200.0),
            row("rv64_huge", 64, Contender::Compiled, 100.0),
            row("rv64_huge", 64, Contender::Verilator, 20.0),
            row("rv64_huge", 64, Contender::VerilatorBest, 80.0),
        ];
        let verdicts: Vec<(f64, bool)> =
            report.bars().iter().map(|bar| (bar.measured, bar.met)).collect();
        assert_eq!(verdicts, [(5.0, true), (1.25, false), (4.0, false), (0.04, true)]);
        let said = report.bars()[1].to_string();
        assert_eq!(said, "rv64_huge hits, compiled : verilator-best: 1.250, bar 1.5 missed");
        assert_eq!([1.9, 2.0, 2.1].map(|ratio| of_pages(ratio).met), [true, true, false]);
    }
}
