//! The tables of the test plan are generated from the scenario files.
//!
//! `PAGEWALK_UPDATE=1 cargo test -p testbenches --test all plan::` updates them.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use scenario::library;

/// The part between these is generated here.
const BEGIN: &str = "## Rules and scenarios\n";
const END: &str = "\n## What real MMUs got wrong\n";

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/testplan.md")
}

/// A table for each folder, one row for each scenario.
fn tables() -> String {
    let mut text = String::new();
    let mut last = None;
    for scenario in library::all().unwrap_or_else(|error| panic!("{error}")) {
        let (folder, _) = scenario.name.split_once('/').expect("scenarios stand in folders");
        if last.as_deref() != Some(folder) {
            let (first, rest) = folder.split_at(1);
            let question = format!("{}{}?", first.to_uppercase(), rest.replace('-', " "));
            write!(
                text,
                "\n### {question}\n\nAll of them: `pagewalk run {folder}`\n\n\
                 | scenario | what it shows | rule of the specification, source of the numbers |\n|---|---|---|\n"
            )
            .expect("a string grows");
            last = Some(folder.to_owned());
        }
        let mut rules: Vec<String> = scenario.spec.iter().map(|rule| cited(rule)).collect();
        rules.extend(scenario.source.iter().cloned());
        let (name, idea) = (&scenario.name, scenario.idea.replace('\n', " "));
        writeln!(text, "| `{name}` | {idea} | {} |", rules.join("; ")).expect("a string grows");
    }
    text
}

/// `anchor: words` with the anchor as code.
fn cited(rule: &str) -> String {
    let (anchor, words) = rule.split_once(": ").expect("a rule has words behind its anchor");
    format!("`{anchor}`: {words}")
}

#[test]
fn the_test_plan_tells_every_scenario_in_its_own_words() {
    let plan = std::fs::read_to_string(path()).expect("the test plan is there");
    let begin = plan.find(BEGIN).expect("the tables have a beginning") + BEGIN.len();
    let end = plan.find(END).expect("the tables have an end");
    let wanted = format!("{}{}{}", &plan[..begin], tables(), &plan[end..]);
    if std::env::var_os("PAGEWALK_UPDATE").is_some() {
        std::fs::write(path(), &wanted).expect("the test plan can be written");
        return;
    }
    let (have, want): (BTreeSet<&str>, BTreeSet<&str>) =
        (plan.lines().collect(), wanted.lines().collect());
    let missing: Vec<_> = want.difference(&have).collect();
    let outdated: Vec<_> = have.difference(&want).collect();
    assert!(
        plan == wanted,
        "docs/testplan.md: write it anew with PAGEWALK_UPDATE=1 cargo test -p testbenches \
         --test all plan::\nmissing: {missing:#?}\noutdated: {outdated:#?}"
    );
}
