//! Bare-metal programs on a computer around the hardware.
//!
//! | part | does |
//! |---|---|
//! | [`Program`] (`program`) | reads an ELF file |
//! | [`Execution`], [`Outcome`] (`run`) | runs it to its end |
//! | `host` | what a program asks of the host by its word `tohost` |
//! | [`Report`] (`report`) | what happened, for people and as JSON |
//! | [`Tables`] (`tables`) | page tables in memory, counted |

mod host;
mod program;
mod report;
mod run;
mod tables;

pub use program::{Program, ProgramError};
pub use report::{MissingPlace, ModeReport, Names, PhaseReport, Report, Section};
pub(crate) use report::{cause, interrupt_cause};
pub use run::{Execution, Outcome};
pub use tables::{Leaves, Tables};
