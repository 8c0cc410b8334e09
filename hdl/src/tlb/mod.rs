//! The translation look-aside buffer.
//!
//! | block | does |
//! |---|---|
//! | [`Cam`] | all lines: lookup, fence, refill |
//! | [`CamLine`] | the tag of one entry and its comparator (`line`) |
//! | [`SamePage`], [`SameSpace`] | that comparator (`same`) |
//! | [`HitNumber`] | the number of the line that hits (`number`) |
//! | [`LineRights`] | which lines permit an access (`rights`) |
//! | [`Replacement`] | selects the line of a set for the next refill |
//! | [`Fifo`], [`Lru`], [`PseudoLru`], [`NotMostRecent`], [`Random`] | ... if all are full (`fifo`, `lru`, `plru`, `recent`, `random`) |
//! | [`Shape`], [`Policy`] | how many lines, in which sets, and which of these (no blocks, but what [`Cam::new`] takes) |

mod cam;
mod fifo;
mod line;
mod lru;
mod number;
mod plru;
mod random;
mod recent;
mod replacement;
mod rights;
mod same;
mod shape;

pub use cam::Cam;
pub use fifo::Fifo;
pub use line::CamLine;
pub use lru::{Lru, LruAge};
pub use number::HitNumber;
pub use plru::PseudoLru;
pub use random::Random;
pub use recent::NotMostRecent;
pub use replacement::Replacement;
pub use rights::LineRights;
pub use same::{SamePage, SameSpace};
pub use shape::{Policy, Shape};
