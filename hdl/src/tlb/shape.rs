//! How a TLB is organised.

/// The organisation of a TLB. A [`Cam`](super::Cam) takes it when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The number of entries: 2 to `2^IDX`, where IDX is the block's width of a line's number.
    pub lines: usize,
}

impl Shape {
    /// So many lines, fully associative; the first in is the first out.
    pub const fn fifo(lines: usize) -> Self {
        Self { lines }
    }
}
