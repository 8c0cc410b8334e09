//! The figures as a table and for programs.

use super::{LATENCY, Measurement, Workload};
use crate::engine::Config;
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
    /// Who ran it.
    pub engine: &'static str,
    /// Clock cycles per second of CPU time.
    pub cycles_per_cpu_second: f64,
    /// Translations per second of CPU time.
    pub translations_per_cpu_second: f64,
    /// Speed beside our engine's: above 1 is faster than ours.
    pub ratio: f64,
    /// Over every response; equal for all engines.
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
    pub(super) fn add(
        &mut self,
        config: &Config,
        workload: Workload,
        engine: &'static str,
        measured: Measurement,
        ours: Option<Measurement>,
    ) {
        let speed = |measured: Measurement| measured.cycles as f64 / measured.seconds.max(1e-9);
        let ratio = ours.map_or(1.0, |ours| speed(measured) / speed(ours));
        self.rows.push(Row {
            config: config.name,
            entries: config.entries,
            workload: workload.name(),
            engine,
            cycles_per_cpu_second: speed(measured),
            translations_per_cpu_second: measured.translations as f64 / measured.seconds.max(1e-9),
            ratio,
            checksum: format!("{:016x}", measured.checksum),
        });
    }
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
            "translations/CPU s",
            "ratio",
            "checksum",
        ]);
        for row in &self.rows {
            table.add_row([
                row.config.to_string(),
                row.workload.to_string(),
                row.engine.to_string(),
                grouped(row.cycles_per_cpu_second),
                grouped(row.translations_per_cpu_second),
                format!("{:.2}", row.ratio),
                row.checksum.clone(),
            ]);
        }
        for column in [3, 4, 5] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(comfy_table::CellAlignment::Right);
            }
        }
        writeln!(f, "{table}")?;
        writeln!(
            f,
            "Memory latency {LATENCY} cycles, seed {}. The ratio is beside rust-hdl's own loop.",
            self.seed
        )?;
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}

/// A whole number in groups of three digits.
fn grouped(value: f64) -> String {
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
}
