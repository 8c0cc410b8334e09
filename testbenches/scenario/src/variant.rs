//! The machines on which one file runs: every combination of its lists.

use std::fmt;

use kernel::PolicyKind;
use model::isa::{Mode, Xlen};

use super::number::Variables;
use super::schema::{Machine, Size};

/// Lines of each TLB in a configuration, by its size.
fn entries(size: Size) -> u64 {
    match size {
        Size::Tiny => 4,
        Size::Small => 8,
        Size::Linux => 16,
        Size::Large => 32,
        Size::Huge => 64,
    }
}

/// One combination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Lines of the TLBs.
    pub size: Size,
    /// The scheme that `satp` selects for the file's spaces.
    pub mode: Mode,
    /// L.
    pub latency: u64,
    /// The replacement policy, if the file names any.
    pub policy: Option<PolicyKind>,
}

/// The selected combinations of a file; the default selects all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Select<'s> {
    /// Only this configuration, instead of the file's sizes.
    pub config: Option<&'s str>,
    /// Only this scheme.
    pub mode: Option<Mode>,
}

/// A configuration's name that no configuration has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no configuration `{name}`; there are {}", configurations().join(", "))]
pub struct UnknownConfiguration {
    /// The name.
    pub name: String,
}

/// The names of all configurations.
pub fn configurations() -> Vec<String> {
    let names = |width| Size::ALL.map(|size| format!("{width}_{}", size.name()));
    ["rv32", "rv64"].into_iter().flat_map(names).collect()
}

impl Variant {
    /// The machine's width.
    pub fn xlen(&self) -> Xlen {
        if self.mode == Mode::Sv32 { Xlen::Rv32 } else { Xlen::Rv64 }
    }

    /// The configuration's name.
    pub fn config(&self) -> String {
        let width = if self.xlen() == Xlen::Rv32 { "rv32" } else { "rv64" };
        format!("{width}_{}", self.size.name())
    }

    /// The values of names in numbers.
    pub fn variables(&self) -> Variables {
        Variables {
            latency: self.latency,
            levels: u64::from(self.mode.levels()),
            va_bits: u64::from(self.mode.va_bits()),
            entries: entries(self.size),
        }
    }

    /// Every selected combination of a file's lists. A configuration replaces the sizes and keeps
    /// the schemes of its width.
    ///
    /// # Errors
    /// [`UnknownConfiguration`].
    pub fn all(
        machine: &Machine,
        select: Select<'_>,
    ) -> Result<Vec<Variant>, UnknownConfiguration> {
        let Select { config, mode: only } = select;
        let sizes = match config {
            None => machine.size.list(),
            Some(name) => {
                let known = |size: &Size| {
                    name.strip_prefix("rv32_").or(name.strip_prefix("rv64_")) == Some(size.name())
                };
                let size = Size::ALL.into_iter().find(known);
                vec![size.ok_or_else(|| UnknownConfiguration { name: name.to_owned() })?]
            }
        };
        let mut variants = Vec::new();
        for size in sizes {
            for mode in machine.modes.list().into_iter().filter(|mode| *mode != Mode::Bare) {
                for latency in machine.latency.list() {
                    let variant = Variant { size, mode, latency, policy: None };
                    let selected = only.is_none_or(|only| only == mode)
                        && config.is_none_or(|name| name == variant.config());
                    if selected {
                        variants.push(variant);
                    }
                }
            }
        }
        Ok(variants)
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} L={}", self.config(), self.mode.name(), self.latency)?;
        self.policy.map_or(Ok(()), |policy| write!(f, " {policy}"))
    }
}
