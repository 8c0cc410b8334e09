//! `pagewalk bench`

use super::output::{print, print_json};
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
        print_json(&report)?;
    } else {
        print(&report.to_string())?;
    }
    Ok(Status::Fine)
}
