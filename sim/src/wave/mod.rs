//! Waveforms in VCD and the save files that make them readable.
//!
//! | room | what stands in it |
//! |---|---|
//! | [`Builder`] | declares signals by hierarchical path and opens the dump |
//! | [`Writer`] | takes values cycle by cycle and writes what changed |
//! | [`Window`] | the stretch of a long run that is written |
//! | [`save`] | the saved view: groups, colours, markers, opening zoom |
//! | [`mmu`] | the recorder of an MMU, its memory and its operating system |
//! | [`segment`] | the recorder of a segmentation unit, and memory without pages |
//!
//! ```
//! use sim::wave::{Builder, Value};
//! # fn main() -> Result<(), sim::wave::Error> {
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
mod change;
mod error;
mod file;
mod header;
mod instant;
pub mod mmu;
pub mod save;
pub mod segment;
mod signal;
mod text;
mod timeline;
mod window;
mod writer;

pub use builder::Builder;
pub use error::Error;
pub use signal::{Kind, SignalId, Value};
pub use text::sanitise;
pub use window::Window;
pub use writer::Writer;

/// VCD time units (of 1 ns) in one clock cycle.
pub const UNITS_PER_CYCLE: u64 = 10;
