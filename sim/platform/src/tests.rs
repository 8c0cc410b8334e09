//! Each device by what software does to it.

mod block;
mod clint;
mod plic;
mod state;
mod tree;
mod uart;
