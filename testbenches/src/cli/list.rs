//! `pagewalk list`

use serde::Serialize;

use super::Status;
use super::output::{print, print_json};
use crate::table::{Column, aligned};
use scenario::library;
use scenario::load::Scenario;

#[derive(Serialize)]
struct Entry<'s> {
    name: &'s str,
    idea: &'s str,
    spec: &'s [String],
    source: &'s [String],
}

fn entry(scenario: &Scenario) -> Entry<'_> {
    let Scenario { name, idea, spec, source, .. } = scenario;
    Entry { name, idea, spec, source }
}

/// Prints scenarios by folder, with the idea of each.
pub(super) fn list(names: &[String], json: bool) -> anyhow::Result<Status> {
    let mut scenarios = Vec::new();
    if names.is_empty() {
        scenarios = library::all()?;
    }
    for name in names {
        scenarios.extend(library::find(name)?);
    }
    if json {
        let entries: Vec<_> = scenarios.iter().map(entry).collect();
        print_json(&entries)?;
        return Ok(Status::Fine);
    }
    let parts = |s: &Scenario| match s.name.rsplit_once('/') {
        Some((folder, name)) => (folder.to_owned(), name.to_owned()),
        None => (String::new(), s.name.clone()),
    };
    let rows = scenarios.iter().map(|scenario| [parts(scenario).1, scenario.idea.clone()]);
    let table = aligned(&[Column::left(0), Column::left(0)], rows);
    let (mut text, mut last) = (String::new(), None);
    for (scenario, line) in scenarios.iter().zip(table.lines()) {
        let (folder, _) = parts(scenario);
        if last.as_ref() != Some(&folder) {
            let gap = if last.is_some() { "\n" } else { "" };
            text += &format!("{gap}{folder}\n");
            last = Some(folder);
        }
        text += &format!("{line}\n");
    }
    print(&text)?;
    Ok(Status::Fine)
}
