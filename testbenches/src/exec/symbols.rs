//! The functions of a program, by address.

use object::{Object, ObjectSymbol, SymbolKind};

/// Names of code, sorted by address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbols(Vec<(u64, String)>);

impl Symbols {
    /// From pairs of address and name, in any order. Of several names of an address, the first in
    /// the list stays.
    pub fn new(mut all: Vec<(u64, String)>) -> Symbols {
        all.sort_by_key(|(address, _)| *address);
        all.dedup_by_key(|(address, _)| *address);
        Symbols(all)
    }

    /// Those of an ELF file. One without a symbol table has none.
    pub fn of_elf(bytes: &[u8]) -> Symbols {
        let Ok(file) = object::File::parse(bytes) else { return Symbols::default() };
        // Labels of assembly have no type and no size; local ones of the compiler begin with a dot or a dollar.
        let is_code =
            |kind| matches!(kind, SymbolKind::Text | SymbolKind::Label | SymbolKind::Unknown);
        let symbols =
            file.symbols().filter(|symbol| !symbol.is_undefined() && is_code(symbol.kind()));
        let named =
            symbols.filter_map(|symbol| Some((symbol.address(), symbol.name().ok()?.to_owned())));
        let named = named.filter(|(_, name)| !name.is_empty() && !name.starts_with(['.', '$']));
        Symbols::new(named.collect())
    }

    /// The last name at or before an address, and the distance from it.
    pub fn find(&self, address: u64) -> Option<(&str, u64)> {
        let after = self.0.partition_point(|(begin, _)| *begin <= address);
        let (begin, name) = self.0.get(after.checked_sub(1)?)?;
        Some((name, address - begin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_last_name_before_it() {
        let named = |address, name: &str| (address, name.to_owned());
        let symbols = Symbols::new(vec![named(0x200, "b"), named(0x100, "a"), named(0x200, "c")]);
        assert_eq!(symbols.find(0xff), None);
        assert_eq!(symbols.find(0x100), Some(("a", 0)));
        assert_eq!(symbols.find(0x1fe), Some(("a", 0xfe)));
        assert_eq!(symbols.find(0x204), Some(("b", 4)));
    }

    #[test]
    fn what_is_no_elf_file_has_no_names() {
        assert_eq!(Symbols::of_elf(b"text"), Symbols::default());
    }
}
