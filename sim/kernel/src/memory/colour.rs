//! Which free frame a page gets: of page placement, the part that a cache sees.
//!
//! Kessler and Hill, Page placement algorithms for large real-indexed caches, 1992. A choice is a
//! wish: where no frame of the colour is free, and where a page had to be evicted first, any frame
//! is taken.

use crate::{Buddy, FrameChoice, MachineConfig};
use model::isa::PAGE_BYTES;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A stream of random numbers that no other part of the machine draws from.
const STREAM: u64 = 1;

/// The choice of frames for pages.
#[derive(Debug)]
pub struct Placement {
    choice: FrameChoice,
    colours: u64,
    /// The colour of the next page, with `bin_hopping`.
    next: u64,
    random: ChaCha8Rng,
}

impl Placement {
    /// As configured.
    pub fn new(config: &MachineConfig) -> Placement {
        let mut random = ChaCha8Rng::seed_from_u64(config.seed);
        random.set_stream(STREAM);
        let colours = config.cache.map_or(1, |cache| cache.colours(PAGE_BYTES));
        Placement { choice: config.frame_choice, colours, next: 0, random }
    }

    /// The free frame for a virtual page; `None` if any will do.
    pub fn choose(&mut self, vpn: u64, free: &Buddy) -> Option<u64> {
        let colour = match self.choice {
            FrameChoice::Lowest => return None,
            FrameChoice::Random => {
                let count = free.free();
                return (count > 0)
                    .then(|| free.nth_free(self.random.random_range(0..count)))
                    .flatten();
            }
            FrameChoice::Coloured => vpn % self.colours,
            FrameChoice::BinHopping => {
                let colour = self.next;
                self.next = (self.next + 1) % self.colours;
                colour
            }
        };
        free.lowest_of(colour, self.colours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::cache::CacheSpec;
    use proptest::prelude::*;

    fn placement(frame_choice: FrameChoice) -> Placement {
        let cache = Some(CacheSpec { bytes: 16384, ways: 1, line: 64 });
        Placement::new(&MachineConfig { frame_choice, cache, ..MachineConfig::default() })
    }

    #[test]
    fn colours_follow_the_page_or_come_in_turn() {
        let free = Buddy::new(0x80001, 6, 10);
        let mut coloured = placement(FrameChoice::Coloured);
        let frames = [0, 1, 2, 3, 6].map(|vpn| coloured.choose(vpn, &free));
        assert_eq!(frames, [0x80004, 0x80001, 0x80002, 0x80003, 0x80002].map(Some));
        let mut hopping = placement(FrameChoice::BinHopping);
        let frames = [9, 9, 9, 9, 9].map(|vpn| hopping.choose(vpn, &free));
        assert_eq!(frames, [0x80004, 0x80001, 0x80002, 0x80003, 0x80004].map(Some));
        assert_eq!(placement(FrameChoice::Lowest).choose(9, &free), None);
        // There is no frame of colour 3 among these.
        let few = Buddy::new(0x80000, 3, 10);
        assert_eq!(coloured.choose(3, &few), None);
        assert_eq!(placement(FrameChoice::Random).choose(3, &Buddy::new(0, 0, 10)), None);
    }

    #[test]
    fn random_frames_are_free_ones_and_all_come() {
        let mut free = Buddy::new(0x80000, 8, 10);
        assert!(free.take(0x80001, 0) && free.take(0x80006, 0));
        let mut random = placement(FrameChoice::Random);
        let frames: std::collections::BTreeSet<_> =
            (0..200).filter_map(|vpn| random.choose(vpn, &free)).collect();
        assert_eq!(
            frames.into_iter().collect::<Vec<_>>(),
            [0x80000, 0x80002, 0x80003, 0x80004, 0x80005, 0x80007]
        );
    }

    proptest! {
        /// Against a list of all free frames.
        #[test]
        fn the_lowest_of_a_colour_is_found_in_blocks_of_any_size(
            first in 0..50_u64,
            taken in prop::collection::btree_set(0..64_u64, 0..64),
            colours in 0..4_u32,
        ) {
            let mut free = Buddy::new(first, 64, 5);
            taken.iter().for_each(|n| assert!(free.take(first + n, 0)));
            let left: Vec<u64> =
                (0..64).filter(|n| !taken.contains(n)).map(|n| first + n).collect();
            let colours = 1 << colours;
            for colour in 0..colours {
                let expected = left.iter().find(|frame| *frame % colours == colour).copied();
                prop_assert_eq!(free.lowest_of(colour, colours), expected);
            }
            let mut all: Vec<u64> = (0..free.free()).filter_map(|n| free.nth_free(n)).collect();
            all.sort_unstable();
            prop_assert_eq!(all, left);
            prop_assert_eq!(free.nth_free(free.free()), None);
        }
    }
}
