//! `os` in a scenario of processes: the operating system's circumstances.

use kernel::{Allocation, Costs, DiskErrors, ForkKind, LoadControl, OomKind, PolicyKind, Thp};
use machine::system::{LatencySpec, MachineConfig, Master};
use model::bus::{Channel, FaultInjection, FaultPlan};
use serde::Deserialize;

use super::devices::ConsoleText;
use super::limits::{MOST_CYCLES, key_within, within};
use super::place::{Mistake, Place};
use super::schema::OneOrMany;
use super::variant::Variant;

/// `os`: the operating system's circumstances. What is left out is as in
/// [`machine::system::MachineConfig`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OsText {
    /// Frames of physical memory, the kernel's included.
    pub frames: Option<u64>,
    /// Of these, reserved for the kernel.
    pub kernel: Option<u64>,
    /// How frames are given to processes: `global`, to whoever asks; `{ equal = 62 }`, so many in
    /// equal parts; `{ proportional = 62 }`, by the pages that each process has at the start. With
    /// a part of its own a process replaces its own pages only.
    pub allocation: Option<Allocation>,
    /// Slots of the swap device.
    pub swap: Option<u32>,
    /// The replacement policy, as [`PolicyKind::name`] spells it; a list runs each.
    pub policy: Option<OneOrMany<PolicyKind>>,
    /// Ticks for which the policy `wsclock` keeps a page after its last use.
    pub tau: Option<u64>,
    /// ASIDs for processes; 0: every switch fences.
    pub asids: Option<u16>,
    /// Accesses after which another process runs.
    pub quantum: Option<u64>,
    /// Accesses in the pipeline at a time.
    pub window: Option<usize>,
    /// No access begins before the one before is complete.
    pub one_at_a_time: Option<bool>,
    /// Cycles of the kernel's own work.
    pub costs: Option<Costs>,
    /// Of everything random.
    pub seed: Option<u64>,
    /// Cycles after which another process runs, beside the quantum in accesses.
    pub quantum_cycles: Option<u64>,
    /// Accesses between two timer interrupts.
    pub tick_every: Option<u64>,
    /// Cycles that the look into the TLB adds to each access.
    pub tlb_lookup: Option<u64>,
    /// Cycles of a fetch, load or store after translation; `[low, high]` is drawn, and
    /// `{ hit = 1, miss = 11, every = 10 }` is a cache that every tenth access misses.
    pub data_latency: Option<LatencySpec>,
    /// Who waits for the disk is blocked, and others run.
    pub overlap: Option<bool>,
    /// Whether whole processes are suspended: `none`, `pff` or `working_set`.
    pub load_control: Option<LoadControl>,
    /// With `pff`: cycles of its own that should lie between a process's faults.
    pub pff_cycles: Option<u64>,
    /// With `working_set`: the window, in cycles of the process's own.
    pub ws_cycles: Option<u64>,
    /// Loads from untouched zeroed memory map the one zero frame.
    pub zero_page: Option<bool>,
    /// Superpages that come of their own accord: `never` or `always`.
    pub thp: Option<Thp>,
    /// Pages of an aligned run in memory of which a superpage is made at a tick; 0: never.
    pub thp_promote: Option<u64>,
    /// What a fork does with private pages: `copy_on_write` or `copy`.
    pub fork: Option<ForkKind>,
    /// Pages of a file mapped around the one that faulted, if they are in memory.
    pub fault_around: Option<u64>,
    /// Pages of a file that one disk access reads.
    pub read_ahead: Option<u64>,
    /// Who is killed when memory is exhausted: `largest`, `newest` or `oldest`.
    pub oom: Option<OomKind>,
    /// Slots that a full swap file grows by.
    pub swap_grow: Option<u32>,
    /// The most slots that it grows to.
    pub swap_limit: Option<u32>,
    /// Disk transfers that fail, by their number: `{ reads = [2], writes = [] }`.
    pub disk_errors: Option<DiskErrors>,
    /// Bus requests that fail: `{ walker = [20], fetch = [], data = [7, 99] }`.
    pub bus_errors: Option<BusErrors>,
    /// Kernel entries between two checks of every invariant; 1, after each, unless said otherwise.
    pub check_every: Option<u64>,
    /// Pages below a stack that stay free of other mappings; 1 unless said otherwise.
    pub stack_guard_gap: Option<u64>,
    /// Frames that nobody may use: `[first, how many]`, counted from the beginning of memory.
    pub reserved: Option<Vec<[u64; 2]>>,
    /// `false`: a kernel that forgets to set SUM when it copies from or to a process's memory.
    pub sum: Option<bool>,
    /// `false`: a kernel that forgets to set MXR when it reads an instruction to emulate it.
    pub mxr: Option<bool>,
    /// A console on the bus: `{ at = 0x1000_0000, typed = "hello" }`.
    pub console: Option<ConsoleText>,
}

/// Bus requests that fail, counted from 1 in the order in which each master makes them. Whoever
/// needed the answer is killed. The kernel's own requests never fail: where they do, a kernel
/// cannot go on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BusErrors {
    /// Of the MMU's walker.
    pub walker: Vec<u64>,
    /// Of instruction fetches after translation.
    pub fetch: Vec<u64>,
    /// Of loads and stores after translation.
    pub data: Vec<u64>,
}

impl BusErrors {
    /// A master's channel with its errors.
    pub fn wrap(&self, master: Master, channel: Box<dyn Channel>) -> Box<dyn Channel> {
        let requests = match master {
            Master::Walker => &self.walker,
            Master::Fetch => &self.fetch,
            Master::Data => &self.data,
            Master::Kernel => return channel,
        };
        if requests.is_empty() {
            return channel;
        }
        let requests = requests.iter().filter_map(|number| number.checked_sub(1)).collect();
        Box::new(FaultInjection::new(channel, FaultPlan { requests, ..FaultPlan::default() }))
    }
}

/// Pages that belong together cannot be more than these.
const LARGEST_RUN: u64 = 1 << 16;
/// More swap slots than frames can be addressed are never used.
const MOST_SLOTS: u32 = 1 << 28;

impl OsText {
    /// Checks what can be checked without a machine; `place` is where it stands.
    ///
    /// # Errors
    /// The first mistake.
    pub fn check(&self, place: &Place) -> Result<(), Mistake> {
        let count = |key, value, bounds| key_within(place, key, value, bounds);
        count("frames", self.frames, 1..=1 << 28)?;
        count("kernel", self.kernel, 0..=1 << 28)?;
        count("window", self.window.map(|window| window as u64), 1..=1 << 16)?;
        count("tlb_lookup", self.tlb_lookup, 0..=MOST_CYCLES)?;
        count("pff_cycles", self.pff_cycles, 1..=MOST_CYCLES)?;
        count("ws_cycles", self.ws_cycles, 1..=MOST_CYCLES)?;
        count("fault_around", self.fault_around, 0..=LARGEST_RUN)?;
        count("read_ahead", self.read_ahead, 0..=LARGEST_RUN)?;
        count("thp_promote", self.thp_promote, 0..=LARGEST_RUN)?;
        count("check_every", self.check_every, 1..=u64::MAX)?;
        for (key, slots) in
            [("swap", self.swap), ("swap_grow", self.swap_grow), ("swap_limit", self.swap_limit)]
        {
            key_within(place, key, slots, 0..=MOST_SLOTS)?;
        }
        if let Some(limit) = self.swap_limit {
            let slots = self.swap.unwrap_or(MachineConfig::default().swap_slots);
            within(&place.key("swap_limit"), limit, slots..=MOST_SLOTS)?;
        }
        if let Some(Costs { trap, handler, disk_read, disk_write, switch }) = self.costs {
            let table = place.key("costs");
            let keys = ["trap", "handler", "disk_read", "disk_write", "switch"];
            for (key, cost) in keys.into_iter().zip([trap, handler, disk_read, disk_write, switch])
            {
                within(&table.key(key), cost, 0..=MOST_CYCLES)?;
            }
        }
        if let Some(latency) = self.data_latency {
            let place = place.key("data_latency");
            latency.check().map_err(|message| place.wrong(message))?;
        }
        self.check_lists(place)
    }

    /// Lists of transfers, requests and frames.
    fn check_lists(&self, place: &Place) -> Result<(), Mistake> {
        let disk = self.disk_errors.clone().unwrap_or_default();
        let bus = self.bus_errors.clone().unwrap_or_default();
        for (table, key, numbers) in [
            ("disk_errors", "reads", disk.reads),
            ("disk_errors", "writes", disk.writes),
            ("bus_errors", "walker", bus.walker),
            ("bus_errors", "fetch", bus.fetch),
            ("bus_errors", "data", bus.data),
        ] {
            let list = place.key(table).key(key);
            for (at, number) in numbers.into_iter().enumerate() {
                // They are counted from 1.
                within(&list.item(at), number, 1..=u64::MAX)?;
            }
        }
        let frames = self.frames.unwrap_or(MachineConfig::default().memory.frames);
        for (at, [first, count]) in self.reserved.iter().flatten().enumerate() {
            let end = first.checked_add(*count).filter(|end| *count > 0 && *end <= frames);
            if end.is_none() {
                let message = format!("{count} frames from {first} on are not among the {frames}");
                return Err(place.key("reserved").item(at).wrong(message));
            }
        }
        Ok(())
    }

    /// The policies to run with; none where the machine's own is to be used.
    pub fn policies(&self) -> Vec<Option<PolicyKind>> {
        let named = self.policy.as_ref().map(OneOrMany::list).unwrap_or_default();
        if named.is_empty() { vec![None] } else { named.into_iter().map(Some).collect() }
    }

    /// The machine that it describes.
    pub fn config(&self, adue: bool, variant: &Variant) -> MachineConfig {
        let default = MachineConfig::default();
        let mut memory = default.memory;
        set(&mut memory.frames, &self.frames);
        set(&mut memory.kernel, &self.kernel);
        let mut config = MachineConfig {
            mode: variant.mode,
            adue,
            memory,
            latency: LatencySpec::Fixed(variant.latency),
            paranoid: true,
            ..default
        };
        set(&mut config.data_latency, &self.data_latency);
        set(&mut config.swap_slots, &self.swap);
        set(&mut config.policy, &variant.policy);
        set(&mut config.asids, &self.asids);
        set(&mut config.quantum, &self.quantum);
        set(&mut config.quantum_cycles, &self.quantum_cycles);
        set(&mut config.tick_every, &self.tick_every);
        set(&mut config.tau, &self.tau);
        set(&mut config.tlb_lookup, &self.tlb_lookup);
        set(&mut config.window, &self.window);
        set(&mut config.one_at_a_time, &self.one_at_a_time);
        set(&mut config.costs, &self.costs);
        set(&mut config.seed, &self.seed);
        set(&mut config.check_every, &self.check_every);
        let scheduling = &mut config.scheduling;
        set(&mut scheduling.overlap, &self.overlap);
        set(&mut scheduling.load_control, &self.load_control);
        set(&mut scheduling.pff_cycles, &self.pff_cycles);
        set(&mut scheduling.ws_cycles, &self.ws_cycles);
        let options = &mut config.options;
        set(&mut options.zero_page, &self.zero_page);
        set(&mut options.thp, &self.thp);
        set(&mut options.thp_promote, &self.thp_promote);
        set(&mut options.fork, &self.fork);
        set(&mut options.fault_around, &self.fault_around);
        set(&mut options.read_ahead, &self.read_ahead);
        set(&mut options.oom, &self.oom);
        set(&mut options.swap_grow, &self.swap_grow);
        options.swap_limit = self.swap_limit;
        options.stack_guard_gap = self.stack_guard_gap;
        set(&mut options.disk_errors, &self.disk_errors);
        set(&mut options.reserved, &self.reserved);
        set(&mut options.sstatus.sum, &self.sum);
        set(&mut options.sstatus.mxr, &self.mxr);
        config
    }
}

fn set<T: Clone>(place: &mut T, value: &Option<T>) {
    if let Some(value) = value {
        *place = value.clone();
    }
}
