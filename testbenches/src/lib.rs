//! Where hardware and world meet.

pub mod cli;
pub mod conform;
pub mod engine;
pub mod scenario;
