//! The interrupt controller.

use crate::{Lines, Plic, Source};
use model::bus::Device;

const CLAIM_S: u64 = 0x20_1004;
const ENABLE_S: u64 = 0x2080;
const THRESHOLD_S: u64 = 0x20_1000;

struct Bench {
    plic: Plic,
    lines: Lines,
}

impl Bench {
    /// Sources 1, 3 and 10 enabled for S-mode, with priorities 1, 2 and 2.
    fn new() -> Bench {
        let lines = Lines::new();
        let mut plic = Plic::new(std::slice::from_ref(&lines));
        for (source, priority) in [(1, 1), (3, 2), (10, 2)] {
            plic.write(4 * source, 4, priority).expect("a priority");
        }
        plic.write(ENABLE_S, 4, 1 << 1 | 1 << 3 | 1 << 10).expect("enables");
        Bench { plic, lines }
    }

    fn source(&self, number: u32) -> Source {
        self.plic.source(number)
    }

    fn claim(&mut self) -> u64 {
        self.plic.read(CLAIM_S, 4).expect("a claim")
    }

    fn complete(&mut self, source: u64) {
        self.plic.write(CLAIM_S, 4, source).expect("a completion");
    }

    fn is_notified(&self) -> bool {
        self.lines.levels() == Lines::SEI
    }
}

#[test]
fn the_highest_priority_is_claimed_first_and_of_equals_the_lowest_number() {
    let mut bench = Bench::new();
    for number in [1, 10, 3] {
        bench.source(number).set(true);
    }
    assert!(bench.is_notified());
    assert_eq!([bench.claim(), bench.claim(), bench.claim(), bench.claim()], [3, 10, 1, 0]);
    assert!(!bench.is_notified());
}

#[test]
fn a_level_makes_one_request_until_it_is_completed() {
    let mut bench = Bench::new();
    let source = bench.source(10);
    source.set(true);
    assert_eq!(bench.claim(), 10);
    assert!(!bench.is_notified(), "in service, though still asserted");
    bench.complete(10);
    assert!(bench.is_notified(), "still asserted at its completion");
    assert_eq!(bench.claim(), 10);
    source.set(false);
    bench.complete(10);
    assert!(!bench.is_notified());
}

#[test]
fn a_request_that_was_made_is_not_withdrawn() {
    let mut bench = Bench::new();
    let source = bench.source(10);
    source.set(true);
    source.set(false);
    assert!(bench.is_notified());
    assert_eq!(bench.claim(), 10);
}

#[test]
fn a_threshold_hides_what_is_not_above_it_but_does_not_stop_a_claim() {
    let mut bench = Bench::new();
    bench.source(1).set(true);
    bench.plic.write(THRESHOLD_S, 4, 1).expect("a threshold");
    assert!(!bench.is_notified());
    assert_eq!(bench.claim(), 1);
}

#[test]
fn what_is_not_enabled_is_pending_and_not_completed() {
    let mut bench = Bench::new();
    let source = bench.source(5);
    bench.plic.write(20, 4, 7).expect("a priority");
    source.set(true);
    assert!(!bench.is_notified());
    assert_eq!(bench.plic.read(0x1000, 4), Ok(1 << 5));
    assert_eq!(bench.claim(), 0);
    let others = bench.plic.read(ENABLE_S, 4).expect("enables");
    bench.plic.write(ENABLE_S, 4, others | 1 << 5).expect("enables");
    assert_eq!(bench.claim(), 5);
    bench.plic.write(ENABLE_S, 4, others).expect("enables");
    bench.complete(5);
    bench.plic.write(ENABLE_S, 4, others | 1 << 5).expect("enables");
    assert!(!bench.is_notified(), "its completion was ignored");
    bench.complete(5);
    assert!(bench.is_notified());
}

#[test]
fn source_zero_and_what_does_not_exist_read_as_zero() {
    let mut bench = Bench::new();
    for number in [0, 32, u32::MAX] {
        bench.source(number).set(true);
    }
    assert_eq!(bench.plic.read(0x1000, 4), Ok(0), "none of them is pending");
    for offset in [0, 0x1004, 0x2100, 0x20_2000, 0x3f_f000, 0xffc] {
        bench.plic.write(offset, 4, u64::MAX).expect("ignored");
        assert_eq!(bench.plic.read(offset, 4), Ok(0), "{offset:#x}");
    }
    assert!(bench.plic.read(4, 8).is_err() && bench.plic.read(4, 1).is_err());
}
