//! What the pages of ideas show of the command's output is what the command prints: the same lines
//! in the same order, though not all of them.
//!
//! `PAGEWALK_UPDATE=1 cargo test --release -p testbenches --test ideas` writes it anew; that runs
//! the studies too, which take longest and are not run otherwise.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const PROMPT: &str = "$ pagewalk ";
const FENCE: &str = "```";

fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ideas");
    let entries = std::fs::read_dir(folder).expect("the pages are there");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    let mut pages: Vec<PathBuf> =
        paths.filter(|p| p.extension().is_some_and(|e| e == "md")).collect();
    pages.sort();
    pages
}

fn output(arguments: &[&str]) -> String {
    let run = Command::new(env!("CARGO_BIN_EXE_pagewalk")).args(arguments).output();
    let run = run.expect("the command starts");
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "pagewalk {}: {errors}", arguments.join(" "));
    String::from_utf8(run.stdout).expect("its output is UTF-8").trim_end().to_owned()
}

/// The counts that a page picked out of a report, `"machine": { "count": n, ... }`, as they are.
fn picked(report: &str, shown: &[&str]) -> Vec<String> {
    let runs: Vec<Value> = serde_json::from_str(report).expect("a report is JSON");
    let of = |run: &Value| (run["machine"].as_str().map(str::to_owned), run["counts"].clone());
    let runs: BTreeMap<_, _> = runs.iter().map(of).collect();
    let line = |line: &&str| {
        let parts: Vec<&str> = line.split('"').collect();
        let counts = &runs[&Some(parts[1].to_owned())];
        let names = parts[2..].iter().skip(1).step_by(2);
        let pairs: Vec<_> = names.map(|name| format!("\"{name}\": {}", counts[*name])).collect();
        format!("  \"{}\": {{ {}, ... }}", parts[1], pairs.join(", "))
    };
    shown.iter().map(line).collect()
}

/// A command with what it prints, as a page shows it. `None` for one that takes too long.
fn told(command: &str, shown: &[&str], slow: bool) -> Option<Vec<String>> {
    let arguments: Vec<&str> = command.split_whitespace().collect();
    if arguments[0] == "explore" && !slow {
        return None;
    }
    let out = output(&arguments);
    if arguments.contains(&"--json") {
        return Some(picked(&out, shown));
    }
    let mut lines = out.lines().map(str::trim_end);
    let is_excerpt = shown.iter().all(|line| lines.any(|printed| printed == *line));
    let now = if is_excerpt { shown.to_vec() } else { out.lines().map(str::trim_end).collect() };
    Some(now.into_iter().map(str::to_owned).collect())
}

/// A page with all outputs as they are now, and the commands whose output was another.
fn refreshed(page: &str, slow: bool) -> (String, Vec<String>) {
    let (mut text, mut stale) = (Vec::new(), Vec::new());
    let mut lines = page.lines().peekable();
    let mut inside = false;
    while let Some(line) = lines.next() {
        text.push(line.to_owned());
        inside ^= line.starts_with(FENCE);
        let Some(command) = line.strip_prefix(PROMPT).filter(|_| inside) else { continue };
        let mut shown = Vec::new();
        while let Some(line) = lines.next_if(|l| !l.starts_with(FENCE) && !l.starts_with("$ ")) {
            shown.push(line);
        }
        // Commands that follow each other may stand apart.
        let gap = shown.iter().rev().take_while(|line| line.is_empty()).count();
        shown.truncate(shown.len() - gap);
        let now = told(command, &shown, slow);
        let now = now.unwrap_or_else(|| shown.iter().map(|&line| line.to_owned()).collect());
        if now != shown {
            stale.push(command.to_owned());
        }
        text.extend(now);
        text.extend(std::iter::repeat_n(String::new(), gap));
    }
    (text.join("\n") + "\n", stale)
}

#[test]
fn the_pages_show_what_the_command_prints() {
    let update = std::env::var_os("PAGEWALK_UPDATE").is_some();
    let (mut commands, mut stale) = (0, Vec::new());
    for path in pages() {
        let page = std::fs::read_to_string(&path).expect("the page reads");
        commands += page.matches(PROMPT).count();
        let (now, of_page) = refreshed(&page, update);
        if update && now != page {
            std::fs::write(&path, now).expect("the page can be written");
        } else {
            stale.extend(of_page);
        }
    }
    assert!(commands > 30, "only {commands} commands were found");
    assert!(stale.is_empty() || update, "not as they print now:\n{}", stale.join("\n"));
}
