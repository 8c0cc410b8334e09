//! Cosimulation: the exported Verilog in third-party simulators against the Rust simulation,
//! every pin in every cycle.
//!
//! [`record`] drives the Rust simulation with directed and constrained-random stimulus and keeps
//! what was on the pins; [`replay`] has Icarus Verilog or Verilator drive the Verilog with the
//! same inputs and compare every output before every clock edge.
//!
//! | room | what is in it |
//! |---|---|
//! | `tables` | a sparse memory full of page tables, sound and malformed |
//! | `memory` | when memory answers, and what else touches it |
//! | `profile` | how hard each phase pushes, and where |
//! | `addresses` | virtual addresses that meet each other in a TLB |
//! | `stimulus` | what is driven onto the pins |
//! | `sweep` | its directed part: every kind of leaf |
//! | `record` | what was on the pins of the Rust simulation |
//! | `replay` | the Verilog with the same inputs, every output compared |
//! | `coverage` | what the run exercised |
//! | `testbench` | the Verilog test bench |

mod addresses;
mod coverage;
mod memory;
mod profile;
mod record;
mod replay;
mod stimulus;
mod sweep;
mod tables;
mod testbench;

pub use coverage::Coverage;
pub use record::{Recording, record, record_on};
pub use replay::{Outcome, Replayer, replay};
