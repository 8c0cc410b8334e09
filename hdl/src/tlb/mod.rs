//! The translation look-aside buffer.
//!
//! | block | does |
//! |---|---|
//! | [`Cam`] | all lines: lookup, fence, refill |
//! | [`CamLine`] | one entry and its comparator (`line`) |
//! | [`Replacement`] | selects the line for the next refill |

mod cam;
mod line;
mod replacement;

pub use cam::Cam;
pub use line::CamLine;
pub use replacement::Replacement;
