//! How often each depth of a stack was used: the misses of every size.

/// A count for each depth, and of what is in no stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Depths {
    /// By depth, from 1.
    counts: Vec<u64>,
    never: u64,
}

impl Depths {
    /// A use at a depth; `None` misses in every size.
    pub fn add(&mut self, depth: Option<usize>) {
        self.add_many(depth, 1);
    }

    /// So many uses at a depth.
    pub fn add_many(&mut self, depth: Option<usize>, uses: u64) {
        let Some(depth) = depth else {
            self.never += uses;
            return;
        };
        let at = depth.saturating_sub(1);
        if self.counts.len() <= at {
            self.counts.resize(at + 1, 0);
        }
        self.counts[at] += uses;
    }

    /// All uses.
    pub fn uses(&self) -> u64 {
        self.counts.iter().sum::<u64>() + self.never
    }

    /// Uses that miss in every size.
    pub fn never(&self) -> u64 {
        self.never
    }

    /// The greatest depth: no size above it has fewer misses.
    pub fn deepest(&self) -> usize {
        self.counts.len()
    }

    /// The misses of the first sizes, from 0 lines on, up to the deepest.
    pub fn misses(&self) -> Vec<u64> {
        let mut left = self.uses();
        let mut all = vec![left];
        for count in &self.counts {
            left -= count;
            all.push(left);
        }
        all
    }

    /// The misses of a size.
    pub fn misses_with(&self, lines: usize) -> u64 {
        self.uses() - self.counts.iter().take(lines).sum::<u64>()
    }

    /// Uses at depths in classes that double: `(1, 1)`, `(2, 2)`, `(3, 4)`, `(5, 8)`, ...
    pub fn classes(&self) -> Vec<((usize, usize), u64)> {
        let (mut all, mut from) = (Vec::new(), 1);
        while from <= self.counts.len() {
            let to = from.next_power_of_two();
            let within = &self.counts[from - 1..to.min(self.counts.len())];
            all.push(((from, to), within.iter().sum()));
            from = to + 1;
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misses_fall_with_the_size() {
        let mut depths = Depths::default();
        for depth in [None, Some(1), Some(1), Some(3), Some(5), None] {
            depths.add(depth);
        }
        assert_eq!(depths.misses(), [6, 4, 4, 3, 3, 2]);
        assert_eq!((depths.misses_with(3), depths.misses_with(99)), (3, 2));
        assert_eq!((depths.uses(), depths.never(), depths.deepest()), (6, 2, 5));
        assert_eq!(depths.classes(), [((1, 1), 2), ((2, 2), 0), ((3, 4), 1), ((5, 8), 1)]);
    }
}
