//! Free lists: which hole a request gets, and what is left.

use std::collections::BTreeMap;
use std::ops::Range;
use std::str::FromStr;

use anyhow::{bail, ensure};
use machine::contiguous::{Fit, Holes, Placer};
use serde_json::json;

use super::{ToyArgs, number};
use crate::cli::Status;
use crate::cli::output::{print, print_json};

/// The most bytes of memory, and the most holes.
const LARGEST: u64 = 1 << 20;
const MOST: usize = 64;

/// The rule by which a hole is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FitArg(Fit);

/// The rules, with what each takes.
const RULES: [(Fit, &str); 4] = [
    (Fit::First, "the first hole that is large enough"),
    (Fit::Best, "the smallest hole that is large enough"),
    (Fit::Worst, "the largest hole"),
    (Fit::Next, "the first hole that is large enough behind the piece that was placed last"),
];

impl FromStr for FitArg {
    type Err = String;

    fn from_str(text: &str) -> Result<FitArg, String> {
        let found = RULES.into_iter().find(|(fit, _)| fit.name() == text);
        let wrong = || format!("`{text}` is no rule; there are first, best, worst and next");
        found.map(|(fit, _)| FitArg(fit)).ok_or_else(wrong)
    }
}

/// What is done with memory.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Action {
    Request(String, u64),
    Free(String),
}

impl FromStr for Action {
    type Err = String;

    fn from_str(text: &str) -> Result<Action, String> {
        let (name, length) = match text.split_once('=') {
            Some((name, length)) => (name, Some(number(length)?)),
            None => (text, None),
        };
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            return Err(format!(
                "`{text}` is not written NAME=BYTES, as A=20, or NAME to free it again"
            ));
        }
        Ok(match length {
            Some(length) => Action::Request(name.to_owned(), length),
            None => Action::Free(name.to_owned()),
        })
    }
}

/// An action with what became of it.
struct Done {
    title: String,
    at: Option<u64>,
    lines: Vec<String>,
    /// The free list after it.
    holes: Vec<Range<u64>>,
}

/// The list as it is drawn.
fn drawn(holes: &[Range<u64>]) -> String {
    let hole = |hole: &Range<u64>| format!("{} bytes at {}", hole.end - hole.start, hole.start);
    match holes {
        [] => "nothing is free".to_owned(),
        holes => holes.iter().map(hole).collect::<Vec<_>>().join(" -> "),
    }
}

/// Memory with its pieces.
struct Memory {
    list: Holes,
    fit: Fit,
    pieces: BTreeMap<String, Range<u64>>,
}

impl Memory {
    fn new(sizes: &[u64], fit: Fit) -> Memory {
        let mut start = 0;
        let hole = |size: &u64| {
            let hole = start..start + size;
            start = hole.end + 1;
            hole
        };
        let holes: Vec<_> = sizes.iter().map(hole).collect();
        Memory { list: Holes::new(&holes, fit), fit, pieces: BTreeMap::new() }
    }

    /// # Errors
    /// A sentence: a name that is taken or unknown, or a length that cannot be.
    fn act(&mut self, action: &Action) -> anyhow::Result<Done> {
        let before = self.list.holes();
        match action {
            Action::Request(name, length) => {
                ensure!(
                    !self.pieces.contains_key(name),
                    "{name} has a piece already; free it first"
                );
                ensure!((1..=LARGEST).contains(length), "{name}={length}: 1 to {LARGEST} bytes");
                let piece =
                    self.list.allocate(*length).and_then(|pieces| pieces.into_iter().next());
                let fitting = |hole: &&Range<u64>| hole.end - hole.start >= *length;
                let fit: Vec<_> = before.iter().filter(fitting).cloned().collect();
                let mut lines = vec![match fit.len() {
                    0 => format!("no hole has {length} bytes"),
                    _ => format!("large enough: {}", drawn(&fit).replace(" -> ", ", ")),
                }];
                if let Some(piece) = &piece {
                    let rule = self.fit.name();
                    let from = fit.iter().find(|hole| hole.contains(&piece.start));
                    let left = from.map_or(0, |hole| hole.end - piece.end);
                    lines.push(format!("{rule} fit: at {}, {left} bytes are left", piece.start));
                    self.pieces.insert(name.clone(), piece.clone());
                }
                Ok(Done {
                    title: format!("{name} wants {length} bytes"),
                    at: piece.map(|piece| piece.start),
                    lines,
                    holes: self.list.holes(),
                })
            }
            Action::Free(name) => {
                let Some(piece) = self.pieces.remove(name) else {
                    bail!("{name} has no piece to free; write {name}=20 to request one");
                };
                self.list.free(piece.clone());
                let beside =
                    |hole: &&Range<u64>| hole.end == piece.start || hole.start == piece.end;
                let beside: Vec<_> = before.iter().filter(beside).cloned().collect();
                let lines = match beside.len() {
                    0 => vec!["no hole is beside it".to_owned()],
                    _ => vec![format!(
                        "becomes one with {}",
                        drawn(&beside).replace(" -> ", " and ")
                    )],
                };
                let (length, at) = (piece.end - piece.start, piece.start);
                let title = format!("{name} is freed, {length} bytes at {at}");
                Ok(Done { title, at: None, lines, holes: self.list.holes() })
            }
        }
    }
}

/// Serves each request, and says how.
pub(super) fn holes(arguments: &ToyArgs) -> anyhow::Result<Status> {
    let sizes = &arguments.holes;
    ensure!(sizes.len() <= MOST, "--holes: {} of them; at most {MOST}", sizes.len());
    for size in sizes {
        ensure!((1..=LARGEST).contains(size), "--holes: a hole of {size}; 1 to {LARGEST} bytes");
    }
    let fit = arguments.fit.map_or(Fit::First, |FitArg(fit)| fit);
    let mut memory = Memory::new(sizes, fit);
    let begins = memory.list.holes();
    let mut done = Vec::new();
    for text in &arguments.subjects {
        let action: Action = text.parse().map_err(anyhow::Error::msg)?;
        done.push(memory.act(&action)?);
    }
    if arguments.json {
        let list = |holes: &[Range<u64>]| -> Vec<_> {
            holes.iter().map(|hole| json!([hole.start, hole.end - hole.start])).collect()
        };
        let step = |done: &Done| json!({ "step": done.title, "at": done.at, "told": done.lines, "free": list(&done.holes) });
        let steps: Vec<_> = done.iter().map(step).collect();
        print_json(&json!({ "fit": fit.name(), "free": list(&begins), "steps": steps }))?;
        return Ok(Status::Fine);
    }
    let rule = RULES.iter().find(|(rule, _)| *rule == fit).map_or("", |(_, rule)| rule);
    let mut text = format!("A free list, {} fit: {rule}\n\nfree: {}\n", fit.name(), drawn(&begins));
    for Done { title, lines, holes, at } in &done {
        text += &format!("\n{title}\n");
        lines.iter().for_each(|line| text += &format!("  {line}\n"));
        if let Some(at) = at {
            text += &format!("placed at {at}\n");
        }
        text += &format!("free: {}\n", drawn(holes));
    }
    print(&text)?;
    Ok(Status::Fine)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Memory byte by byte: whose each is; the runs of free ones are the holes.
    struct Bytes {
        of: Vec<Option<usize>>,
        /// Where the piece placed last ends.
        last: usize,
    }

    impl Bytes {
        fn holes(&self) -> Vec<(usize, usize)> {
            let mut runs: Vec<(usize, usize)> = Vec::new();
            for (at, _) in self.of.iter().enumerate().filter(|(_, whose)| whose.is_none()) {
                match runs.last_mut().filter(|(start, length)| start + *length == at) {
                    Some((_, length)) => *length += 1,
                    None => runs.push((at, 1)),
                }
            }
            runs
        }

        fn request(&mut self, name: usize, length: usize, fit: Fit) -> Option<u64> {
            let mut large: Vec<_> =
                self.holes().into_iter().filter(|(_, size)| *size >= length).collect();
            match fit {
                Fit::Best => large.sort_by_key(|(_, size)| *size),
                Fit::Worst => large.sort_by_key(|(_, size)| std::cmp::Reverse(*size)),
                Fit::Next => large.sort_by_key(|(at, _)| *at < self.last),
                _ => {}
            }
            let (at, _) = *large.first()?;
            self.of[at..at + length].fill(Some(name));
            self.last = at + length;
            Some(at as u64)
        }
    }

    proptest! {
        #[test]
        fn pieces_are_placed_as_a_map_of_bytes_places_them(
            sizes in prop::collection::vec(1..40_u64, 1..6),
            requests in prop::collection::vec((1..30_u64, any::<prop::sample::Index>(), 0..3), 1..12),
            rule in 0..4_usize,
        ) {
            let fit = RULES[rule].0;
            let mut memory = Memory::new(&sizes, fit);
            let mut bytes = Bytes { of: Vec::new(), last: 0 };
            for size in &sizes {
                bytes.of.extend(std::iter::repeat_n(None, *size as usize));
                bytes.of.push(Some(usize::MAX));
            }
            let mut live: Vec<usize> = Vec::new();
            for (name, (length, which, free)) in requests.into_iter().enumerate() {
                if free == 0 && !live.is_empty() {
                    let gone = live.remove(which.index(live.len()));
                    memory.act(&Action::Free(format!("P{gone}"))).unwrap();
                    let of = bytes.of.iter_mut().filter(|whose| **whose == Some(gone));
                    of.for_each(|whose| *whose = None);
                }
                let done = memory.act(&Action::Request(format!("P{name}"), length)).unwrap();
                prop_assert_eq!(done.at, bytes.request(name, length as usize, fit));
                live.extend(done.at.map(|_| name));
                let holes: Vec<_> =
                    done.holes.iter().map(|hole| (hole.start as usize, (hole.end - hole.start) as usize)).collect();
                prop_assert_eq!(holes, bytes.holes());
            }
        }
    }

    #[test]
    fn the_exercise_of_silberschatz_by_best_fit() {
        let mut memory = Memory::new(&[100, 500, 200, 300, 600], Fit::Best);
        let mut at = |text: &str| memory.act(&text.parse().unwrap()).unwrap().at;
        let placed = ["P1=212", "P2=417", "P3=112", "P4=426"].map(&mut at);
        assert_eq!(placed, [803, 101, 602, 1104].map(Some));
    }
}
