//! Bare-metal programs on a computer around the hardware.
//!
//! | part | does |
//! |---|---|
//! | [`Program`] (`program`) | reads an ELF file |
//! | [`Execution`], [`Outcome`] (`run`) | runs it to its end |
//! | `needs` | the extensions for which it was built |
//! | `host` | what a program asks of the host by its word `tohost` |
//! | [`Report`] (`report`) | what happened, for people and as JSON |
//! | [`Section`] (`section`) | what was counted, by mode |
//! | [`TraceOut`] (`trace_out`) | its accesses in a file |
//! | [`Tables`] (`tables`) | page tables in memory, counted |

mod host;
mod needs;
mod program;
mod report;
mod run;
mod section;
mod tables;
mod trace_out;

pub use program::{HostWord, Program, ProgramError, SIGNATURES};
pub use report::{MissingPlace, Names, PhaseReport, Report};
pub use run::{Execution, Outcome};
pub use section::{ModeReport, Section};
pub(crate) use section::{cause, interrupt_cause};
pub use tables::{Leaves, Tables};
pub use trace_out::{TraceOut, Traced};
