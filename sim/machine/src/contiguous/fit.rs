//! The rules by which a hole is chosen.

use serde::Deserialize;
use strum::IntoStaticStr;

/// Which rule places a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, IntoStaticStr)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
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
    /// Its name in scenarios and reports.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
