//! The fifty-percent rule: in the long run there are half as many holes as segments.
//!
//! Knuth, The Art of Computer Programming, volume 1, 2.5: when most requests do not fit a hole
//! exactly, the average number of holes tends to half the number of segments.

use std::ops::{Range, RangeInclusive};

use rand::Rng;

use super::Placer;

/// The result of a long run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Equilibrium {
    /// Holes for a thousand segments, on average over the second half of the run.
    pub holes_per_thousand: u64,
    /// Requests that were refused.
    pub refused: u64,
}

/// Makes `steps` changes: with equal chances a segment chosen at random ends, or one of a length
/// drawn from `lengths` is allocated; between `segments / 2` and `segments` of them exist once the
/// run is under way. `changed` is called with memory and the number of segments after each change.
/// Everything is freed at the end.
pub fn churn(
    placer: &mut dyn Placer,
    steps: u64,
    lengths: RangeInclusive<u64>,
    segments: usize,
    generator: &mut impl Rng,
    changed: &mut dyn FnMut(&dyn Placer, usize),
) -> Equilibrium {
    let mut live: Vec<Vec<Range<u64>>> = Vec::new();
    let (mut holes, mut seen, mut refused) = (0, 0, 0);
    for step in 0..steps {
        let ends = live.len() >= segments || (live.len() > segments / 2 && generator.random());
        if ends && !live.is_empty() {
            let ended = live.swap_remove(generator.random_range(0..live.len()));
            ended.into_iter().for_each(|range| placer.free(range));
        } else {
            match placer.allocate(generator.random_range(lengths.clone())) {
                Some(ranges) => live.push(ranges),
                None => refused += 1,
            }
        }
        changed(placer, live.len());
        if step >= steps / 2 {
            holes += placer.holes().len() as u64;
            seen += live.len() as u64;
        }
    }
    live.into_iter().flatten().for_each(|range| placer.free(range));
    Equilibrium { holes_per_thousand: holes * 1000 / seen.max(1), refused }
}
