//! Parsers for the values of arguments: schemes, latencies, policies, program files.

use std::path::PathBuf;
use std::str::FromStr;

use anyhow::ensure;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use kernel::PolicyKind;
use machine::system::LatencySpec;
use model::isa::Mode;
use scenario::library::similar;

/// A translation scheme by its name.
pub(super) fn scheme() -> impl TypedValueParser<Value = Mode> {
    const ALL: [(&str, Mode, &str); 4] = [
        ("sv32", Mode::Sv32, "Two levels"),
        ("sv39", Mode::Sv39, "Three levels"),
        ("sv48", Mode::Sv48, "Four levels"),
        ("sv57", Mode::Sv57, "Five levels"),
    ];
    let known = ALL.map(|(name, _, help)| PossibleValue::new(name).help(help));
    PossibleValuesParser::new(known).map(|name| {
        let found = ALL.into_iter().find(|(known, ..)| *known == name);
        found.expect("only these names are possible").1
    })
}

/// A latency on the command line: `10`, or `5-20` drawn at random.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatencyArg(pub LatencySpec);

impl FromStr for LatencyArg {
    type Err = String;

    fn from_str(text: &str) -> Result<LatencyArg, String> {
        let cycles = |text: &str| match text.parse::<u64>() {
            Ok(0) | Err(_) => Err(format!("`{text}` is not a number of cycles from 1 on")),
            Ok(cycles) => Ok(cycles),
        };
        Ok(LatencyArg(match text.split_once('-') {
            None => LatencySpec::Fixed(cycles(text)?),
            Some((low, high)) => match (cycles(low)?, cycles(high)?) {
                (low, high) if low <= high => LatencySpec::Range([low, high]),
                _ => return Err(format!("the range {text} is empty")),
            },
        }))
    }
}

/// A program file given with a trace: its path, and its load address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElfArg {
    /// The file.
    pub path: PathBuf,
    /// The address of its first byte in memory, if given.
    pub base: Option<u64>,
}

impl FromStr for ElfArg {
    type Err = String;

    fn from_str(text: &str) -> Result<ElfArg, String> {
        let number = |digits: &str| u64::from_str_radix(digits, 16).ok();
        let split = text.rsplit_once("@0x").map(|(path, digits)| (path, number(digits)));
        match split {
            Some((path, Some(base))) => Ok(ElfArg { path: path.into(), base: Some(base) }),
            Some((_, None)) => Err(format!("`{text}` ends in no address, as @0x108000")),
            None => Ok(ElfArg { path: text.into(), base: None }),
        }
    }
}

pub(super) fn policies(text: &str) -> anyhow::Result<Vec<PolicyKind>> {
    if text == "all" {
        return Ok(PolicyKind::ALL.to_vec());
    }
    let mut found = Vec::new();
    for name in text.split(',').map(str::trim) {
        let kind = named(name).map_err(anyhow::Error::msg)?;
        ensure!(!found.contains(&kind), "--policy: {kind} is named twice");
        found.push(kind);
    }
    Ok(found)
}

/// A policy by its name, with a suggestion if there is none.
pub(super) fn named(name: &str) -> Result<PolicyKind, String> {
    name.parse().map_err(|error: kernel::UnknownPolicy| {
        let like = similar(name, PolicyKind::ALL.iter().map(|kind| kind.name()));
        match like.first() {
            Some(like) => format!("{error}; did you mean {like}?"),
            None => error.to_string(),
        }
    })
}
