//! `--watch`: a run in progress, as a dashboard in the terminal.
//!
//! | file | does |
//! |---|---|
//! | `snapshot` | what a run shows at one moment |
//! | `history` | its misses, faults and fences since the beginning |
//! | `words` | numbers as people read them |
//! | `panels` | a snapshot as panels of rows |
//! | `screen` | the panels on a screen of any size |
//! | `dashboard` | the thread that draws and listens to keys; [`Viewer`], which a run looks at |
//! | `terminal` | takes the terminal, and gives it back |
//! | `machine`, `computer`, `counts` | snapshots of a machine with an operating system, of a computer, of runs that are only counted |
//!
//! A run owns nothing of this. It has a [`Viewer`], asks it now and then whether a picture is wanted,
//! which is one load of a flag, and if so hands it a [`Snapshot`]. Clock, keys and drawing are
//! another thread's, so that keys are answered while the run is busy, and the run needs no clock.
//!
//! The dashboard is drawn on standard error or, where that is no terminal, on standard output. While
//! it is there, `cli::output` keeps what is for a terminal, and prints it afterwards: the
//! bytes are those of a run without it.

mod computer;
mod counts;
mod dashboard;
mod history;
mod machine;
mod panels;
mod screen;
mod snapshot;
mod terminal;
mod words;

pub use computer::of_computer;
pub(crate) use counts::COUNTS;
pub use counts::of_counts;
pub use dashboard::{Dashboard, Viewer};
pub use history::History;
pub use machine::of_machine;
pub use screen::{State, View};
pub use snapshot::{Place, PortRate, Progress, Snapshot, Walks};
pub(crate) use terminal::leave;

#[cfg(test)]
mod tests;
