//! Bundles of signals of the segmentation unit.
#![expect(missing_docs, reason = "the derive macro adds undocumented methods")]

use rust_hdl::prelude::*;

/// The permissions and the direction of a segment.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct Rights {
    /// Loads are allowed.
    pub read: Bit,
    /// Stores are allowed.
    pub write: Bit,
    /// Fetches are allowed.
    pub execute: Bit,
    /// Programs may use it; otherwise the supervisor alone.
    pub user: Bit,
    /// It grows downwards: its bytes are those below the base.
    pub down: Bit,
}

/// The type of one access; every request carries its own.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct Requested {
    /// Instruction fetch (then `store` is low).
    pub fetch: Bit,
    /// Store.
    pub store: Bit,
    /// Made by a program; otherwise by the supervisor.
    pub user: Bit,
}
