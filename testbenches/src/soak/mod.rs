//! Soak: random programs of many processes under memory pressure, with everything checked.
//!
//! | part | what it is |
//! |---|---|
//! | [`generate`] | a round generated from its seed: configuration and programs |
//! | `program`, `memory` | programs that make only valid accesses, and their knowledge of memory |
//! | [`round`] | a round as data, and as a scenario file |
//! | [`run`] | rounds run one after another until enough steps were made |
//! | [`shrink`] | shrinks a round that fails |
//!
//! A round is a scenario like those that people write, and runs like them: checked by the golden
//! model, the rules of the ports, the shadow of every byte, and the kernel's invariants. A failure
//! is therefore a scenario file that fails.

pub mod generate;
mod memory;
mod program;
pub mod round;
pub mod run;
pub mod shrink;

#[cfg(test)]
mod tests;
