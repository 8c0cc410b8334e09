//! The translation look-aside buffer.
//!
//! | block | does |
//! |---|---|
//! | [`Cam`] | all lines: lookup, fence, refill |
//! | [`CamLine`] | the tag of one entry and its comparator (`line`) |
//! | [`Replacement`] | selects the line for the next refill |
//! | [`Shape`] | how many lines (no block, but what [`Cam::new`] takes) |

mod cam;
mod line;
mod replacement;
mod shape;

pub use cam::Cam;
pub use line::CamLine;
pub use replacement::Replacement;
pub use shape::Shape;
