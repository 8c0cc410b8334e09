//! Page-reference strings of the textbooks, end to end through real page faults.

use super::*;
use crate::stats::OsCounters;
use kernel::PolicyKind::{self, Clock, Fifo, Lru};

const SILBERSCHATZ: &[u64] = &[7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1];
const BELADY: &[u64] = &[1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5];
const TANENBAUM: &[u64] = &[0, 1, 2, 3, 0, 1, 4, 0, 1, 2, 3, 4];
const OSTEP: &[u64] = &[0, 1, 2, 0, 1, 3, 0, 3, 1, 2, 1];
const STALLINGS: &[u64] = &[2, 3, 2, 1, 5, 2, 4, 5, 3, 2, 5, 2];
const EXERCISE: &[u64] = &[7, 2, 3, 1, 2, 5, 3, 4, 6, 7, 7, 1, 0, 5, 4, 6, 2, 3, 0, 1];

fn counters(
    policy: PolicyKind,
    mode: Mode,
    frames: u64,
    string: &[u64],
    stores: impl Fn(u64) -> bool,
) -> OsCounters {
    let config = MachineConfig { policy, ..strict(mode) };
    let ops = string.iter().map(|&n| if stores(n) { store(page(n)) } else { load(page(n)) });
    let spec = process("string", vec![region(RegionKind::Bss, BSS, 8)], ops);
    let outcome = run(config, [ProcessSpec { frames: Some(frames), ..spec }]);
    assert_eq!(fate(&outcome, 0), "exited");
    assert_eq!(outcome.report.processes[0].peak_resident_frames, frames.min(8));
    outcome.report.total.faults
}

fn faults(policy: PolicyKind, frames: u64, string: &[u64]) -> u64 {
    let counts = counters(policy, Mode::Sv39, frames, string, |_| false);
    counts.minor_faults + counts.major_faults
}

#[test]
fn textbook_strings_fault_as_printed() {
    for (name, string, frames, fifo, lru, clock) in [
        ("Silberschatz", SILBERSCHATZ, 3, 15, 12, 14),
        ("Silberschatz", SILBERSCHATZ, 4, 10, 8, 9),
        ("Belady", BELADY, 3, 9, 10, 9),
        ("Belady", BELADY, 4, 10, 8, 10),
        ("Tanenbaum", TANENBAUM, 3, 9, 10, 9),
        ("Tanenbaum", TANENBAUM, 4, 10, 8, 10),
        ("OSTEP", OSTEP, 3, 7, 5, 7),
        ("Stallings", STALLINGS, 3, 9, 7, 8),
        ("exercise", EXERCISE, 3, 17, 18, 18),
    ] {
        let counted = [Fifo, Lru, Clock].map(|policy| faults(policy, frames, string));
        assert_eq!(counted, [fifo, lru, clock], "{name} with {frames} frames");
    }
}

#[test]
fn clock_counts_the_same_in_every_mode_and_without_hardware_updates() {
    for mode in [Mode::Sv32, Mode::Sv39, Mode::Sv48, Mode::Sv57] {
        let counts = counters(Clock, mode, 3, SILBERSCHATZ, |_| true);
        assert_eq!(counts.minor_faults + counts.major_faults, 14, "{mode:?}");
    }
    let config = MachineConfig { policy: Clock, adue: false, ..strict(Mode::Sv39) };
    let ops = SILBERSCHATZ.iter().map(|&n| load(page(n)));
    let spec = process("string", vec![region(RegionKind::Bss, BSS, 8)], ops);
    let faults = run(config, [ProcessSpec { frames: Some(3), ..spec }]).report.total.faults;
    assert_eq!(faults.minor_faults + faults.major_faults, 14);
    assert!(faults.ad_faults > 0, "software had to set the bits that CLOCK cleared");
}

#[test]
fn dirty_bits_save_writes_as_printed() {
    for (policy, stored, every) in [(Fifo, 3, 12), (Lru, 2, 9)] {
        let writes = |stores: &dyn Fn(u64) -> bool| {
            let counts = counters(policy, Mode::Sv39, 3, SILBERSCHATZ, stores);
            assert_eq!(counts.write_backs + counts.write_backs_saved, counts.evictions);
            counts.write_backs
        };
        assert_eq!(writes(&|_| false), 0, "{policy:?}");
        assert_eq!(writes(&|n| n == 0), stored, "{policy:?}");
        assert_eq!(writes(&|_| true), every, "{policy:?}");
    }
}

#[test]
fn one_frame_short_of_a_loop_is_a_cliff() {
    let string: Vec<u64> = (0..8).cycle().take(160).collect();
    assert_eq!(faults(Lru, 7, &string), 160);
    assert_eq!(faults(Fifo, 7, &string), 160);
    assert_eq!(faults(Lru, 8, &string), 8);
}
