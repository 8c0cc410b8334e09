//! Bundles of signals: the flags of a leaf, and the context of an access.
#![expect(missing_docs, reason = "the derive macro adds undocumented methods")]

use rust_hdl::prelude::*;

/// The flags of a leaf that a TLB line keeps besides its page numbers.
///
/// A is not kept: only leaves with A set are cached. Permissions are kept as in the PTE and
/// evaluated at every use (`permission`); the result of a check is never stored.
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
    /// Page size: the level of the leaf (0: 4 KiB), or 5: a NAPOT range (64 KiB).
    pub level: Bits<3>,
    /// PTE.PBMT: the memory type of the page (0: PMA, 1: NC, 2: IO).
    pub pbmt: Bits<2>,
}

/// What an answer says of the page of a TLB line besides its number.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
pub struct Extent {
    /// Page size, as in [`Leaf`].
    pub level: Bits<3>,
    /// The same, decoded: which parts of the page number come from the virtual address
    /// ([`Inside`](crate::geometry::Inside)).
    pub inside: Bits<5>,
    /// PTE.PBMT
    pub pbmt: Bits<2>,
}

/// The type of an access, with the processor state that decides whether it is permitted. Every
/// request carries its own.
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
    /// menvcfg.PBMTE: entries have a memory type.
    pub pbmte: Bit,
}
