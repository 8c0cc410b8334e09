//! Waveforms, read back by an independent reader and loaded in GTKWave.

mod demo;
mod machine;
#[allow(dead_code, reason = "the writer's own tests look at more")]
#[path = "../../../../waves/tests/waves/reader.rs"]
mod reader;
mod recorder;
mod render;
mod segment;
