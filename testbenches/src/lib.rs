//! Where hardware and world meet.
//!
//! | room | does |
//! |---|---|
//! | [`engine`] | turns a block into cycles: rust-hdl's own loop, the netlist interpreted or compiled |
//! | [`scenario`] | the scenario language, its runner, the library of those that are built in |
//! | [`policy`], [`explore`], [`quiz`] | reference strings, sweeps with pictures, questions: all run on the machine |
//! | [`soak`] | random programs with everything checked |
//! | [`conform`] | translation vectors of an independent model, replayed on the hardware |
//! | [`export`], [`cosim`] | Verilog, and the proof that it behaves like the simulation |
//! | [`segment`] | the segmentation unit: its engines, sizes and Verilog |
//! | [`mod@bench`] | cycles per second, third-party simulators beside ours |
//! | [`cli`] | the command `pagewalk` |

pub mod bench;
pub mod cli;
pub mod conform;
pub mod cosim;
pub mod engine;
pub mod explore;
pub mod export;
pub mod files;
pub mod policy;
pub mod quiz;
pub mod scenario;
pub mod segment;
pub mod soak;
pub mod trace;
