//! Names of a kernel's functions and data, by address: from the tables for stack traces that every
//! usual `Image` carries, or from an ELF file.

use object::{Object, ObjectSection, ObjectSymbol, SectionKind, SymbolKind};
use serde::{Deserialize, Serialize};

use super::kallsyms;

/// Names and addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symbols {
    /// All names, one after the other.
    text: String,
    /// By address; of equal addresses in the file's order.
    list: Vec<Symbol>,
    /// Indices into `list`, by name, then address.
    by_name: Vec<u32>,
    /// The first address that belongs to no symbol.
    end: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Symbol {
    address: u64,
    /// Where its name begins and ends in the text.
    from: u32,
    to: u32,
}

impl Symbols {
    /// Those of a kernel's raw image: `None` if it has no such tables, or not in the form that
    /// kernels of 64 bits have had since 4.6, with addresses relative to one base.
    pub fn of_image(bytes: &[u8]) -> Option<Symbols> {
        let found = kallsyms::find(bytes)?;
        // The last one marks the end.
        let end = found.iter().map(|(address, _)| *address).max()?;
        Symbols::new(found, end.saturating_add(1))
    }

    /// Those of an ELF file that are in sections which are loaded: `None` if it has none.
    pub fn of_elf(bytes: &[u8]) -> Option<Symbols> {
        let file = object::File::parse(bytes).ok()?;
        let mut end = 0;
        let loaded = |kind| {
            !matches!(kind, SectionKind::Metadata | SectionKind::Debug | SectionKind::DebugString)
        };
        for section in file.sections().filter(|section| loaded(section.kind())) {
            end = end.max(section.address().saturating_add(section.size()));
        }
        let symbols = file.symbols().filter(|symbol| {
            let marks = matches!(symbol.kind(), SymbolKind::File | SymbolKind::Section);
            // Labels of assembly have neither type nor size.
            !symbol.is_undefined() && !marks
        });
        let named = symbols.filter_map(|symbol| {
            let name = symbol.name().ok()?;
            // Local labels, and marks of what is code and what is data.
            let label = name.is_empty() || name.starts_with(".L") || name.starts_with('$');
            (!label).then(|| (symbol.address(), name.to_owned()))
        });
        Symbols::new(named.collect(), end)
    }

    /// A list in the file's order.
    fn new(mut found: Vec<(u64, String)>, end: u64) -> Option<Symbols> {
        found.sort_by_key(|(address, _)| *address);
        let mut symbols = Symbols { end, ..Symbols::default() };
        for (address, name) in found {
            let from = u32::try_from(symbols.text.len()).ok()?;
            symbols.text.push_str(&name);
            let to = u32::try_from(symbols.text.len()).ok()?;
            symbols.list.push(Symbol { address, from, to });
        }
        let mut by_name: Vec<u32> = (0..u32::try_from(symbols.list.len()).ok()?).collect();
        by_name.sort_by_key(|index| (symbols.word(*index as usize), *index));
        symbols.by_name = by_name;
        (!symbols.list.is_empty()).then_some(symbols)
    }

    fn word(&self, index: usize) -> &str {
        let Symbol { from, to, .. } = self.list[index];
        &self.text[from as usize..to as usize]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none. There always are.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All, by address.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &str)> {
        self.list.iter().enumerate().map(|(index, symbol)| (symbol.address, self.word(index)))
    }

    /// The lowest address with a name; of a kernel, where its image begins. Before it has
    /// translation, a kernel runs where it was loaded: as far from there as from here.
    pub fn start(&self) -> u64 {
        self.list.first().map_or(0, |symbol| symbol.address)
    }

    /// What is at an address, and how far behind its beginning. Of several names for one address it
    /// is the first, as in the kernel's own messages. `None` in front of the first and behind the
    /// last.
    pub fn name(&self, va: u64) -> Option<(&str, u64)> {
        if va >= self.end {
            return None;
        }
        let behind = self.list.partition_point(|symbol| symbol.address <= va);
        let address = self.list[behind.checked_sub(1)?].address;
        let first = self.list.partition_point(|symbol| symbol.address < address);
        Some((self.word(first), va - address))
    }

    /// As [`name`](Symbols::name), for people: `do_page_fault+0x1c`, or only the name at its
    /// beginning.
    pub fn describe(&self, va: u64) -> Option<String> {
        let (name, offset) = self.name(va)?;
        Some(if offset == 0 { name.to_owned() } else { format!("{name}+{offset:#x}") })
    }

    /// Where a name is. Functions of several files may share one; it is then the lowest address.
    pub fn address(&self, name: &str) -> Option<u64> {
        let at = self.by_name.partition_point(|index| self.word(*index as usize) < name);
        let index = *self.by_name.get(at)? as usize;
        (self.word(index) == name).then(|| self.list[index].address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbols() -> Symbols {
        let found = [(0x1000, "start"), (0x3000, "twice"), (0x2000, "middle"), (0x2000, "alias")]
            .into_iter()
            .chain([(0x4000, "twice"), (0x5000, "end")]);
        let found = found.map(|(address, name)| (address, name.to_owned())).collect();
        Symbols::new(found, 0x5001).unwrap()
    }

    #[test]
    fn an_address_belongs_to_the_symbol_in_front_of_it() {
        let symbols = symbols();
        for (va, wanted) in [
            (0xfff, None),
            (0x1000, Some(("start", 0))),
            (0x1fff, Some(("start", 0xfff))),
            (0x2000, Some(("middle", 0))),
            (0x2004, Some(("middle", 4))),
            (0x4fff, Some(("twice", 0xfff))),
            (0x5000, Some(("end", 0))),
            (0x5001, None),
            (u64::MAX, None),
        ] {
            assert_eq!(symbols.name(va), wanted, "{va:#x}");
        }
        assert_eq!(symbols.describe(0x2000).as_deref(), Some("middle"));
        assert_eq!(symbols.describe(0x2010).as_deref(), Some("middle+0x10"));
        assert_eq!((symbols.start(), symbols.len()), (0x1000, 6));
    }

    #[test]
    fn a_name_has_one_address() {
        let symbols = symbols();
        for (name, wanted) in [
            ("alias", Some(0x2000)),
            ("middle", Some(0x2000)),
            ("twice", Some(0x3000)),
            ("star", None),
            ("zzz", None),
            ("", None),
        ] {
            assert_eq!(symbols.address(name), wanted, "{name}");
        }
    }

    #[test]
    fn symbols_of_an_elf_file_are_those_of_its_code_and_data() {
        // This test itself.
        let own = std::env::current_exe().and_then(std::fs::read).unwrap();
        let symbols = Symbols::of_elf(&own).unwrap();
        let main = symbols.address("main").unwrap();
        assert_eq!(symbols.name(main + 1).unwrap().1, 1);
        assert!(symbols.iter().all(|(_, name)| !name.starts_with(".L")));
        assert_eq!(Symbols::of_elf(b"no ELF file"), None);
        assert_eq!(Symbols::of_elf(&own[..own.len() / 3]), None);
    }
}
