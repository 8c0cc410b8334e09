//! Scenarios: files that state a machine, what is done to it, and what must be observed.
//!
//! | part | what it is |
//! |---|---|
//! | [`schema`], [`step`] | a port-level file: page tables, then accesses, fences, edits to the cycle |
//! | [`system`], [`program`] | a file of processes under the operating system |
//! | [`expect`] | what a run must have come to |
//! | [`number`], [`flags`], [`names`] | how numbers, entry bits and causes are written |
//! | [`load`], [`error`] | reading; every mistake has file, line and column |
//! | [`library`] | the files in the binary, by name |
//! | [`variant`] | the machines on which one file runs |
//! | [`run`], [`mismatch`] | running, and what is said when something differs |
//!
//! Every answer of every run is judged by the golden model besides, whatever the file says.

mod actions;
mod bench;
pub mod error;
pub mod expect;
pub mod events;
pub mod flags;
pub mod library;
pub mod load;
mod images;
pub mod mismatch;
pub mod names;
pub mod number;
mod port;
mod ports;
pub mod program;
pub mod run;
pub mod schema;
pub mod step;
mod story;
mod verdict;
pub mod system;
pub mod os_text;
mod tables;
pub mod variant;
mod walker_bus;
