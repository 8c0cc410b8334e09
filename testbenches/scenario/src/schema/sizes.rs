//! `machine.sizes` and `machine.least`: what must be implemented of ASIDs, physical addresses and
//! schemes, and how many lines a TLB must have.

use engine::Config;
use serde::Deserialize;

/// Sizes that the configuration has exactly. What is not given is as in the plain one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Exactly {
    /// Implemented bits of an ASID.
    pub asid_bits: Option<usize>,
    /// Implemented bits of a physical address.
    pub pa_bits: Option<usize>,
    /// The scheme of RV64 with the most levels: `sv39`, `sv48`, `sv57`.
    pub schemes: Option<String>,
}

/// Sizes of which the configuration has at least so much, or all that its width has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Least {
    /// Implemented bits of an ASID.
    pub asid_bits: u32,
    /// Implemented bits of a physical address.
    pub pa_bits: u32,
    /// Lines of the data port's TLB.
    pub lines: usize,
}

impl Exactly {
    /// The parts of these names, with what is given for them.
    pub(super) fn parts(&self) -> [(&'static str, Option<String>); 3] {
        let number = |value: Option<usize>| value.map(|value| value.to_string());
        [
            ("asid_bits", number(self.asid_bits)),
            ("pa_bits", number(self.pa_bits)),
            ("schemes", self.schemes.clone()),
        ]
    }
}

impl Least {
    /// What a configuration does not have enough of.
    pub(crate) fn missing_in(self, config: &Config) -> Option<String> {
        let (sizes, all) = (config.organisation.sizes, model::isa::Sizes::ALL);
        let short = |has: u32, least: u32, most: u32| has < least.min(most);
        let xlen = config.xlen;
        if short(sizes.asid_bits(xlen), self.asid_bits, all.asid_bits(xlen)) {
            return Some(format!("asid_bits = {} or more", self.asid_bits));
        }
        if short(sizes.pa_bits(xlen), self.pa_bits, all.pa_bits(xlen)) {
            return Some(format!("pa_bits = {} or more", self.pa_bits));
        }
        (config.entries < self.lines).then(|| format!("{} lines or more", self.lines))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_a_width_has_is_enough() {
        let least = Least { asid_bits: 16, pa_bits: 56, lines: 0 };
        let missing = |name| least.missing_in(engine::find(name).unwrap());
        assert_eq!(missing("rv32_tiny"), None);
        assert_eq!(missing("rv64_tiny"), None);
        assert_eq!(missing("rv32_tiny+asid_bits=8").unwrap(), "asid_bits = 16 or more");
        assert_eq!(missing("rv64_tiny+pa_bits=55").unwrap(), "pa_bits = 56 or more");
    }

    #[test]
    fn lines_are_those_of_the_data_port() {
        let least = Least { lines: 8, ..Least::default() };
        let missing = |name| least.missing_in(engine::find(name).unwrap());
        assert_eq!(missing("rv32_tiny").unwrap(), "8 lines or more");
        assert_eq!(missing("rv32_small"), None);
    }
}
