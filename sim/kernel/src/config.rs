//! The configuration of a machine and its kernel: every option, its default and its bounds.
//!
//! `os` of a scenario, `--os` of a recording and the sweeps of a study set its fields by name.

use super::options::{
    BusErrors, ConsoleSpec, Costs, DiskErrors, ForkKind, FrameChoice, LoadControl, OomKind, Thp,
};
use super::{Allocation, PolicyKind, PolicySettings};
use model::bus::LatencySpec;
use model::cache::CacheSpec;
use model::isa::{Mode, PAGE_BYTES};
use serde::Deserialize;
use smart_default::SmartDefault;
use std::ops::RangeInclusive;

/// The limit of cycles for a single operation: 18 minutes of a processor of 1 GHz. The clock counts
/// a trillion times as many.
pub const MOST_CYCLES: u64 = 1 << 40;
/// The limit of pages in a run.
const LARGEST_RUN: u64 = 1 << 16;
/// The limit of frames, which is more than can be addressed, and of swap slots.
const MOST_FRAMES: u64 = 1 << 28;

/// Everything about a machine except its MMU and its programs.
#[derive(Clone, Debug, PartialEq, Eq, SmartDefault, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MachineConfig {
    /// The translation scheme of every process.
    #[serde(skip)]
    #[default(Mode::Sv39)]
    pub mode: Mode,
    /// `menvcfg.ADUE`: hardware sets A and D; otherwise it faults, and software does.
    #[serde(skip)]
    #[default(true)]
    pub adue: bool,
    /// The walker's and the kernel's memory latency.
    #[serde(skip)]
    #[default(LatencySpec::Fixed(10))]
    pub latency: LatencySpec,
    /// The physical address of RAM, a multiple of 4096; by default as on most boards.
    #[serde(skip)]
    #[default(0x8000_0000)]
    pub base: u64,

    /// Frames of physical memory, the kernel's included; by default 16 MiB.
    #[default(4096)]
    pub frames: u64,
    /// The number of frames, from the lowest on, that are reserved for the kernel.
    #[default(64)]
    pub kernel: u64,
    /// Further frames that are not used: the first, counted from the beginning of memory, and their
    /// number.
    pub reserved: Vec<[u64; 2]>,
    /// How frames are allocated to processes: on request, or in fixed shares, within which each
    /// process replaces only its own pages.
    pub allocation: Allocation,
    /// Which free frame a page gets: what a cache of physical addresses makes of it.
    pub frame_choice: FrameChoice,
    /// A model of a cache in front of memory, for fetches, loads and stores after translation. It
    /// counts, and takes no time.
    pub cache: Option<CacheSpec>,
    /// Slots of the swap device; by default 256 MiB.
    #[default(65536)]
    pub swap: u32,
    /// The number of slots by which a full swap file grows. 0: it does not grow.
    pub swap_grow: u32,
    /// The maximum number of slots; unlimited if absent.
    pub swap_limit: Option<u32>,

    /// The replacement policy.
    pub policy: PolicyKind,
    /// Ticks for which the policy `wsclock` keeps a page after its last use.
    #[default(4)]
    pub tau: u64,
    /// The process that is killed when memory is exhausted.
    pub oom: OomKind,

    /// ASIDs for processes, besides 0, which is the kernel's; by default the maximum of RV32. With
    /// 0 all processes share ASID 0 and every switch fences.
    #[default(511)]
    pub asids: u16,
    /// Accesses after which another process runs. 0: never before the first ends.
    #[default(10_000)]
    pub quantum: u64,
    /// The quantum in cycles, in addition to that in accesses. 0: none.
    pub quantum_cycles: u64,
    /// Accesses between two timer interrupts, at which the policy samples. 0: none.
    pub tick_every: u64,
    /// A process that waits for the disk is blocked, and others run, instead of an idle processor.
    pub overlap: bool,
    /// Load control: whether whole processes are suspended.
    pub load_control: LoadControl,
    /// With `pff`: the minimum time between a process's faults, in its own cycles, without the
    /// kernel's work.
    #[default(1000)]
    pub pff_cycles: u64,
    /// With `working_set`: the window, in the process's own cycles, without the kernel's work. A
    /// sample is taken at the end of the turn in which it is full.
    #[default(10_000)]
    pub ws_cycles: u64,

    /// A load from untouched zeroed memory maps the zero page, and only a store allocates a frame.
    pub zero_page: bool,
    /// Transparent superpages, at the first touch.
    pub thp: Thp,
    /// Pages of an aligned run that must be in memory for promotion to a superpage, at a tick; more
    /// than a run has means all of them. 0: never.
    pub thp_promote: u64,
    /// What a fork does with private pages.
    pub fork: ForkKind,
    /// Pages of a file that are mapped around the one that faulted, itself included, if they are
    /// in the page cache already: an aligned run. 0 and 1: that page only.
    pub fault_around: u64,
    /// Pages of a file that one disk access reads, an aligned run. 0 and 1: that page only.
    pub read_ahead: u64,
    /// Pages below a stack that must stay free of other mappings: it does not grow if fewer would
    /// be left, and an access there, below its limit, is fatal.
    #[default(1)]
    pub stack_guard_gap: u64,
    /// The kernel sets SUM when it copies from or to a process's memory.
    #[default(true)]
    pub sum: bool,
    /// The kernel sets MXR when it reads an instruction to emulate it.
    #[default(true)]
    pub mxr: bool,

    /// Accesses in the pipeline at a time, at least 2.
    #[default(8)]
    pub window: usize,
    /// No access begins before the one before is complete, as in the textbooks' calculations.
    pub one_at_a_time: bool,
    /// Cycles that a TLB lookup adds to each access, for the textbooks' TLBs that do not answer in
    /// the same cycle.
    pub tlb_lookup: u64,
    /// The latency of fetches, loads and stores after translation; by default they hit caches.
    #[default(LatencySpec::Fixed(1))]
    pub data_latency: LatencySpec,
    /// The costs of the kernel's work.
    pub costs: Costs,

    /// Disk transfers that fail.
    pub disk_errors: DiskErrors,
    /// Bus requests that fail.
    pub bus_errors: BusErrors,
    /// A console on the bus.
    pub console: Option<ConsoleSpec>,
    /// The seed of stored values, contents of files, random latencies and the policy `random`.
    #[default(1)]
    pub seed: u64,
    /// Kernel entries between two checks of every invariant; without it they are checked at the
    /// end only.
    pub check_every: Option<u64>,
}

/// An invalid option.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Senseless {
    /// The path of the option, with the indices of list items, from 0: `costs.trap`, `reserved.1`.
    pub path: String,
    /// A sentence.
    pub message: String,
}

impl MachineConfig {
    /// Checks what can be checked without a machine.
    ///
    /// # Errors
    /// The first invalid option.
    pub fn check(&self) -> Result<(), Senseless> {
        let Costs { trap, handler, disk_read, disk_write, switch } = self.costs;
        let most_slots = self.swap_limit.map_or(MOST_FRAMES, u64::from);
        for (path, value, bounds) in [
            ("frames", self.frames, 1..=MOST_FRAMES),
            ("kernel", self.kernel, 0..=MOST_FRAMES),
            ("window", self.window as u64, 1..=1 << 16),
            ("tlb_lookup", self.tlb_lookup, 0..=MOST_CYCLES),
            ("pff_cycles", self.pff_cycles, 1..=MOST_CYCLES),
            ("ws_cycles", self.ws_cycles, 1..=MOST_CYCLES),
            ("fault_around", self.fault_around, 0..=LARGEST_RUN),
            ("read_ahead", self.read_ahead, 0..=LARGEST_RUN),
            ("thp_promote", self.thp_promote, 0..=LARGEST_RUN),
            ("check_every", self.check_every.unwrap_or(1), 1..=u64::MAX),
            ("swap", self.swap.into(), 0..=MOST_FRAMES),
            ("swap_grow", self.swap_grow.into(), 0..=MOST_FRAMES),
            ("swap_limit", most_slots, self.swap.into()..=MOST_FRAMES),
            ("costs.trap", trap, 0..=MOST_CYCLES),
            ("costs.handler", handler, 0..=MOST_CYCLES),
            ("costs.disk_read", disk_read, 0..=MOST_CYCLES),
            ("costs.disk_write", disk_write, 0..=MOST_CYCLES),
            ("costs.switch", switch, 0..=MOST_CYCLES),
        ] {
            within(path, value, bounds)?;
        }
        let wrong = |message| Senseless { path: "data_latency".to_owned(), message };
        self.data_latency.check().map_err(wrong)?;
        self.check_cache()?;
        self.check_lists()
    }

    /// The cache, and choices that go by its colours.
    fn check_cache(&self) -> Result<(), Senseless> {
        let wrong = |path: &str, message| Senseless { path: path.to_owned(), message };
        if let Some(cache) = self.cache {
            cache.check(PAGE_BYTES).map_err(|message| wrong("cache", message))?;
            // A transfer of the bus is in one line.
            within("cache.line", cache.line, 8..=PAGE_BYTES)?;
        }
        let colours = self.cache.map(|cache| cache.colours(PAGE_BYTES));
        let message = match (self.frame_choice, colours) {
            (FrameChoice::Lowest | FrameChoice::Random, _) | (_, Some(2..)) => return Ok(()),
            (_, None) => "it goes by the colours of `cache`, and there is none".to_owned(),
            (_, Some(_)) => format!(
                "the cache has one colour: it needs more than {PAGE_BYTES} bytes for each way"
            ),
        };
        Err(wrong("frame_choice", message))
    }

    /// Lists of transfers, requests and frames.
    fn check_lists(&self) -> Result<(), Senseless> {
        for (list, numbers) in [
            ("disk_errors.reads", &self.disk_errors.reads),
            ("disk_errors.writes", &self.disk_errors.writes),
            ("bus_errors.walker", &self.bus_errors.walker),
            ("bus_errors.fetch", &self.bus_errors.fetch),
            ("bus_errors.data", &self.bus_errors.data),
        ] {
            for (at, number) in numbers.iter().enumerate() {
                // They are counted from 1.
                within(&format!("{list}.{at}"), *number, 1..=u64::MAX)?;
            }
        }
        let frames = self.frames;
        for (at, [first, count]) in self.reserved.iter().enumerate() {
            let end = first.checked_add(*count).filter(|end| *count > 0 && *end <= frames);
            if end.is_none() {
                let message = format!("{count} frames from {first} on are not among the {frames}");
                return Err(Senseless { path: format!("reserved.{at}"), message });
            }
        }
        Ok(())
    }

    /// The gap below stacks, in bytes.
    pub fn guard_gap(&self) -> u64 {
        self.stack_guard_gap.saturating_mul(PAGE_BYTES)
    }

    /// The replacement policy's settings.
    pub fn policy_settings(&self) -> PolicySettings {
        PolicySettings { seed: self.seed, tau: self.tau }
    }
}

fn within(path: &str, value: u64, bounds: RangeInclusive<u64>) -> Result<(), Senseless> {
    if bounds.contains(&value) {
        return Ok(());
    }
    let (least, most) = bounds.into_inner();
    let name = path.split('.').rfind(|part| !part.starts_with(|c: char| c.is_ascii_digit()));
    let name = name.unwrap_or(path);
    let message = format!("`{name}` is {value}; it can be {least} to {most}");
    Err(Senseless { path: path.to_owned(), message })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_named_with_the_way_to_it() {
        assert_eq!(MachineConfig::default().check(), Ok(()));
        let wrong = |change: fn(&mut MachineConfig)| {
            let mut config = MachineConfig::default();
            change(&mut config);
            let error = config.check().unwrap_err();
            (error.path, error.message)
        };
        let (path, message) = wrong(|config| config.costs.disk_read = u64::MAX);
        assert_eq!(path, "costs.disk_read");
        let most = format!("`disk_read` is {}; it can be 0 to {MOST_CYCLES}", u64::MAX);
        assert_eq!(message, most);
        let (path, message) = wrong(|config| config.disk_errors.reads = vec![3, 0]);
        assert_eq!(
            (path.as_str(), message.contains("`reads` is 0")),
            ("disk_errors.reads.1", true)
        );
        let (path, _) = wrong(|config| config.reserved = vec![[70, 1], [4000, 97]]);
        assert_eq!(path, "reserved.1");
        let cache = |bytes, line| Some(CacheSpec { bytes, ways: 1, line });
        for (change, expected, said) in [
            (cache(5000, 64), "cache", "`bytes` of a cache is 5000"),
            (cache(16384, 4), "cache.line", "`line` is 4"),
            (cache(4096, 64), "frame_choice", "one colour"),
            (None, "frame_choice", "there is none"),
        ] {
            let frame_choice = FrameChoice::Coloured;
            let config = MachineConfig { frame_choice, cache: change, ..Default::default() };
            let error = config.check().unwrap_err();
            assert_eq!(error.path, expected);
            assert!(error.message.contains(said), "{error}");
        }
        let (path, _) = wrong(|config| (config.swap, config.swap_limit) = (9, Some(8)));
        assert_eq!(path, "swap_limit");
    }
}
