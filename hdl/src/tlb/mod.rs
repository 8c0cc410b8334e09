//! The translation look-aside buffer.
//!
//! | block | does |
//! |---|---|
//! | [`Cam`] | all lines: lookup, fence, refill |
//! | [`CamLine`] | the tag of one entry and its comparator (`line`) |
//! | [`SamePage`], [`SameWord`], [`SameEntry`] | that comparator (`same`), and that of a way |
//! | [`HitNumber`] | the number of the line that hits (`number`) |
//! | [`LineRights`] | which lines permit an access (`rights`) |
//! | [`PageSets`] | many 4 KiB pages in distributed RAM, beside lines for larger ones (`pages`) |
//! | [`PageWay`], [`PageFlags`] | ... one of their ways; what an entry keeps (`way`) |
//! | [`Replacement`] | selects the line of a set for the next refill |
//! | [`Fifo`], [`Lru`], [`PseudoLru`], [`NotMostRecent`], [`Random`] | ... if all are full (`fifo`, `lru`, `plru`, `recent`, `random`) |
//! | [`Shape`], [`Policy`] | how many lines, in which sets, and which of these (no blocks, but what [`Cam::new`] takes) |

mod cam;
mod fifo;
mod line;
mod lru;
mod number;
mod pages;
mod plru;
mod random;
mod recent;
mod replacement;
mod rights;
mod same;
mod shape;
mod way;

pub use cam::Cam;
pub use fifo::Fifo;
pub use line::CamLine;
pub use lru::{Lru, LruAge};
pub use number::HitNumber;
pub use pages::PageSets;
pub use plru::PseudoLru;
pub use random::Random;
pub use recent::NotMostRecent;
pub use replacement::Replacement;
pub use rights::LineRights;
pub use same::{SameEntry, SamePage, SameWord};
pub use shape::{Policy, Shape};
pub use way::{PageFlags, PageWay};
