//! `pagewalk conform`

use std::collections::BTreeMap;

use serde::Serialize;

use super::output::{self, print, print_json};
use super::progress::Progress;
use super::run::known;
use super::{ConformArgs, Status};
use crate::conform::{self, Options};
use engine::{Engine, Parts};

#[derive(Serialize)]
struct FileReport {
    file: String,
    scenarios: u64,
    accesses: u64,
    without_walk: u64,
    mismatches: u64,
    skipped: BTreeMap<String, u64>,
    cycles: u64,
    first: Option<String>,
}

/// Replays each file and counts differences.
pub(super) fn conform(arguments: &ConformArgs, engine: Engine) -> anyhow::Result<Status> {
    known(arguments.config.as_deref())?;
    let parts = arguments.with.as_deref().map_or_else(|| Ok(Parts::default()), Parts::read);
    let parts = parts.map_err(anyhow::Error::msg)?;
    let options = Options { config: arguments.config.clone(), parts, cold: arguments.cold, engine };
    let mut reports = Vec::new();
    for path in &arguments.files {
        let progress = Progress::counting("accesses");
        let outcome = conform::conform(path, &options, |accesses| progress.set(accesses));
        progress.clear();
        let outcome = outcome?;
        let report = FileReport {
            file: path.display().to_string(),
            scenarios: outcome.scenarios,
            accesses: outcome.accesses,
            without_walk: outcome.without_walk,
            mismatches: outcome.mismatches,
            skipped: outcome.skipped,
            cycles: outcome.cycles,
            first: outcome.first,
        };
        if !arguments.json {
            print(&said(&report))?;
        }
        reports.push(report);
    }
    if arguments.json {
        print_json(&reports)?;
    }
    let mut status = match reports.iter().any(|report| report.mismatches > 0) {
        true => Status::Differs,
        false => Status::Fine,
    };
    for FileReport { file, skipped, .. } in reports.iter().filter(|report| report.accesses == 0) {
        let why = match skipped.values().sum::<u64>() {
            0 => "there is no access in it".to_owned(),
            skipped => format!("all of its {skipped} accesses are skipped"),
        };
        output::note(&format!("error: {file}: nothing was checked: {why}"));
        status = Status::Failed;
    }
    Ok(status)
}

fn said(report: &FileReport) -> String {
    let FileReport { file, scenarios, accesses, without_walk, mismatches, cycles, .. } = report;
    let mut text = format!(
        "{file}: {accesses} accesses in {scenarios} scenarios, {without_walk} of them answered \
         without a walk, {cycles} cycles: {mismatches} mismatches\n"
    );
    for (reason, accesses) in &report.skipped {
        text += &format!("  skipped: {accesses} accesses ({reason})\n");
    }
    if let Some(first) = &report.first {
        text += &format!("  first mismatch: {first}\n");
    }
    text
}
