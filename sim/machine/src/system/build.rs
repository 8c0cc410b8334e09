//! A machine put together from its configuration.

use super::error::RunError;
use super::hardware::Hardware;
use super::job::Jobs;
use super::{HART, LatencySpec, Machine, MachineConfig};
use crate::board::Board;
use crate::cpu::{Common, Core};
use kernel::Os;
use model::bus::{CacheLatency, Channel, FixedLatency, RandomLatency, SharedMemory};
use model::isa::PAGE_BYTES;
use model::mmu::{Mmu, PerPort};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Latencies are less than this, in cycles.
const LONGEST: u64 = 10_000;

/// Whose bus channel it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Master {
    /// The MMU's walker.
    Walker,
    /// The kernel.
    Kernel,
    /// Instruction fetches after translation.
    Fetch,
    /// Loads and stores after translation.
    Data,
}

/// A channel as configured, for something to be put around it.
pub type Wrap<'a> = dyn FnMut(Master, Box<dyn Channel>) -> Box<dyn Channel> + 'a;

impl LatencySpec {
    /// Whether there is such a latency. Latencies of 10000 cycles and more are refused: with them
    /// a slow walk could not be told from a dead one.
    ///
    /// # Errors
    /// A sentence that says which bound is wrong.
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

impl Machine {
    /// A machine around an MMU, booted, without processes.
    ///
    /// # Errors
    /// [`RunError::Config`] for a configuration that cannot be, and what stops the boot.
    pub fn new(mmu: Box<dyn Mmu>, config: MachineConfig) -> Result<Machine, RunError> {
        Machine::with_buses(mmu, config, &mut |_, channel| channel)
    }

    /// As [`Machine::new`], each bus channel wrapped by `wrap`: back-pressure, injected faults.
    ///
    /// # Errors
    /// As [`Machine::new`].
    pub fn with_buses(
        mmu: Box<dyn Mmu>,
        config: MachineConfig,
        wrap: &mut Wrap<'_>,
    ) -> Result<Machine, RunError> {
        let memory = memory(&config)?;
        // Each master draws from a stream of its own, so that none disturbs another's.
        let mut channel = |master, latency: LatencySpec, stream| {
            let channel = latency.channel(&memory, config.seed ^ stream).map_err(RunError::Config);
            Ok::<_, RunError>(wrap(master, channel?))
        };
        let walker = channel(Master::Walker, config.latency, 1 << 56)?;
        let kernel = channel(Master::Kernel, config.latency, 2 << 56)?;
        let fetch = channel(Master::Fetch, config.data_latency, 3 << 56)?;
        let data = channel(Master::Data, config.data_latency, 4 << 56)?;
        let mut board = Board::new(memory);
        board.add(mmu, walker);
        board.hart_mut(HART).adue = config.adue;
        let ports = PerPort([fetch, data]);
        let always_ready = PerPort::from_fn(|port| ports[port].is_always_ready());
        let latencies = PerPort::from_fn(|port| ports[port].fixed_latency());
        let mut hardware = Hardware { board, kernel, ports, always_ready, latencies };
        let os = Os::boot(&mut hardware, config.os())?;
        let window = if config.one_at_a_time { 1 } else { config.window.max(2) };
        let core = Core::new(window, config.seed);
        let common = Rc::new(Common::new(config.seed));
        Ok(Machine {
            hardware,
            os,
            core,
            jobs: Jobs::default(),
            templates: BTreeMap::new(),
            origins: BTreeMap::new(),
            common,
            config,
            quiet: 0,
            fruitless: 0,
            entries: 0,
        })
    }
}

fn memory(config: &MachineConfig) -> Result<SharedMemory, RunError> {
    let memory = config.memory;
    let bytes = memory.frames.checked_mul(PAGE_BYTES);
    let end = bytes.and_then(|bytes| memory.base.checked_add(bytes));
    // RV32 has 34-bit physical addresses, RV64 has 56-bit ones.
    let bits = if config.mode == model::isa::Mode::Sv32 { 34 } else { 56 };
    let Some(end) = end.filter(|&end| end <= 1 << bits && memory.frames <= 1 << 28) else {
        let sizes = format!("{} frames from {:#x} on", memory.frames, memory.base);
        return Err(RunError::Config(format!("{sizes} leave the physical address space")));
    };
    if !memory.base.is_multiple_of(PAGE_BYTES) {
        return Err(RunError::Config(format!("memory base {:#x} splits a page", memory.base)));
    }
    SharedMemory::with_ram(memory.base..end).map_err(|error| RunError::Config(error.to_string()))
}
