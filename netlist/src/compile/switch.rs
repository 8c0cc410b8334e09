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

/// A condition for the use of a function.
pub(super) struct Assumption {
    pub(super) word: Word,
    /// The sources on which the word depends.
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

/// The words that a function needs and others may have changed.
#[derive(Clone, Default)]
struct Needs {
    assumed: Vec<Word>,
    settled: Vec<Word>,
}

impl Needs {
    /// All of a function's, after something unknown.
    fn all(to: &Party<'_>) -> Needs {
        Needs::of(to, |_| true, |_| true)
    }

    /// Those of one function after another one.
    fn after(from: &Party<'_>, to: &Party<'_>) -> Needs {
        Needs::of(to, |assumption| from.breaks(assumption), |settled| from.overwrites(settled))
    }

    fn of(
        to: &Party<'_>,
        fails: impl Fn(&Assumption) -> bool,
        differs: impl Fn(&Settled) -> bool,
    ) -> Needs {
        let assumed = to.assumed.iter().filter(|assumption| fails(assumption));
        let settled = to.settled.iter().filter(|settled| differs(settled));
        Needs {
            assumed: assumed.map(|assumption| assumption.word).collect(),
            settled: settled.map(|settled| settled.word).collect(),
        }
    }

    /// Whether what is assumed holds.
    #[inline]
    fn hold(&self, buffer: &[u64]) -> bool {
        let differs = |all, (word, value): &Word| all | (buffer[*word as usize] ^ value);
        self.assumed.iter().fold(0, differs) == 0
    }

    /// Stores what is settled.
    #[inline]
    fn settle(&self, buffer: &mut [u64]) {
        for (word, value) in &self.settled {
            buffer[*word as usize] = *value;
        }
    }

    /// Those of this and another one, each once.
    fn add(&mut self, other: &Needs) {
        for (own, others) in
            [(&mut self.assumed, &other.assumed), (&mut self.settled, &other.settled)]
        {
            own.extend(others);
            own.sort_unstable();
            own.dedup();
        }
    }
}

/// Functions at most.
pub(super) const MOST: usize = 15;

/// Number of cached changes from functions to a function.
const WAYS: usize = 512;
/// One in so many changes that are not cached is cached: the common ones are, soon.
const LEARNS: u32 = 8;

/// From some functions to one.
#[derive(Clone, Default)]
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
    /// From each function to each function, and from the unknown to each.
    needs: Vec<Needs>,
    /// What several functions together make necessary, where it was needed.
    ways: Vec<Way>,
    /// Changes that were not cached.
    misses: u32,
}

impl Switch {
    /// No function has run.
    pub(super) fn new(parties: &[Party<'_>], options: &Options) -> Switch {
        assert!(parties.len() <= MOST, "a bit for each function");
        let mut needs: Vec<Needs> = Vec::new();
        for from in parties {
            needs.extend(parties.iter().map(|to| match planted!(options, Switch) {
                true => Needs::default(),
                false => Needs::after(from, to),
            }));
        }
        needs.extend(parties.iter().map(Needs::all));
        let count = parties.len();
        let mut matters = [0; MOST + 1];
        for (at, Needs { assumed, settled }) in needs.iter().enumerate() {
            let something = !assumed.is_empty() || !settled.is_empty();
            matters[at % count] |= u32::from(something) << (at / count);
        }
        let ways = vec![Way::default(); WAYS];
        let mut switch = Switch { since: [0; MOST + 1], matters, count, needs, ways, misses: 0 };
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
        let enters = way.needs.hold(buffer);
        if enters {
            way.needs.settle(buffer);
            self.since[to] = 0;
        }
        enters
    }

    /// [`Switch::enter`] from functions that are not cached. Some of them are cached then.
    #[cold]
    fn enter_first(&mut self, place: usize, key: u32, to: usize, buffer: &mut [u64]) -> bool {
        self.misses = self.misses.wrapping_add(1);
        if self.misses.is_multiple_of(LEARNS) {
            self.learn(place, key, to);
        }
        let from = |from: &usize| key >> from & 1 == 1;
        let needs = (0..=self.count).filter(from).map(|from| &self.needs[from * self.count + to]);
        let enters = needs.clone().all(|needs| needs.hold(buffer));
        if enters {
            needs.for_each(|needs| needs.settle(buffer));
            self.since[to] = 0;
        }
        enters
    }

    fn learn(&mut self, place: usize, key: u32, to: usize) {
        let mut needs = Needs::default();
        for from in (0..=self.count).filter(|from| key >> from & 1 == 1) {
            needs.add(&self.needs[from * self.count + to]);
        }
        self.ways[place] = Way { key, needs };
    }
}
