//! All tests from outside, in one binary, since each binary links the whole project.
//!
//! | module | what it tests |
//! |---|---|
//! | `bench`, `soak` | measuring and soaking |
//! | `skip`, `fast` | time skip, and the fast path of cycles of hits |
//! | `cli`, `new`, `explore`, `quiz`, `toy`, `policy`, `netlist`, `trace`, `formats` | the command, by its real binary |
//! | `mistakes` | what it says of wrong arguments and files |
//! | `traces` | traces in sweeps and scenarios |
//! | `curves`, `goals` | curves of every size, against the hardware at every size; what they answer |
//! | `over_time` | a run over time; two runs compared |
//! | `studies`, `shards` | studies from files; parts of a sweep, merged |
//! | `command` | runs the real binary for the others |
//! | `conform` | the hardware against the vectors of an independent model |
//! | `cosim`, `verilog` | the exported Verilog, in other simulators and for synthesis |
//! | `demo` | the demonstration: public cores, the exported MMU and firmware on one board |
//! | `exported` | the files around it, and all configurations in one project |
//! | `engines` | the engines against each other, every pin and signal in every cycle |
//! | `protection` | random requests while PMP registers change |
//! | `pool` | a reused MMU against a new one |
//! | `ideas`, `figures`, `plan`, `tidy` | documents and layout, against what they describe |
//! | `mutants` | defects planted in the sources, each of which must be caught |
//! | `scenarios`, `scenarios_catch` | the scenarios, and that they can fail |
//! | `examples` | the examples, run |
//! | `segment` | the segmentation unit |
//! | `show` | the record and the page of a run |
//! | `shim` | the shims' Verilog |
//! | `exec`, `exec_forms`, `boot`, `emulator` | programs and a kernel on the computer; on the one in software |
//! | `snapshot` | a computer in a file; the accesses of programs in another |
//! | `watch` | a dashboard, in a pseudo-terminal |
//! | `waves` | the waves of scenarios |
//!
//! `cargo test -p testbenches --test all ideas::` runs those of one module.
#![allow(clippy::print_stdout)] // Seeds, coverage, verdicts and what was skipped are worth reading.

mod bench;
mod boot;
mod cli;
mod command;
mod conform;
mod cosim;
mod curves;
mod demo;
mod ecp5;
mod emulator;
mod engines;
mod examples;
mod exec;
mod exec_forms;
mod explore;
mod exported;
mod fast;
mod figures;
mod formats;
mod goals;
mod ideas;
mod mistakes;
mod mutants;
mod netlist;
mod new;
mod over_time;
mod plan;
mod policy;
mod pool;
mod protection;
mod quiz;
mod recall;
mod scenarios;
mod scenarios_catch;
mod segment;
mod shards;
mod shim;
mod show;
mod skip;
mod snapshot;
mod soak;
mod studies;
mod tidy;
mod toy;
mod trace;
mod traces;
mod verilog;
mod watch;
mod waves;
