//! What `satp` asks for: translate or not, from which root, with how many levels.

mod rv32;
mod rv64;

pub use rv32::Scheme32;
pub use rv64::Scheme64;
