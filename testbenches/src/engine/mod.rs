//! Engines: what turns the hardware blocks into cycles.
//!
//! [`Simulator`] is the seam. Today one engine stands behind it, rust-hdl's own update loop; a
//! compiled one can take its place unseen, because everything else talks to the hardware through
//! [`Pin`]s or, one level up, through `sim::mmu::Mmu` as [`HardwareMmu`] implements it.

mod config;
mod hardware;
mod pins;
mod rust_hdl;
mod signals;
mod simulator;

pub use config::{CONFIGS, Config, UnknownConfig, find};
pub use hardware::HardwareMmu;
pub use pins::{Direction, PINS, Pin, PinBlock};
pub use rust_hdl::RustHdl;
pub use simulator::Simulator;

use sim::mmu::Mmu;

/// Builds the MMU of a named configuration, out of reset, on the default engine.
///
/// # Errors
/// [`UnknownConfig`] when no configuration has that name.
pub fn build(config: &str) -> Result<Box<dyn Mmu>, UnknownConfig> {
    Ok(find(config)?.mmu())
}
