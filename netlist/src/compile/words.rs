//! Copies of words of the buffer, and the fields in them.

use crate::ir::Value;

/// The place of a field in the buffer, and the sources that it depends on.
pub(super) struct Place {
    pub(super) field: usize,
    /// Its lowest bit, counted from the start of the buffer.
    pub(super) bit: usize,
    pub(super) width: u32,
    pub(super) support: u64,
}

/// What is compared from cycle to cycle.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    runs: Vec<Run>,
    /// Copies, in the order of the runs.
    last: Vec<u64>,
    /// For each copy: the end of its items.
    ends: Vec<u32>,
    items: Vec<Item>,
    wide: Vec<Wide>,
}

/// Neighbouring words that depend on the same sources.
#[derive(Clone, Debug)]
struct Run {
    support: u64,
    /// The first word in the buffer.
    word: usize,
    /// The first word's copy.
    copy: usize,
    count: usize,
}

/// A field within a word.
#[derive(Clone, Copy, Debug)]
struct Item {
    field: u32,
    shift: u32,
    mask: u64,
}

/// A field that spans several words.
#[derive(Clone, Debug)]
struct Wide {
    field: usize,
    support: u64,
    bit: usize,
    width: u32,
    last: Vec<u64>,
}

impl Words {
    /// Arranges fields by sources and place.
    pub(super) fn new(mut places: Vec<Place>) -> Self {
        places.sort_by_key(|place| (place.support, place.bit, place.field));
        let mut words = Words::default();
        for Place { field, bit, width, support } in places {
            let (word, shift) = (bit / 64, (bit % 64) as u32);
            if shift + width > 64 {
                words.wide.push(Wide { field, support, bit, width, last: Vec::new() });
                continue;
            }
            words.enter(support, word);
            let mask = u64::MAX.checked_shr(64 - width).unwrap_or(0);
            words.items.push(Item { field: field as u32, shift, mask });
            *words.ends.last_mut().expect("a word was entered") += 1;
        }
        words
    }

    /// Appends a word to the copies, unless it is the last already.
    fn enter(&mut self, support: u64, word: usize) {
        let end = self.items.len() as u32;
        match self.runs.last_mut().filter(|run| run.support == support) {
            Some(run) if run.word + run.count == word + 1 => return,
            Some(run) if run.word + run.count == word => run.count += 1,
            _ => {
                let copy = self.last.len();
                self.runs.push(Run { support, word, copy, count: 1 });
            }
        }
        self.last.push(0);
        self.ends.push(end);
    }

    /// Reports the fields that differ from their copies and depend on one of these sources; with
    /// `all`, every field.
    #[inline]
    pub(super) fn compare(
        &mut self,
        buffer: &[u64],
        changed: u64,
        all: bool,
        report: &mut impl FnMut(usize, &[u64]),
    ) {
        for run in &self.runs {
            if run.support & changed == 0 && !all {
                continue;
            }
            let now = &buffer[run.word..run.word + run.count];
            let last = &mut self.last[run.copy..run.copy + run.count];
            if now == last && !all {
                continue;
            }
            for (part, (now, last)) in now.iter().zip(last).enumerate() {
                let differ = if all { u64::MAX } else { *now ^ *last };
                if differ == 0 {
                    continue;
                }
                *last = *now;
                let copy = run.copy + part;
                let start = if copy == 0 { 0 } else { self.ends[copy - 1] };
                for item in &self.items[start as usize..self.ends[copy] as usize] {
                    if differ >> item.shift & item.mask != 0 {
                        report(item.field as usize, &[*now >> item.shift & item.mask]);
                    }
                }
            }
        }
        for wide in &mut self.wide {
            if wide.support & changed != 0 || all {
                wide.compare(buffer, all, report);
            }
        }
    }
}

impl Wide {
    fn compare(&mut self, buffer: &[u64], all: bool, report: &mut impl FnMut(usize, &[u64])) {
        let (word, shift) = (self.bit / 64, self.bit % 64);
        let end = (self.bit + self.width as usize).div_ceil(64);
        let value = Value::from_words(self.width, |at| {
            let low = buffer[word + at] >> shift;
            let above = word + at + 1;
            if shift > 0 && above < end { low | buffer[above] << (64 - shift) } else { low }
        });
        let words: Vec<u64> = (0..value.words()).map(|at| value.word(at)).collect();
        if words != self.last || all {
            report(self.field, &words);
            self.last = words;
        }
    }
}
