//! Where hardware and world meet.

pub mod bench;
pub mod cli;
pub mod conform;
pub mod cosim;
pub mod engine;
pub mod explore;
pub mod export;
pub mod policy;
pub mod quiz;
pub mod scenario;
pub mod segment;
pub mod soak;
