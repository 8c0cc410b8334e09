//! Cosimulation: the exported Verilog in third-party simulators compared with the Rust simulation,
//! every pin in every cycle.
//!
//! [`record`] drives the Rust simulation with directed and constrained-random stimulus and records
//! the pins; [`replay`] has Icarus Verilog or Verilator drive the Verilog with the same inputs and
//! compare every output before every clock edge.
//!
//! | module | contents |
//! |---|---|
//! | `tables` | a sparse memory full of page tables, valid and malformed |
//! | `memory` | the latency of memory's answers, and the writes of other agents |
//! | `profile` | the probabilities of each phase |
//! | `addresses` | virtual addresses that compete for the lines of a TLB |
//! | `stimulus` | the values of the input pins |
//! | `registers` | writes of the PMP registers |
//! | `sweep` | its directed part: every kind of leaf |
//! | `record` | the pins of the Rust simulation |
//! | `replay` | the Verilog with the same inputs, every output compared |
//! | `coverage` | the events that the run covered |
//! | `testbench` | the Verilog test bench |

mod addresses;
mod coverage;
mod memory;
mod profile;
mod record;
mod registers;
mod replay;
mod stimulus;
mod sweep;
mod tables;
mod testbench;

pub use coverage::Coverage;
pub use record::{Recording, record, record_on};
pub use replay::{Outcome, Replayer, replay};
