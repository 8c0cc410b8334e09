//! Texts with a meaning: exception causes, by the names that the specification gives them.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use model::isa::Cause;
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

/// Parses a text value, so that an error in it has the text's place, also in a list.
///
/// # Errors
/// If it is not a text, and what parsing it reports.
pub(super) fn from_text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err = String>,
{
    struct Text<T>(PhantomData<T>);
    impl<T: FromStr<Err = String>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text")
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }
    deserializer.deserialize_str(Text(PhantomData))
}

const CAUSES: [Cause; 6] = [
    Cause::InstructionAccessFault,
    Cause::LoadAccessFault,
    Cause::StoreAccessFault,
    Cause::InstructionPageFault,
    Cause::LoadPageFault,
    Cause::StorePageFault,
];

/// A cause, written `"load page fault"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CauseName(pub Cause);

/// A cause, or `"nothing"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldName(pub Option<Cause>);

impl FromStr for CauseName {
    type Err = String;

    fn from_str(text: &str) -> Result<CauseName, String> {
        let cause = CAUSES.into_iter().find(|cause| cause.name() == text);
        cause.map(CauseName).ok_or_else(|| {
            let names = CAUSES.map(Cause::name).join(", ");
            format!("`{text}` is not a cause; causes are {names}")
        })
    }
}

impl FromStr for HeldName {
    type Err = String;

    fn from_str(text: &str) -> Result<HeldName, String> {
        match text {
            "nothing" => Ok(HeldName(None)),
            _ => text.parse().map(|CauseName(cause)| HeldName(Some(cause))),
        }
    }
}

impl<'de> Deserialize<'de> for CauseName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<CauseName, D::Error> {
        from_text(deserializer)
    }
}

impl<'de> Deserialize<'de> for HeldName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<HeldName, D::Error> {
        from_text(deserializer)
    }
}

impl fmt::Display for CauseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
