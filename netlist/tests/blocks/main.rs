//! Small blocks, one for every construct of the subset, each against rust-hdl's own simulation
//! on every net and every half cycle.

#[path = "../common/mod.rs"]
mod common;

mod absent;
mod arithmetic;
mod arrays;
mod dimensions;
mod distributed;
mod enums;
mod hardware;
mod hierarchy;
mod interfaces;
mod memories;
mod mismatches;
mod selects;
mod shims;
mod signed;
mod structs;
mod widgets;
