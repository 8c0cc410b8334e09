//! Replacement policies on reference strings: one program of one access a reference, on the whole
//! machine, with a limit of frames.
//!
//! | room | what stands in it |
//! |---|---|
//! | [`string`] | reference strings as people write them |
//! | [`Setup`], [`run`] | the machine, and what it did with the string |
//! | `journal` | which reference faulted, and what left for it |
//! | [`text`] | tables |

mod journal;
mod run;
pub mod string;
pub mod text;

pub use journal::{Fault, Row, Victim};
pub use run::{Outcome, PolicyError, Setup, run};
