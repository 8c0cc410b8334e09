//! Exploring: one scenario in many variations, in parallel, as table and picture.
//!
//! | part | what it is |
//! |---|---|
//! | [`study`] | sweeps and measures, as in the files of `testbenches/explore` |
//! | [`values`], [`formula`] | the syntax of values and measures |
//! | [`base`] | a scenario with parameters set anywhere in its file |
//! | `path`, `fill` | dotted paths into its TOML; templates in its texts |
//! | [`figures`] | every number of a report by its dotted name |
//! | [`units`] | the units of figures |
//! | [`sweep`] | all runs |
//! | [`part`] | a part of them, for one of several processes; its results as a file |
//! | [`findings`] | the results: rows, curves, CSV, JSON |
//! | [`draw`] | pictures |
//!
//! A run is like any other run of a scenario: on the compiled hardware, with every answer checked
//! by the golden model, and every invariant. Only the file's expectations are ignored.

pub mod base;
pub mod draw;
pub mod figures;
mod fill;
pub mod findings;
pub mod formula;
pub mod part;
pub(crate) mod path;
pub mod study;
pub mod sweep;
pub mod units;
pub mod values;

pub(crate) use base::TRACES;

/// An exploration that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ExploreError {
    /// A parameter, value or measure is invalid.
    #[error("{0}")]
    Wrong(String),
    /// A measure names a figure that is nowhere: it is mistyped.
    #[error("{message}")]
    Mistyped {
        /// The settings of the run that showed it.
        settings: String,
        /// A sentence.
        message: String,
    },
    /// The same error in one of many runs.
    #[error("with {settings}: {message}")]
    InRun {
        /// The settings, as `os.frames = 3`.
        settings: String,
        /// A sentence.
        message: String,
    },
    /// The machine broke a rule.
    #[error("with {settings}: {source}")]
    Broke {
        /// The settings.
        settings: String,
        /// The error that the checks report.
        source: scenario::run::RunError,
    },
}
