//! A machine's configuration, as scenarios and the command line state it.

use kernel::{Costs, Memory, Options, OsConfig, PolicyKind, Scheduling};
use model::isa::Mode;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A latency in cycles: always the same, or drawn evenly from a range (both ends included).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum LatencySpec {
    /// Always so many; 1 to 9999.
    Fixed(u64),
    /// From the first to the second, by the machine's seed.
    Range([u64; 2]),
    /// A cache: `hit` cycles, but `miss` for every `every`-th access.
    Cache {
        /// Cycles of a hit.
        hit: u64,
        /// Cycles of a miss.
        miss: u64,
        /// The access that misses: the tenth, the twentieth and so on with 10.
        every: u64,
    },
}

impl<'de> Deserialize<'de> for LatencySpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<LatencySpec, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Cache {
            hit: u64,
            miss: u64,
            every: u64,
        }
        struct Forms;
        impl<'de> Visitor<'de> for Forms {
            type Value = LatencySpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("cycles as 10, [5, 20] or { hit = 1, miss = 11, every = 10 }")
            }
            fn visit_i64<E: de::Error>(self, cycles: i64) -> Result<LatencySpec, E> {
                let cycles = u64::try_from(cycles);
                cycles.map(LatencySpec::Fixed).map_err(|_| E::custom("no latency is negative"))
            }
            fn visit_u64<E: de::Error>(self, cycles: u64) -> Result<LatencySpec, E> {
                Ok(LatencySpec::Fixed(cycles))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<LatencySpec, A::Error> {
                let low =
                    list.next_element()?.ok_or_else(|| de::Error::invalid_length(0, &self))?;
                let high =
                    list.next_element()?.ok_or_else(|| de::Error::invalid_length(1, &self))?;
                match list.next_element::<u64>()? {
                    Some(_) => Err(de::Error::invalid_length(3, &self)),
                    None => Ok(LatencySpec::Range([low, high])),
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<LatencySpec, A::Error> {
                let Cache { hit, miss, every } =
                    Cache::deserialize(MapAccessDeserializer::new(table))?;
                Ok(LatencySpec::Cache { hit, miss, every })
            }
        }
        deserializer.deserialize_any(Forms)
    }
}

/// Everything about a machine but its MMU and its programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MachineConfig {
    /// The translation scheme. Default Sv39.
    pub mode: Mode,
    /// `menvcfg.ADUE`: hardware sets A and D. Default true.
    pub adue: bool,
    /// Physical memory.
    pub memory: Memory,
    /// The walker's and the kernel's memory latency. Default 10.
    pub latency: LatencySpec,
    /// The latency of fetches, loads and stores after translation. Default 1: they hit caches.
    pub data_latency: LatencySpec,
    /// Slots of the swap device. Default 65536: 256 MiB.
    pub swap_slots: u32,
    /// The replacement policy. Default clock.
    pub policy: PolicyKind,
    /// Ticks for which WSClock keeps a page after its last use. Default 4.
    pub tau: u64,
    /// ASIDs for processes; with 0 every switch fences. Default 511, what RV32 has.
    pub asids: u16,
    /// Accesses after which another process runs; 0: never before the first ends. Default 10000.
    pub quantum: u64,
    /// Accesses in the pipeline at a time, at least 2. Default 8.
    pub window: usize,
    /// No access begins before the one before is complete, as the textbooks compute. Default
    /// false.
    pub one_at_a_time: bool,
    /// What the kernel's work costs.
    pub costs: Costs,
    /// Of stored values, contents of files, and random latencies. Default 1.
    pub seed: u64,
    /// What else the memory manager does.
    pub options: Options,
    /// Overlap of computing and disk, and load control.
    pub scheduling: Scheduling,
    /// Cycles after which another process runs; 0: only [`MachineConfig::quantum`] counts.
    /// Default 0.
    pub quantum_cycles: u64,
    /// Accesses between two timer interrupts, by which the policy samples; 0: none. Default 0.
    pub tick_every: u64,
    /// Cycles that the look into the TLB adds to each access, for the textbooks' TLBs that do
    /// not answer in the same cycle. Default 0.
    pub tlb_lookup: u64,
    /// Check every invariant after kernel entries, not only at the end. Default false.
    pub paranoid: bool,
    /// With `paranoid`: after every so many kernel entries. Default 1: after each.
    pub check_every: u64,
}

impl Default for MachineConfig {
    fn default() -> Self {
        let os = OsConfig::default();
        MachineConfig {
            mode: os.mode,
            adue: os.adue,
            memory: os.memory,
            latency: LatencySpec::Fixed(10),
            data_latency: LatencySpec::Fixed(1),
            swap_slots: os.swap_slots,
            policy: os.policy,
            tau: os.tau,
            asids: os.asids,
            quantum: 10_000,
            window: 8,
            one_at_a_time: false,
            costs: os.costs,
            seed: os.seed,
            options: os.options,
            scheduling: os.scheduling,
            quantum_cycles: 0,
            tick_every: 0,
            tlb_lookup: 0,
            paranoid: os.paranoid,
            check_every: 1,
        }
    }
}

impl MachineConfig {
    /// The operating system's share.
    pub fn os(&self) -> OsConfig {
        OsConfig {
            mode: self.mode,
            adue: self.adue,
            memory: self.memory,
            swap_slots: self.swap_slots,
            policy: self.policy,
            tau: self.tau,
            asids: self.asids,
            costs: self.costs,
            seed: self.seed,
            options: self.options.clone(),
            scheduling: self.scheduling,
            paranoid: self.paranoid,
        }
    }
}
