//! What an engine tells about cycles that need not be evaluated again: whether its design is at rest,
//! and whether something changed that decides what is answered ([`crate::repeat`]).

use super::Compiled;
use super::layout::Offset;
use crate::cone::Source;
use crate::ir::{InputId, Memory, RegisterId, Value};
use crate::repeat::Repeats;
use std::collections::{BTreeMap, BTreeSet};

/// Words of a memory that are looked at one by one.
const MOST: u32 = 256;

/// Where an engine keeps what [`Repeats`] is about. Valid only for the engine that returned it.
#[derive(Clone, Debug)]
pub struct Rest {
    /// Words with these bits at rest.
    words: Vec<Fixed>,
    /// Bits that are equal at rest.
    copies: Vec<Equal>,
    /// What decides the answers of each port, and what follows other registers, with those.
    decides: Vec<Watched>,
    follows: Watched,
    /// The sources of change of all of them.
    sources: u64,
}

/// Bits of words, and their values when they were looked at last.
#[derive(Clone, Debug, Default)]
struct Watched {
    words: Vec<Fixed>,
    /// The sources of change.
    sources: u64,
}

#[derive(Clone, Copy, Debug)]
struct Fixed {
    word: u32,
    mask: u64,
    value: u64,
}

/// Bits of a word from a place on are those of another word.
#[derive(Clone, Copy, Debug)]
struct Equal {
    word: u32,
    shift: u32,
    other: u32,
    other_shift: u32,
    mask: u64,
}

impl Rest {
    /// Whether an edge that changed this may have changed anything that counts.
    #[inline]
    pub fn concerns(&self, changed: u64) -> bool {
        changed & self.sources != 0
    }
}

impl Compiled {
    /// What the last edge may have changed, one bit for each source of change.
    #[inline]
    pub fn changed(&self) -> u64 {
        self.changed
    }

    /// The places of what was proven. `None` if it is about values that this engine does not keep
    /// each in a word.
    pub fn rest(&self, fixed: &BTreeMap<InputId, Value>, proven: &Repeats) -> Option<Rest> {
        let mut words: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
        let mut fix = |word: u32, mask: u64, value: u64| {
            let (masks, values) = words.entry(word).or_default();
            *masks |= mask;
            *values |= value & mask;
        };
        for (input, value) in fixed {
            let first = self.layout.inputs[input.0 as usize] / 8;
            (0..value.words()).for_each(|at| fix(first + at as u32, u64::MAX, value.word(at)));
        }
        for (register, value) in &proven.rests {
            for at in 0..value.words() {
                if let Some((word, shift)) = self.place_of(*register, 64 * at as u32) {
                    fix(
                        word,
                        ones(value.width() - 64 * at as u32) << shift,
                        value.word(at) << shift,
                    );
                }
            }
        }
        let mut copies = Vec::new();
        for (register, parts) in &proven.copies {
            for part in parts {
                let (word, shift) = self.place_of(*register, part.at)?;
                let from = self.layout.inputs[part.input.0 as usize] / 8 + part.from / 64;
                let other_shift = part.from % 64;
                if shift + part.bits > 64 || other_shift + part.bits > 64 {
                    return None;
                }
                let mask = ones(part.bits);
                copies.push(Equal { word, shift, other: from, other_shift, mask });
            }
        }
        let sources = proven.follows.iter().flat_map(|(register, sources)| {
            std::iter::once(Source::Register(*register)).chain(sources.iter().copied())
        });
        let follows: BTreeSet<Source> = sources.collect();
        let all = proven.decides.iter().flatten().chain(&follows).copied();
        let rests = proven.rests.keys().chain(proven.copies.keys()).copied();
        let all = all.chain(rests.map(Source::Register));
        let sources = all.fold(0, |bits, source| bits | self.source(source));
        let decides = proven.decides.iter().map(|all| self.watch_for(all));
        let words = words.into_iter();
        let words = words.map(|(word, (mask, value))| Fixed { word, mask, value });
        Some(Rest {
            words: words.collect(),
            copies,
            decides: decides.collect::<Option<_>>()?,
            follows: self.watch_for(&follows)?,
            sources,
        })
    }

    /// The places of registers and memories. `None` if there are large memories among the sources.
    fn watch_for(&self, sources: &BTreeSet<Source>) -> Option<Watched> {
        let mut masks: BTreeMap<u32, u64> = BTreeMap::new();
        for source in sources {
            match source {
                Source::Register(register) => {
                    let width = self.netlist.registers[register.0 as usize].width;
                    for from in (0..width).step_by(64) {
                        if let Some((word, shift)) = self.place_of(*register, from) {
                            *masks.entry(word).or_default() |= ones(width - from) << shift;
                        }
                    }
                }
                Source::Low(_) | Source::Input(_) => {}
                Source::Output(memory) => {
                    let at = memory.0 as usize;
                    let words = self.netlist.memories[at].width.div_ceil(64);
                    let first = self.layout.memories[at] / 8;
                    masks.extend((first..first + words).map(|word| (word, u64::MAX)));
                }
                Source::Words(memory) => {
                    let at = memory.0 as usize;
                    let Memory { width, address_width, write, .. } = &self.netlist.memories[at];
                    if write.is_none() {
                        continue;
                    }
                    let words = u64::from(width.div_ceil(64)) << address_width;
                    let words = u32::try_from(words).ok().filter(|words| *words <= MOST)?;
                    let first = self.layout.contents[at] / 8;
                    masks.extend((first..first + words).map(|word| (word, u64::MAX)));
                }
            }
        }
        let fixed = |(word, mask)| Fixed { word, mask, value: 0 };
        let sources = sources.iter().fold(0, |bits, source| bits | self.source(*source));
        Some(Watched { words: masks.into_iter().map(fixed).collect(), sources })
    }

    /// Whether what decides the answers of a port is as it was when this was asked last, given all that
    /// changed since.
    pub fn decides_as_before(&self, rest: &mut Rest, port: usize, changed: u64) -> bool {
        self.is_as_before(&mut rest.decides[port], changed)
    }

    /// Whether what follows other registers is as it was when this was asked last, with those, given
    /// all that changed since.
    pub fn follows_as_before(&self, rest: &mut Rest, changed: u64) -> bool {
        self.is_as_before(&mut rest.follows, changed)
    }

    #[inline]
    fn is_as_before(&self, watched: &mut Watched, changed: u64) -> bool {
        changed & watched.sources == 0 || self.is_the_same(&mut watched.words)
    }

    fn is_the_same(&self, words: &mut [Fixed]) -> bool {
        let mut same = true;
        for Fixed { word, mask, value } in words {
            let now = self.buffer[*word as usize] & *mask;
            same &= now == *value;
            *value = now;
        }
        same
    }

    /// Whether the design is at rest, with the inputs as they are.
    pub fn is_at_rest(&self, rest: &Rest) -> bool {
        let is = |fixed: &Fixed| self.buffer[fixed.word as usize] & fixed.mask == fixed.value;
        let equal = |equal: &Equal| {
            let one = self.buffer[equal.word as usize] >> equal.shift;
            let other = self.buffer[equal.other as usize] >> equal.other_shift;
            (one ^ other) & equal.mask == 0
        };
        rest.words.iter().all(is) && rest.copies.iter().all(equal)
    }

    /// The place of a register's bit: the word, and the bit in it. `None` for one that never changes.
    fn place_of(&self, register: RegisterId, bit: u32) -> Option<(u32, u32)> {
        let (state, row) = self.program.places[register.0 as usize]?;
        let first: Offset = self.layout.states[state.0 as usize];
        let state = self.program.state(state);
        if state.rows == 0 {
            return Some((first / 8 + bit / 64, bit % 64));
        }
        let width = self.netlist.registers[register.0 as usize].width;
        let lane = if width == 1 { 1 } else { 8 * self.layout.lane };
        let place = row * lane + bit;
        Some((first / 8 + place / 64, place % 64))
    }

    /// The bits of change of a source.
    fn source(&self, source: Source) -> u64 {
        match source {
            Source::Register(register) => match self.program.places[register.0 as usize] {
                Some((state, _)) => self.gates.states[state.0 as usize],
                None => 0,
            },
            Source::Output(memory) | Source::Words(memory) => {
                self.gates.memories[memory.0 as usize]
            }
            // The driver of an input knows of its changes.
            Source::Low(_) | Source::Input(_) => 0,
        }
    }
}

/// A mask of so many low bits.
fn ones(bits: u32) -> u64 {
    if bits >= 64 { u64::MAX } else { (1 << bits) - 1 }
}
