//! How a TLB is organised.

/// Which line goes when all that may take a new entry are full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// First in, first out ([`Fifo`](super::Fifo)).
    Fifo,
    /// The least recently used ([`Lru`](super::Lru)).
    Lru,
    /// By a tree of bits, nearly the least recently used ([`PseudoLru`](super::PseudoLru)).
    PseudoLru,
    /// Not the most recently used ([`NotMostRecent`](super::NotMostRecent)).
    NotMostRecent,
    /// Any ([`Random`](super::Random)).
    Random,
}

/// The organisation of a TLB. A [`Cam`](super::Cam) takes it when it is made.
///
/// With fewer ways than lines, the lowest bits of the virtual page number that missed select a set
/// of as many lines as there are ways, and the entry is put into one of these, whatever its page
/// size. Only the place of an entry is restricted: a lookup compares all lines, so a superpage is
/// found from every address inside it, and a fence clears what its form names and nothing else, as
/// without sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// The number of entries: 2 to `2^IDX`, where IDX is the block's width of a line's number.
    pub lines: usize,
    /// Lines of a set; as many as there are lines: fully associative. If there are several sets,
    /// both are powers of two.
    pub ways: usize,
    /// The choice within a set. [`Policy::PseudoLru`] needs a power of two of ways.
    pub policy: Policy,
}

impl Shape {
    /// So many lines, fully associative; the first in is the first out.
    pub const fn fifo(lines: usize) -> Self {
        Self { lines, ways: lines, policy: Policy::Fifo }
    }

    /// What is wrong with it, for numbers of lines of `width` bits.
    pub fn misfit(&self, width: usize) -> Option<String> {
        let Self { lines, ways, policy } = *self;
        let most = 1 << width;
        let even = lines.is_power_of_two() && ways.is_power_of_two();
        if !(2..=most).contains(&lines) {
            Some(format!("a TLB here has 2 to {most} lines, not {lines}"))
        } else if !(1..=lines).contains(&ways) {
            Some(format!("a TLB of {lines} lines has 1 to {lines} ways, not {ways}"))
        } else if ways < lines && !even {
            Some(format!(
                "lines and ways of several sets are powers of two, not {lines} and {ways}"
            ))
        } else if policy == Policy::PseudoLru && !ways.is_power_of_two() {
            Some(format!("pseudo-LRU needs a power of two of ways, not {ways}"))
        } else {
            None
        }
    }
}
