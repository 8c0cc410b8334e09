//! A scenario of the library as a question: the file without its expectations.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, json};
use toml::{Table, Value};

use super::diary::{Entry, Recorded, tell};
use super::{Answer, Key, Posed};
use crate::explore::figures::Figures;
use scenario::load::{Body, Scenario};
use scenario::observe::variants;
use scenario::variant::Variant;

/// Keys of a scenario's file that state expected results.
const ANSWERS: [&str; 21] = [
    "idea",
    "spec",
    "expect",
    "events",
    "ends",
    "at",
    "pa",
    "size",
    "pbmt",
    "fault",
    "latency",
    "cycles",
    "within",
    "reads",
    "updates",
    "hit",
    "expect_by_policy",
    "victims",
    "victims_by_policy",
    "faults_at",
    "frames_after",
];
/// The maximum number of event lines in an answer.
const MOST_LINES: usize = 60;

/// Makes a question of a scenario. The seed selects one of the machines that the file names.
pub(super) fn pose(scenario: Scenario, rng: &mut ChaCha8Rng) -> Posed {
    let all = variants(&scenario).unwrap_or_default();
    let variant = if all.is_empty() { None } else { Some(all[rng.random_range(0..all.len())]) };
    let mut given = vec![format!("scenario  {}", scenario.name)];
    given.extend(variant.map(|variant: Variant| format!("machine   {variant}")));
    given.push(String::new());
    given.extend(hidden(&scenario.text).lines().map(str::to_owned));
    let wanted = wanted(&scenario);
    let ask = match (&scenario.body, wanted.is_empty()) {
        (Body::Segments(..), _) => "Where is each segment placed, and which fit?".to_owned(),
        (Body::Ports(..), _) => "What does the MMU answer to each access, in order?".to_owned(),
        (Body::System(_), true) => "How does each process end?".to_owned(),
        (Body::System(_), false) => {
            format!("How does each process end, and what is counted: {}?", wanted.join(", "))
        }
    };
    let solve = Box::new(move |engine| {
        let told = tell(&scenario, variant, engine)?;
        Ok(answer(&scenario, &wanted, &told))
    });
    Posed { given, ask, form: String::new(), options: Vec::new(), scenario: None, solve }
}

/// The file without the keys that state the answer, and without comments, which explain it.
fn hidden(text: &str) -> String {
    let Ok(table) = text.parse::<Table>() else { return String::new() };
    let mut whole = Value::Table(table);
    hide(&mut whole, true);
    toml::to_string(&whole).unwrap_or_default()
}

fn hide(value: &mut Value, is_root: bool) {
    match value {
        Value::Table(table) => {
            // The machine's latency is given, and so is a mapping's `pa`.
            let is_step = ["load", "store", "fetch", "cbo", "stream", "fence"]
                .iter()
                .any(|key| table.contains_key(*key));
            let is_process = table.contains_key("program");
            table.retain(|key, _| {
                let gives_away = ANSWERS.contains(&key);
                !(gives_away && (is_root || is_step || is_process)) || key == "at" && is_step
            });
            table.iter_mut().for_each(|(_, inner)| hide(inner, false));
        }
        Value::Array(items) => {
            // Steps that only check.
            items.retain(|item| item.get("expect_pte").is_none() && item.get("held").is_none());
            items.iter_mut().for_each(|item| hide(item, false));
        }
        _ => {}
    }
}

/// The counts that the file states.
fn wanted(scenario: &Scenario) -> Vec<String> {
    let Body::System(system) = &scenario.body else { return Vec::new() };
    let own = system.process.iter().flat_map(|process| {
        process.expect.keys().map(move |count| format!("{count} of {}", process.name))
    });
    system.expect.keys().cloned().chain(own).collect()
}

fn answer(scenario: &Scenario, wanted: &[String], told: &Recorded) -> Answer {
    let mut value = Map::new();
    let mut words = Vec::new();
    if let Body::System(_) = scenario.body {
        let figures = Figures::of(&told.observed.report);
        for process in told.observed.report["processes"].as_array().into_iter().flatten() {
            let name = process["name"].as_str().unwrap_or_default();
            let end = process["state"].as_str().unwrap_or_default();
            let reason = process["death"]["reason"].as_str().unwrap_or(end);
            words.push(format!("{name}: {reason}"));
            value.insert(format!("end of {name}"), json!(reason));
        }
        for count in wanted {
            let number = match count.split_once(" of ") {
                None => figures.get(count),
                Some((count, process)) => own(&figures, process, count),
            };
            if let Ok(number) = number {
                words.push(format!("{count}: {number}"));
                value.insert(count.clone(), json!(number));
            }
        }
    }
    let mut worked: Vec<_> = told.diary.entries.iter().filter_map(said).collect();
    if let Body::Ports(..) = scenario.body {
        let answers = told.diary.entries.iter().filter_map(|entry| match entry {
            Entry::Answered { response: Ok(pa), .. } => Some(format!("{pa:#x}")),
            Entry::Answered { response: Err(fault), .. } => Some(fault.cause.to_string()),
            _ => None,
        });
        words = answers.collect();
        value.insert("answers".to_owned(), json!(words));
        words.truncate(MOST_LINES);
    }
    let all = worked.len();
    worked.truncate(MOST_LINES);
    if all > MOST_LINES {
        worked.push(format!("... and {} more", all - MOST_LINES));
    }
    if !scenario.idea.is_empty() {
        worked.insert(0, scenario.idea.clone());
    }
    Answer { value: json!(value), text: words.join("; "), worked, key: Key::Open }
}

/// A count of one process, wherever it is in its report.
fn own(figures: &Figures, process: &str, count: &str) -> Result<f64, String> {
    let start = format!("processes.{process}.");
    let end = format!(".{count}");
    let found = figures.iter().find(|(name, _)| name.starts_with(&start) && name.ends_with(&end));
    found.map(|(_, value)| value).ok_or_else(|| format!("`{count}` is not counted"))
}

/// An event in one line.
fn said(entry: &Entry) -> Option<String> {
    Some(match entry {
        Entry::Walked { pa, value: Some(value), is_update: false } => {
            format!("walker reads {value:#x} at {pa:#x}")
        }
        Entry::Walked { pa, value: Some(_), is_update: true } => {
            format!("walker writes A or D at {pa:#x}")
        }
        Entry::Walked { pa, value: None, .. } => format!("memory refuses the walker at {pa:#x}"),
        Entry::Asked { .. } => return None,
        Entry::Answered { cycle, response: Ok(pa) } => format!("cycle {cycle}: answer {pa:#x}"),
        Entry::Answered { cycle, response: Err(fault) } => {
            format!("cycle {cycle}: {} at {:#x}", fault.cause, fault.tval)
        }
        Entry::Happened(event) => format!("kernel: {}", event.tells()?),
    })
}
