//! The segmentation unit under test: its named sizes, on every engine, as Verilog.
//!
//! What `engine` and `export` are to the MMU, for the unit that the books compare it with. It has
//! one port and few pins, so all of it stands here.
//!
//! | part | what it is |
//! |---|---|
//! | [`CONFIGS`], [`find`] | the named sizes |
//! | [`Hardware`] | a unit on an engine, as the world sees it |
//! | `engines`, `pins` | the three engines, and the pins by name |
//! | [`verilog`], [`export`] | the same as text |

mod config;
mod engines;
mod export;
mod hardware;
mod pins;

pub use config::{CONFIGS, Config, find};
pub use engines::Runs;
pub use export::{export, verilog};
pub use hardware::Hardware;
pub use pins::{PINS, Pin};
