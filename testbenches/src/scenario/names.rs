//! Exception causes by the names that the specification gives them.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer};
use sim::isa::Cause;

const CAUSES: [(&str, Cause); 6] = [
    ("instruction access fault", Cause::InstructionAccessFault),
    ("load access fault", Cause::LoadAccessFault),
    ("store access fault", Cause::StoreAccessFault),
    ("instruction page fault", Cause::InstructionPageFault),
    ("load page fault", Cause::LoadPageFault),
    ("store page fault", Cause::StorePageFault),
];

/// A cause, written `"load page fault"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CauseName(pub Cause);

/// A cause, or `"nothing"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldName(pub Option<Cause>);

/// The name of a cause.
pub fn cause_name(cause: Cause) -> &'static str {
    CAUSES.iter().find(|(_, c)| *c == cause).map_or("unknown cause", |(name, _)| name)
}

fn find(text: &str) -> Option<Cause> {
    CAUSES.iter().find(|(name, _)| *name == text).map(|(_, cause)| *cause)
}

fn unknown<E: de::Error>(text: &str) -> E {
    let names: Vec<_> = CAUSES.iter().map(|(name, _)| *name).collect();
    E::custom(format!("`{text}` is no cause; causes are {}", names.join(", ")))
}

impl<'de> Deserialize<'de> for CauseName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<CauseName, D::Error> {
        let text = String::deserialize(deserializer)?;
        find(&text).map(CauseName).ok_or_else(|| unknown(&text))
    }
}

impl<'de> Deserialize<'de> for HeldName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<HeldName, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "nothing" {
            return Ok(HeldName(None));
        }
        find(&text).map(|cause| HeldName(Some(cause))).ok_or_else(|| unknown(&text))
    }
}

impl fmt::Display for CauseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(cause_name(self.0))
    }
}
