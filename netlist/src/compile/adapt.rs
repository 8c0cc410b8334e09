//! Decides which functions are worth compiling.
//!
//! Cycles that only the general function, the one for all changes, can execute are counted by the
//! set of sources that had changed, and some are kept as samples. Once a set has cost as much as a
//! function for it would, it is examined, and so are others that have cost nearly as much, each with
//! what its samples have in common. A set gets a function of its own, or widens that of another set,
//! as one function may widen another: with a function for each of many similar sets, execution would
//! switch between them all the time, which costs as much as a function does ([`super::turns`] counts
//! the switches that this would spare). Each examination needs more cycles of a set than the one
//! before, so that their total cost stays small.

use super::turns::{Group, Turns};
use super::variants::{Plan, Variants, Wish};
use rustc_hash::FxHashMap;

/// Sets that are counted at the same time.
const SETS: usize = 256;
/// Samples of a set.
const SAMPLES: usize = 16;
/// Functions at most, besides the one for all changes.
const MOST: usize = 12;

/// What a switch from one function to another costs: this part of the general function's cost, in
/// the unit of [`crate::optimise::Special::cost`]. The search, and some twenty words tested and
/// stored; in large designs code that has left the processor's caches meanwhile.
const SWITCH: u32 = 5;

/// A set of changes that only the general function handles.
struct Seen {
    count: u64,
    /// What ran before these cycles.
    turns: Turns,
    /// The buffer before the edge in some of these cycles, at equal distances.
    samples: Vec<Vec<u64>>,
}

impl Seen {
    fn new(changed: u64) -> Self {
        Self { count: 0, turns: Turns::new(changed), samples: Vec::new() }
    }
}

/// The sets counted so far.
pub(super) struct Adapt {
    seen: FxHashMap<u64, Seen>,
    /// How many cycles of one set make it worth to compile functions; `None`: never. To make one
    /// costs about as much as the general function does in so many cycles.
    worth: Option<u64>,
    /// From one sample of a set to the next one. When the set is examined, it has all samples.
    apart: u64,
    /// The cycles of the most common set.
    most: u64,
    /// All cycles since functions were last compiled.
    counted: u64,
    /// [`super::Compiled`]'s edges when functions were last compiled.
    since: u64,
}

impl Adapt {
    /// Compiles functions once so many cycles of one set have been counted.
    pub(super) fn new(worth: Option<u32>) -> Self {
        let worth = worth.map(u64::from);
        let apart = (worth.unwrap_or(0) / 2 / SAMPLES as u64).max(1);
        Self { seen: FxHashMap::default(), worth, apart, most: 0, counted: 0, since: 0 }
    }

    /// Whether cycles are counted at all.
    pub(super) fn counts(&self) -> bool {
        self.worth.is_some()
    }

    /// Counts a cycle with these changes, whose sources are `values`. Old samples are replaced,
    /// since they may have been unusual.
    pub(super) fn count(&mut self, before: Group, changed: u64, values: &[u64]) {
        self.counted += 1;
        if self.seen.len() == SETS && !self.seen.contains_key(&changed) {
            self.forget();
        }
        let seen = self.seen.entry(changed).or_insert_with(|| Seen::new(changed));
        seen.count += 1;
        if before != Group::of(changed) {
            seen.turns.take(before);
        }
        self.most = self.most.max(seen.count);
        if !seen.count.is_multiple_of(self.apart) {
            return;
        }
        let number = (seen.count / self.apart - 1) as usize;
        match seen.samples.get_mut(number % SAMPLES) {
            Some(sample) => sample.copy_from_slice(values),
            None => seen.samples.push(values.to_vec()),
        }
    }

    /// Forgets the rarer half of the sets.
    fn forget(&mut self) {
        let mut counts: Vec<u64> = self.seen.values().map(|seen| seen.count).collect();
        let (_, median, _) = counts.select_nth_unstable(SETS / 2);
        self.seen.retain(|_, seen| seen.count > *median);
    }

    /// Compiles functions, if it is time. The general function has just run, at the edge with this
    /// number.
    pub(super) fn adapt(&mut self, variants: &mut Variants, plan: Plan<'_>, edges: u64) {
        let Some(worth) = self.worth.filter(|worth| self.most >= *worth) else { return };
        // One cycle in a hundred is not worth it.
        if self.counted * 100 < edges - self.since {
            return;
        }
        (self.counted, self.since, self.most) = (0, edges, 0);
        self.worth = Some(worth + worth / 4 + 1);
        let general = variants.functions.last().map_or(0, |general| general.special.cost);
        let common = self.seen.extract_if(|_, seen| seen.count >= worth / 2);
        let mut common: Vec<_> = common.collect();
        // So that the order of the map does not matter below.
        common.sort_unstable_by_key(|(changed, _)| *changed);
        let change = u64::from(general / SWITCH);
        let mut all = present(variants);
        all.extend(common.iter().map(|(changed, seen)| alone(plan, *changed, seen)));
        all.sort_by_key(|wish| std::cmp::Reverse(wish.cycles));
        let mut wishes = Vec::new();
        for own in all {
            join(&mut wishes, plan, own, change);
        }
        let gain = |wish: &Wish| wish.cycles * u64::from(general.saturating_sub(wish.special.cost));
        wishes.retain(|wish| gain(wish) > 0);
        wishes.sort_by_key(|wish| std::cmp::Reverse(gain(wish)));
        wishes.truncate(MOST);
        variants.replace(plan, wishes);
    }
}

/// The functions that exist.
fn present(variants: &Variants) -> Vec<Wish> {
    let small = variants.functions.len() - 1;
    let wishes = variants.functions[..small].iter().map(|function| {
        // A rare one may become common again.
        let cycles = function.runs.saturating_sub(function.refused).max(1);
        let (special, observed) = (function.special.clone(), function.observed.clone());
        Wish { special, observed, cycles, turns: function.turns.clone() }
    });
    wishes.collect()
}

/// A function for a set alone.
fn alone(plan: Plan<'_>, changed: u64, seen: &Seen) -> Wish {
    let observed = plan.observe(&seen.samples);
    let special = plan.specialise(changed, &observed);
    Wish { special, observed, cycles: seen.count, turns: seen.turns.clone() }
}

/// Widens the best matching wish by another one, or adds it.
fn join(wishes: &mut Vec<Wish>, plan: Plan<'_>, own: Wish, change: u64) {
    let mut best: Option<(u64, usize, Wish)> = None;
    for (at, wish) in wishes.iter().enumerate() {
        let union = wish.special.changed | own.special.changed;
        let cycles = wish.cycles + own.cycles;
        // If the wish is tried first, it refuses, or its assumptions fail.
        let first = union == wish.special.changed && wish.special.cost < own.special.cost;
        let tried = if first { u64::from(wish.special.cost / 2) } else { 0 };
        let apart = wish.cycles * u64::from(wish.special.cost)
            + own.cycles * u64::from(own.special.cost)
            + wish.turns.between(&own.turns) * change
            + own.turns.count() * tried;
        let gain = |cost: u32| apart.saturating_sub(cycles * u64::from(cost));
        let better = |gain: u64| gain > best.as_ref().map_or(0, |(gain, ..)| *gain);
        // For more changes, and with less that is known, a function mostly costs no less, so most
        // wishes are left out by this estimate without making their function.
        if !better(gain(wish.special.cost.max(own.special.cost))) {
            continue;
        }
        let observed = wish.observed.common(&own.observed);
        let special = plan.specialise(union, &observed);
        let turns = wish.turns.join(&own.turns);
        let gain = gain(special.cost);
        if better(gain) {
            best = Some((gain, at, Wish { special, observed, cycles, turns }));
        }
    }
    match best {
        Some((_, at, together)) => wishes[at] = together,
        None => wishes.push(own),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_set_outlives_rare_ones_and_has_its_latest_samples() {
        let mut adapt = Adapt::new(Some(1000));
        for cycle in 1..=4 * SETS as u64 {
            adapt.count(Group::default(), 1, &[cycle]);
            adapt.count(Group::default(), 1 << 20 | cycle, &[0]);
        }
        assert!(adapt.seen.len() <= SETS);
        let seen = &adapt.seen[&1];
        assert_eq!((seen.count, adapt.most), (4 * SETS as u64, 4 * SETS as u64));
        let mut cycles: Vec<u64> = seen.samples.iter().map(|sample| sample[0]).collect();
        cycles.sort_unstable();
        assert_eq!(cycles.len(), SAMPLES);
        assert!(cycles.windows(2).all(|pair| pair[1] - pair[0] == adapt.apart), "{cycles:?}");
        assert!(seen.count - cycles[SAMPLES - 1] < adapt.apart, "{cycles:?}");
    }
}
