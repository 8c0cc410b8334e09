//! What a program says that it was built for: the extensions in its attributes.

use object::Endianness;
use object::elf::SHT_RISCV_ATTRIBUTES;
use object::read::elf::{FileHeader, SectionHeader, SectionTable};

/// The attribute that names the architecture, of the attributes of the whole file.
const WHOLE_FILE: u8 = 1;
const ARCHITECTURE: u64 = 5;

/// What the hart has of the extensions of an unprivileged program.
const KNOWN: [&str; 25] = [
    "i", "e", "g", "m", "a", "f", "d", "c", "zicsr", "zifencei", "zicntr", "zihpm", "zmmul",
    "zaamo", "zalrsc", "zca", "zcf", "zcd", "zicclsm", "ziccid", "ziccif", "ziccrse", "ziccamoa",
    "za64rs", "za128rs",
];

/// The architecture that a file was built for, as `rv64i2p1_m2p0_zba1p0`, if it tells.
pub(super) fn architecture<H: FileHeader<Endian = Endianness>>(
    endian: Endianness,
    data: &[u8],
    sections: &SectionTable<'_, H>,
) -> Option<String> {
    let is_wanted = |section: &&H::SectionHeader| section.sh_type(endian) == SHT_RISCV_ATTRIBUTES;
    let section = sections.iter().find(is_wanted)?.attributes(endian, data).ok()?;
    let mut subsections = section.subsections().ok()?;
    while let Some(subsection) = subsections.next().ok()? {
        if subsection.vendor() != b"riscv" {
            continue;
        }
        let mut parts = subsection.subsubsections();
        while let Some(part) = parts.next().ok()?.filter(|part| part.tag() == WHOLE_FILE) {
            let mut attributes = part.attributes();
            while let Some(tag) = attributes.read_tag().ok()? {
                // Attributes with an even tag are numbers, the others text.
                if tag % 2 == 0 {
                    attributes.read_integer().ok()?;
                    continue;
                }
                let text = attributes.read_string().ok()?;
                if tag == ARCHITECTURE {
                    return Some(String::from_utf8_lossy(text).into_owned());
                }
            }
        }
    }
    None
}

/// The extensions of an architecture that the hart lacks. Those of privileged software are not
/// among them, which depend on the MMU.
pub(super) fn lacking(architecture: &str) -> Vec<String> {
    let names = architecture.split('_').enumerate().map(|(place, part)| {
        let part = if place == 0 { part.get(4..).unwrap_or("") } else { part };
        without_version(part)
    });
    let lacks = |name: &&str| {
        !name.is_empty() && !KNOWN.contains(name) && !name.starts_with('s') && name.is_ascii()
    };
    names.filter(lacks).map(str::to_owned).collect()
}

/// `zba` of `zba1p0`.
fn without_version(part: &str) -> &str {
    let digit = |letter: char| letter.is_ascii_digit();
    let minor = part.trim_end_matches(digit);
    match minor.strip_suffix('p').map(|major| (major, major.trim_end_matches(digit))) {
        Some((major, name)) if minor.len() < part.len() && name.len() < major.len() => name,
        _ => part,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_hart_lacks_is_named_without_versions() {
        let plain = "rv64i2p1_m2p0_a2p1_f2p2_d2p2_c2p0_zicsr2p0_zifencei2p0_zmmul1p0";
        assert!(lacking(plain).is_empty());
        assert_eq!(lacking("rv32i2p0_zba1p0_zbb1p0_h1p0_svinval1p0"), ["zba", "zbb", "h"]);
        assert_eq!(lacking("rv64i_zvl128b"), ["zvl128b"]);
        assert_eq!(without_version("zve32x1p0"), "zve32x");
        assert!(lacking("").is_empty());
    }
}
