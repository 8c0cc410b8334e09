//! A TLB behind a port, of every size.

use engine::{Config, sizes};
use model::isa::{Extensions, Physical};
use model::mmu::{Organisation, Port, Replacement};

use super::Side;
use super::ports::{MOST_SETS, Seen};

/// The TLBs of every size behind a port, in sets of so many ways.
pub(super) struct Family {
    pub(super) port: Side,
    /// 0 if they are fully associative.
    pub(super) ways: usize,
    /// Their sizes, with the misses of each.
    all: Vec<(usize, u64)>,
    /// Those of them that are shown.
    pub(super) points: Vec<(usize, u64)>,
    /// Translations.
    pub(super) uses: u64,
    /// Translations that miss in every size.
    pub(super) always: u64,
}

impl Family {
    /// All that are wanted behind the ports that were used. With `avoidable` what every size misses is
    /// left out.
    pub(super) fn all(
        seen: &Seen,
        wanted: Option<Side>,
        ways: &[usize],
        avoidable: bool,
    ) -> Vec<Family> {
        let mut all = Vec::new();
        for port in Port::ALL {
            let tlbs = &seen.tlbs[port];
            let whole = tlbs.depths(0);
            let side = match (seen.one_port, port) {
                (true, _) => Side::Both,
                (_, Port::Fetch) => Side::Fetch,
                (_, Port::Data) => Side::Data,
            };
            if whole.uses() == 0 || wanted.is_some_and(|wanted| wanted != side) {
                continue;
            }
            let (uses, always) = (whole.uses(), whole.never());
            for &ways in ways {
                let mut points: Vec<(usize, u64)> = match ways {
                    0 => whole.misses().into_iter().enumerate().skip(1).collect(),
                    _ => (0..=MOST_SETS)
                        .map(|sets| (ways << sets, tlbs.depths(sets).misses_with(ways)))
                        .collect(),
                };
                if points.is_empty() {
                    // Nothing was ever used again.
                    points.push((1, uses));
                }
                if avoidable {
                    points.iter_mut().for_each(|(_, misses)| *misses -= always);
                }
                all.push(Family { port: side, ways, all: points.clone(), points, uses, always });
            }
        }
        all
    }

    /// The misses of a size, if there is one.
    pub(super) fn misses(&self, lines: usize) -> Option<u64> {
        if let Some((_, misses)) = self.all.iter().find(|(size, _)| *size == lines) {
            return Some(*misses);
        }
        // Above the last size of a fully associative one nothing changes.
        let last = self.all.last().filter(|(size, _)| self.ways == 0 && lines > *size)?;
        Some(last.1)
    }

    /// Every size of it, shown or not.
    pub(super) fn every(&self) -> &[(usize, u64)] {
        &self.all
    }

    /// Shows only these sizes of it.
    pub(super) fn only(&mut self, sizes: &[usize]) {
        let point = |size: &usize| Some((*size, self.misses(*size)?));
        self.points = sizes.iter().filter_map(point).collect();
    }

    /// The largest size that differs from others.
    pub(super) fn largest(&self) -> usize {
        self.all.last().map_or(1, |(size, _)| *size)
    }

    /// Its sizes, if it has sets.
    pub(super) fn sizes_in_sets(&self) -> impl Iterator<Item = usize> {
        let in_sets = self.all.iter().filter(|_| self.ways > 0);
        in_sets.map(|(size, _)| *size)
    }

    /// Its name.
    pub(super) fn name(&self) -> String {
        format!("{}, {}", self.port.name(), placement(self.ways))
    }

    /// The sizes of it that the hardware of a configuration's width has, smallest first, each with its
    /// configuration.
    pub(super) fn hardware(&self, like: &Config) -> Vec<(usize, String)> {
        // In one way there is nothing to choose.
        let replacement = if self.ways == 1 { Replacement::Fifo } else { Replacement::Lru };
        let organisation = Organisation { replacement, ways: self.ways, ..like.organisation };
        let (extensions, physical) = (Extensions::NONE, Physical::NONE);
        let of = |entries| Config { entries, extensions, physical, organisation, ..*like };
        let sizes = sizes(like.xlen).map(|size| size.entries);
        sizes.filter_map(|lines| Some((lines, of(lines).in_parts()?))).collect()
    }
}

/// Where a page may be in a TLB.
pub(super) fn placement(ways: usize) -> String {
    match ways {
        0 => "fully associative".to_owned(),
        1 => "1 way".to_owned(),
        ways => format!("{ways} ways"),
    }
}
