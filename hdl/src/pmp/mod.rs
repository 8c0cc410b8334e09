//! Physical memory: who may access it (PMP), and what it is (PMA).
//!
//! | block | does |
//! |---|---|
//! | [`PmpEntry`] | one entry's registers, and the addresses that it matches (`entry`) |
//! | [`PmpRegisters`] | the `pmpcfg` and `pmpaddr` registers: reads, writes, locks (`registers`) |
//! | [`PmpCheck`] | one access against all entries (`check`) |
//! | [`PmaCheck`] | one access against the regions of memory (`regions`) |
//! | [`AccessCheck`] | both, for the final access of a port (`access`) |
//! | [`TableCheck`] | both, between a walker and memory (`tables`) |
//! | [`Protection`] | registers and the ports' checks, as the top has them once or not at all (`unit`) |
//! | [`SingleProtection`] | ... where there is one port (`single`) |
//!
//! [`Physical`] (`physical`) says how much of it is built in. A granule is what a `pmpaddr` register
//! counts: 4 bytes.

mod access;
mod check;
mod entry;
mod physical;
mod regions;
mod registers;
mod single;
mod tables;
mod unit;

pub use access::AccessCheck;
pub use check::PmpCheck;
pub use entry::PmpEntry;
pub use physical::{Physical, Region};
pub use regions::PmaCheck;
pub use registers::PmpRegisters;
pub use single::SingleProtection;
pub use tables::TableCheck;
pub use unit::Protection;

use rust_hdl::prelude::*;

/// As many of something as a size that is chosen when a block is made.
pub(crate) fn list<T: Default>(count: usize) -> Vec<T> {
    (0..count).map(|_| T::default()).collect()
}

/// A constant for each value.
pub(crate) fn constants<const W: usize>(
    values: impl IntoIterator<Item = u64>,
) -> Vec<Constant<Bits<W>>> {
    values.into_iter().map(|value| Constant::new(value.into())).collect()
}
