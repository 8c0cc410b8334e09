//! `--every` of `boot` and `linux`: a run over time, as a table, CSV and pictures.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;
use serde_json::Value;

use super::{output, plot};
use crate::boot::Series;

/// What is left of a run over time.
#[derive(Clone, Debug, Args)]
pub struct OverTimeArgs {
    /// Also count for each stretch of so many instructions: misses, walks, faults, fences, modes.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub every: Option<u64>,
    /// Write the stretches as CSV.
    #[arg(long, value_name = "FILE", requires = "every")]
    pub csv: Option<PathBuf>,
    /// Draw the TLBs' misses over time, as SVG or PNG; into a folder also faults, fences and modes.
    #[arg(long, value_name = "FILE", requires = "every")]
    pub plot: Vec<PathBuf>,
}

impl OverTimeArgs {
    /// What is to be counted.
    ///
    /// # Errors
    /// A picture of a format that is not known; a table that nobody would see.
    pub(super) fn series(&self, quiet: bool) -> anyhow::Result<Option<Series>> {
        self.plot.iter().try_for_each(|path| plot::check(path))?;
        let unseen = quiet && self.csv.is_none() && self.plot.is_empty();
        ensure!(
            self.every.is_none() || !unseen,
            "--every has no effect with --quiet: give --csv or --plot"
        );
        Ok(self.every.map(Series::new))
    }

    /// Writes the files.
    ///
    /// # Errors
    /// When one cannot be written.
    pub(super) fn write(&self, series: &Series, name: &str) -> anyhow::Result<()> {
        if let Some(path) = &self.csv {
            fs::write(path, series.sheet(name).csv()?)
                .with_context(|| format!("{} cannot be written", path.display()))?;
        }
        for path in &self.plot {
            // A file has the first of them, a folder all.
            let most = if path.extension().is_some() { 1 } else { usize::MAX };
            for (end, picture) in series.pictures(name).into_iter().take(most) {
                plot::write(&picture, &format!("boot-{end}"), path)?;
            }
        }
        Ok(())
    }
}

/// A report with the series in it.
pub(super) fn joined(report: &str, series: &Series, name: &str) -> anyhow::Result<String> {
    let mut report: Value = serde_json::from_str(report)?;
    report["series"] = series.sheet(name).json()["rows"].take();
    Ok(serde_json::to_string_pretty(&report)?)
}

/// Prints the table, unless a file has it.
pub(super) fn note(arguments: &OverTimeArgs, series: &Series, name: &str) {
    if arguments.csv.is_none() && arguments.plot.is_empty() {
        output::note(&format!("\n{}", series.sheet(name).text().trim_end()));
    }
}
