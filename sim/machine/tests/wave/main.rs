//! Waveforms, read back by an independent reader and looked at through GTKWave.

mod demo;
mod machine;
mod reader;
mod recorder;
mod render;
mod segment;
