//! The placers against a map of single units; the world through long random histories.

#![allow(clippy::single_range_in_vec_init, reason = "memory that is one piece")]

use std::ops::Range;

use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::churn::churn;
use super::*;
use model::isa;

fn first(placer: &mut dyn Placer, length: u64) -> Option<u64> {
    placer.allocate(length).map(|ranges| ranges[0].start)
}

/// Silberschatz, Operating System Concepts: holes of 100, 500, 200, 300 and 600 KB; requests for
/// 212, 417, 112 and 426 KB, in this order.
#[test]
fn four_requests_of_the_book_go_where_the_book_says() {
    let holes = [0..100, 101..601, 602..802, 803..1103, 1104..1704];
    let places = |fit| {
        let mut placer = Holes::new(&holes, fit);
        [212, 417, 112, 426].map(|length| first(&mut placer, length))
    };
    assert_eq!(places(Fit::First), [Some(101), Some(1104), Some(313), None]);
    assert_eq!(places(Fit::Best), [Some(803), Some(101), Some(602), Some(1104)]);
    assert_eq!(places(Fit::Worst), [Some(1104), Some(101), Some(1316), None]);
    assert_eq!(places(Fit::Next), [Some(101), Some(1104), Some(1521), None]);
}

#[test]
fn half_as_many_holes_as_segments_in_the_long_run() {
    let mut generator = ChaCha8Rng::seed_from_u64(50);
    let mut placer = Holes::new(&[0..1 << 20], Fit::First);
    let rule = churn(&mut placer, 60_000, 1..=1000, 1000, &mut generator, &mut |_, _| {});
    assert_eq!(rule.refused, 0);
    assert!((400..=560).contains(&rule.holes_per_thousand), "{rule:?}");
    assert_eq!(placer.holes(), [0..1 << 20]);
}

fn placer(kind: usize) -> Box<dyn Placer> {
    let holes = [3..40, 41..120];
    match kind {
        0 => Box::new(Holes::new(&holes, Fit::First)),
        1 => Box::new(Holes::new(&holes, Fit::Best)),
        2 => Box::new(Holes::new(&holes, Fit::Worst)),
        3 => Box::new(Holes::new(&holes, Fit::Next)),
        4 => Box::new(Blocks::new(3, 100, 6)),
        _ => Box::new(Pages::new(&holes, 4)),
    }
}

proptest! {
    #[test]
    fn no_unit_is_handed_out_twice_or_lost(
        kind in 0_usize..6,
        steps in prop::collection::vec((any::<bool>(), 1_u64..40, any::<prop::sample::Index>()), 1..150),
    ) {
        let mut placer = placer(kind);
        let start = placer.holes();
        let mut free: std::collections::BTreeSet<u64> = start.iter().cloned().flatten().collect();
        let mut live: Vec<Vec<Range<u64>>> = Vec::new();
        for (comes, length, index) in steps {
            let longest = placer.largest();
            if comes || live.is_empty() {
                let got = placer.allocate(length);
                prop_assert_eq!(got.is_some(), length <= longest, "{} of {}", length, longest);
                let Some(ranges) = got else { continue };
                let units: Vec<u64> = ranges.iter().cloned().flatten().collect();
                prop_assert!(units.len() as u64 >= length);
                prop_assert!(units.iter().all(|unit| free.remove(unit)), "handed out twice");
                live.push(ranges);
            } else {
                for range in live.swap_remove(index.index(live.len())) {
                    free.extend(range.clone());
                    placer.free(range);
                }
            }
            let holes: Vec<u64> = placer.holes().into_iter().flatten().collect();
            prop_assert_eq!(&holes, &free.iter().copied().collect::<Vec<_>>());
        }
        live.into_iter().flatten().for_each(|range| placer.free(range));
        prop_assert_eq!(placer.holes(), start);
    }
}

fn world(fit: Fit, compaction: bool) -> World {
    let unit = Box::new(IdealUnit::new(Shape { segments: 4, offset_bits: 12 }));
    let holes = if fit == Fit::Buddy { vec![0..256] } else { vec![2..90, 95..240] };
    let config = Config { unit: 24, holes, fit, page: 4, compaction, latency: 3, handler: 7 };
    World::new(unit, config).unwrap()
}

/// One process with segments of random lengths; `text` is shared by every third.
fn spec(name: u64, dice: &mut ChaCha8Rng) -> ProcessSpec {
    let segment = |number: usize, length, shared: Option<&str>, down| SegmentSpec {
        name: format!("s{number}"),
        number,
        length,
        rights: Rights { read: true, write: shared.is_none(), execute: false, user: true, down },
        at: None,
        shared: shared.map(str::to_owned),
    };
    let shared = name.is_multiple_of(3).then_some("text");
    let segments = vec![
        segment(0, if shared.is_some() { 9 } else { dice.random_range(0..20) }, shared, false),
        segment(1, dice.random_range(0..30), None, false),
        segment(3, dice.random_range(1..12), None, true),
    ];
    ProcessSpec { name: format!("p{name}"), segments }
}

fn history(fit: Fit, compaction: bool, seed: u64) -> Counts {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut world = world(fit, compaction);
    let mut live: Vec<String> = Vec::new();
    for step in 0..400 {
        let chosen = (!live.is_empty()).then(|| live[dice.random_range(0..live.len())].clone());
        match (dice.random_range(0..10), chosen) {
            (0..3, _) | (_, None) => {
                let spec = spec(step, &mut dice);
                if world.load(&spec).unwrap().placed {
                    live.push(spec.name);
                }
            }
            (3, Some(name)) => {
                world.end(&name).unwrap();
                live.retain(|other| *other != name);
            }
            (4 | 5, Some(name)) => {
                world.run(&name).unwrap();
                for _ in 0..20 {
                    let access = [isa::Access::Load, isa::Access::Store][dice.random_range(0..2)];
                    let bytes = 1 << dice.random_range(0..4);
                    let offset = dice.random_range(-300..800);
                    let va = world.shape().address(dice.random_range(0..4), offset);
                    let request = Request { va, bytes, access, user: true };
                    world.access(request, dice.random()).unwrap();
                }
            }
            (6, Some(_)) if fit != Fit::Buddy => _ = world.compact().unwrap(),
            (_, Some(name)) => {
                let segment = ["s1", "s3"][dice.random_range(0..2)];
                world.grow(&name, segment, dice.random_range(1..8)).unwrap();
            }
        }
        world.check().unwrap_or_else(|error| panic!("{fit:?}, seed {seed}, step {step}: {error}"));
    }
    world.counts()
}

#[test]
fn random_histories_lose_no_byte() {
    for fit in [Fit::First, Fit::Best, Fit::Worst, Fit::Next, Fit::Buddy] {
        for seed in 0..6 {
            let counts = history(fit, fit != Fit::Buddy && seed % 2 == 0, seed);
            for name in
                ["loads", "ends", "grown", "refused", "accesses", "faults_limit", "moved_bytes"]
            {
                assert!(counts.get(name).is_some_and(|n| *n > 0), "{fit:?} {seed}: no {name}");
            }
        }
    }
}

/// A unit that ignores the limit, or holds no fault: found at once.
struct Broken(IdealUnit, bool);

impl SegmentUnit for Broken {
    fn name(&self) -> &str {
        "broken"
    }
    fn shape(&self) -> Shape {
        self.0.shape()
    }
    fn cycle(&mut self, inputs: &Inputs) -> Outputs {
        let mut inputs = *inputs;
        if let (true, Some((_, Some(register)))) = (self.1, &mut inputs.load) {
            register.limit += 1;
        }
        let outputs = self.0.cycle(&inputs);
        Outputs { held: outputs.held.filter(|_| self.1), ..outputs }
    }
}

#[test]
fn broken_hardware_is_found() {
    for forgets_limit in [true, false] {
        let unit = IdealUnit::new(Shape { segments: 4, offset_bits: 12 });
        let mut world = world(Fit::First, false);
        world.put_unit(Box::new(Broken(unit, forgets_limit)));
        let spec = ProcessSpec {
            name: "p".into(),
            segments: vec![SegmentSpec {
                name: "s".into(),
                number: 1,
                length: 2,
                at: None,
                shared: None,
                rights: Rights { read: true, user: true, ..Rights::default() },
            }],
        };
        world.load(&spec).unwrap();
        world.run("p").unwrap();
        let request = Request { va: 4096 + 48, bytes: 1, access: isa::Access::Load, user: true };
        let error = world.access(request, 0).unwrap_err();
        match error {
            WorldError::Disagrees { .. } => assert!(forgets_limit),
            WorldError::Held { .. } => assert!(!forgets_limit),
            other => panic!("{other}"),
        }
    }
}
