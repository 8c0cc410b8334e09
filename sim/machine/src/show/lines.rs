//! The lines of the TLBs, read from the hardware's signals.

use super::{Hex, Tlb, What};
use model::mmu::{Mmu, Signal};
use rustc_hash::FxHashMap;

/// The registers of a line that are shown, by the ends of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Valid,
    Vpn,
    Asid,
    Global,
    Level,
    Ppn,
    /// The letter that it stands for, by its place in [`LETTERS`].
    Flag(usize),
}

/// The flags of a line, in the order of their bits.
const LETTERS: [char; 5] = ['R', 'W', 'X', 'U', 'D'];

impl Part {
    fn named(name: &str) -> Option<Part> {
        Some(match name {
            "held_valid" => Part::Valid,
            "held_vpn" => Part::Vpn,
            "held_asid" => Part::Asid,
            "held_global" => Part::Global,
            "held_extent.level" => Part::Level,
            "held_ppn" => Part::Ppn,
            "held_read" => Part::Flag(0),
            "held_write" => Part::Flag(1),
            "held_execute" => Part::Flag(2),
            "held_user" => Part::Flag(3),
            "held_dirty" => Part::Flag(4),
            _ => return None,
        })
    }
}

/// A line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Line {
    valid: bool,
    vpn: u64,
    asid: u16,
    global: bool,
    level: u8,
    ppn: u64,
    flags: [bool; LETTERS.len()],
}

impl Line {
    fn set(&mut self, part: Part, value: u64) {
        match part {
            Part::Valid => self.valid = value != 0,
            Part::Vpn => self.vpn = value,
            Part::Asid => self.asid = value as u16,
            Part::Global => self.global = value != 0,
            Part::Level => self.level = value as u8,
            Part::Ppn => self.ppn = value,
            Part::Flag(letter) => self.flags[letter] = value != 0,
        }
    }
}

/// The lines of one MMU.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The line and the part of each signal that is read.
    signals: FxHashMap<usize, (usize, Part)>,
    /// The TLB of each line, and its number there.
    names: Vec<(String, usize)>,
    lines: Vec<Line>,
    /// As they were told.
    told: Vec<Line>,
    /// Lines of which a signal has changed.
    changed: Vec<usize>,
}

impl Lines {
    /// Those of an MMU with these signals; `one` TLB may serve both ports.
    pub(super) fn of(signals: &[Signal], one: bool) -> Lines {
        let mut lines = Lines::default();
        for (at, signal) in signals.iter().enumerate() {
            let Some((tlb, number, part)) = parsed(&signal.path) else { continue };
            let tlb = if one { "both" } else { tlb };
            let known = lines.names.iter().position(|(name, n)| name == tlb && *n == number);
            let line = known.unwrap_or_else(|| {
                lines.names.push((tlb.to_owned(), number));
                lines.names.len() - 1
            });
            lines.signals.insert(at, (line, part));
        }
        lines.lines = vec![Line::default(); lines.names.len()];
        lines.told.clone_from(&lines.lines);
        lines
    }

    /// The TLBs that have them, with `seen` as given.
    pub(super) fn tlbs(&self, seen: bool) -> Vec<Tlb> {
        let mut tlbs: Vec<Tlb> = Vec::new();
        for (name, _) in &self.names {
            match tlbs.iter_mut().find(|tlb| tlb.name == *name) {
                Some(tlb) => tlb.lines += 1,
                None => tlbs.push(Tlb { name: name.clone(), lines: 1, seen }),
            }
        }
        tlbs
    }

    /// Reads the lines as they are in the present cycle, and tells those that are different.
    pub(super) fn look(&mut self, hart: usize, unit: &dyn Mmu, mut tell: impl FnMut(What)) {
        unit.changes(&mut |at, value| {
            if let Some((line, part)) = self.signals.get(&at) {
                self.lines[*line].set(*part, value as u64);
                self.changed.push(*line);
            }
        });
        self.changed.sort_unstable();
        self.changed.dedup();
        for number in self.changed.drain(..) {
            let (line, told) = (self.lines[number], &mut self.told[number]);
            // What an empty line holds besides is of no consequence.
            let line = if line.valid { line } else { Line::default() };
            if line == *told {
                continue;
            }
            *told = line;
            let (tlb, number) = self.names[number].clone();
            let is_set = |(letter, set): (char, bool)| set.then_some(letter);
            let held = line.valid;
            tell(What::Line {
                hart,
                tlb,
                line: number,
                valid: held,
                vpn: held.then_some(Hex(line.vpn)),
                asid: held.then_some(line.asid),
                global: line.global,
                level: held.then_some(line.level),
                ppn: held.then_some(Hex(line.ppn)),
                flags: LETTERS.into_iter().zip(line.flags).filter_map(is_set).collect(),
            });
        }
    }
}

/// The TLB, the number of the line, and the part, if the path is that of a line's register.
fn parsed(path: &str) -> Option<(&str, usize, Part)> {
    let (before, after) = path.split_once("tlb.lines_")?;
    let (number, part) = after.split_once('.')?;
    let tlb = before.trim_end_matches('.').rsplit('.').next()?;
    Some((tlb, number.parse().ok()?, Part::named(part)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_of_lines_are_found_by_their_paths() {
        assert_eq!(parsed("fetch.tlb.lines_12.held_vpn"), Some(("fetch", 12, Part::Vpn)));
        assert_eq!(parsed("data.tlb.lines_0.held_extent.level"), Some(("data", 0, Part::Level)));
        assert_eq!(parsed("data.tlb.lines_0.hit"), None);
        assert_eq!(parsed("data.tlb.hit"), None);
        assert_eq!(parsed("second.lines_0.held_vpn"), None);
    }
}
