//! Engines: what turns the hardware blocks into cycles.
//!
//! [`Simulator`] is the seam. Three engines stand behind it ([`Engine`]): rust-hdl's own update
//! loop, the netlist interpreted, and the netlist as machine code. They give the same values in
//! every cycle; everything else talks to the hardware through [`Pin`]s or, one level up, through
//! `model::mmu::Mmu` as [`HardwareMmu`] implements it.
//!
//! | file | does |
//! |---|---|
//! | `simulator`, `kind` | the seam, and the names of what stands behind it |
//! | `rust_hdl`, `interpreted`, `compiled` | the three engines |
//! | `pins`, `signals`, `names`, `plan` | pins and nets by name, and where they stand in a netlist |
//! | `hardware` | pins bundled into the transactions of `model::mmu::Mmu` |
//! | `config`, `top` | the named configurations; any block made ready for every engine |
//! | `pool` | machine code kept for the next MMU of a thread |
//! | [`segment`] | the segmentation unit on the same engines |

mod compiled;
mod config;
mod hardware;
mod interpreted;
mod kind;
mod names;
mod pins;
mod plan;
mod pool;
mod rust_hdl;
pub mod segment;
mod signals;
mod simulator;
mod top;

pub use compiled::Native;
pub use config::{CONFIGS, Config, UnknownConfig, find};
pub use hardware::HardwareMmu;
pub use kind::Engine;
pub use pins::{Direction, EVENTS, PINS, Pin, PinBlock, PinSet};
pub(crate) use pins::{Word, inputs, pins};
pub use pool::kept;
pub use rust_hdl::RustHdl;
pub use simulator::{INPUTS, Outs, Pins, Seen, Simulator};

use model::mmu::Mmu;

/// Builds the MMU of a named configuration, out of reset, on an engine.
///
/// # Errors
/// [`UnknownConfig`] when no configuration has that name.
pub fn build(config: &str, engine: Engine) -> Result<Box<dyn Mmu>, UnknownConfig> {
    Ok(find(config)?.mmu(engine))
}
