//! The shims against independent models of what is on both of their sides.
//!
//! A bench drives one block: on one side a walker or a core with its MMU, on the other a bus with
//! another master on it. The models check the rules of their protocols in every cycle, and each
//! response against what the bus did.

#![allow(clippy::print_stdout)] // Seeds and counts are worth reading.

#[path = "../common/mod.rs"]
mod common;

mod axi;
mod bus;
mod core;
mod dice;
mod latency;
mod narrow;
mod pins;
mod plain;
mod system;
mod walker;
mod wishbone;
