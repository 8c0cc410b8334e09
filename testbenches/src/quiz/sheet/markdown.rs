//! Markdown: a sheet to print, and its key.

use super::Item;

/// The questions, numbered. Kind and seed are in a comment, which a page does not show.
pub(super) fn questions(items: &[Item]) -> String {
    let mut text = String::new();
    for (number, item) in (1..).zip(items) {
        text += &format!("## Question {number}\n\n<!-- {} -->\n\n", item.command());
        text += &block(&item.given);
        text += &format!("\n{}", item.ask);
        if !item.form.is_empty() {
            text += &format!("\n{}", item.form);
        }
        text += "\n\n";
        for option in &item.options {
            text += &format!("- {option}\n");
        }
        if !item.options.is_empty() {
            text.push('\n');
        }
        if let Some(answer) = &item.answer {
            text += &format!("**Answer:** {}\n\n{}\n", answer.text, block(&answer.worked));
        }
    }
    text
}

/// The answers alone.
pub(super) fn key(items: &[Item]) -> String {
    let mut text = String::new();
    for (number, item) in (1..).zip(items) {
        let Some(answer) = &item.answer else { continue };
        text += &format!("## Question {number}\n\n`{}`\n\n", item.command());
        text += &format!("**Answer:** {}\n\n{}\n", answer.text, block(&answer.worked));
    }
    text
}

/// Lines as they are: inside a fence nothing has another meaning, and no line begins with one.
fn block(lines: &[String]) -> String {
    let lines: String = lines.iter().map(|line| format!("{}\n", line.trim_end())).collect();
    format!("```text\n{lines}```\n")
}
