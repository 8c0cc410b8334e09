//! The rules by which a hole is chosen.

use serde::Deserialize;

/// Which rule places a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// The hole with the lowest address that is large enough.
    First,
    /// The smallest hole that is large enough.
    Best,
    /// The largest hole.
    Worst,
    /// The next hole that is large enough, from where the last search ended.
    Next,
    /// The buddy system: blocks of powers of two.
    Buddy,
    /// Paging: frames of one size, wherever they are.
    Pages,
}

impl Fit {
    /// As it is written and shown.
    pub fn name(self) -> &'static str {
        match self {
            Fit::First => "first",
            Fit::Best => "best",
            Fit::Worst => "worst",
            Fit::Next => "next",
            Fit::Buddy => "buddy",
            Fit::Pages => "pages",
        }
    }
}
