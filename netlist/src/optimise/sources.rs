//! Which sources share a bit of the mask of changes.
//!
//! A source is an input, a state or a memory, or several of them that change together. While there
//! are no more sources than bits, each has its own. Else some share one, and a change of one of them
//! evaluates what depends on any: so those share that have nearly the same terms behind them, as the
//! words of a memory in many banks have. Found step by step: of all pairs the one is joined that adds
//! least work, summed over the sources in it, since how often each will change is not known.

use super::gate::REFUSED;
use super::program::{Form, Program, TermId};
use super::specialise::ASSUMED_BITS;
use crate::ir::{InputId, MemoryId, Op};
use fixedbitset::FixedBitSet;
use std::collections::HashMap;

/// Bits for sources.
const BITS: usize = REFUSED.trailing_zeros() as usize;

/// The bit of each source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sources {
    /// Of each input.
    pub(super) inputs: Vec<usize>,
    /// Of each state.
    pub(super) states: Vec<usize>,
    /// Of each memory.
    pub(super) memories: Vec<usize>,
}

impl Sources {
    /// The bits of a program with so many inputs, each below [`BITS`].
    pub(super) fn new(program: &Program, inputs: usize) -> Self {
        let (own, count) = Sources::own(program, inputs);
        if count <= BITS {
            return own;
        }
        let bits = shared(own.cones(program, count));
        let share = |all: &[usize]| all.iter().map(|source| bits[*source]).collect();
        let [inputs, states, memories] =
            [&own.inputs, &own.states, &own.memories].map(|of| share(of));
        Self { inputs, states, memories }
    }

    /// A number for each source, and how many there are. States under one guard change together, but
    /// those of few bits often take the value that they have; memories change together that are read
    /// at one address, or written by one enable; and inputs that nothing reads are one source.
    fn own(program: &Program, inputs: usize) -> (Self, usize) {
        let mut next = 0;
        let mut fresh = || {
            next += 1;
            next - 1
        };
        let mut own = Self { inputs: vec![fresh(); inputs], ..Self::default() };
        for term in &program.terms {
            if let Form::Op(Op::Input(InputId(at))) = term.form {
                own.inputs[at as usize] = fresh();
            }
        }
        let mut shared: HashMap<(TermId, bool), usize> = HashMap::new();
        for state in &program.states {
            own.states.push(match state.guard {
                Some(guard) => {
                    let few = state.rows == 0 && state.width <= ASSUMED_BITS;
                    *shared.entry((guard, few)).or_insert_with(&mut fresh)
                }
                None => fresh(),
            });
        }
        let mut shared: HashMap<(bool, TermId), usize> = HashMap::new();
        for memory in &program.memories {
            let read = memory.read_address.map(|address| (true, address));
            let together = read.or(memory.write.map(|[enable, ..]| (false, enable)));
            own.memories.push(match together {
                Some(port) => *shared.entry(port).or_insert_with(&mut fresh),
                None => fresh(),
            });
        }
        (own, next)
    }

    /// What each source's change evaluates.
    fn cones(&self, program: &Program, count: usize) -> Vec<FixedBitSet> {
        let mut behind: Vec<FixedBitSet> = Vec::with_capacity(program.terms.len());
        let mut cones = vec![FixedBitSet::new(); count];
        let mut place = 0;
        let mut work = |sources: &FixedBitSet, weight: usize| {
            for source in sources.ones() {
                (place..place + weight).for_each(|at| cones[source].grow_and_insert(at));
            }
            place += weight;
        };
        for term in &program.terms {
            let mut sources = FixedBitSet::new();
            match term.form {
                Form::Op(Op::Input(InputId(at))) => {
                    sources.grow_and_insert(self.inputs[at as usize])
                }
                Form::Op(Op::Memory(MemoryId(at)) | Op::Word(MemoryId(at), _)) => {
                    sources.grow_and_insert(self.memories[at as usize]);
                }
                Form::State(at) => sources.grow_and_insert(self.states[at.0 as usize]),
                _ => {}
            }
            term.form
                .operands()
                .for_each(|operand| sources.union_with(&behind[operand.0 as usize]));
            work(&sources, if term.rows > 0 && term.width > 1 { ROWS } else { 1 });
            behind.push(sources);
        }
        for memory in &program.memories {
            let mut sources = FixedBitSet::new();
            memory.ports().for_each(|port| sources.union_with(&behind[port.0 as usize]));
            work(&sources, MEMORY);
        }
        cones
    }
}

/// The work of a column, and of a memory at the edge, in that of a term.
const ROWS: usize = 4;
const MEMORY: usize = 8;

/// A bit for each source, for these cones.
fn shared(cones: Vec<FixedBitSet>) -> Vec<usize> {
    let mut bits: Vec<usize> = (0..cones.len()).collect();
    let mut groups: Vec<Option<Group>> =
        cones.into_iter().map(|cone| Some(Group::of(cone))).collect();
    let none = (usize::MAX, usize::MAX);
    // The best partner of each group among those after it.
    let best = |groups: &[Option<Group>], at: usize| -> (usize, usize) {
        let Some(own) = &groups[at] else { return none };
        let others = (at + 1..groups.len())
            .filter_map(|other| groups[other].as_ref().map(|group| (own.added(group), other)));
        others.min().unwrap_or(none)
    };
    let mut partners: Vec<(usize, usize)> = (0..groups.len()).map(|at| best(&groups, at)).collect();
    for _ in BITS..groups.len() {
        let at = (0..groups.len()).min_by_key(|at| partners[*at]).expect("there are many");
        let other = partners[at].1;
        let joined = groups[other].take().expect("a partner is a group");
        groups[at].as_mut().expect("and so is the first").join(&joined);
        bits.iter_mut().filter(|bit| **bit == other).for_each(|bit| *bit = at);
        for earlier in 0..groups.len() {
            let stale = earlier == at || earlier == other || partners[earlier].1 == other;
            if stale || partners[earlier].1 == at {
                partners[earlier] = best(&groups, earlier);
            } else if let (true, Some(group), Some(whole)) =
                (earlier < at, &groups[earlier], &groups[at])
            {
                partners[earlier] = partners[earlier].min((group.added(whole), at));
            }
        }
    }
    let mut numbers = vec![0; groups.len()];
    for (number, (at, _)) in
        groups.iter().enumerate().filter(|(_, group)| group.is_some()).enumerate()
    {
        numbers[at] = number;
    }
    bits.into_iter().map(|at| numbers[at]).collect()
}

/// Sources that share a bit.
struct Group {
    count: usize,
    /// What a change of any evaluates, and how much that is.
    cone: FixedBitSet,
    work: usize,
}

impl Group {
    fn of(cone: FixedBitSet) -> Self {
        Self { count: 1, work: cone.count_ones(..), cone }
    }

    /// The work that is added by sharing a bit, if each source changes once.
    fn added(&self, other: &Group) -> usize {
        let both = (self.count + other.count) * self.cone.union_count(&other.cone);
        both - self.count * self.work - other.count * other.work
    }

    fn join(&mut self, other: &Group) {
        self.cone.union_with(&other.cone);
        (self.count, self.work) = (self.count + other.count, self.cone.count_ones(..));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cone(places: std::ops::Range<usize>) -> FixedBitSet {
        let mut cone = FixedBitSet::new();
        places.for_each(|place| cone.grow_and_insert(place));
        cone
    }

    #[test]
    fn those_share_a_bit_that_have_nearly_the_same_behind_them() {
        // Sixty far apart, and three pairs of which one part is behind both.
        let mut cones: Vec<FixedBitSet> =
            (0..60).map(|at| cone(1000 * at..1000 * at + 500)).collect();
        for at in 0..3 {
            let place = 100_000 + 1000 * at;
            cones.push(cone(place..place + 500));
            cones.push(cone(place + 5..place + 500));
        }
        let bits = shared(cones);
        assert_eq!(bits.iter().max(), Some(&(BITS - 1)));
        for at in 0..3 {
            assert_eq!(bits[60 + 2 * at], bits[61 + 2 * at]);
        }
        let mut all = bits.clone();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), BITS, "each bit has a source");
        assert_eq!(bits[..60].iter().collect::<std::collections::BTreeSet<_>>().len(), 60);
    }

    #[test]
    fn a_source_with_nothing_behind_it_shares_a_bit_with_its_like() {
        let mut cones: Vec<FixedBitSet> = (0..BITS).map(|at| cone(10 * at..10 * at + 9)).collect();
        cones.extend([FixedBitSet::new(), FixedBitSet::new(), FixedBitSet::new()]);
        let bits = shared(cones);
        // Whatever they share their bit with is evaluated no more often than their own changes ask.
        assert_eq!(bits[BITS], bits[BITS + 1]);
        assert_eq!(bits[BITS], bits[BITS + 2]);
    }

    #[test]
    fn work_is_counted_once_for_each_source() {
        let (a, b) = (Group::of(cone(0..10)), Group::of(cone(5..20)));
        // Each evaluates all 20 instead of 10 and 15.
        assert_eq!(a.added(&b), 10 + 5);
        let mut both = a;
        both.join(&b);
        assert_eq!((both.count, both.work), (2, 20));
        assert_eq!(both.added(&Group::of(cone(0..20))), 0);
    }
}
