//! Engines: they simulate the hardware blocks cycle by cycle.
//!
//! [`Simulator`] is the interface. Three engines implement it ([`Engine`]): rust-hdl's own update
//! loop, the netlist interpreted, and the netlist as machine code. They give the same values in
//! every cycle; everything else accesses the hardware through [`Pin`]s or, one level up, through
//! `model::mmu::Mmu`, which [`HardwareMmu`] implements.
//!
//! | file | does |
//! |---|---|
//! | `simulator`, `kind` | the interface, and the names of its implementations |
//! | `rust_hdl`, `interpreted`, `compiled` | the three engines |
//! | `pins`, `signals`, `names`, `plan` | pins and nets by name, and their places in a netlist |
//! | `hardware` | pins bundled into the transactions of `model::mmu::Mmu` |
//! | `config`, `parts` | the named configurations, and those made of another one and other parts |
//! | `top` | any block prepared for every engine |
//! | `pool` | machine code kept for the next MMU of a thread |
//! | [`traffic`] | a closed loop of requests around an engine, for benchmarks |
//! | [`segment`] | the segmentation unit on the same engines |
//! | [`shim`] | the shims around the MMU, for export |

mod compiled;
mod config;
mod hardware;
mod interpreted;
mod kind;
mod names;
mod parts;
mod pins;
mod plan;
mod pool;
mod rust_hdl;
pub mod segment;
pub mod shim;
mod signals;
mod simulator;
mod top;
pub mod traffic;

pub use compiled::Native;
pub use config::{CONFIGS, Config, UnknownConfig, find};
pub use hardware::{HardwareMmu, WORDS};
pub use kind::Engine;
pub use parts::{Parts, sizes};
pub use pins::{Direction, EVENTS, PINS, Pin, PinBlock, PinSet};
pub(crate) use pins::{Word, inputs, pins};
pub use pool::kept;
pub use rust_hdl::RustHdl;
pub use simulator::{INPUTS, Outs, Pins, Seen, Simulator};

use model::mmu::Mmu;

/// Builds the MMU of a named configuration, after reset, on an engine.
///
/// # Errors
/// [`UnknownConfig`] if no configuration has that name.
pub fn build(config: &str, engine: Engine) -> Result<Box<dyn Mmu>, UnknownConfig> {
    Ok(find(config)?.mmu(engine))
}
