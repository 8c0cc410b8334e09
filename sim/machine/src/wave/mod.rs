//! What is recorded of a run as a waveform; the crate `waves` writes it.
//!
//! | room | what stands in it |
//! |---|---|
//! | `recorder` | [`Recorder`]: the dump under way, whatever is recorded |
//! | `story` | what a kernel does, event by event |
//! | `table` | signals, each declared once: place, value, row of the view |
//! | `timeline` | time, jumps, and moments worth a marker |
//! | `view` | [`Choice`]: what the saved view opens on |
//! | [`mmu`] | what is recorded of an MMU, its memory and its operating system |
//! | [`segment`] | what is recorded of a segmentation unit, and memory without pages |

pub mod mmu;
mod recorder;
pub mod segment;
mod story;
mod table;
mod timeline;
mod view;

pub use recorder::{Ending, Recorder, Recording};
pub use view::Choice;
