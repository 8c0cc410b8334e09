//! The optional extensions of virtual memory.

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

/// An extension that changes how page-table entries are read. RV64 only: Sv32 has none of them.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "lowercase")]
pub enum Extension {
    /// NAPOT ranges: entries with N = 1 map 64 KiB together.
    Svnapot,
    /// PBMT: bits 62 and 61 of a leaf are the memory type of its page, while `menvcfg.PBMTE` is 1.
    Svpbmt,
    /// Bits 60 and 59 of an entry are for software.
    Svrsw60t59b,
}

impl Extension {
    /// The name as the specification spells it.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// A set of extensions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Extensions(u8);

impl Extensions {
    /// No extension.
    pub const NONE: Extensions = Extensions(0);

    /// These extensions.
    pub const fn of(list: &[Extension]) -> Extensions {
        let (mut bits, mut at) = (0, 0);
        while at < list.len() {
            bits |= 1 << list[at] as u8;
            at += 1;
        }
        Extensions(bits)
    }

    /// Whether this one is among them.
    pub const fn has(self, extension: Extension) -> bool {
        self.0 >> extension as u8 & 1 == 1
    }

    /// These and others.
    pub const fn with(self, others: Extensions) -> Extensions {
        Extensions(self.0 | others.0)
    }

    /// All but these.
    pub const fn without(self, others: Extensions) -> Extensions {
        Extensions(self.0 & !others.0)
    }

    /// Whether all of these are among them.
    pub const fn has_all(self, others: Extensions) -> bool {
        self.0 & others.0 == others.0
    }

    /// Whether any of these is among them.
    pub const fn has_any(self, others: Extensions) -> bool {
        self.0 & others.0 != 0
    }

    /// All of them, in the order of their declaration.
    pub fn iter(self) -> impl Iterator<Item = Extension> {
        Extension::VARIANTS.iter().copied().filter(move |extension| self.has(*extension))
    }
}

impl fmt::Display for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(Extension::name).collect();
        f.write_str(&names.join(", "))
    }
}
