//! The translation scheme that `satp` selects: translated or not, from which root, how many levels.
//!
//! | block | does |
//! |---|---|
//! | [`Scheme32`] | Bare or Sv32 (`rv32`) |
//! | [`Scheme64`] | Bare, Sv39, Sv48 or Sv57, chosen at run time (`rv64`) |

mod rv32;
mod rv64;

pub use rv32::Scheme32;
pub use rv64::Scheme64;
