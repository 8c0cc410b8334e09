//! The segmentation unit, which the books compare the MMU with: its named sizes, on every engine.
//!
//! | part | what it is |
//! |---|---|
//! | [`CONFIGS`], [`find`] | the named sizes |
//! | [`Hardware`] | a unit on an engine, as the world sees it |
//! | `engines`, `pins` | the three engines, and the pins by name |

mod config;
mod engines;
mod hardware;
mod pins;

pub use config::{CONFIGS, Config, find};
pub use engines::Runs;
pub use hardware::Hardware;
pub use pins::{PINS, Pin};
