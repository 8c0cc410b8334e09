//! The MMU as synthesizable hardware blocks.

pub mod fault;
mod flags;
mod geometry;
pub mod permission;
pub mod port;
pub mod scheme;
pub mod tlb;
mod top;
pub mod walker;

pub use flags::{Judged, Leaf};
pub use top::{Rv32Mmu, Rv64Mmu};
