//! How hard a question is.

use strum::{Display, EnumIter};

/// How hard a question is. Each kind says what it varies; the default is [`Difficulty::Medium`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Display, EnumIter, clap::ValueEnum)]
#[strum(serialize_all = "lowercase")]
pub enum Difficulty {
    /// Small, and without traps.
    Easy,
    /// As in an exercise of a textbook.
    #[default]
    Medium,
    /// Larger, with the cases that are easily overlooked.
    Hard,
}

impl Difficulty {
    /// One of three values.
    pub(super) fn pick<T>(self, easy: T, medium: T, hard: T) -> T {
        match self {
            Difficulty::Easy => easy,
            Difficulty::Medium => medium,
            Difficulty::Hard => hard,
        }
    }
}
