//! A policy's state of the pages, for waves and reports: pages and words.

use super::VirtualPage;
use std::fmt;

/// The most pages of a list.
const SHOWN: usize = 12;

/// Pages in the order in which a policy examines them, each with a word about it; truncated where
/// the list gets long. Its text is without spaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Page(VirtualPage),
    Word(String),
}

impl Kept {
    /// A list of pages, each followed by a word.
    pub(super) fn list<W: Into<String>>(pages: impl IntoIterator<Item = (VirtualPage, W)>) -> Kept {
        let mut pages = pages.into_iter();
        let mut kept = Kept::default();
        for (page, word) in pages.by_ref().take(SHOWN) {
            let comma = if kept.0.is_empty() { "" } else { "," };
            kept = kept.word(comma);
            kept.0.push(Part::Page(page));
            kept = kept.word(word);
        }
        match pages.count() {
            0 => kept,
            more => kept.word(format!(",+{more}")),
        }
    }

    /// The same, followed by a word.
    #[must_use]
    pub fn word(mut self, word: impl Into<String>) -> Kept {
        self.0.push(Part::Word(word.into()));
        self
    }

    /// The same, followed by another.
    pub(super) fn and(mut self, other: Kept) -> Kept {
        self.0.extend(other.0);
        self
    }

    /// The text, each page named by `name`.
    pub fn named(&self, name: impl Fn(VirtualPage) -> String) -> String {
        let part = |part: &Part| match part {
            Part::Page(page) => name(*page),
            Part::Word(word) => word.clone(),
        };
        self.0.iter().map(part).collect()
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.named(|page| page.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_truncated_and_pages_are_named_by_the_reader() {
        let page = |vpn| (VirtualPage { pid: 1, vpn }, "'");
        let kept = Kept::default().word("active:").and(Kept::list([page(0x10), page(0x11)]));
        assert_eq!(kept.to_string(), "active:1:10',1:11'");
        assert_eq!(kept.named(|page| (page.vpn - 15).to_string()), "active:1',2'");
        let long = Kept::list((0..SHOWN as u64 + 3).map(page)).to_string();
        assert!(long.ends_with("1:b',+3"), "{long}");
    }
}
