//! An operating system on a computer around the hardware.
//!
//! | part | does |
//! |---|---|
//! | [`Boot`], [`Kernel`], [`Machine`] (`plan`) | what is placed where in memory, and what software is told |
//! | [`Extensions`] (`extensions`) | what of the hardware is announced to software |
//! | [`Console`] (`console`) | the terminal: what is typed goes to the serial port |
//! | [`run()`], [`Follower`] (`run`) | runs until it ends |
//! | [`Series`] (`series`) | what each stretch of a run missed, walked, faulted and fenced |
//! | [`When`], [`SnapshotAt`] (`when`) | moments as people write them |
//! | [`snapshot`] | a computer in a file |
//! | [`Begin`] (`begin`) | where a run begins: anew, or at a snapshot |

mod begin;
mod console;
mod extensions;
mod plan;
mod run;
mod series;
pub mod snapshot;
mod when;

pub use begin::{Begin, BeginError};
pub use console::{Console, ConsoleError, Typed};
pub use extensions::Extensions;
pub use plan::{Boot, BootError, Kernel, Machine};
pub use run::{Follower, Idle, run};
pub use series::Series;
pub use when::{SnapshotAt, When};
