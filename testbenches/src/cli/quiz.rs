//! `pagewalk quiz`

use clap::Args;
use serde_json::json;

use super::Status;
use super::output::{print, print_json};
use crate::quiz::{KINDS, pose};
use engine::Engine;

/// `pagewalk quiz`
#[derive(Debug, Args)]
pub struct QuizArgs {
    /// A kind of question, or a scenario by name or file; the kinds are listed if absent.
    pub name: Option<String>,
    /// The seed; each gives another question.
    #[arg(long, default_value_t = 1, requires = "name")]
    pub seed: u64,
    /// Print the machine's answer, step by step.
    #[arg(long, requires = "name")]
    pub answer: bool,
    /// Print the question as a scenario file instead, for `pagewalk run` and `pagewalk wave`.
    #[arg(long, requires = "name", conflicts_with_all = ["answer", "json"])]
    pub scenario: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// Lists the kinds, or prints a question, with or without its answer.
pub(super) fn quiz(arguments: &QuizArgs, engine: Engine) -> anyhow::Result<Status> {
    let Some(name) = &arguments.name else { return list(arguments.json) };
    let question = pose(name, arguments.seed)?;
    if arguments.scenario {
        let text = question.scenario.as_deref();
        let text = text.ok_or_else(|| {
            anyhow::anyhow!("`{name}` has no scenario of its own to print; see `pagewalk list`")
        })?;
        print(text)?;
        return Ok(Status::Fine);
    }
    let (kind, seed) = (question.kind.clone(), question.seed);
    let (given, ask) = (question.given.clone(), question.ask.clone());
    let answer = arguments.answer.then(|| question.answer(engine)).transpose()?;
    if arguments.json {
        let mut object = json!({ "kind": kind, "seed": seed, "given": given, "question": ask });
        if let Some(answer) = answer {
            object["answer"] = answer.value;
            object["text"] = json!(answer.text);
            object["worked"] = json!(answer.worked);
        }
        print_json(&object)?;
        return Ok(Status::Fine);
    }
    let mut text = format!("{kind}, seed {seed}\n\n");
    for line in &given {
        text += format!("  {line}").trim_end();
        text.push('\n');
    }
    text += &format!("\n{ask}\n");
    match answer {
        None => {
            text += &format!("\nThe answer: pagewalk quiz {name} --seed {seed} --answer\n");
        }
        Some(answer) => {
            text.push('\n');
            answer.worked.iter().for_each(|line| text += &format!("  {line}\n"));
            text += &format!("\nanswer  {}\n", answer.text);
        }
    }
    print(&text)?;
    Ok(Status::Fine)
}

fn list(json: bool) -> anyhow::Result<Status> {
    if json {
        let entry = |kind: &crate::quiz::Kind| json!({ "name": kind.name, "idea": kind.idea });
        print_json(&KINDS.iter().map(entry).collect::<Vec<_>>())?;
        return Ok(Status::Fine);
    }
    let mut text = String::new();
    for kind in KINDS {
        text += &format!("{:10}  {}\n", kind.name, kind.idea);
    }
    text += "\nA scenario is a question too: pagewalk quiz belady-with-3-frames\n\
             Another seed is another question: pagewalk quiz faults --seed 2\n";
    print(&text)?;
    Ok(Status::Fine)
}
