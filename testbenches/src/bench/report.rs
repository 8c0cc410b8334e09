//! The figures as a table and as JSON.

use super::measure::Measured;
use super::{Contender, Measurement};
use engine::Config;
use engine::traffic::{LATENCY, Workload};
use serde::Serialize;
use std::fmt;

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The configuration.
    pub config: &'static str,
    /// Lines of each of its TLBs.
    pub entries: usize,
    /// The traffic.
    pub workload: &'static str,
    /// The engine or simulator.
    pub engine: &'static str,
    /// Clock cycles per second of CPU time: the median of the rounds.
    pub cycles_per_cpu_second: f64,
    /// The minimum and the maximum of the rounds.
    pub range: [f64; 2],
    /// Translations per second of CPU time.
    pub translations_per_cpu_second: f64,
    /// How many times faster `compiled` is, if it was measured.
    pub ratio: Option<f64>,
    /// CPU seconds from the design to a program that runs it; `None` if nothing is built.
    pub ready_seconds: Option<f64>,
    /// The checksum over every response, after the same number of cycles for all engines.
    pub checksum: String,
}

/// All figures of one run.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The seed of the traffic.
    pub seed: u64,
    /// The figures.
    pub rows: Vec<Row>,
    /// What could not be measured.
    pub notes: Vec<String>,
}

impl Report {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, rows: Vec::new(), notes: Vec::new() }
    }

    pub(super) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Adds the results of one configuration and workload.
    pub(super) fn add(
        &mut self,
        config: &Config,
        workload: Workload,
        measured: &[Measured],
        ready: &[Option<f64>],
    ) {
        let speeds = |measured: &Measured| {
            measured.rounds.iter().map(Measurement::speed).collect::<Vec<_>>()
        };
        let ours = measured.iter().find(|measured| measured.contender == Contender::Compiled);
        let ours = ours.map(|ours| median(speeds(ours)));
        for (measured, ready) in measured.iter().zip(ready) {
            let speeds = speeds(measured);
            let least = speeds.iter().copied().fold(f64::INFINITY, f64::min);
            let most = speeds.iter().copied().fold(0.0, f64::max);
            let rates = measured.rounds.iter();
            let rates = rates.map(|round| round.translations as f64 / round.seconds.max(1e-9));
            let speed = median(speeds);
            self.rows.push(Row {
                config: config.name,
                entries: config.entries,
                workload: workload.name(),
                engine: measured.contender.name(),
                cycles_per_cpu_second: speed,
                range: [least, most],
                translations_per_cpu_second: median(rates.collect()),
                ratio: ours.map(|ours| ours / speed),
                ready_seconds: *ready,
                checksum: format!("{:016x}", measured.checksum),
            });
        }
    }
}

/// The median; 0 if there are none.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = comfy_table::Table::new();
        table.load_preset(comfy_table::presets::ASCII_MARKDOWN);
        table.set_header([
            "configuration",
            "workload",
            "engine",
            "cycles/CPU s",
            "compiled is faster by",
            "ready in CPU s",
            "checksum",
        ]);
        for row in &self.rows {
            table.add_row([
                row.config.to_string(),
                row.workload.to_string(),
                row.engine.to_string(),
                grouped(row.cycles_per_cpu_second),
                row.ratio.map_or(String::new(), |ratio| format!("{ratio:.2}")),
                row.ready_seconds.map_or(String::new(), |seconds| format!("{seconds:.3}")),
                row.checksum.clone(),
            ]);
        }
        for column in [3, 4, 5] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(comfy_table::CellAlignment::Right);
            }
        }
        writeln!(f, "{table}")?;
        writeln!(f, "Memory latency {LATENCY} cycles, seed {}.", self.seed)?;
        self.bars().iter().try_for_each(|bar| writeln!(f, "{bar}"))?;
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}

/// A whole number in groups of three digits.
pub(super) fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_in_groups_of_three() {
        assert_eq!(grouped(7.0), "7");
        assert_eq!(grouped(1234.0), "1 234");
        assert_eq!(grouped(123_456_789.0), "123 456 789");
    }

    #[test]
    fn a_median_ignores_what_stands_out() {
        assert_eq!(median(vec![3.0, 1.0, 100.0]), 3.0);
        assert_eq!(median(Vec::new()), 0.0);
    }
}
