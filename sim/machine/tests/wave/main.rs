//! Waveforms, read back by an independent reader and looked at through GTKWave.

mod demo;
mod machine;
#[allow(dead_code, reason = "the writer's own tests look at more")]
#[path = "../../../../waves/tests/waves/reader.rs"]
mod reader;
mod recorder;
mod render;
mod segment;
