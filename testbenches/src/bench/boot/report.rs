//! The times as a table, with their ratios.

use std::fmt;

use machine::board::Checks;
use serde::Serialize;

use super::super::bars::{Bar, Side};
use super::super::report::{grouped, median};
use super::super::{BenchError, bars};
use super::course::Run;
use super::{BootBenchError, BootOptions, Entrant, Length};
use crate::linux::Packages;

/// What was measured of one entrant.
#[derive(Clone, Debug, Serialize)]
pub struct BootRow {
    /// What booted.
    pub what: &'static str,
    /// The configuration of its MMU.
    pub config: Option<&'static str>,
    /// Instructions completed, if it counts them.
    pub instructions: Option<u64>,
    /// Clock cycles, if it has them.
    pub cycles: Option<u64>,
    /// CPU seconds: the median of the rounds.
    pub cpu_seconds: f64,
    /// The minimum and the maximum of the rounds.
    pub range: [f64; 2],
    /// Its time divided by that of QEMU, the median over the rounds; for whole boots.
    pub times_qemu: Option<f64>,
    #[serde(skip)]
    entrant: Entrant,
    /// CPU seconds of each round.
    #[serde(skip)]
    seconds: Vec<f64>,
}

/// What booting costs.
#[derive(Clone, Debug, Serialize)]
pub struct BootReport {
    /// How much of a boot.
    pub boot: &'static str,
    /// What is booted: packages and their versions.
    pub packages: Vec<(String, String)>,
    /// Steps of the kernel in which Verilator is measured.
    pub part: u64,
    /// What was measured.
    pub rows: Vec<BootRow>,
    /// Ratios, with their targets.
    pub bars: Vec<Bar>,
    /// What could not be measured.
    pub notes: Vec<String>,
    #[serde(skip)]
    length: Length,
}

impl BootReport {
    pub(super) fn new(options: &BootOptions, packages: &Packages) -> BootReport {
        BootReport {
            boot: options.length.name(),
            packages: packages.versions.clone(),
            part: options.part,
            rows: Vec::new(),
            bars: Vec::new(),
            notes: Vec::new(),
            length: options.length,
        }
    }

    /// An entrant's tool is missing.
    pub(super) fn lacks(&mut self, entrant: Entrant, tool: &str) {
        self.notes.push(format!(
            "{}: not measured, tool {tool} missing; `make setup` installs it",
            entrant.name()
        ));
    }

    /// Adds a round of an entrant. What it counts is the same in every round.
    pub(super) fn add(&mut self, entrant: Entrant, run: Run) -> Result<(), BenchError> {
        let counts = (run.instructions, run.cycles);
        let row = match self.rows.iter_mut().find(|row| row.entrant == entrant) {
            Some(row) => row,
            None => {
                self.rows.push(BootRow {
                    what: entrant.name(),
                    config: entrant.config(),
                    instructions: run.instructions,
                    cycles: run.cycles,
                    cpu_seconds: 0.0,
                    range: [f64::INFINITY, 0.0],
                    times_qemu: None,
                    entrant,
                    seconds: Vec::new(),
                });
                let last = self.rows.len() - 1;
                &mut self.rows[last]
            }
        };
        let before = (row.instructions, row.cycles);
        if before != counts {
            let told = |(instructions, cycles): (Option<u64>, Option<u64>)| {
                format!("{} instructions, {} cycles", count(instructions), count(cycles))
            };
            let (what, counted, before) = (row.what, told(counts), told(before));
            return Err(BootBenchError::Varies { what, counted, before }.into());
        }
        row.seconds.push(run.seconds);
        row.cpu_seconds = median(row.seconds.clone());
        row.range = [row.range[0].min(run.seconds), row.range[1].max(run.seconds)];
        self.compare();
        Ok(())
    }

    /// The time of one divided by that of another, the median over the rounds that both have.
    fn ratio(&self, of: Entrant, to: Entrant) -> Option<f64> {
        let seconds = |entrant| self.rows.iter().find(|row| row.entrant == entrant);
        let (of, to) = (&seconds(of)?.seconds, &seconds(to)?.seconds);
        Some(median(of.iter().zip(to).map(|(of, to)| of / to.max(1e-9)).collect()))
    }

    fn compare(&mut self) {
        for at in 0..self.rows.len() {
            let entrant = self.rows[at].entrant;
            let whole = !matches!(entrant, Entrant::Qemu | Entrant::Part | Entrant::Verilator);
            let ratio = self.ratio(entrant, Entrant::Qemu).filter(|_| whole);
            self.rows[at].times_qemu = ratio;
        }
        let sampled = Entrant::Hardware(Checks::Sampled);
        let qemu = bars::of_boot(self.length);
        let compared = [
            ("RTL : QEMU", sampled, Entrant::Qemu, qemu, Side::Most),
            ("RTL : software MMU", sampled, Entrant::Emulator, bars::EMULATOR, Side::Most),
            ("Verilator : RTL", Entrant::Verilator, Entrant::Part, bars::VERILATOR, Side::Least),
            (
                "with second level and walk cache : without",
                Entrant::Parts,
                sampled,
                bars::PARTS,
                Side::Most,
            ),
        ];
        let bars = compared.into_iter().filter_map(|(what, of, to, bar, side)| {
            Some(Bar::new(what.to_owned(), self.ratio(of, to)?, bar, side))
        });
        self.bars = bars.collect();
    }
}

/// A count; a dash if it is not counted.
fn count(number: Option<u64>) -> String {
    number.map_or("-".to_owned(), |number| grouped(number as f64))
}

impl fmt::Display for BootReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = comfy_table::Table::new();
        table.load_preset(comfy_table::presets::ASCII_MARKDOWN);
        table.set_header(["boot", "MMU", "instructions", "cycles", "CPU s", "times QEMU"]);
        for row in &self.rows {
            table.add_row([
                row.what.to_owned(),
                row.config.unwrap_or("-").to_owned(),
                count(row.instructions),
                count(row.cycles),
                format!("{:.2}", row.cpu_seconds),
                row.times_qemu.map_or("-".to_owned(), |ratio| format!("{ratio:.1}")),
            ]);
        }
        for column in 2..6 {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(comfy_table::CellAlignment::Right);
            }
        }
        writeln!(f, "{table}")?;
        let packages = self.packages.iter().map(|(name, version)| format!("{name} {version}"));
        writeln!(f, "The {} boot of {}.", self.boot, packages.collect::<Vec<_>>().join(", "))?;
        let rounds = self.rows.iter().map(|row| row.seconds.len()).max().unwrap_or(0);
        writeln!(f, "Medians of {rounds} rounds; each ratio is the median of the rounds' ratios.")?;
        if self.rows.iter().any(|row| row.entrant == Entrant::Part) {
            writeln!(f, "The part is the kernel's first {} steps.", grouped(self.part as f64))?;
        }
        self.bars.iter().try_for_each(|bar| writeln!(f, "{bar}"))?;
        self.notes.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> BootReport {
        let versions = vec![("linux-image-riscv64".to_owned(), "1.0".to_owned())];
        let packages = Packages {
            image: "Image".into(),
            firmware: "fw_jump.bin".into(),
            busybox: "busybox".into(),
            versions,
        };
        let options = BootOptions {
            folder: "linux".into(),
            length: Length::Lean,
            rounds: 3,
            part: 2_000_000,
            required: false,
        };
        BootReport::new(&options, &packages)
    }

    fn run(seconds: f64) -> Run {
        Run { seconds, instructions: Some(216_000_000), cycles: Some(300_000_000) }
    }

    #[test]
    fn ratios_are_those_of_the_same_round() {
        let mut report = report();
        let sampled = Entrant::Hardware(Checks::Sampled);
        // The machine is slower from round to round.
        for (qemu, rtl) in [(2.0, 40.0), (4.0, 84.0), (8.0, 240.0)] {
            report
                .add(Entrant::Qemu, Run { instructions: None, cycles: None, ..run(qemu) })
                .unwrap();
            report.add(sampled, run(rtl)).unwrap();
        }
        assert_eq!(report.rows[1].times_qemu, Some(21.0));
        assert_eq!(report.rows[1].range, [40.0, 240.0]);
        assert_eq!(report.bars.len(), 1);
        let text = report.to_string();
        assert!(text.contains("RTL : QEMU: 21.000, bar 25 met"), "{text}");
        assert!(text.contains(" 216 000 000 | 300 000 000 |"), "{text}");
        // What is slower than its bar, and what is to be slow.
        report.add(Entrant::Part, run(1.0)).unwrap();
        report.add(Entrant::Verilator, run(7.0)).unwrap();
        report.add(Entrant::Parts, run(60.0)).unwrap();
        let met: Vec<bool> = report.bars.iter().map(|bar| bar.met).collect();
        assert_eq!(met, [true, false, false], "{:?}", report.bars);
        report.lacks(Entrant::Emulator, "nothing");
        assert!(report.to_string().contains("not measured, tool nothing missing"));
        let data = serde_json::to_value(&report).unwrap();
        assert_eq!(data["rows"][1]["times_qemu"], 21.0);
        assert_eq!(data["bars"][0]["met"], true);
    }

    #[test]
    fn counts_that_vary_are_an_error() {
        let mut report = report();
        report.add(Entrant::Parts, run(1.0)).unwrap();
        let other = Run { cycles: Some(300_000_001), ..run(1.0) };
        let error = report.add(Entrant::Parts, other).unwrap_err().to_string();
        assert!(error.contains("300 000 001 cycles in a round"), "{error}");
    }
}
