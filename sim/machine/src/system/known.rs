//! Pages known in full: the checker confirmed where they are, and it is known where shadow and
//! memory have them.
//!
//! Nearly all requests of a run are like an earlier one: the same kind of access to the same page.
//! While memory has the same version ([`PteSource::version`](model::golden::PteSource)), the
//! checker would confirm the same page again.

use crate::cpu::Places;
use model::isa::{Access, PAGE_BYTES, Translation};

/// Number of cached pages, a power of two.
const LINES: usize = 256;

/// A page under one kind of access.
#[derive(Clone, Copy)]
struct Line {
    /// The virtual page, with the kind of access below it.
    tag: u64,
    version: u64,
    /// The physical page, with its attributes ([`Translation::page`]).
    page: u64,
    places: Places,
}

/// What the cached pages rest on besides memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Basis {
    pub(super) satp: u64,
    pub(super) adue: bool,
    pub(super) pbmte: bool,
    /// How often the shadow forgot pages.
    pub(super) forgotten: u64,
}

/// Known pages of one process.
#[derive(Default)]
pub(super) struct KnownPages {
    basis: Option<Basis>,
    lines: Vec<Option<Line>>,
}

impl KnownPages {
    /// The pages known on this basis.
    pub(super) fn rest_on(&mut self, basis: Basis) {
        if self.basis != Some(basis) {
            self.basis = Some(basis);
            self.lines.clear();
            self.lines.resize(LINES, None);
        }
    }

    /// Where shadow and memory have the page of an access of user mode, if it is known to lead to
    /// this answer.
    #[inline(always)]
    pub(super) fn find(
        &self,
        va: u64,
        kind: Access,
        answer: Translation,
        version: u64,
    ) -> Option<Places> {
        let tag = tag(va, kind);
        let line = self.lines.get(index(tag))?.as_ref()?;
        let known = line.tag == tag && line.version == version;
        (known && answer.is_in(line.page, va)).then_some(line.places)
    }

    /// The checker has confirmed that this access leads to this answer.
    pub(super) fn learn(
        &mut self,
        va: u64,
        kind: Access,
        answer: Translation,
        version: u64,
        places: Places,
    ) {
        let (tag, page) = (tag(va, kind), answer.page());
        self.lines[index(tag)] = Some(Line { tag, version, page, places });
    }
}

#[inline]
fn tag(va: u64, kind: Access) -> u64 {
    va - va % PAGE_BYTES + kind as u64
}

/// Neighbouring pages, and the kinds of access to one, stand apart.
#[inline]
fn index(tag: u64) -> usize {
    (tag / PAGE_BYTES * 3 + tag % PAGE_BYTES) as usize % LINES
}
