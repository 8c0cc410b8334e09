//! Where hardware and world meet.

pub mod engine;
pub mod export;
