//! Which functions run after which, counted.
//!
//! A switch from one function to another costs as much as a small function does. To widen a function
//! by the changes of another one saves the switches between these two, and no others: so they are
//! counted. Cycles of the general function, which takes all changes, count by their set of changes.

/// Functions and sets are counted in so many groups; few of them share one.
const GROUPS: usize = 64;

/// The group of a set of changes, or of the function for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Group(u8);

impl Group {
    /// Where this set belongs.
    pub(super) fn of(changed: u64) -> Group {
        Group((changed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - GROUPS.ilog2())) as u8)
    }
}

/// The turns of a function, or of a set of changes: what ran before each.
#[derive(Clone)]
pub(super) struct Turns {
    /// Its own groups, one bit each.
    own: u64,
    after: [u64; GROUPS],
}

impl Turns {
    /// It has not run.
    pub(super) fn new(changed: u64) -> Turns {
        Turns { own: 1 << Group::of(changed).0, after: [0; GROUPS] }
    }

    /// It takes over.
    pub(super) fn take(&mut self, before: Group) {
        self.after[usize::from(before.0)] += 1;
    }

    /// How often it took over.
    pub(super) fn count(&self) -> u64 {
        self.after.iter().sum()
    }

    /// How often one of the two followed the other.
    pub(super) fn between(&self, other: &Turns) -> u64 {
        self.after_any(other.own) + other.after_any(self.own)
    }

    fn after_any(&self, mut groups: u64) -> u64 {
        let mut all = 0;
        while groups != 0 {
            all += self.after[groups.trailing_zeros() as usize];
            groups &= groups - 1;
        }
        all
    }

    /// The turns of a function for both.
    pub(super) fn join(&self, other: &Turns) -> Turns {
        let mut both = self.clone();
        both.own |= other.own;
        both.after.iter_mut().zip(other.after).for_each(|(all, one)| *all += one);
        both
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_turns_between_two_are_counted_and_stay_when_they_are_joined() {
        let (mut a, mut b, mut c) = (Turns::new(1), Turns::new(2), Turns::new(4));
        let groups = [1, 2, 4].map(Group::of);
        assert!(groups[0] != groups[1] && groups[1] != groups[2] && groups[0] != groups[2]);
        a.take(groups[1]);
        b.take(groups[0]);
        b.take(groups[0]);
        c.take(groups[1]);
        assert_eq!((a.between(&b), b.between(&a)), (3, 3));
        assert_eq!((a.between(&c), c.between(&b)), (0, 1));
        let both = a.join(&b);
        assert_eq!((both.between(&c), both.count()), (1, 3));
    }
}
