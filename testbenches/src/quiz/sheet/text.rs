//! Plain text.

use super::Item;
use crate::quiz::Answer;

/// The questions; with the answer below each one whose answer is known.
pub(super) fn questions(items: &[Item]) -> String {
    let mut sheet = Vec::new();
    for item in items {
        let mut text = format!("{}\n\n", item.title());
        for line in &item.given {
            text += format!("  {line}").trim_end();
            text.push('\n');
        }
        text += &format!("\n{}", item.ask);
        if !item.form.is_empty() {
            text += &format!(" {}", item.form);
        }
        text.push('\n');
        for option in &item.options {
            text += &format!("  - {option}\n");
        }
        if let Some(answer) = &item.answer {
            text += &format!("\n{}", answered(answer));
        }
        sheet.push(text);
    }
    sheet.join("\n\n")
}

/// The answers alone.
pub(super) fn key(items: &[Item]) -> String {
    let answered = items.iter().filter_map(|item| {
        item.answer.as_ref().map(|answer| format!("{}\n\n{}", item.title(), answered(answer)))
    });
    answered.collect::<Vec<_>>().join("\n\n")
}

fn answered(answer: &Answer) -> String {
    let worked: String = answer.worked.iter().map(|line| format!("  {line}\n")).collect();
    format!("{worked}\nanswer  {}\n", answer.text)
}
