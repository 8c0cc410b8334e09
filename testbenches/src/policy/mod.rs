//! Replacement policies on reference strings: a program with one access per reference, on the whole
//! machine, with a limit of frames.
//!
//! | module | contents |
//! |---|---|
//! | [`string`] | the syntax of reference strings |
//! | [`Setup`], [`run`] | the machine, and its result for the string |
//! | `journal` | which reference faulted, and which page it evicted |
//! | [`text`] | tables |

mod journal;
mod run;
pub mod string;
pub mod text;

pub use journal::{Fault, Row, Victim};
pub use run::{Outcome, PolicyError, Setup, places, run};
