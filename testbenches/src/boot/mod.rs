//! An operating system on a computer around the hardware.
//!
//! | part | does |
//! |---|---|
//! | [`Boot`], [`Kernel`], [`Machine`] (`plan`) | what is placed where in memory, and what software is told |
//! | [`Extensions`] (`extensions`) | what of the hardware is announced to software |
//! | [`Console`] (`console`) | the terminal: what is typed goes to the serial port |
//! | [`run()`], [`Follower`] (`run`) | runs until it ends |
//! | [`Series`] (`series`) | what each stretch of a run missed, walked, faulted and fenced |
//! | [`When`] (`when`) | moments as people write them |

mod console;
mod extensions;
mod plan;
mod run;
mod series;
mod when;

pub use console::{Console, ConsoleError, Typed};
pub use extensions::Extensions;
pub use plan::{Boot, BootError, Kernel, Machine};
pub use run::{Follower, run};
pub use series::Series;
pub use when::When;
