//! The segmentation unit, which textbooks compare the MMU with: its named sizes, on every engine.
//!
//! | part | what it is |
//! |---|---|
//! | [`CONFIGS`], [`find`] | the named sizes |
//! | [`Hardware`] | a unit on an engine, with its pins as transactions |
//! | `pins` | the pins by name |

mod config;
mod hardware;
mod pins;

pub use config::{CONFIGS, Config, find};
pub use hardware::Hardware;
pub use pins::{PINS, Pin};
