//! Waveforms: the one writer of dumps, and the saved views that make them readable.
//!
//! | room | what stands in it |
//! |---|---|
//! | [`Builder`] | declares signals by hierarchical path and opens the dump |
//! | [`Writer`] | takes values cycle by cycle and writes what changed |
//! | [`Dump`] | takes changes from one who knows them; below every writer |
//! | [`Format`] | VCD, plain VCD, FST (written by `vcd` and `fst`) |
//! | [`Window`] | the stretch of a long run that is written |
//! | [`save`] | the saved view: groups, colours, markers, opening zoom |
//! | [`Kind`], [`Value`] (`signal`) | what a signal is, and what it can hold |
//! | `held`, `tree` | what each signal holds between changes; declarations as scopes in scopes |
//! | `file` | the dump under way: it takes its name when it ends |
//! | [`path()`], [`sanitise`] (`text`) | text that every reader takes as it was meant |
//! | [`Error`] | what can go wrong |
//!
//! ```
//! use waves::{Builder, Value};
//! # fn main() -> Result<(), waves::Error> {
//! # let folder = std::env::temp_dir();
//! let mut signals = Builder::new("an example");
//! let level = signals.bits("walker.level", 3)?;
//! let state = signals.state("walker.state", 1, &["Idle", "Wait"])?;
//! let mut wave = signals.create(&folder.join("pagewalk-doc.vcd"))?;
//! wave.cycle(0)?;
//! wave.set(level, 2_u64)?;
//! wave.set(state, 1_u64)?;
//! wave.cycle(1)?;
//! wave.set(level, Value::Absent)?;
//! wave.finish()?;
//! # std::fs::remove_file(folder.join("pagewalk-doc.vcd")).ok();
//! # Ok(())
//! # }
//! ```

mod builder;
mod dump;
mod error;
mod file;
mod fst;
mod held;
pub mod save;
mod signal;
mod text;
mod tree;
mod vcd;
mod window;
mod writer;

pub use builder::{Builder, Format};
pub use dump::Dump;
pub use error::Error;
pub use signal::{Kind, SignalId, Value};
pub use text::{path, sanitise};
pub use window::Window;
pub use writer::Writer;

/// Units of time (of 1 ns) in one clock cycle.
pub const UNITS_PER_CYCLE: u64 = 10;

/// The last time that viewers take for what it is, in units.
pub const LATEST: u64 = i64::MAX as u64;

/// The last cycle that is written whole.
const LAST_CYCLE: u64 = LATEST / UNITS_PER_CYCLE - 2;
