//! A cache that is indexed by physical addresses: what hits and what misses, and why.
//!
//! A model. No hardware of this project has a cache and no RTL is behind it; it has neither contents
//! nor time, and what runs in front of it is not changed by it. In each set the line that was used
//! least recently goes.
//!
//! A frame's *colour* is what of its number takes part in the choice of a set: frames of one colour
//! compete for the same sets, frames of different colours never do.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

/// The largest cache, in bytes.
const LARGEST: u64 = 1 << 26;
/// Frames of a colour that are named; of more only their number is given.
const NAMED: usize = 6;

/// The sizes of a cache: powers of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheSpec {
    /// Bytes in all.
    pub bytes: u64,
    /// Lines in a set; 1 is a direct-mapped cache, the default.
    #[serde(default = "one")]
    pub ways: u64,
    /// Bytes of a line; 64 by default.
    #[serde(default = "usual")]
    pub line: u64,
}

fn one() -> u64 {
    1
}

fn usual() -> u64 {
    64
}

impl CacheSpec {
    /// Checks the sizes, for pages of so many bytes.
    ///
    /// # Errors
    /// A sentence.
    pub fn check(self, page: u64) -> Result<(), String> {
        let CacheSpec { bytes, ways, line } = self;
        for (name, size, most) in
            [("bytes", bytes, LARGEST), ("ways", ways, LARGEST), ("line", line, page)]
        {
            if !size.is_power_of_two() || size > most {
                return Err(format!(
                    "`{name}` of a cache is {size}; it must be a power of two, at most {most}"
                ));
            }
        }
        if ways * line > bytes {
            return Err(format!(
                "a cache of {bytes} bytes has no room for a set of {ways} lines of {line} bytes"
            ));
        }
        Ok(())
    }

    /// Sets of lines.
    pub fn sets(self) -> u64 {
        self.bytes / (self.ways * self.line)
    }

    /// The set of an address.
    pub fn set(self, pa: u64) -> u64 {
        pa / self.line % self.sets()
    }

    /// The colours of pages of so many bytes: bytes / (ways * page), or one.
    pub fn colours(self, page: u64) -> u64 {
        (self.bytes / (self.ways * page)).max(1)
    }
}

/// Why an access missed (Hill's three kinds).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The line was never used before.
    First,
    /// A cache of this size in which every line can be anywhere would have missed, too.
    Capacity,
    /// It would have hit: too many lines of one set are in use.
    Conflict,
}

impl Cause {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Cause::First => "first use of this line",
            Cause::Capacity => "capacity",
            Cause::Conflict => "conflict",
        }
    }
}

/// An access that missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Miss {
    /// Why.
    pub cause: Cause,
    /// The first address of the line that went for it, if the set was full.
    pub gone: Option<u64>,
}

/// The counts of a colour, or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CacheCounts {
    /// Fetches, loads and stores.
    pub accesses: u64,
    /// Those that found their line.
    pub hits: u64,
    /// Those that did not.
    pub misses: u64,
    /// Misses of lines never used before.
    pub first_uses: u64,
    /// Misses that a fully associative cache of the same size has, too.
    pub capacity_misses: u64,
    /// Misses that it does not have.
    pub conflict_misses: u64,
}

impl CacheCounts {
    fn count(&mut self, miss: Option<Miss>) {
        self.accesses += 1;
        let Some(Miss { cause, .. }) = miss else {
            self.hits += 1;
            return;
        };
        self.misses += 1;
        *match cause {
            Cause::First => &mut self.first_uses,
            Cause::Capacity => &mut self.capacity_misses,
            Cause::Conflict => &mut self.conflict_misses,
        } += 1;
    }
}

/// What happened in the sets of one colour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColourReport {
    /// The colour.
    pub colour: u64,
    /// The frames of this colour that were used.
    pub frames: Vec<u64>,
    /// The counts.
    #[serde(flatten)]
    pub counts: CacheCounts,
}

/// What happened in a cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CacheReport {
    /// Its sizes.
    #[serde(flatten)]
    pub spec: CacheSpec,
    /// All accesses.
    #[serde(flatten)]
    pub counts: CacheCounts,
    /// Each colour.
    pub colours: Vec<ColourReport>,
}

impl CacheReport {
    /// The sizes in words.
    pub fn about(&self) -> String {
        let CacheSpec { bytes, ways, line } = self.spec;
        let (ways, colours) = (plural(ways, "way"), plural(self.colours.len() as u64, "colour"));
        format!("a model: {bytes} bytes, {ways}, lines of {line} bytes; {colours}")
    }

    /// A table, line by line: each colour with its counts and its frames.
    pub fn table(&self) -> Vec<String> {
        let row = |name: &str, counts: &CacheCounts, frames: &str| {
            let CacheCounts { accesses, misses, first_uses, capacity_misses, .. } = counts;
            let conflicts = counts.conflict_misses;
            let line = format!(
                "{name:<6}  {accesses:>8}  {misses:>7}  {first_uses:>9}  {capacity_misses:>8}  \
                 {conflicts:>8}  {frames}"
            );
            line.trim_end().to_owned()
        };
        let head = "colour  accesses   misses  first use  capacity  conflict  frames";
        let mut lines = vec![head.to_owned()];
        for ColourReport { colour, frames, counts } in &self.colours {
            let named = frames.iter().map(|frame| format!("{frame:#x}"));
            let named = match frames.len() {
                ..=NAMED => named.collect::<Vec<_>>().join(" "),
                many => format!("{many} frames"),
            };
            lines.push(row(&colour.to_string(), counts, &named));
        }
        lines.push(row("all", &self.counts, ""));
        lines
    }
}

fn plural(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Lines in the order of their use.
#[derive(Clone, Debug, Default)]
struct Recent {
    now: u64,
    used: FxHashMap<u64, u64>,
    by_time: BTreeMap<u64, u64>,
}

impl Recent {
    /// A line is used; whether it was among the last `most`, of which it then is one.
    fn touch(&mut self, line: u64, most: u64) -> bool {
        self.now += 1;
        let before = self.used.insert(line, self.now);
        if let Some(before) = before {
            self.by_time.remove(&before);
        }
        self.by_time.insert(self.now, line);
        if self.by_time.len() as u64 > most
            && let Some((_, oldest)) = self.by_time.pop_first()
        {
            self.used.remove(&oldest);
        }
        before.is_some()
    }
}

/// A cache.
#[derive(Clone, Debug)]
pub struct Cache {
    spec: CacheSpec,
    page: u64,
    /// The lines of each set, by number, the one used last at the end.
    sets: Vec<Vec<u64>>,
    seen: FxHashSet<u64>,
    /// What a fully associative cache of this size would have.
    ideal: Recent,
    counts: CacheCounts,
    /// By colour.
    colours: Vec<(CacheCounts, BTreeSet<u64>)>,
}

impl Cache {
    /// An empty cache, in front of pages of so many bytes.
    ///
    /// # Errors
    /// As [`CacheSpec::check`].
    pub fn new(spec: CacheSpec, page: u64) -> Result<Cache, String> {
        spec.check(page)?;
        Ok(Cache {
            spec,
            page,
            sets: vec![Vec::new(); spec.sets() as usize],
            seen: FxHashSet::default(),
            ideal: Recent::default(),
            counts: CacheCounts::default(),
            colours: vec![Default::default(); spec.colours(page) as usize],
        })
    }

    /// An access to an address; `None` if it hit. The access must not cross a line.
    pub fn access(&mut self, pa: u64) -> Option<Miss> {
        let CacheSpec { bytes, ways, line: size } = self.spec;
        let line = pa / size;
        let set = &mut self.sets[self.spec.set(pa) as usize];
        let place = set.iter().position(|there| *there == line);
        let lines = bytes / size;
        let ideal = self.ideal.touch(line, lines);
        let miss = match place {
            Some(place) => {
                set.remove(place);
                None
            }
            None => {
                let full = set.len() as u64 == ways;
                let gone = full.then(|| set.remove(0) * size);
                let cause = match (self.seen.insert(line), ideal) {
                    (true, _) => Cause::First,
                    (false, false) => Cause::Capacity,
                    (false, true) => Cause::Conflict,
                };
                Some(Miss { cause, gone })
            }
        };
        set.push(line);
        self.counts.count(miss);
        let frame = pa / self.page;
        let colour = (frame % self.colours.len() as u64) as usize;
        let (counts, frames) = &mut self.colours[colour];
        counts.count(miss);
        frames.insert(frame);
        miss
    }

    /// The sizes.
    pub fn spec(&self) -> CacheSpec {
        self.spec
    }

    /// Everything counted so far.
    pub fn report(&self) -> CacheReport {
        let colours = (0..).zip(&self.colours).map(|(colour, (counts, frames))| ColourReport {
            colour,
            frames: frames.iter().copied().collect(),
            counts: *counts,
        });
        CacheReport { spec: self.spec, counts: self.counts, colours: colours.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A direct-mapped cache of 64 bytes, lines of 4, in front of pages of 16: 4 colours.
    const SMALL: CacheSpec = CacheSpec { bytes: 64, ways: 1, line: 4 };

    #[test]
    fn pages_of_one_colour_take_each_others_lines() {
        // By hand: frames 1 and 5 are both of colour 1, frame 2 is not. 0x12 and 0x52 are in set 4.
        let mut cache = Cache::new(SMALL, 16).unwrap();
        let first = |gone| Some(Miss { cause: Cause::First, gone });
        let conflict = |gone| Some(Miss { cause: Cause::Conflict, gone: Some(gone) });
        assert_eq!(cache.access(0x12), first(None));
        assert_eq!(cache.access(0x13), None, "the same line");
        assert_eq!(cache.access(0x52), first(Some(0x10)));
        assert_eq!(cache.access(0x12), conflict(0x50));
        assert_eq!(cache.access(0x50), conflict(0x10));
        assert_eq!(cache.access(0x22), first(None));
        assert_eq!((cache.access(0x52), cache.access(0x22)), (None, None));
        let report = cache.report();
        let counts = &report.colours[1].counts;
        assert_eq!((counts.accesses, counts.misses, counts.conflict_misses), (6, 4, 2));
        assert_eq!(report.colours[1].frames, [1, 5]);
        assert_eq!((report.colours[2].counts.misses, report.counts.hits), (1, 3));
        assert_eq!(report.table().len(), 1 + 4 + 1);
    }

    #[test]
    fn a_second_way_holds_both_and_a_loop_too_long_is_capacity() {
        let mut cache = Cache::new(CacheSpec { ways: 2, ..SMALL }, 16).unwrap();
        for _ in 0..3 {
            for pa in [0x12, 0x52] {
                cache.access(pa);
            }
        }
        assert_eq!((cache.report().counts.misses, cache.report().colours.len()), (2, 2));
        let mut cache = Cache::new(SMALL, 16).unwrap();
        for _ in 0..3 {
            // 17 lines in a cache of 16, and LRU: in a fully associative one all would miss.
            for line in 0..17 {
                cache.access(4 * line);
            }
        }
        let counts = cache.report().counts;
        assert_eq!((counts.first_uses, counts.capacity_misses, counts.conflict_misses), (17, 4, 0));
    }

    #[test]
    fn sizes_that_cannot_be_are_said() {
        let wrong = |bytes, ways, line| CacheSpec { bytes, ways, line }.check(4096).unwrap_err();
        assert!(wrong(48, 1, 64).contains("`bytes` of a cache is 48"));
        assert!(wrong(64, 0, 64).contains("`ways`"));
        assert!(wrong(1 << 20, 1, 8192).contains("at most 4096"));
        assert!(wrong(64, 2, 64).contains("no room"));
        let spec = CacheSpec { bytes: 1 << 15, ways: 2, line: 64 };
        assert_eq!((spec.check(4096), spec.sets(), spec.colours(4096)), (Ok(()), 256, 4));
        assert_eq!(CacheSpec { ways: 512, ..spec }.colours(4096), 1);
    }

    /// The definition: a line is there if fewer than `ways` other lines of its set were used since.
    fn hits(string: &[u64], at: usize, sets: u64, ways: usize) -> bool {
        let line = string[at];
        let mut since = BTreeSet::new();
        for other in string[..at].iter().rev() {
            if *other == line {
                return since.len() < ways;
            }
            if other % sets == line % sets {
                since.insert(*other);
            }
        }
        false
    }

    proptest! {
        #[test]
        fn misses_and_their_causes_are_those_of_the_definition(
            string in prop::collection::vec(0..40_u64, 1..200),
            ways in 0..3_u32,
            sets in 0..4_u32,
        ) {
            let (ways, sets) = (1_u64 << ways, 1_u64 << sets);
            let spec = CacheSpec { bytes: ways * sets * 8, ways, line: 8 };
            let mut cache = Cache::new(spec, 16).unwrap();
            for (at, line) in string.iter().enumerate() {
                let found = cache.access(line * 8 + at as u64 % 8).map(|miss| miss.cause);
                let expected = if hits(&string, at, sets, ways as usize) {
                    None
                } else if !string[..at].contains(line) {
                    Some(Cause::First)
                } else if hits(&string, at, 1, (ways * sets) as usize) {
                    Some(Cause::Conflict)
                } else {
                    Some(Cause::Capacity)
                };
                prop_assert_eq!(found, expected, "access {}", at);
            }
            let report = cache.report();
            let sum: u64 = report.colours.iter().map(|colour| colour.counts.misses).sum();
            prop_assert_eq!(sum, report.counts.misses);
            prop_assert_eq!(report.counts.accesses, string.len() as u64);
        }
    }
}
