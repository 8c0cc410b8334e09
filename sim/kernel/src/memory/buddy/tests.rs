//! Against the textbooks' examples, and against a map of single frames without blocks.

use super::{Buddy, BuddyError};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Silberschatz, Operating System Concepts, "Buddy System": 256 KiB, a request of 21 KiB; frames
/// of 1 KiB.
#[test]
fn request_of_21_in_256_leaves_the_halves_of_the_book() {
    let mut buddy = Buddy::new(0, 256, 8);
    assert_eq!(buddy.allocate(Buddy::order_of(21)), Some(0));
    assert_eq!(buddy.census(), [0, 0, 0, 0, 0, 1, 1, 1, 0], "32, 64 and 128 are free");
    assert_eq!(buddy.release(0, 5), Ok(8), "and become one block again");
    assert_eq!(buddy.splits_and_joins(), (3, 3));
}

#[test]
fn half_of_memory_free_serves_no_pair_of_frames() {
    let mut buddy = Buddy::new(0, 512, 9);
    for frame in 0..512 {
        assert_eq!(buddy.allocate(0), Some(frame), "lowest address first");
    }
    for frame in (0..512).step_by(2) {
        buddy.release(frame, 0).unwrap();
    }
    assert_eq!((buddy.free(), buddy.largest_free(), buddy.allocate(1)), (256, Some(0), None));
    assert_eq!(buddy.unusable_free_index(1), 1.0);
    assert_eq!(buddy.unusable_free_index(0), 0.0);
    // 1 - (1 + 256/2)/256
    assert_eq!(buddy.fragmentation_index(1), Some(1.0 - 129.0 / 256.0));
    assert_eq!(buddy.fragmentation_index(0), None);
}

#[test]
fn memory_off_alignment_is_cut_into_aligned_blocks() {
    let buddy = Buddy::new(3, 10, 2);
    let blocks: Vec<_> = buddy.free_blocks().collect();
    assert_eq!(blocks, [(3, 0), (12, 0), (4, 2), (8, 2)]);
    assert_eq!(Buddy::new(7, 0, 4).largest_free(), None);
}

#[test]
fn block_freed_twice_is_refused_and_nothing_changes() {
    let mut buddy = Buddy::new(0, 8, 3);
    let frame = buddy.allocate(1).unwrap();
    let wrong = BuddyError::NotHeld { frame, order: 0 };
    assert_eq!(buddy.release(frame, 0), Err(wrong));
    buddy.release(frame, 1).unwrap();
    assert_eq!(buddy.release(frame, 1), Err(BuddyError::NotHeld { frame, order: 1 }));
    assert_eq!(buddy.census(), [0, 0, 0, 1]);
}

#[test]
fn split_superpage_goes_back_frame_by_frame_and_becomes_whole() {
    let mut buddy = Buddy::new(512, 512, 9);
    assert_eq!(buddy.allocate(9), Some(512));
    assert_eq!(buddy.split(512, 9, 10), Err(BuddyError::NotSmaller { order: 9, into: 10 }));
    buddy.split(512, 9, 0).unwrap();
    let orders: Vec<u32> = (512..1024).map(|frame| buddy.release(frame, 0).unwrap()).collect();
    assert_eq!((orders[510], orders[511]), (0, 9));
}

#[test]
fn fragmenting_reaches_its_target_and_not_much_more() {
    let mut generator = ChaCha8Rng::seed_from_u64(7);
    for target in [0.0, 0.25, 0.5, 0.9, 1.0] {
        let mut buddy = Buddy::new(0, 1 << 14, 10);
        let held = buddy.fragment(9, target, &mut generator);
        let index = buddy.unusable_free_index(9);
        assert!(index >= target && index <= target + 0.04, "{target}: {index}");
        assert_eq!(held.is_empty(), target == 0.0);
        for frame in held {
            buddy.release(frame, 0).unwrap();
        }
        assert_eq!(buddy.largest_free(), Some(10));
    }
}

/// Free frames, one by one.
struct Map {
    first: u64,
    free: Vec<bool>,
}

impl Map {
    fn covers(&self, frame: u64, order: u32) -> Option<&[bool]> {
        let at = frame.checked_sub(self.first)? as usize;
        self.free.get(at..at + (1 << order))
    }

    /// Whether an aligned block of this order is free somewhere.
    fn has(&self, order: u32) -> bool {
        let end = self.first + self.free.len() as u64;
        let starts = (self.first..end).filter(|frame| frame.trailing_zeros() >= order);
        starts.into_iter().any(|f| self.covers(f, order).is_some_and(|b| b.iter().all(|f| *f)))
    }

    fn set(&mut self, frame: u64, order: u32, free: bool) {
        let at = (frame - self.first) as usize;
        for frame in &mut self.free[at..at + (1 << order)] {
            assert_ne!(*frame, free, "a frame is handed out twice, or freed twice");
            *frame = free;
        }
    }
}

proptest! {
    #[test]
    fn every_history_agrees_with_a_map_of_frames(
        first in 0_u64..70,
        total in 1_u64..200,
        max in 0_u32..7,
        steps in prop::collection::vec((0_u8..4, 0_u32..8, any::<prop::sample::Index>()), 1..200),
    ) {
        let mut buddy = Buddy::new(first, total, max);
        let mut map = Map { first, free: vec![true; total as usize] };
        let mut held: Vec<(u64, u32)> = Vec::new();
        for (kind, order, index) in steps {
            match kind {
                0 => {
                    let got = buddy.allocate(order);
                    prop_assert_eq!(got.is_some(), order <= max && map.has(order));
                    if let Some(frame) = got {
                        prop_assert!(frame.trailing_zeros() >= order);
                        map.set(frame, order, false);
                        held.push((frame, order));
                    }
                }
                1 => {
                    let frame = first + index.index(total as usize + 8) as u64;
                    let free = order <= max && frame.trailing_zeros() >= order
                        && map.covers(frame, order).is_some_and(|b| b.iter().all(|f| *f));
                    prop_assert_eq!(buddy.take(frame, order), free);
                    if free {
                        map.set(frame, order, false);
                        held.push((frame, order));
                    }
                }
                2 if !held.is_empty() => {
                    let (frame, order) = held.swap_remove(index.index(held.len()));
                    buddy.release(frame, order).unwrap();
                    map.set(frame, order, true);
                }
                3 if !held.is_empty() => {
                    let (frame, order) = held.swap_remove(index.index(held.len()));
                    buddy.split(frame, order, 0).unwrap();
                    held.extend((0..1 << order).map(|part| (frame + part, 0)));
                }
                _ => {}
            }
            let free = map.free.iter().filter(|free| **free).count() as u64;
            prop_assert_eq!(buddy.free(), free);
            let largest = (0..=max).rev().find(|order| map.has(*order));
            prop_assert_eq!(buddy.largest_free(), largest);
        }
        for (frame, order) in held {
            buddy.release(frame, order).unwrap();
        }
        prop_assert_eq!(buddy.census(), Buddy::new(first, total, max).census());
    }
}
