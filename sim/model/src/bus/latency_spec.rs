//! A latency, as in scenarios and on the command line.

use std::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{CacheLatency, Channel, FixedLatency, RandomLatency, SharedMemory};

/// Latencies are less than this, in cycles.
const LONGEST: u64 = 10_000;

/// A latency in cycles: fixed, or drawn uniformly from a range (both ends included).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LatencySpec {
    /// Fixed; 1 to 9999.
    Fixed(u64),
    /// From the first to the second, drawn with the machine's seed.
    Range([u64; 2]),
    /// A cache: `hit` cycles, but `miss` for every `every`-th access.
    Cache {
        /// Cycles of a hit.
        hit: u64,
        /// Cycles of a miss.
        miss: u64,
        /// The period of misses: with 10, the tenth access misses, the twentieth and so on.
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

impl LatencySpec {
    /// Checks the bounds. Latencies of 10000 cycles and more are refused: with them a slow walk
    /// could not be distinguished from one that hangs.
    ///
    /// # Errors
    /// A sentence that names the violated bound.
    pub fn check(self) -> Result<(), String> {
        match self {
            LatencySpec::Fixed(0) | LatencySpec::Range([0, _]) => {
                Err("a latency is at least 1 cycle".to_owned())
            }
            LatencySpec::Fixed(LONGEST..) | LatencySpec::Range([_, LONGEST..=u64::MAX]) => {
                Err(format!("a latency is less than {LONGEST} cycles"))
            }
            LatencySpec::Cache { hit, miss, every }
                if hit == 0 || miss < hit || miss >= LONGEST || every == 0 =>
            {
                Err(format!(
                    "a cache has 1 <= hit <= miss < {LONGEST} and every >= 1, not hit {hit}, \
                     miss {miss}, every {every}"
                ))
            }
            LatencySpec::Range([low, high]) if low > high => {
                Err(format!("the latency range {low} to {high} is empty"))
            }
            _ => Ok(()),
        }
    }

    /// A channel to `memory` with this latency.
    ///
    /// # Errors
    /// As [`LatencySpec::check`].
    pub fn channel(self, memory: &SharedMemory, seed: u64) -> Result<Box<dyn Channel>, String> {
        self.check()?;
        let memory = memory.clone();
        Ok(match self {
            LatencySpec::Fixed(cycles) => Box::new(FixedLatency::new(memory, cycles)),
            LatencySpec::Cache { hit, miss, every } => {
                Box::new(CacheLatency::new(memory, hit, miss, every))
            }
            LatencySpec::Range([low, high]) => {
                Box::new(RandomLatency::new(memory, low..=high, seed))
            }
        })
    }
}
