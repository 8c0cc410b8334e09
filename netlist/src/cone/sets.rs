//! Sets of sources, each kept once, so that a set is a number and a union is looked up.

use std::collections::HashMap;

/// A set in [`Sets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SetId(u32);

/// All sets that came up.
#[derive(Debug)]
pub(super) struct Sets {
    words: usize,
    known: HashMap<Box<[u64]>, SetId>,
    all: Vec<Box<[u64]>>,
    unions: HashMap<(SetId, SetId), SetId>,
}

impl Sets {
    /// Sets of so many sources.
    pub(super) fn new(sources: usize) -> Self {
        let words = sources.div_ceil(64).max(1);
        let mut sets =
            Self { words, known: HashMap::new(), all: Vec::new(), unions: HashMap::new() };
        let empty = sets.keep(vec![0; words].into());
        debug_assert_eq!(empty, Sets::EMPTY);
        sets
    }

    /// No source.
    pub(super) const EMPTY: SetId = SetId(0);

    /// One source.
    pub(super) fn single(&mut self, source: usize) -> SetId {
        let mut set = vec![0; self.words];
        set[source / 64] |= 1 << (source % 64);
        self.keep(set.into())
    }

    /// What is in either.
    pub(super) fn union(&mut self, one: SetId, other: SetId) -> SetId {
        if one == other || other == Sets::EMPTY {
            return one;
        }
        if one == Sets::EMPTY {
            return other;
        }
        let pair = (one.min(other), one.max(other));
        if let Some(&known) = self.unions.get(&pair) {
            return known;
        }
        let [first, second] = [one, other].map(|SetId(at)| &self.all[at as usize]);
        let both = first.iter().zip(second).map(|(a, b)| a | b).collect();
        let union = self.keep(both);
        self.unions.insert(pair, union);
        union
    }

    /// The sources of a set, in ascending order.
    pub(super) fn sources(&self, SetId(at): SetId) -> impl Iterator<Item = usize> {
        self.all[at as usize].iter().enumerate().flat_map(|(word, &bits)| {
            (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| 64 * word + bit)
        })
    }

    fn keep(&mut self, set: Box<[u64]>) -> SetId {
        if let Some(&known) = self.known.get(&set) {
            return known;
        }
        let id = SetId(self.all.len() as u32);
        self.all.push(set.clone());
        self.known.insert(set, id);
        id
    }
}
