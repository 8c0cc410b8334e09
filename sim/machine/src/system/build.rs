//! Construction of a machine from its configuration.

use super::error::RunError;
use super::hardware::Hardware;
use super::job::Jobs;
use super::walks::Walks;
use super::{HART, Machine};
use crate::board::Board;
use crate::cpu::{Common, Core};
use kernel::{BusErrors, MachineConfig, Os};
use model::bus::{Cached, Channel, FaultInjection, FaultPlan, LatencySpec, SharedMemory};
use model::cache::Cache;
use model::isa::PAGE_BYTES;
use model::mmu::{Mmu, PerPort};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The master of a bus channel.
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

/// Wraps something around a channel as configured.
pub type Wrap<'a> = dyn FnMut(Master, Box<dyn Channel>) -> Box<dyn Channel> + 'a;

impl Machine {
    /// A machine around an MMU, booted, without processes.
    ///
    /// # Errors
    /// [`RunError::Config`] for an invalid configuration, and whatever stops the boot.
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
        config.check().map_err(|error| RunError::Config(error.to_string()))?;
        let memory = memory(&config, mmu.organisation().sizes.pa_bits(mmu.xlen()))?;
        // Each master has a random stream of its own, so that none affects another's.
        let mut channel = |master, latency: LatencySpec, stream| {
            let channel = latency.channel(&memory, config.seed ^ stream).map_err(RunError::Config);
            Ok::<_, RunError>(wrap(master, failing(&config.bus_errors, master, channel?)))
        };
        let one_port = mmu.organisation().one_port;
        let walker = channel(Master::Walker, config.latency, 1 << 56)?;
        let kernel = channel(Master::Kernel, config.latency, 2 << 56)?;
        let mut fetch = channel(Master::Fetch, config.data_latency, 3 << 56)?;
        let mut data = channel(Master::Data, config.data_latency, 4 << 56)?;
        let cache = config.cache.map(|spec| Cache::new(spec, PAGE_BYTES)).transpose();
        let cache = cache.map_err(RunError::Config)?.map(|cache| Rc::new(RefCell::new(cache)));
        if let Some(cache) = &cache {
            let ram = config.base..config.base + config.frames * PAGE_BYTES;
            fetch = Box::new(Cached::new(fetch, Rc::clone(cache), ram.clone()));
            data = Box::new(Cached::new(data, Rc::clone(cache), ram));
        }
        let mut board = Board::new(memory);
        board.add(mmu, walker);
        board.hart_mut(HART).adue = config.adue;
        let ports = PerPort([fetch, data]);
        let always_ready = PerPort::from_fn(|port| ports[port].is_always_ready());
        let latencies = PerPort::from_fn(|port| ports[port].fixed_latency());
        let kernel_latency = kernel.fixed_latency();
        let mut hardware = Hardware {
            board,
            kernel,
            kernel_latency,
            walks: Walks::default(),
            ports,
            always_ready,
            latencies,
        };
        let os = Os::boot(&mut hardware, config.clone())?;
        let window = if config.one_at_a_time { 1 } else { config.window.max(2) };
        let core = Core::new(window, one_port, config.seed);
        let common = Rc::new(Common::new(config.seed));
        Ok(Machine {
            hardware,
            os,
            core,
            jobs: Jobs::default(),
            templates: BTreeMap::new(),
            origins: BTreeMap::new(),
            formats: BTreeMap::new(),
            common,
            config,
            cache,
            quiet: 0,
            fruitless: 0,
            entries: 0,
            series: None,
            looks: None,
        })
    }
}

/// A master's channel on which some requests fail.
fn failing(errors: &BusErrors, master: Master, channel: Box<dyn Channel>) -> Box<dyn Channel> {
    let requests = match master {
        Master::Walker => &errors.walker,
        Master::Fetch => &errors.fetch,
        Master::Data => &errors.data,
        Master::Kernel => return channel,
    };
    if requests.is_empty() {
        return channel;
    }
    let requests = requests.iter().filter_map(|number| number.checked_sub(1)).collect();
    Box::new(FaultInjection::new(channel, FaultPlan { requests, ..FaultPlan::default() }))
}

/// The memory, as far as physical addresses of so many bits reach.
fn memory(config: &MachineConfig, bits: u32) -> Result<SharedMemory, RunError> {
    let (base, frames) = (config.base, config.frames);
    let bytes = frames.checked_mul(PAGE_BYTES);
    let end = bytes.and_then(|bytes| base.checked_add(bytes));
    let Some(end) = end.filter(|&end| end <= 1 << bits && frames <= 1 << 28) else {
        let sizes = format!("{frames} frames from {base:#x} on");
        return Err(RunError::Config(format!(
            "{sizes} leave the physical address space of {bits} bits"
        )));
    };
    if !base.is_multiple_of(PAGE_BYTES) {
        return Err(RunError::Config(format!("memory base {base:#x} splits a page")));
    }
    SharedMemory::with_ram(base..end).map_err(|error| RunError::Config(error.to_string()))
}
