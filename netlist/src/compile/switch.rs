//! From one function to another: what is tested, and what is stored.
//!
//! The assumptions of a function depend on sources outside its set of changes, and the words that it
//! settles, storing them only when it takes over, are written by other functions too. Since its last
//! run, these words can have changed only if another function ran that may change them. Which words
//! these are is worked out for each pair of functions when functions are compiled, so that most
//! changes from one function to another cost a few instructions.

use crate::optimise::{ALL, Keep, Options, planted};

/// A word of the buffer, and the value that belongs there.
type Word = (u32, u64);

/// What a function assumes.
#[derive(Clone, Copy)]
pub(super) enum Condition {
    /// A word has this value.
    Is(Word),
    /// Two words are the same.
    Same(u32, u32),
}

/// A condition for the use of a function.
pub(super) struct Assumption {
    pub(super) condition: Condition,
    /// The sources on which its words depend.
    pub(super) support: u64,
}

/// A word that a function stores once, when it takes over.
#[derive(PartialEq, Eq)]
pub(super) struct Settled {
    pub(super) keep: Keep,
    pub(super) word: Word,
}

/// What matters of a function here.
pub(super) struct Party<'a> {
    /// The sources that may change while it runs.
    pub(super) changed: u64,
    pub(super) assumed: &'a [Assumption],
    pub(super) settled: &'a [Settled],
    /// What it stores in every cycle.
    pub(super) stored: Vec<Keep>,
}

impl Party<'_> {
    /// Whether another function's assumption may fail after this function ran.
    fn breaks(&self, assumption: &Assumption) -> bool {
        self.changed == ALL || self.changed & assumption.support != 0
    }

    /// Whether a word that another function settled may differ after this function ran.
    fn overwrites(&self, other: &Settled) -> bool {
        let differs = !self.settled.contains(other);
        let settles = self.settled.iter().any(|own| own.keep == other.keep);
        self.stored.contains(&other.keep) || settles && differs
    }
}

/// Everything that a function assumes, then what it settles: numbered in this order.
struct All {
    assumed: Vec<Condition>,
    settled: Vec<Word>,
}

/// The words that are tested and stored when a function takes over.
#[derive(Default)]
struct Needs {
    assumed: Vec<Word>,
    same: Vec<(u32, u32)>,
    settled: Vec<Word>,
}

impl Needs {
    /// Some of a function's.
    fn of(all: &All, subset: &Subset) -> Needs {
        let mut needs = Needs::default();
        subset.for_each(|at| match all.assumed.get(at) {
            Some(Condition::Is(word)) => needs.assumed.push(*word),
            Some(Condition::Same(one, other)) => needs.same.push((*one, *other)),
            None => needs.settled.push(all.settled[at - all.assumed.len()]),
        });
        needs
    }

    /// Whether what is assumed holds; if so, stores what is settled.
    #[inline]
    fn enter(&self, buffer: &mut [u64]) -> bool {
        let differs = |all, (word, value): &Word| all | (buffer[*word as usize] ^ value);
        let mut different = self.assumed.iter().fold(0, differs);
        for (one, other) in &self.same {
            different |= buffer[*one as usize] ^ buffer[*other as usize];
        }
        if different != 0 {
            return false;
        }
        for (word, value) in &self.settled {
            buffer[*word as usize] = *value;
        }
        true
    }
}

/// Which of a function's words others may have changed: one bit each.
#[derive(Clone, Default)]
struct Subset(Vec<u64>);

impl Subset {
    /// The words of which this is true.
    fn of(count: usize, changed: impl Fn(usize) -> bool) -> Subset {
        let mut bits = vec![0; count.div_ceil(64)];
        for at in (0..count).filter(|at| changed(*at)) {
            bits[at / 64] |= 1 << (at % 64);
        }
        Subset(bits)
    }

    /// All of a function's, after something unknown.
    fn all(to: &Party<'_>) -> Subset {
        Subset::of(to.assumed.len() + to.settled.len(), |_| true)
    }

    /// Those of one function after another one.
    fn after(from: &Party<'_>, to: &Party<'_>) -> Subset {
        let assumed = to.assumed.len();
        Subset::of(assumed + to.settled.len(), |at| match at.checked_sub(assumed) {
            None => from.breaks(&to.assumed[at]),
            Some(at) => from.overwrites(&to.settled[at]),
        })
    }

    fn is_empty(&self) -> bool {
        self.0.iter().all(|bits| *bits == 0)
    }

    fn add(&mut self, other: &Subset) {
        self.0.resize(self.0.len().max(other.0.len()), 0);
        self.0.iter_mut().zip(&other.0).for_each(|(all, bits)| *all |= bits);
    }

    fn for_each(&self, mut each: impl FnMut(usize)) {
        for (first, bits) in (0..).step_by(64).zip(&self.0) {
            let mut bits = *bits;
            while bits != 0 {
                each(first + bits.trailing_zeros() as usize);
                bits &= bits - 1;
            }
        }
    }
}

/// Functions at most.
pub(super) const MOST: usize = 15;

/// Number of cached changes from functions to a function.
const WAYS: usize = 2048;

/// From some functions to one.
#[derive(Default)]
struct Way {
    /// The functions, one bit each, and above them the index of the one.
    key: u32,
    needs: Needs,
}

/// What happened to the buffer since each function ran last.
pub(super) struct Switch {
    /// For each function, those that ran since, one bit each. The bit after theirs: something
    /// unknown happened.
    since: [u32; MOST + 1],
    /// For each function, those that change what it needs, in the same way.
    matters: [u32; MOST + 1],
    /// The number of functions.
    count: usize,
    /// What each function needs.
    needs: Vec<All>,
    /// Those that differ from each function to each function, and from the unknown to each.
    changed: Vec<Subset>,
    /// What several functions together make necessary, where it was needed.
    ways: Vec<Way>,
}

impl Switch {
    /// No function has run.
    pub(super) fn new(parties: &[Party<'_>], options: &Options) -> Switch {
        assert!(parties.len() <= MOST, "a bit for each function");
        let mut changed: Vec<Subset> = Vec::new();
        for from in parties {
            changed.extend(parties.iter().map(|to| match planted!(options, Switch) {
                true => Subset::default(),
                false => Subset::after(from, to),
            }));
        }
        changed.extend(parties.iter().map(Subset::all));
        let count = parties.len();
        let mut matters = [0; MOST + 1];
        for (at, changed) in changed.iter().enumerate() {
            matters[at % count] |= u32::from(!changed.is_empty()) << (at / count);
        }
        let needs = parties.iter().map(|party| All {
            assumed: party.assumed.iter().map(|assumption| assumption.condition).collect(),
            settled: party.settled.iter().map(|settled| settled.word).collect(),
        });
        let needs = needs.collect();
        let ways = std::iter::repeat_with(Way::default).take(WAYS).collect();
        let since = [0; MOST + 1];
        let mut switch = Switch { since, matters, count, needs, changed, ways };
        switch.forget();
        switch
    }

    /// The buffer is another one.
    pub(super) fn forget(&mut self) {
        self.since = [1 << self.count; MOST + 1];
    }

    /// A function is to run after another one. `false`, and it must not, if its assumptions do
    /// not hold.
    #[inline]
    pub(super) fn enter(&mut self, from: Option<usize>, to: usize, buffer: &mut [u64]) -> bool {
        let ran = from.map_or(0, |from| 1 << from);
        self.since.iter_mut().for_each(|since| *since |= ran);
        let key = self.since[to] & self.matters[to] | (to as u32) << (MOST + 1);
        let place = key.wrapping_mul(0x9e37_79b9) >> (32 - WAYS.ilog2());
        let way = &self.ways[place as usize];
        if way.key != key {
            return self.enter_first(place as usize, key, to, buffer);
        }
        let enters = way.needs.enter(buffer);
        if enters {
            self.since[to] = 0;
        }
        enters
    }

    /// [`Switch::enter`] from functions that are not cached; then they are.
    #[cold]
    fn enter_first(&mut self, place: usize, key: u32, to: usize, buffer: &mut [u64]) -> bool {
        let mut changed = Subset::default();
        for from in (0..=self.count).filter(|from| key >> from & 1 == 1) {
            changed.add(&self.changed[from * self.count + to]);
        }
        let needs = Needs::of(&self.needs[to], &changed);
        let enters = needs.enter(buffer);
        if enters {
            self.since[to] = 0;
        }
        self.ways[place] = Way { key, needs };
        enters
    }
}
