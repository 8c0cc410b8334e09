//! `pagewalk bench`

use super::output::{self, print};
use super::run::known;
use super::{BenchArgs, Status};
use crate::bench::{Options, run};
use crate::export::tools;

/// Measures, and prints the table.
pub(super) fn bench(arguments: &BenchArgs) -> anyhow::Result<Status> {
    known(arguments.config.as_deref())?;
    let mut options = Options { required: tools::required(), ..Options::default() };
    if let Some(config) = &arguments.config {
        options.configs = vec![config.clone()];
    }
    let report = run(&options)?;
    if arguments.json {
        // One object a line, for tools that read line by line.
        for row in &report.rows {
            print(&format!("{}\n", serde_json::to_string(row)?))?;
        }
        for note in &report.notes {
            output::note(note);
        }
    } else {
        print(&report.to_string())?;
    }
    Ok(Status::Fine)
}
