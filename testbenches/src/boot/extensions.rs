//! Extensions that are announced to software; what is not announced is not used.

use std::str::FromStr;

use model::isa::{Extension, Xlen};

/// What of the privileged extensions software is told, besides the base.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    /// The hardware sets A and D.
    pub svadu: bool,
    /// A and D that are clear fault.
    pub svade: bool,
    /// `stimecmp`.
    pub sstc: bool,
    /// `sinval.vma`.
    pub svinval: bool,
    /// Ranges of 64 KiB.
    pub svnapot: bool,
    /// Memory types in page tables.
    pub svpbmt: bool,
}

/// Their names.
const NAMES: [&str; 6] = ["svadu", "svade", "sstc", "svinval", "svnapot", "svpbmt"];

impl Extensions {
    fn fields(&mut self) -> [&mut bool; 6] {
        let Extensions { svadu, svade, sstc, svinval, svnapot, svpbmt } = self;
        [svadu, svade, sstc, svinval, svnapot, svpbmt]
    }

    /// The text that says them, after the base's.
    pub fn isa(mut self, xlen: Xlen) -> String {
        let base = match xlen {
            Xlen::Rv32 => "rv32imafdc_zicsr_zifencei",
            Xlen::Rv64 => "rv64imafdc_zicsr_zifencei",
        };
        let mut there: Vec<&str> = NAMES
            .into_iter()
            .zip(self.fields())
            .filter_map(|(name, there)| there.then_some(name))
            .collect();
        there.sort_unstable();
        there.into_iter().fold(base.to_owned(), |text, name| text + "_" + name)
    }

    /// The first that an MMU of these extensions does not have.
    pub fn lacking(self, mmu: model::isa::Extensions) -> Option<&'static str> {
        let needs = [
            (self.svnapot, Extension::Svnapot, "svnapot"),
            (self.svpbmt, Extension::Svpbmt, "svpbmt"),
        ];
        let lacking = needs.into_iter().find(|(asked, which, _)| *asked && !mmu.has(*which));
        lacking.map(|(_, _, name)| name)
    }
}

impl FromStr for Extensions {
    type Err = String;

    /// Names with commas between them; `none` for none.
    fn from_str(text: &str) -> Result<Extensions, String> {
        let mut extensions = Extensions::default();
        for name in text.split(',').map(str::trim).filter(|name| !matches!(*name, "" | "none")) {
            let place = NAMES.iter().position(|known| *known == name);
            let place = place
                .ok_or_else(|| format!("`{name}` is none of {}, or none", NAMES.join(", ")))?;
            *extensions.fields()[place] = true;
        }
        if extensions.svadu && extensions.svade {
            return Err("svadu and svade contradict each other: who sets A and D?".to_owned());
        }
        Ok(extensions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_becomes_the_text_that_software_reads() {
        let isa = |text: &str| text.parse::<Extensions>().map(|all| all.isa(Xlen::Rv64));
        assert_eq!(isa("svadu"), Ok("rv64imafdc_zicsr_zifencei_svadu".to_owned()));
        let both = Ok("rv64imafdc_zicsr_zifencei_sstc_svinval".to_owned());
        assert_eq!(isa("svinval, sstc"), both);
        assert_eq!(isa("none"), Ok("rv64imafdc_zicsr_zifencei".to_owned()));
        assert!(isa("svadu,svade").is_err_and(|error| error.contains("contradict")));
        assert!(isa("zfoo").is_err_and(|error| error.contains("`zfoo` is none of svadu")));
    }
}
