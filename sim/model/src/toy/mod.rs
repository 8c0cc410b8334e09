//! Toy machines, as books draw them: pages of 16 bytes, addresses of 6 bits, tables that fit on a
//! sheet of paper.
//!
//! Models only. No hardware of this project has these sizes, and no RTL is behind them: they are for
//! exercises by hand, and what they show at this size the MMU does at its own.
//!
//! | part | what it is |
//! |---|---|
//! | [`Shape`] | the bits of addresses and pages (`shape`) |
//! | [`Tree`] | page tables of one or more levels in memory, and the walk through them (`tree`) |
//! | [`Inverted`] | one table for all processes, with an entry for each frame (`inverted`) |
//! | [`Hashed`] | one table for all processes, with chains in buckets (`hashed`) |
//! | [`Segments`], [`bounds`] | base and bounds, and segments (`segments`) |
//! | [`Machine`] | processes with tables of one of these kinds, and the story of an access (`machine`) |

mod hashed;
mod inverted;
mod machine;
mod segments;
mod shape;
#[cfg(test)]
mod tests;
mod tree;

pub use hashed::Hashed;
pub use inverted::Inverted;
pub use machine::{Kind, Machine, Mapping, Told};
pub use segments::{Placed, Segment, Segments, bounds};
pub use shape::{Shape, SizeError};
pub use tree::{Invalid, Read, Tree, Walk};
