//! The command `pagewalk` and its parts, above the crates `engine` and `scenario`.
//!
//! | module | does |
//! |---|---|
//! | [`policy`], [`explore`], [`quiz`] | reference strings, sweeps with pictures, questions: all run on the machine |
//! | [`curve`] | miss-ratio curves and working sets: every size from one pass |
//! | [`difference`] | two runs: what differs, and by how much |
//! | [`comparison`] | organisations of the MMU on one recorded program, as table and picture |
//! | [`show`] | the page of a recorded run |
//! | [`soak`] | random programs with everything checked |
//! | [`boot`] | operating systems on the same computer |
//! | [`exec`] | bare-metal programs, every access translated by the hardware |
//! | [`linux`] | Debian's Linux for the machine: fetched, prepared, named, and compared |
//! | [`conform`] | translation vectors of an independent model, replayed on the hardware |
//! | [`export`], [`cosim`] | Verilog, and the proof that it behaves like the simulation |
//! | [`mod@bench`] | cycles per second, compared with third-party simulators |
//! | [`watch`] | a run in progress, as a dashboard in the terminal |
//! | [`cli`] | the command `pagewalk` |
//! | `table` | aligned columns |

pub mod bench;
pub mod boot;
pub mod cli;
pub mod comparison;
pub mod conform;
pub mod cosim;
pub mod curve;
pub mod difference;
pub mod exec;
pub mod explore;
pub mod export;
pub mod linux;
pub mod policy;
pub mod quiz;
pub mod show;
pub mod soak;
mod table;
pub mod watch;
