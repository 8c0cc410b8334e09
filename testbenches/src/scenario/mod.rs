//! Scenarios: files that state a machine, what is done to it, and what must be observed.

mod bench;
pub mod error;
pub mod events;
pub mod flags;
pub mod library;
pub mod load;
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
pub mod system;
mod tables;
pub mod variant;
mod walker_bus;
