//! A study of traces: a scenario whose processes run them.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use machine::cpu::{Format, Program, Trace, open};
use toml::{Table, Value};

use crate::cli::trace::process_name;
use crate::explore::study::Study;

/// The study, without sweeps and measures. The machine is that of `pagewalk trace`.
pub(super) fn study(files: &[PathBuf], fold: bool) -> anyhow::Result<Study> {
    let mut processes: Vec<Table> = Vec::new();
    let mut formats = Vec::new();
    for file in files {
        let path = file.to_str().with_context(|| format!("{}: not UTF-8", file.display()))?;
        formats.push(format!("{path} ({})", format_of(file, path)?));
        let name = unused(process_name(path), &processes);
        processes.push(table([
            ("name", Value::String(name)),
            ("trace", Value::String(path.to_owned())),
            ("fold", Value::Boolean(fold)),
        ]));
    }
    let names: Vec<_> = processes.iter().filter_map(name_of).collect();
    let name = names.join("-");
    let machine = table([
        ("size", Value::String("linux".to_owned())),
        ("modes", Value::String("sv39".to_owned())),
    ]);
    let processes = processes.iter().cloned().map(Value::Table).collect();
    let base = table([("machine", Value::Table(machine)), ("process", Value::Array(processes))]);
    Ok(Study {
        title: name.clone(),
        name,
        idea: format!("Recorded accesses: {}.", formats.join(", ")),
        y: None,
        source: None,
        scenario: None,
        base: Some(base),
        sweep: Vec::new(),
        measure: Vec::new(),
        remark: Vec::new(),
    })
}

/// The name of a trace's format. What is wrong with the trace, running it will say.
fn format_of(file: &Path, path: &str) -> anyhow::Result<&'static str> {
    ensure!(
        path != "-" && (file.is_file() || !file.exists()),
        "--trace {path}: a sweep reads the trace several times, which only a file can be"
    );
    let source = open(file).with_context(|| format!("--trace {path}"))?;
    Ok(Trace::new(path, source).format().map_or("in no known format", Format::name))
}

/// A name for a process that no other has.
fn unused(name: &str, others: &[Table]) -> String {
    let is_used = |name: &str| others.iter().filter_map(name_of).any(|other| other == name);
    if !is_used(name) {
        return name.to_owned();
    }
    let mut number = 2;
    while is_used(&format!("{name}-{number}")) {
        number += 1;
    }
    format!("{name}-{number}")
}

fn name_of(process: &Table) -> Option<&str> {
    process.get("name").and_then(Value::as_str)
}

fn table<const N: usize>(entries: [(&str, Value); N]) -> Table {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
