//! Waveforms: the writer of all dumps, and the saved views that make them readable.
//!
//! | module | contents |
//! |---|---|
//! | [`Builder`] | declares signals by hierarchical path and opens the dump |
//! | [`Writer`] | takes values cycle by cycle and writes the changes |
//! | [`Dump`] | takes changes directly; used by every writer |
//! | [`Format`] | VCD, plain VCD, FST (written by `vcd` and `fst`) |
//! | [`Window`] | the part of a long run that is written |
//! | [`save`] | the saved view: groups, colours, markers, opening zoom |
//! | [`Kind`], [`Value`] (`signal`) | the kinds of signals, and their values |
//! | `held`, `tree` | the value of each signal between changes; declarations as nested scopes |
//! | `file` | the open file, which is renamed to its final name when it ends |
//! | [`path()`], [`sanitise`] (`text`) | text that every reader interprets as intended |
//! | [`Error`] | errors |
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

/// The last time that viewers read correctly, in units.
pub const LATEST: u64 = i64::MAX as u64;

/// The last cycle that is written completely.
const LAST_CYCLE: u64 = LATEST / UNITS_PER_CYCLE - 2;
