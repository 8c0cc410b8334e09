//! Each device by what software does to it.

mod block;
mod clint;
mod plic;
mod tree;
mod uart;
