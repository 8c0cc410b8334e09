//! A map of physical memory: lanes of equal length, and the main user of each.

use std::collections::BTreeMap;

use waves::Error;
use waves::save::Paint;

use super::super::table::Declare;
use super::Unit;
use crate::contiguous::Picture;

/// The group of its rows.
pub(super) const GROUP: &str = "Map of memory (who has most of it)";

/// Lanes at most.
const LANES: u64 = 16;

/// The value of a lane that is mostly free.
const FREE: u64 = 0;
/// The text of a free lane.
const FREE_NAME: &str = "free";

#[derive(Debug)]
pub(super) struct Map {
    /// The main user of each lane, in ascending order of address.
    lanes: Vec<Option<u64>>,
    units: u64,
    /// Names by number, and the number of each user of memory.
    names: Vec<String>,
    labels: BTreeMap<String, u64>,
}

impl Map {
    /// `labels` are the users of memory; any other is shown as the last one, `other`.
    pub(super) fn new(units: u64, mut labels: Vec<String>) -> Map {
        let mut numbers = BTreeMap::new();
        labels.retain(|label| {
            let next = numbers.len() as u64 + 1;
            *numbers.entry(label.clone()).or_insert(next) == next
        });
        let mut names = vec![FREE_NAME.to_owned()];
        names.extend(labels);
        names.push("other".to_owned());
        let units = units.max(1);
        Map { lanes: vec![None; LANES.min(units) as usize], units, names, labels: numbers }
    }

    /// The first unit of a lane, or of the one after the last.
    fn start(&self, lane: usize) -> u64 {
        let (lane, lanes) = (lane as u128, self.lanes.len() as u128);
        (u128::from(self.units) * lane / lanes) as u64
    }

    pub(super) fn see(&mut self, picture: &Picture) {
        let free = picture.holes.iter().map(|hole| (hole, FREE));
        let used = picture.used.iter().map(|(piece, name)| (piece, self.number(name)));
        // Units of each lane by user; of equals the lowest number counts, but free last.
        let mut had: Vec<BTreeMap<u64, u64>> = vec![BTreeMap::new(); self.lanes.len()];
        for (piece, number) in free.chain(used) {
            let first = (0..had.len()).rev().find(|&lane| self.start(lane) <= piece.start);
            for (lane, had) in had.iter_mut().enumerate().skip(first.unwrap_or(0)) {
                let (start, end) = (self.start(lane), self.start(lane + 1));
                if start >= piece.end {
                    break;
                }
                let part = piece.end.min(end).saturating_sub(piece.start.max(start));
                *had.entry(number).or_default() += part;
            }
        }
        for (lane, had) in self.lanes.iter_mut().zip(&had) {
            let rank = |number: u64| if number == FREE { 0 } else { u64::MAX - number };
            let most = had.iter().max_by_key(|(number, units)| (**units, rank(**number)));
            *lane = most.map(|(number, _)| *number);
        }
    }

    /// A user's number; all pages of a process have the same.
    fn number(&self, name: &str) -> u64 {
        let known = |name: &str| self.labels.get(name).copied();
        let other = self.labels.len() as u64 + 1;
        known(name).or_else(|| known(&without_number(name))).unwrap_or(other)
    }
}

/// `page#17:heap` is `page:heap`.
fn without_number(name: &str) -> String {
    let Some((process, rest)) = name.split_once('#') else { return name.to_owned() };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    format!("{process}{rest}")
}

/// Declares the lanes in descending order of address, as textbooks draw memory.
pub(super) fn declare(declare: &mut Declare<'_, Unit>, map: &Map) -> Result<(), Error> {
    let width = map.names.len().next_power_of_two().ilog2().max(2);
    for lane in (0..map.lanes.len()).rev() {
        let (first, last) = (map.start(lane), map.start(lane + 1) - 1);
        declare
            .state(format!("memory.lane_{lane}"), width, &map.names, move |u| {
                u.memory.map.lanes[lane]
            })?
            .row(GROUP, format!("{first}-{last}"))
            .paint(FREE_NAME, Paint::Grey);
    }
    Ok(())
}
