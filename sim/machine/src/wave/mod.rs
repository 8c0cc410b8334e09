//! The recorder of a run as a waveform, which the crate `waves` writes.
//!
//! | module | contents |
//! |---|---|
//! | `recorder` | [`Recorder`]: the open dump, for every kind of machine |
//! | `story` | the kernel's events |
//! | `table` | signals, each declared once: place, value, row of the view |
//! | `timeline` | time, skipped cycles, and moments worth a marker |
//! | `view` | [`Choice`]: what the saved view opens on |
//! | [`mmu`] | the signals of an MMU, its memory and its operating system |
//! | [`segment`] | the signals of a segmentation unit, and memory without pages |

pub mod mmu;
mod recorder;
pub mod segment;
mod story;
mod table;
mod timeline;
mod view;

pub use recorder::{Ending, Recorder, Recording};
pub use view::Choice;
