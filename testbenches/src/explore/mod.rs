//! Exploring: one scenario in many variations, in parallel, as table and picture.
//!
//! | part | what it is |
//! |---|---|
//! | [`study`] | what is swept and measured, as the files in `testbenches/explore` state it |
//! | [`values`], [`formula`] | how values and measures are written |
//! | [`base`] | a scenario with parameters set, wherever they are in its file |
//! | `path`, `fill` | dotted paths into its TOML; gaps in its texts, filled |
//! | [`figures`] | every number of a report by its dotted name |
//! | [`sweep`] | all runs |
//! | [`findings`] | the results: rows, curves, CSV |
//! | [`draw`] | pictures |
//!
//! A run is a scenario's run like any other: on the compiled hardware, every answer judged by
//! the golden model, every invariant checked. Only the file's expectations are ignored.

pub mod base;
pub mod draw;
pub mod figures;
mod fill;
pub mod findings;
pub mod formula;
pub(crate) mod path;
pub mod study;
pub mod sweep;
pub mod values;

/// An exploration that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ExploreError {
    /// A parameter, value or measure is wrong.
    #[error("{0}")]
    Wrong(String),
    /// The same, in one run of many.
    #[error("with {settings}: {message}")]
    InRun {
        /// What was set, as `os.frames = 3`.
        settings: String,
        /// A sentence.
        message: String,
    },
    /// The machine broke a rule.
    #[error("with {settings}: {source}")]
    Broke {
        /// What was set.
        settings: String,
        /// What the checks say.
        source: scenario::run::RunError,
    },
}
