//! Random calls of several processes under memory pressure, everything checked after each.

use super::told::Listener;
use super::*;
use kernel::{DiskErrors, ForkKind, PolicyKind, Thp};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const FILE: u64 = 0x40_0000;
const SHARED: u64 = 0x80_0000;
const MAPPED: u64 = 0xc0_0000;
/// A place for superpages of every scheme.
const LARGE: u64 = 0x100_0000;

fn regions() -> Vec<RegionSpec> {
    let shared = |spec| RegionSpec { shared: true, ..spec };
    vec![
        bss(12),
        file(RegionKind::Data, FILE, 6, "data"),
        shared(file(RegionKind::Mapped, SHARED, 6, "base")),
        shared(region(RegionKind::Bss, SHARED + 0x8000, 3)),
        region(RegionKind::Text, 0x1_0000, 4),
        region(RegionKind::Bss, LARGE, 1100),
    ]
}

fn span(random: &mut ChaCha8Rng) -> Range<u64> {
    let (start, pages) =
        [(super::super::BSS, 12), (FILE, 6), (SHARED, 6), (MAPPED, 8), (LARGE, 520)]
            [random.random_range(0..5)];
    let first = random.random_range(0..pages);
    let count = random.random_range(1..=pages - first);
    start + first * PAGE_BYTES..start + (first + count) * PAGE_BYTES
}

/// One step; processes that make invalid accesses are killed, as intended.
fn step(hand: &mut Hand, random: &mut ChaCha8Rng, living: &mut Vec<Pid>) {
    let pid = hand.current();
    let range = span(random);
    match random.random_range(0..100) {
        0..3 if living.len() < 5 => living.extend(hand.fork()),
        3..5 => {
            let kind = if random.random() { RegionKind::Mapped } else { RegionKind::Data };
            let spec = region(kind, MAPPED, random.random_range(1..8));
            let shared = kind == RegionKind::Mapped && random.random();
            hand.mmap(RegionSpec { shared, ..spec });
        }
        5..7 => {
            hand.munmap(range);
        }
        7..10 => {
            let permissions = ["r--", "rw-", "-w-", "---"][random.random_range(0..4)];
            hand.mprotect(range, permissions);
        }
        15 => {
            let pages = (range.end - range.start) / PAGE_BYTES;
            let to = random.random::<bool>().then(|| span(random).start);
            let pages = pages.saturating_add_signed(random.random_range(-1..3)).max(1);
            hand.mremap(range, pages, to);
        }
        16 => {
            hand.madvise(range);
        }
        18 => {
            hand.msync(range);
        }
        19 => {
            let few = range.start..range.end.min(range.start + 4 * PAGE_BYTES);
            hand.mlock(few);
        }
        20 => {
            hand.munlock(range);
        }
        10 if living.len() > 1 => hand.exit(),
        11 => {
            hand.exec("image", regions());
        }
        12..15 => hand.tick(),
        _ => {
            let text = random.random_bool(0.2);
            let (access, va) = match random.random_range(0..3) {
                _ if text => (isa::Access::Fetch, 0x1_0000 + random.random_range(0..4) * 4096),
                0 => (isa::Access::Load, range.start),
                _ => (isa::Access::Store, range.start),
            };
            let space = hand.machine.os.process(pid).and_then(|process| process.space.as_ref());
            // Mostly what is allowed: otherwise every process would be killed early.
            let fine = space.is_some_and(|space| space.permissions(va).allows(access));
            if fine || random.random_bool(0.01) {
                let _ = hand.access(access, va + random.random_range(0..512) * 8);
            }
        }
    }
}

fn soak(seed: u64, steps: u32) -> OsCounters {
    let random = &mut ChaCha8Rng::seed_from_u64(seed);
    let numbers = |random: &mut ChaCha8Rng, count: usize| -> Vec<u64> {
        (0..count).map(|_| random.random_range(1..400)).collect()
    };
    let mut config = MachineConfig {
        zero_page: random.random(),
        fault_around: random.random_range(0..5),
        read_ahead: random.random_range(0..5),
        swap_grow: random.random_range(0..5),
        swap_limit: Some(48),
        disk_errors: DiskErrors { reads: numbers(random, 2), writes: numbers(random, 6) },
        seed,
        ..strict([Mode::Sv39, Mode::Sv48, Mode::Sv32, Mode::Sv57][seed as usize % 4])
    };
    let mut frames = 30 + random.random_range(0..20);
    if seed.is_multiple_of(3) {
        // One run of 512 frames, and few others: it is allocated, and split under pressure.
        config.thp = Thp::Always;
        config.reserved = vec![[64, 440]];
        frames += 960;
        // At the first touch, afterwards, or both; promotion afterwards needs spare runs.
        config.thp_promote = [0, 1, 2][seed as usize / 3 % 3];
        if config.thp_promote > 0 {
            config.thp = [Thp::Never, Thp::Always][seed as usize % 2];
            frames += 1536;
        }
    }
    if seed % 4 == 1 {
        config.fork = ForkKind::Copy;
    }
    config.policy = PolicyKind::ALL[seed as usize % PolicyKind::ALL.len()];
    config.adue = random.random();
    config.asids = random.random_range(0..4);
    config.swap = random.random_range(0..40);
    let mut hand = Hand::with_frames(config, frames);
    hand.label = format!("seed {seed}");
    let (listener, observer) = Listener::new();
    hand.machine.observe(observer);
    let mut living = Vec::new();
    for _ in 0..steps {
        living.retain(|&pid| hand.fate(pid) == "lives");
        if living.is_empty() {
            living.push(hand.spawn("p", regions()));
        }
        if hand.machine.os.current().is_none() || random.random_bool(0.1) {
            let pid = living[random.random_range(0..living.len())];
            if hand.fate(pid) == "lives" {
                hand.switch(pid);
            }
        }
        if hand.machine.os.current().is_some() {
            step(&mut hand, random, &mut living);
        }
    }
    let mut total = *hand.machine.os.counters();
    hand.machine.os.processes().for_each(|process| total += process.counters);
    listener.borrow().agrees(&total, &hand.label);
    total
}

#[test]
fn random_calls_keep_every_invariant_and_every_byte() {
    let mut total = OsCounters::default();
    // More of those with superpages: few runs remain unshared and complete until a tick.
    for seed in (0..30).chain((30..60).step_by(3)) {
        total += soak(seed, 250);
    }
    for (count, what) in [
        (total.forks, "forks"),
        (total.cow_copies, "copies"),
        (total.cow_reuses, "reuses"),
        (total.swap_ins, "swap-ins"),
        (total.file_writes, "file writes"),
        (total.page_cache_hits, "cache hits"),
        (total.zero_page_maps, "zero pages"),
        (total.disk_errors, "disk errors"),
        (total.munmaps, "munmaps"),
        (total.mremaps, "moves"),
        (total.madvises, "drops"),
        (total.msyncs, "msyncs"),
        (total.mlocks, "locks"),
        (total.refused_calls, "refusals"),
        (total.ticks, "ticks"),
        (total.thp_allocations, "superpages"),
        (total.thp_splits, "splits"),
        (total.thp_promotions, "promotions"),
        (total.fork_copied_pages, "pages copied by forks"),
    ] {
        assert!(count > 5, "only {count} {what}: {total:?}");
    }
}
