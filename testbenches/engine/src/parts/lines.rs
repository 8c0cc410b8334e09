//! The number of lines of the TLBs, which is no part: the names of configurations say it.

use super::{CONFIGS, Config, Organisation, PARTS, named};
use model::isa::{Extensions, Physical, Xlen};

/// What people call the size of the TLBs, which is no part.
pub(super) const WORDS: [&str; 8] =
    ["lines", "entries", "size", "l1", "data", "data_lines", "tlb", "tlb_entries"];

/// Where the size of the TLBs is said, and which sizes there are.
pub(super) fn are_in_names(name: &str, value: &str) -> String {
    let known = |xlen| sizes(xlen).map(|size| (size.name, size.entries));
    let all = || known(Xlen::Rv64).chain(known(Xlen::Rv32));
    let fits = |(name, entries): &(&str, usize)| {
        entries.to_string() == value || name.split_once('_').is_some_and(|(_, word)| word == value)
    };
    let meant: Vec<_> = all().filter(fits).map(|(name, _)| name).collect();
    let meant = match &meant[..] {
        [] => String::new(),
        names => format!("write {}; ", names.join(" or ")),
    };
    let all: Vec<_> = all().map(|(name, entries)| format!("{name} has {entries}")).collect();
    format!(
        "`{name}` is no part, since the number of lines is in the name of a configuration: \
         {meant}{}",
        all.join(", ")
    )
}

/// The configurations that have a number of lines and nothing else, smallest first.
pub fn sizes(xlen: Xlen) -> impl Iterator<Item = &'static Config> {
    let (organisation, physical) = (Organisation::NONE, Physical::NONE);
    let extensions = Extensions::NONE;
    CONFIGS.iter().filter(move |row| {
        let Config { name, entries, .. } = **row;
        **row == Config { name, xlen, entries, extensions, organisation, physical }
    })
}

impl Config {
    /// Its size and its parts, as `rv64_linux+replacement=lru` for `rv64_linux_lru`. `None` if there
    /// is no such configuration, or if it has what no part says: extensions, or protection.
    pub fn in_parts(&self) -> Option<String> {
        let size = sizes(self.xlen).find(|size| size.entries == self.entries)?;
        let mut name = size.name.to_owned();
        for part in PARTS {
            let value = (part.get)(&self.organisation);
            if value != (part.get)(&size.organisation) {
                name += &format!("+{}={}", part.name, part.show(value));
            }
        }
        let found = named(&name).ok().flatten()?;
        (*found == Config { name: found.name, ..*self }).then_some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_and_its_parts_name_a_configuration() {
        let in_parts = |name: &str| named(name).unwrap().unwrap().in_parts();
        for (name, parts) in [
            ("rv64_linux", Some("rv64_linux")),
            ("rv64_linux_ways4", Some("rv64_linux+replacement=lru+ways=4")),
            ("rv64_large+replacement=lru", Some("rv64_large+replacement=lru")),
            ("rv64_linux_rva23", None),
            ("rv32_small_pmp", None),
        ] {
            assert_eq!(in_parts(name).as_deref(), parts, "{name}");
        }
        let lines = |xlen| sizes(xlen).map(|size| size.entries).collect::<Vec<_>>();
        assert_eq!(lines(Xlen::Rv32), [4, 8, 16, 32, 64]);
        assert_eq!(lines(Xlen::Rv64), [4, 8, 16, 32, 64]);
        // More ways than lines.
        let tiny = *sizes(Xlen::Rv64).next().unwrap();
        let organisation = Organisation { ways: 8, ..Organisation::NONE };
        assert_eq!(Config { organisation, ..tiny }.in_parts(), None);
    }
}
