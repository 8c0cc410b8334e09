//! Soak: random programs of many processes under pressure, everything checked.
//!
//! | part | what it is |
//! |---|---|
//! | [`generate`] | a round drawn from its seed: circumstances and programs |
//! | `program`, `memory` | programs that do only what they may, and know what that is |
//! | [`round`] | a round as data, and as a scenario file |
//! | [`run`] | rounds run one after another until enough steps are made |
//! | [`shrink`] | a round that fails made small |
//!
//! A round is a scenario like those that people write, and runs like them: under the golden
//! model, the rules of the ports, the shadow of every byte, and the kernel's invariants. What
//! fails is therefore a file that fails.

pub mod generate;
mod memory;
mod program;
pub mod round;
pub mod run;
pub mod shrink;

#[cfg(test)]
mod tests;
