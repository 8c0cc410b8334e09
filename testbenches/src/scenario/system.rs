//! A system scenario as it is written.
use serde::Deserialize;
use super::schema::OneOrMany;
/// A system scenario.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// One sentence.
    pub idea: String,
    /// Rules.
    pub spec: OneOrMany<String>,
}
