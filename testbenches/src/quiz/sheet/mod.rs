//! Several questions on one sheet, and the key that belongs to it.
//!
//! | file | writes |
//! |---|---|
//! | `text` | plain text, as on a terminal |
//! | `markdown` | Markdown, to be printed or put on a page |
//! | `moodle` | Moodle XML, which learning platforms import and grade |
//! | `gift` | GIFT, the same in a plainer file |
//! | `html` | the question's text inside the last two |

mod gift;
mod html;
mod markdown;
mod moodle;
mod text;

use super::{Answer, Difficulty, Question};
use engine::Engine;

/// What a sheet is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Plain text.
    #[default]
    Text,
    /// Markdown.
    Markdown,
    /// Moodle XML, with the answers.
    Moodle,
    /// GIFT, with the answers.
    Gift,
}

impl Format {
    /// Whether the platform that reads it grades, so that the answers must be in the sheet.
    pub fn grades(self) -> bool {
        matches!(self, Format::Moodle | Format::Gift)
    }
}

/// A question on a sheet.
pub struct Item {
    /// Its kind, or the scenario's name.
    pub kind: String,
    /// The seed from which it was drawn.
    pub seed: u64,
    /// The difficulty that was asked for.
    pub difficulty: Option<Difficulty>,
    /// The given facts, line by line.
    pub given: Vec<String>,
    /// The question.
    pub ask: String,
    /// How to write the answer.
    pub form: String,
    /// What to choose from, if anything.
    pub options: Vec<String>,
    /// The answer, if it is known.
    pub answer: Option<Answer>,
}

impl Item {
    /// Puts a question on a sheet, and answers it if that is wanted.
    ///
    /// # Errors
    /// As [`Question::answer`].
    pub fn new(
        question: Question,
        difficulty: Option<Difficulty>,
        engine: Option<Engine>,
    ) -> anyhow::Result<Item> {
        let (kind, seed) = (question.kind.clone(), question.seed);
        let (given, ask) = (question.given.clone(), question.ask.clone());
        let (form, options) = (question.form.clone(), question.options.clone());
        let answer = engine.map(|engine| question.answer(engine)).transpose()?;
        Ok(Item { kind, seed, difficulty, given, ask, form, options, answer })
    }

    /// Kind and seed, by which the question is found again.
    fn title(&self) -> String {
        let hard = self.difficulty.map_or_else(String::new, |hard| format!(", {hard}"));
        format!("{}, seed {}{hard}", self.kind, self.seed)
    }

    /// The command that poses it.
    pub fn command(&self) -> String {
        let hard = self.difficulty.map_or_else(String::new, |hard| format!(" --difficulty {hard}"));
        format!("pagewalk quiz {} --seed {}{hard}", self.kind, self.seed)
    }
}

/// The questions.
///
/// # Errors
/// If the format needs an answer that is not known.
pub fn questions(format: Format, items: &[Item]) -> anyhow::Result<String> {
    match format {
        Format::Text => Ok(text::questions(items)),
        Format::Markdown => Ok(markdown::questions(items)),
        Format::Moodle => moodle::questions(items),
        Format::Gift => gift::questions(items),
    }
}

/// The answers, in the order of the questions: Markdown for a sheet in Markdown, else text.
pub fn key(format: Format, items: &[Item]) -> String {
    match format {
        Format::Markdown => markdown::key(items),
        Format::Text | Format::Moodle | Format::Gift => text::key(items),
    }
}

#[cfg(test)]
mod tests;
