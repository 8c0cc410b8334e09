//! Waveforms, read back by an independent reader and looked at through GTKWave.

mod demo;
mod machine;
mod property;
mod reader;
mod recorder;
mod render;
mod segment;
mod view;
mod window;
mod writer;
