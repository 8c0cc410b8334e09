//! The command output shown in documents is what the command prints: the same lines in the same
//! order, though possibly not all of them.
//!
//! `make figures` updates it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const PROMPT: &str = "$ pagewalk ";
const FENCE: &str = "```";

/// Every document, also those without commands.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut pages = Vec::new();
    for folder in ["", "docs", "docs/ideas", "waves"] {
        let entries = std::fs::read_dir(root.join(folder)).expect("the folder is there");
        let paths = entries.map(|entry| entry.expect("it can be listed").path());
        pages.extend(paths.filter(|p| p.extension().is_some_and(|e| e == "md")));
    }
    pages.sort();
    pages
}

fn output(arguments: &[&str]) -> String {
    // Files are named as a reader in a clone names them.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut command = Command::new(env!("CARGO_BIN_EXE_pagewalk"));
    let run = command.args(arguments).current_dir(root).output().expect("the command starts");
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "pagewalk {}: {errors}", arguments.join(" "));
    String::from_utf8(run.stdout).expect("its output is UTF-8").trim_end().to_owned()
}

/// The counts that a page shows from a report, `"machine": { "count": n, ... }`, with their present
/// values.
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

/// A line without its numbers, to recognise it after they have changed.
fn skeleton(line: &str) -> String {
    let words = line.split_whitespace().map(|word| {
        let is_number = word.starts_with(|c: char| c.is_ascii_digit());
        if is_number { "#" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The present form of an excerpt: the lines that a page shows, or their replacements, or all lines
/// if some are missing.
fn excerpt<'o>(output: &'o str, shown: &[&str]) -> Vec<&'o str> {
    let printed = || output.lines().map(str::trim_end);
    let found = |same: &dyn Fn(&str, &str) -> bool| {
        let mut lines = printed();
        shown.iter().map(|line| lines.find(|now| same(now, line))).collect::<Option<Vec<_>>>()
    };
    found(&|now, line| now == line)
        .or_else(|| found(&|now, line| skeleton(now) == skeleton(line)))
        .unwrap_or_else(|| printed().collect())
}

/// The present form of what a page shows of a command.
fn shown_now(command: &str, shown: &[&str]) -> Vec<String> {
    let arguments: Vec<&str> = command.split_whitespace().collect();
    let out = output(&arguments);
    if arguments.contains(&"--json") {
        return picked(&out, shown);
    }
    excerpt(&out, shown).into_iter().map(str::to_owned).collect()
}

/// A page with the present outputs, and the commands whose output has changed.
fn refreshed(page: &str) -> (String, Vec<String>) {
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
        // Keep blank lines between consecutive commands.
        let gap = shown.iter().rev().take_while(|line| line.is_empty()).count();
        shown.truncate(shown.len() - gap);
        let now = shown_now(command, &shown);
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
        if !page.contains(PROMPT) {
            continue;
        }
        commands += page.matches(PROMPT).count();
        let (now, of_page) = refreshed(&page);
        if update && now != page {
            std::fs::write(&path, now).expect("the page can be written");
        } else {
            stale.extend(of_page);
        }
    }
    assert!(commands > 30, "only {commands} commands were found");
    assert!(stale.is_empty() || update, "not as they print now:\n{}", stale.join("\n"));
}

#[test]
fn an_excerpt_follows_its_lines() {
    let printed = "cycles  12\n\nfaults  3\nwalks  7";
    assert_eq!(excerpt(printed, &["cycles  12", "walks  7"]), ["cycles  12", "walks  7"]);
    assert_eq!(excerpt(printed, &["cycles  11", "walks  9"]), ["cycles  12", "walks  7"]);
    assert_eq!(excerpt(printed, &["hits  1"]), ["cycles  12", "", "faults  3", "walks  7"]);
    // Not in this order.
    assert_eq!(excerpt(printed, &["walks  7", "faults  3"]).len(), 4);
}
