//! What trace pins tell, counted: answers by source and page size, walks by the level at which they
//! began, faults by reason.

use model::isa::{Attributes, PAGE_BYTES, Xlen};
use model::mmu::{Reason, Source, Traced};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Codes of three bits: page sizes and levels.
pub(crate) const CODES: usize = 8;

/// The counts; all 0 without trace pins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceCounters {
    /// By source and code of the page size.
    answers: [[u64; CODES]; Source::ALL.len()],
    /// By the level of the first table.
    walks: [u64; CODES],
    /// By reason.
    faults: [u64; Reason::ALL.len()],
}

/// Answers with an address in a page of one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SizeReport {
    /// The page's bytes.
    pub page_bytes: u64,
    /// Answers from the ports' TLBs.
    pub tlb: u64,
    /// Answers from the second-level TLB.
    pub l2: u64,
    /// Answers from walks.
    pub walk: u64,
}

/// Walks that began at tables of one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LevelReport {
    /// The level; 0 is that of the smallest pages' entries.
    pub level: u8,
    /// The walks.
    pub walks: u64,
}

/// What trace pins told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TraceReport {
    /// Answers without a fault by page size, the smallest first; sizes that did not occur are left
    /// out.
    pub answers_by_page_size: Vec<SizeReport>,
    /// Walks by the level of the table at which they began, the root's last: those below the root
    /// began at a table that the walk cache knew.
    pub walks_by_first_level: Vec<LevelReport>,
    /// Faults by reason.
    pub faults_by_reason: BTreeMap<&'static str, u64>,
}

impl std::ops::AddAssign for TraceCounters {
    fn add_assign(&mut self, other: TraceCounters) {
        let pairs = |sum: &mut [u64], more: &[u64]| {
            sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        };
        self.answers.iter_mut().zip(&other.answers).for_each(|(sum, more)| pairs(sum, more));
        pairs(&mut self.walks, &other.walks);
        pairs(&mut self.faults, &other.faults);
    }
}

impl TraceCounters {
    /// Counts hits in the TLBs by the code of their page's size.
    pub(crate) fn hits(&mut self, sizes: &[u64; CODES]) {
        let own = &mut self.answers[Source::Tlb as usize];
        own.iter_mut().zip(sizes).for_each(|(sum, more)| *sum += more);
    }

    /// Counts one cycle of a port; `answered` if it answered with an address, of a page of the
    /// size with this code.
    pub fn add(&mut self, traced: &Traced, answered: Option<u8>) {
        if let (Some(source), Some(size)) = (traced.source, answered) {
            self.answers[source as usize][usize::from(size) % CODES] += 1;
        }
        if let Some(level) = traced.start {
            self.walks[usize::from(level) % CODES] += 1;
        }
        if let Some(reason) = traced.reason {
            self.faults[reason as usize] += 1;
        }
    }

    /// What was counted, by an MMU of this width.
    pub fn report(&self, xlen: Xlen) -> TraceReport {
        let of = |source: Source, code: usize| self.answers[source as usize][code];
        let sizes = (0..CODES).map(|code| SizeReport {
            page_bytes: page_bytes(xlen, code),
            tlb: of(Source::Tlb, code),
            l2: of(Source::SecondLevel, code),
            walk: of(Source::Walk, code),
        });
        let occurs = |size: &SizeReport| size.tlb + size.l2 + size.walk > 0;
        let mut answers_by_page_size: Vec<_> = sizes.filter(occurs).collect();
        answers_by_page_size.sort_by_key(|size| size.page_bytes);
        let levels = self.walks.iter().zip(0..).filter(|(walks, _)| **walks > 0);
        let faults = Reason::ALL.iter().zip(self.faults).filter(|(_, count)| *count > 0);
        TraceReport {
            answers_by_page_size,
            walks_by_first_level: levels
                .map(|(&walks, level)| LevelReport { level, walks })
                .collect(),
            faults_by_reason: faults.map(|(reason, count)| (reason.words(), count)).collect(),
        }
    }
}

/// The bytes of a page by the code of its size.
fn page_bytes(xlen: Xlen, code: usize) -> u64 {
    if code == usize::from(Attributes::NAPOT) {
        return PAGE_BYTES << 4;
    }
    let bits = match xlen {
        Xlen::Rv32 => 10,
        Xlen::Rv64 => 9,
    };
    PAGE_BYTES << (bits * code.min(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_levels_and_reasons_are_kept_apart() {
        let mut counters = TraceCounters::default();
        let hit = Traced { source: Some(Source::Tlb), ..Traced::default() };
        let walk = Traced { source: Some(Source::Walk), start: Some(2), ..Traced::default() };
        let fault = Traced { reason: Some(Reason::NotValid), ..walk };
        counters.add(&hit, Some(0));
        counters.add(&hit, Some(Attributes::NAPOT));
        counters.add(&walk, Some(1));
        counters.add(&fault, None);
        let twice = {
            let mut sum = counters;
            sum += counters;
            sum
        };
        let report = twice.report(Xlen::Rv64);
        let sizes: Vec<_> = report
            .answers_by_page_size
            .iter()
            .map(|size| (size.page_bytes, size.tlb, size.l2, size.walk))
            .collect();
        assert_eq!(sizes, [(4096, 2, 0, 0), (65536, 2, 0, 0), (2 << 20, 0, 0, 2)]);
        assert_eq!(report.walks_by_first_level, [LevelReport { level: 2, walks: 4 }]);
        assert_eq!(report.faults_by_reason, BTreeMap::from([("not valid", 2)]));
        assert_eq!(twice.report(Xlen::Rv32).answers_by_page_size[2].page_bytes, 4 << 20);
    }
}
