//! Scenarios: files that state a machine, what is done to it, and what must be observed.
//!
//! | part | what it is |
//! |---|---|
//! | [`schema`], [`step`] | a port-level file: page tables, then accesses, fences, edits to the cycle |
//! | [`system`], [`program`] | a file of processes under the operating system |
//! | [`segments`] | a file of processes in contiguous memory, under a segmentation unit |
//! | [`devices`] | what stands on the bus beside memory |
//! | `actions`, `tables`, `ports`, `walker_bus`, `events` | a port-level file made ready: its steps, page tables, ports, memory, counted events |
//! | `bench`, `hart` | the board on which its harts act, and one hart |
//! | `os_text`, `images` | the options of the operating system, and the programs that `exec` starts |
//! | [`expect`], `verdict` | what a run must have come to, and the comparison |
//! | [`number`], [`flags`], [`names`], `limits` | how numbers, entry bits and causes are written; the largest that are read |
//! | [`load`], `reader`, [`place`], [`error`] | reading; every mistake has file, line and column |
//! | [`grammar`] | what the readers of short texts share |
//! | [`library`] | the files in the binary, by name |
//! | [`variant`] | the machines on which one file runs |
//! | [`trace`] | recorded programs as processes |
//! | [`files`] | files read whole, with a limit |
//! | [`observe`] | running for the figures alone |
//! | `story` | processes run to their end |
//! | [`run`], [`mismatch`] | running, and what is said when something differs |
//!
//! Every answer of every run is judged by the golden model besides, whatever the file says.

mod actions;
mod bench;
pub mod devices;
pub mod error;
pub mod events;
pub mod expect;
pub mod files;
pub mod flags;
pub mod grammar;
mod hart;
mod images;
pub mod library;
mod limits;
pub mod load;
pub mod mismatch;
#[cfg(test)]
mod mistakes;
pub mod names;
pub mod number;
pub mod observe;
pub mod os_text;
pub mod place;
mod ports;
pub mod program;
mod reader;
pub mod run;
pub mod schema;
pub mod segments;
pub mod step;
mod story;
pub mod system;
mod tables;
pub mod trace;
pub mod variant;
mod verdict;
mod walker_bus;
