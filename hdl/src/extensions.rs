//! Which optional extensions are built in.

/// The extensions that an MMU is built with. Blocks take them when they are made (`new`), as
/// constants: what is not built in costs nothing. [`Default`] is none.
///
/// All of them concern entries of Sv39, Sv48 and Sv57; the RV32 top ignores them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    /// Svnapot: an entry with N = 1 is one of 16 that map 64 KiB together.
    pub svnapot: bool,
    /// Svpbmt: bits 62 and 61 of a leaf are the memory type of its page, while `pbmte` is high.
    pub svpbmt: bool,
    /// Svrsw60t59b: bits 60 and 59 of an entry are for software.
    pub svrsw60t59b: bool,
}
