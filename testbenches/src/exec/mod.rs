//! Bare-metal programs on a computer around the hardware.
//!
//! | part | does |
//! |---|---|
//! | [`Program`] (`program`) | reads an ELF file |
//! | [`Execution`], [`Outcome`] (`run`) | runs it to its end |
//! | `host` | what a program asks of the host by its word `tohost` |
//! | [`Symbols`] (`symbols`) | names of code by address |
//! | [`Report`] (`report`) | what happened, for people and as JSON |

mod host;
mod program;
mod report;
mod run;
mod symbols;

pub use program::{Program, ProgramError};
pub use report::Report;
pub(crate) use report::{cause, interrupt_cause};
pub use run::{Execution, Outcome};
pub use symbols::Symbols;
