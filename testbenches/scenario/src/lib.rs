//! Scenarios: files that describe a machine, what happens on it, and what must be observed.
//!
//! | part | what it is |
//! |---|---|
//! | [`schema`], [`step`] | a port-level file: page tables, then accesses, fences, edits, cycle by cycle |
//! | [`system`], [`program`] | a file of processes under the operating system |
//! | [`segments`] | a file of processes in contiguous memory, under a segmentation unit |
//! | [`devices`] | devices on the bus, besides memory |
//! | `actions`, `tables`, `ports`, `walker_bus`, `events` | running a port-level file |
//! | [`csr`] | steps that access the PMP registers |
//! | `bench`, `hart` | the board with its harts, and one hart |
//! | `holds` | when its ports hold requests back, and when they answer |
//! | `os_text`, `images` | the options of the operating system, and the programs that `exec` starts |
//! | [`expect`], `verdict` | the expected result of a run, and the comparison |
//! | [`number`], [`flags`], [`names`], `limits` | the syntax of numbers, entry bits and causes; the largest allowed |
//! | [`load`], `reader`, [`place`], [`error`] | parsing; every error has file, line and column |
//! | [`grammar`], `operand` | common parts of the parsers of short texts, and of what they calculate |
//! | [`library`] | the files in the binary, by name |
//! | [`variant`] | the machines on which a file runs |
//! | [`trace`] | recorded programs as processes |
//! | [`files`] | files read whole, with a limit |
//! | [`observe`] | running only for the figures |
//! | `story` | processes run to their end |
//! | [`run`], [`mismatch`] | running, and the message when something differs |
//!
//! In addition, the golden model checks every answer of every run.

mod actions;
mod bench;
pub mod csr;
pub mod devices;
pub mod error;
pub mod events;
pub mod expect;
pub mod files;
pub mod flags;
pub mod grammar;
mod hart;
mod holds;
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
mod operand;
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
