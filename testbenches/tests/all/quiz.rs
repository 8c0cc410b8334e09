//! `pagewalk quiz`: its output, its files, and its error messages.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::command::{json, pagewalk, sound};

/// The kinds, as the command lists them.
fn kinds() -> Vec<String> {
    let listed = json(&["quiz", "--json"]);
    let names = listed.as_array().expect("a list").iter();
    names.map(|kind| kind["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn questions_are_posed_and_answered() {
    let (kinds, list) = (kinds(), sound(&["quiz"]));
    assert_eq!(kinds.len(), 14);
    for kind in &kinds {
        assert!(list.contains(&format!("\n{kind} ")) || list.starts_with(&format!("{kind} ")));
        let question = sound(&["quiz", kind, "--seed", "3"]);
        assert!(question.starts_with(&format!("{kind}, seed 3\n")), "{question}");
        assert!(!question.contains("\nanswer  "), "{question}");
        assert!(question.ends_with(&format!("pagewalk quiz {kind} --seed 3 --answer\n")));
        let answer = sound(&["quiz", kind, "--seed", "3", "--answer"]);
        assert!(answer.contains("\nanswer  "), "{answer}");
        let object = json(&["quiz", kind, "--seed", "3", "--answer", "--json"]);
        assert!(object["answer"].is_object() && object["seed"] == 3, "{object}");
        assert!(object["key"].is_object(), "{object}");
        assert!(json(&["quiz", kind, "--json"]).get("answer").is_none());
    }
    let (_, error, status) = pagewalk(&["quiz", "transalte"]);
    assert_eq!(status, 2);
    assert!(error.contains("did you mean translate"), "{error}");
    assert_eq!(pagewalk(&["quiz", "--answer"]).2, 2);
}

#[test]
fn the_documentation_names_every_kind() {
    let page = include_str!("../../../docs/quiz.md");
    for kind in kinds() {
        assert_eq!(page.matches(&format!("\n| `{kind}` |")).count(), 1, "{kind}");
    }
}

#[test]
fn a_question_can_be_run_as_a_scenario() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("question.toml");
    for kind in kinds() {
        if kind == "toy" {
            continue;
        }
        for seed in ["1", "2", "3", "4"] {
            let text = sound(&["quiz", &kind, "--seed", seed, "--scenario"]);
            fs::write(&path, text).expect("it can be written");
            let (out, error, status) = pagewalk(&["run", path.to_str().expect("text")]);
            // The file expects nothing, so that a fault or a kill is a difference: the answer.
            let answer = json(&["quiz", &kind, "--seed", seed, "--answer", "--json"]);
            let fails = status == 1;
            match kind.as_str() {
                "translate" => {
                    let fault = answer["answer"].get("fault").and_then(Value::as_str);
                    assert!(status < 2, "{error}");
                    assert!(fault.is_none_or(|fault| !fails || out.contains(fault)), "{out}");
                }
                "fault" => {
                    let killed = answer["text"].as_str().expect("text").contains("is killed");
                    assert_eq!((fails, status < 2), (killed, true), "{out}{error}");
                }
                "base" | "segments" => {
                    let faults = answer["answer"].get("fault").is_some();
                    assert_eq!((fails, status < 2), (faults, true), "{out}{error}");
                }
                "free-list" => assert!(status < 2, "{error}"),
                _ => assert_eq!(status, 0, "{out}{error}"),
            }
        }
    }
    let (_, error, status) = pagewalk(&["quiz", "belady-with-3-frames", "--scenario"]);
    assert_eq!(status, 2);
    assert!(error.contains("is a scenario already"), "{error}");
}

#[test]
fn a_sheet_and_its_key_are_apart() {
    let folder = TempDir::new().expect("a temporary folder");
    let key = folder.path().join("key.md");
    let key_text = key.to_str().expect("text");
    let sheet = |more: &[&str]| {
        let start = ["quiz", "toy", "faults", "--count", "3", "--seed", "5"];
        sound(&[&start[..], more].concat())
    };
    let questions = sheet(&["--format", "markdown", "--answers", key_text]);
    assert_eq!(questions.matches("## Question ").count(), 6);
    assert!(!questions.contains("Answer"), "{questions}");
    let answers = fs::read_to_string(&key).expect("it was written");
    assert_eq!(answers.matches("**Answer:**").count(), 6);
    assert!(answers.contains("pagewalk quiz faults --seed 7"), "{answers}");
    assert_eq!(questions, sheet(&["--format", "markdown"]));
    let objects = sheet(&["--json"]);
    let objects: Value = serde_json::from_str(&objects).expect("JSON");
    let seeds: Vec<_> =
        objects.as_array().expect("a list").iter().map(|o| o["seed"].clone()).collect();
    assert_eq!(seeds, [5, 6, 7, 5, 6, 7]);
    assert_eq!(sheet(&["--format", "moodle"]).matches("<question type=\"category\">").count(), 2);
    assert_eq!(sheet(&["--format", "gift"]).matches("$CATEGORY:").count(), 2);
    // A key that cannot be written is an error, and nothing is printed.
    let (out, error, status) =
        pagewalk(&["quiz", "toy", "--answers", folder.path().to_str().expect("text")]);
    assert_eq!((out.as_str(), status), ("", 2), "{error}");
    assert!(error.contains("cannot write"), "{error}");
}
