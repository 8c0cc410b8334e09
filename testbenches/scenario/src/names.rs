//! Texts with a meaning: exception causes, page sizes and memory types, by the names that the
//! specification gives them; where answers come from, and why accesses fault.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use model::isa::{Attributes, Cause};
use model::mmu::{Reason, Source};
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

/// A page size's code, written `"mega"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizeName(pub u8);

/// The code of the attributes of physical memory, written `"io"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryName(pub u8);

/// A memory type's code, written `"nc"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeName(pub u8);

/// Where an answer comes from, written `"l2"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceName(pub Source);

/// Why an access faults, written `"not valid"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReasonName(pub Reason);

/// Names are read from texts.
macro_rules! read_from_text {
    ($($name:ident)+) => {
        $(
            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                    from_text(deserializer)
                }
            }
        )+
    };
}

read_from_text!(MemoryName SizeName TypeName SourceName ReasonName CauseName HeldName);

/// The place of a name in a list. The error is a sentence.
fn code(what: &str, names: &[&str], text: &str) -> Result<u8, String> {
    let place = names.iter().position(|name| *name == text);
    let place = place.and_then(|place| u8::try_from(place).ok());
    place.ok_or_else(|| format!("`{text}` is not a {what}; there are {}", names.join(", ")))
}

impl FromStr for SizeName {
    type Err = String;

    fn from_str(text: &str) -> Result<SizeName, String> {
        code("page size", &Attributes::SIZES, text).map(SizeName)
    }
}

impl FromStr for TypeName {
    type Err = String;

    fn from_str(text: &str) -> Result<TypeName, String> {
        // The last is reserved.
        let [types @ .., _] = &Attributes::TYPES;
        code("memory type", types, text).map(TypeName)
    }
}

impl FromStr for MemoryName {
    type Err = String;

    fn from_str(text: &str) -> Result<MemoryName, String> {
        code("kind of memory", &Attributes::MEMORIES, text).map(MemoryName)
    }
}

impl FromStr for SourceName {
    type Err = String;

    fn from_str(text: &str) -> Result<SourceName, String> {
        let at = code("source of answers", &Source::ALL.map(Source::word), text)?;
        Ok(SourceName(Source::ALL[usize::from(at)]))
    }
}

impl FromStr for ReasonName {
    type Err = String;

    fn from_str(text: &str) -> Result<ReasonName, String> {
        let at = code("reason of a fault", &Reason::ALL.map(Reason::words), text)?;
        Ok(ReasonName(Reason::ALL[usize::from(at)]))
    }
}

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

impl fmt::Display for CauseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
