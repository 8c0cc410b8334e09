//! A round generated from its seed: the configuration of the operating system, and the programs.

use engine::Config;
use kernel::PolicyKind;
use model::isa::Mode;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::memory::CONSOLE;
use super::program::Author;
use super::round::Round;

/// The approximate number of steps of a round.
const STEPS: u64 = 8_000;
/// The range of bus requests among which errors are drawn, about as many as a round has.
const REQUESTS: u64 = 100_000;
/// The same for disk transfers.
const TRANSFERS: u64 = 5_000;

/// The parameters common to all rounds of a soak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup<'s> {
    /// The scheme.
    pub mode: Mode,
    /// The policy.
    pub policy: PolicyKind,
    /// The configuration; `None` for plain ones of several sizes.
    pub config: Option<&'s Config>,
    /// Failing bus requests, per million.
    pub bus_errors: u32,
    /// Failing disk transfers, per million.
    pub disk_errors: u32,
    /// Kernel entries between two checks of every invariant.
    pub check_every: u64,
}

const SIZES: [&str; 5] = ["tiny", "small", "linux", "large", "huge"];

/// The round for a seed. Equal seeds give equal programs under every policy and scheme.
pub fn generate(setup: &Setup<'_>, seed: u64) -> Round {
    let random = &mut ChaCha8Rng::seed_from_u64(seed);
    let size = match setup.config {
        Some(config) => SIZES[(config.entries.ilog2() as usize - 2).min(SIZES.len() - 1)],
        // Larger TLBs are slower to simulate, but keep stale lines for longer.
        None => SIZES[[0, 0, 1, 1, 1, 2][random.random_range(0..6)]],
    };
    let (latency, adue) = (random.random_range(1..8), random.random());
    let large = random.random_range(0..6) == 0;
    let roots = random.random_range(2..6);
    let errors = match (setup.bus_errors > 0, setup.disk_errors > 0) {
        (false, false) => "",
        (true, false) => " or access_fault or bus_error",
        (false, true) => " or disk_error",
        (true, true) => " or access_fault or bus_error or disk_error",
    };
    let mut programs = ChaCha8Rng::seed_from_u64(seed);
    programs.set_stream(1);
    let mut author = Author { random: &mut programs, large, errors, processes: Vec::new() };
    for root in 0..roots {
        author.root(STEPS / roots, root == 0);
    }
    let processes = author.processes;
    let mut os = circumstances(random, setup, processes.len() as u64, large);
    os.push(("console", format!("{{ at = {CONSOLE:#x}, typed = \"pagewalk\" }}")));
    os.push(("check_every", setup.check_every.to_string()));
    os.extend(errors_of(random, setup));
    vary(random, large, &mut os);
    let Setup { mode, policy, .. } = *setup;
    os.retain(|(key, _)| *key != "tau" || policy == PolicyKind::WsClock);
    let config = setup.config.map(|config| config.name);
    Round { seed, mode, policy, config, size, latency, adue, os, processes }
}

type Keys = Vec<(&'static str, String)>;

fn circumstances(random: &mut ChaCha8Rng, setup: &Setup<'_>, count: u64, large: bool) -> Keys {
    let tables = count * (u64::from(setup.mode.levels()) + 1 + 2 * u64::from(large));
    let mut frames = 64 + tables + random.random_range(12..60);
    let mut keys: Keys = Vec::new();
    if large {
        // One run of 512 frames, and few others: it is allocated, and split under pressure.
        keys.push(("thp", "\"always\"".to_owned()));
        keys.push(("reserved", "[[64, 440]]".to_owned()));
        frames += 960;
    }
    let tight = random.random_range(0..4) == 0;
    let swap =
        if tight { random.random_range(0..60) } else { count * if large { 1200 } else { 90 } };
    keys.push(("frames", frames.to_string()));
    keys.push(("swap", swap.to_string()));
    if tight && random.random() {
        keys.push(("swap_grow", random.random_range(1..9).to_string()));
        keys.push(("swap_limit", (swap + random.random_range(0..100)).to_string()));
    }
    let overlap: bool = random.random();
    keys.push(("overlap", overlap.to_string()));
    if overlap && random.random_range(0..3) == 0 {
        let kind = ["pff", "working_set"][random.random_range(0..2)];
        keys.push(("load_control", format!("\"{kind}\"")));
    }
    let oom = ["largest", "newest", "oldest"][random.random_range(0..3)];
    keys.push(("oom", format!("\"{oom}\"")));
    for key in ["sum", "mxr"] {
        keys.push((key, (random.random_range(0..12) > 0).to_string()));
    }
    keys.push(("zero_page", random.random::<bool>().to_string()));
    for (key, most) in [
        ("asids", 5),
        ("fault_around", 6),
        ("read_ahead", 6),
        ("tick_every", 120),
        ("tau", 6),
        ("quantum_cycles", 3000),
    ] {
        keys.push((key, random.random_range(0..most).to_string()));
    }
    keys.push(("window", random.random_range(1..9).to_string()));
    keys.push(("quantum", random.random_range(5..300).to_string()));
    keys.push(("data_latency", format!("[1, {}]", random.random_range(1..6))));
    let costs = "{ trap = 10, handler = 20, disk_read = 1000, disk_write = 1000, switch = 30 }";
    keys.push(("costs", costs.to_owned()));
    keys
}

/// Options added later are drawn last, so that the rest of a seed's round stays the same.
fn vary(random: &mut ChaCha8Rng, large: bool, os: &mut Keys) {
    let fork = ["copy_on_write", "copy_on_write", "copy"][random.random_range(0..3)];
    os.push(("fork", format!("\"{fork}\"")));
    if large {
        // Superpages at the first touch, afterwards, or both.
        let present = [0, 1, 4, 30][random.random_range(0..4)];
        os.push(("thp_promote", present.to_string()));
        if present > 0 && random.random() {
            os.retain(|(key, _)| *key != "thp");
        }
    }
}

/// The requests and transfers that fail.
fn errors_of(random: &mut ChaCha8Rng, setup: &Setup<'_>) -> Keys {
    let mut numbers = |of: u64, ppm: u32| {
        let count = (of * u64::from(ppm)).div_ceil(1_000_000);
        let mut drawn: Vec<u64> = (0..count).map(|_| random.random_range(1..=of)).collect();
        drawn.sort_unstable();
        drawn.dedup();
        format!("{drawn:?}")
    };
    let mut keys = Vec::new();
    if setup.bus_errors > 0 {
        let [walker, fetch, data] = [(); 3].map(|()| numbers(REQUESTS, setup.bus_errors));
        let value = format!("{{ walker = {walker}, fetch = {fetch}, data = {data} }}");
        keys.push(("bus_errors", value));
    }
    if setup.disk_errors > 0 {
        let [reads, writes] = [(); 2].map(|()| numbers(TRANSFERS, setup.disk_errors));
        keys.push(("disk_errors", format!("{{ reads = {reads}, writes = {writes} }}")));
    }
    keys
}
