//! The bits that travel together in the segmentation unit.
#![expect(missing_docs, reason = "the derive macro adds undocumented methods")]

use rust_hdl::prelude::*;

/// What a segment register says beside its numbers.
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

/// What one access is; it carries this itself.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct Requested {
    /// Instruction fetch (then `store` is low).
    pub fetch: Bit,
    /// Store.
    pub store: Bit,
    /// Made by a program; otherwise by the supervisor.
    pub user: Bit,
}
