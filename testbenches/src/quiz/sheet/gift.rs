//! GIFT: questions with their answers in braces, separated by blank lines.

use anyhow::Context;

use super::{Item, html};
use crate::quiz::Key;

/// The file.
///
/// # Errors
/// If an answer is not known.
pub(super) fn questions(items: &[Item]) -> anyhow::Result<String> {
    let mut text = String::new();
    let mut kind = None;
    for item in items {
        if kind != Some(&item.kind) {
            let path = item.kind.replace('/', " - ");
            text += &format!("$CATEGORY: $course$/top/Pagewalk/{path}\n\n");
            kind = Some(&item.kind);
        }
        let answer = item.answer.as_ref();
        let answer = answer.with_context(|| format!("{} has no answer", item.title()))?;
        let (title, question) = (escaped(&item.title()), escaped(&html::question(item)));
        let worked = escaped(&html::worked(item));
        let right = match &answer.key {
            Key::Number { value, within } => format!("#{value}:{within}\n"),
            Key::Text(accepted) => {
                accepted.iter().map(|text| format!("={}\n", escaped(text))).collect()
            }
            Key::Choice { right } => {
                let option = |(place, option): (usize, &String)| {
                    let sign = if place == *right { '=' } else { '~' };
                    format!("{sign}{}\n", escaped(option))
                };
                item.options.iter().enumerate().map(option).collect()
            }
            // Braces with nothing in them are an essay.
            Key::Open => {
                text += &format!("::{title}::[html]{question}{{}}\n\n");
                continue;
            }
        };
        text += &format!("::{title}::[html]{question}{{\n{right}####[html]{worked}\n}}\n\n");
    }
    Ok(text)
}

/// A text in which nothing has a meaning in GIFT. An empty line would end the question.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '\n' => escaped += "\\n",
            '~' | '=' | '#' | '{' | '}' | ':' | '\\' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}
