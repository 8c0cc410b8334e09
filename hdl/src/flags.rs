//! The bits that travel together: what a leaf allows, and the context of an access.
#![expect(missing_docs, reason = "the derive macro adds undocumented methods")]

use rust_hdl::prelude::*;

/// What a TLB line keeps of a leaf beside its numbers.
///
/// A is not kept: only leaves with A set are cached. Permissions are kept as the PTE has them
/// and evaluated at every use (`permission`), never as a verdict.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct Leaf {
    /// PTE.R
    pub read: Bit,
    /// PTE.W
    pub write: Bit,
    /// PTE.X
    pub execute: Bit,
    /// PTE.U
    pub user: Bit,
    /// PTE.D
    pub dirty: Bit,
    /// PTE.G of the leaf or of any pointer above it.
    pub global: Bit,
    /// Page size: the level of the leaf (0: 4 KiB).
    pub level: Bits<3>,
}

/// What an access is, with the state of the processor that decides whether it is permitted. Each
/// request carries this with it.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct AccessContext {
    /// Instruction fetch (then `store` is low).
    pub fetch: Bit,
    /// Store or atomic memory operation.
    pub store: Bit,
    /// Cache-block management: `cbo.inval`, `cbo.clean`, `cbo.flush` (then `store` is low).
    pub cbo: Bit,
    /// Effective privilege is U (otherwise S).
    pub user: Bit,
    /// sstatus.SUM
    pub sum: Bit,
    /// sstatus.MXR
    pub mxr: Bit,
    /// menvcfg.ADUE: hardware sets A and D.
    pub adue: Bit,
}
