//! `machine.l1`: the ports' TLBs as a table of their own.

use serde::Deserialize;

use super::Size;

/// The shape of both TLBs. What is not given is as elsewhere in `machine`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct L1 {
    /// Lines of the data port's TLB, instead of `size`: 4, 8, 16, 32 or 64.
    pub data: Option<usize>,
    /// Lines of the fetch port's TLB, instead of `fetch_lines`; as many as the data port's by
    /// default.
    pub fetch: Option<usize>,
    /// Lines in each set, instead of `ways`.
    pub ways: Option<usize>,
    /// How both replace, instead of `replacement`.
    pub replacement: Option<String>,
}

impl L1 {
    /// The size that `data` names.
    ///
    /// # Errors
    /// A sentence, if there is none of so many lines.
    pub fn size(&self) -> Result<Option<Size>, String> {
        let Some(lines) = self.data else { return Ok(None) };
        let size = Size::ALL.into_iter().find(|size| size.lines() == lines);
        size.map(Some).ok_or_else(|| {
            let there = Size::ALL.map(|size| size.lines().to_string()).join(", ");
            format!(
                "`data` is {lines}; compiled in are TLBs of {there} lines; others are added in \
                 testbenches/engine/src/config.rs"
            )
        })
    }

    /// Lines of the fetch port's TLB as `fetch_lines` says it: 0 is as many as the data port's.
    pub(super) fn fetch_lines(&self) -> Option<usize> {
        let fetch = self.fetch?;
        Some(if self.data == Some(fetch) { 0 } else { fetch })
    }
}

#[cfg(test)]
mod tests {
    use crate::schema::Machine;

    #[test]
    fn the_table_and_the_keys_beside_it_name_the_same_parts() {
        let machine = |text: &str| toml::from_str::<Machine>(text).expect(text);
        let table = machine(r#"l1 = { data = 16, fetch = 8, ways = 4, replacement = "plru" }"#);
        let keys = machine("size = \"linux\"\nfetch_lines = 8\nways = 4\nreplacement = \"plru\"");
        assert_eq!(table.parts(), keys.parts());
        assert_eq!(table.sizes(), keys.sizes());
        let same = machine("l1 = { data = 16, fetch = 16 }");
        assert_eq!(same.parts(), machine("size = \"linux\"\nfetch_lines = 0").parts());
    }
}
