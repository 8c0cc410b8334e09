//! `pagewalk quiz`

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use serde_json::{Value, json};

use super::Status;
use super::output::{print, print_json};
use crate::quiz::sheet::{self, Format, Item};
use crate::quiz::{Difficulty, KINDS, pose};
use engine::Engine;

/// More questions than this of one kind are an error.
const MOST: u64 = 10_000;

/// `pagewalk quiz`
#[derive(Debug, Args)]
pub struct QuizArgs {
    /// Kinds of questions, or scenarios by name or file; the kinds are listed if absent.
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// The seed; each gives another question.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "names")]
    pub seed: u64,
    /// So many questions of each kind, from this seed on [default: 1].
    #[arg(long, value_name = "N", requires = "names",
          value_parser = clap::value_parser!(u64).range(1..=MOST))]
    pub count: Option<u64>,
    /// How hard they are [default: medium].
    #[arg(long, requires = "names")]
    pub difficulty: Option<Difficulty>,
    /// Print the machine's answer, step by step, below the question.
    #[arg(long, requires = "names", conflicts_with = "answers")]
    pub answer: bool,
    /// Write the answers into this file instead, apart from the questions.
    #[arg(long, value_name = "FILE", requires = "names", conflicts_with = "json")]
    pub answers: Option<PathBuf>,
    /// What the questions are written as [default: text]; a learning platform imports moodle (XML)
    /// and gift, which have the answers in them.
    #[arg(long, value_name = "FORMAT", requires = "names", conflicts_with = "json")]
    pub format: Option<Format>,
    /// Print the question as a scenario file instead, for `pagewalk run` and `pagewalk wave`.
    #[arg(long, requires = "names",
          conflicts_with_all = ["answer", "answers", "count", "format", "json"])]
    pub scenario: bool,
    /// Print JSON: one question, or a list of them if there are several kinds or a `--count`.
    #[arg(long)]
    pub json: bool,
}

/// Lists the kinds, or prints questions, with or without their answers.
pub(super) fn quiz(arguments: &QuizArgs, engine: Engine) -> anyhow::Result<Status> {
    if arguments.names.is_empty() {
        return list(arguments.json);
    }
    if let Some(twice) =
        (1..arguments.names.len()).find(|at| arguments.names[..*at].contains(&arguments.names[*at]))
    {
        anyhow::bail!("`{}` is named twice; --count asks more of a kind", arguments.names[twice]);
    }
    if arguments.scenario {
        return scenario(arguments);
    }
    let format = arguments.format.unwrap_or_default();
    if arguments.answer && format.grades() {
        anyhow::bail!("--answer has no effect here: the answers are in the file anyway");
    }
    let solved = arguments.answer || arguments.answers.is_some() || format.grades();
    let mut items = Vec::new();
    for name in &arguments.names {
        for seed in seeds(arguments)? {
            let question = pose(name, seed, arguments.difficulty)?;
            let item = Item::new(question, arguments.difficulty, solved.then_some(engine));
            items.push(item.with_context(|| format!("{name}, seed {seed}"))?);
        }
    }
    if arguments.json {
        let mut objects: Vec<Value> = items.iter().map(object).collect();
        match arguments.count.is_none() && objects.len() == 1 {
            true => print_json(&objects.remove(0))?,
            false => print_json(&objects)?,
        }
        return Ok(Status::Fine);
    }
    if let Some(file) = &arguments.answers {
        let key = sheet::key(format, &items);
        fs::write(file, key).with_context(|| format!("cannot write {}", file.display()))?;
        if !format.grades() {
            items.iter_mut().for_each(|item| item.answer = None);
        }
    }
    let mut text = sheet::questions(format, &items)?;
    if let (true, [item]) = (!solved && format == Format::Text, &items[..]) {
        text += &format!("\nThe answer: {} --answer\n", item.command());
    }
    print(&text)?;
    Ok(Status::Fine)
}

/// The seeds of the questions of one kind.
fn seeds(arguments: &QuizArgs) -> anyhow::Result<std::ops::Range<u64>> {
    let first = arguments.seed;
    let end = first.checked_add(arguments.count.unwrap_or(1));
    Ok(first..end.context("--seed is too large: there is no seed after the last")?)
}

/// Prints the question as a file.
fn scenario(arguments: &QuizArgs) -> anyhow::Result<Status> {
    let [name] = &arguments.names[..] else {
        anyhow::bail!("--scenario prints one file; name one kind of question");
    };
    let question = pose(name, arguments.seed, arguments.difficulty)?;
    let text = question.scenario.as_deref();
    let text = text.with_context(|| {
        format!("`{name}` is a scenario already; `pagewalk list` says where it is")
    })?;
    print(text)?;
    Ok(Status::Fine)
}

/// A question for programs.
fn object(item: &Item) -> Value {
    let mut object = json!({
        "kind": item.kind,
        "seed": item.seed,
        "given": item.given,
        "question": item.ask,
        "form": item.form,
    });
    if let Some(difficulty) = item.difficulty {
        object["difficulty"] = json!(difficulty.to_string());
    }
    if !item.options.is_empty() {
        object["options"] = json!(item.options);
    }
    if let Some(answer) = &item.answer {
        object["answer"] = answer.value.clone();
        object["text"] = json!(answer.text);
        object["worked"] = json!(answer.worked);
        object["key"] = answer.key.json();
    }
    object
}

fn list(json: bool) -> anyhow::Result<Status> {
    if json {
        let entry = |kind: &crate::quiz::Kind| json!({ "name": kind.name, "idea": kind.idea });
        print_json(&KINDS.iter().map(entry).collect::<Vec<_>>())?;
        return Ok(Status::Fine);
    }
    let mut text = String::new();
    for kind in KINDS {
        text += &format!("{:11}  {}\n", kind.name, kind.idea);
    }
    text += "\nA scenario is a question too: pagewalk quiz belady-with-3-frames\n\
             Another seed is another question: pagewalk quiz faults --seed 2\n\
             A sheet and its key: pagewalk quiz toy faults --count 3 --format markdown --answers key.md\n";
    print(&text)?;
    Ok(Status::Fine)
}
