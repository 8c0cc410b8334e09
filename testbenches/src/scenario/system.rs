//! A scenario of processes under the operating system, as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;
use sim::isa::Mode;
use sim::os::{Costs, PolicyKind, RegionSpec};

use super::number::Number;
use super::program::Line;
use super::schema::{Machine, OneOrMany, Size};

/// The machine under an operating system; lists as in [`Machine`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SystemMachine {
    /// Lines of the TLBs; `small` unless said otherwise.
    pub size: OneOrMany<Size>,
    /// Translation schemes; all four unless said otherwise.
    pub modes: OneOrMany<Mode>,
    /// L, of walker and kernel; 10 unless said otherwise.
    pub latency: OneOrMany<u64>,
    /// `menvcfg.ADUE`; on unless said otherwise.
    pub adue: bool,
}

impl Default for SystemMachine {
    fn default() -> SystemMachine {
        let Machine { size, modes, .. } = Machine::default();
        SystemMachine { size, modes, latency: OneOrMany::One(10), adue: true }
    }
}

impl SystemMachine {
    /// What the variants are made of.
    pub fn machine(&self) -> Machine {
        let (size, modes) = (self.size.clone(), self.modes.clone());
        let (latency, adue) = (self.latency.clone(), self.adue);
        Machine { size, modes, latency, adue, ..Machine::default() }
    }
}

/// `os`: the operating system's circumstances. What is left out is as in
/// [`sim::machine::MachineConfig`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OsText {
    /// Frames of physical memory, the kernel's included.
    pub frames: Option<u64>,
    /// Of these, reserved for the kernel.
    pub kernel: Option<u64>,
    /// Slots of the swap device.
    pub swap: Option<u32>,
    /// The replacement policy: `fifo`, `lru` or `clock`.
    pub policy: Option<PolicyKind>,
    /// ASIDs for processes; 0: every switch fences.
    pub asids: Option<u16>,
    /// Accesses after which another process runs.
    pub quantum: Option<u64>,
    /// Accesses in the pipeline at a time.
    pub window: Option<usize>,
    /// Cycles of the kernel's own work.
    pub costs: Option<Costs>,
    /// Of everything random.
    pub seed: Option<u64>,
}

/// `[[process]]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessText {
    /// Its name.
    pub name: String,
    /// Its regions.
    pub regions: Vec<RegionSpec>,
    /// What it does, line by line.
    pub program: Vec<Line>,
    /// The most frames that its pages may hold.
    pub frames: Option<u64>,
    /// How it must end: `exited`, or the reason of its kill in one word.
    #[serde(default = "exited")]
    pub ends: String,
    /// The address that must have killed it.
    pub at: Option<Number>,
    /// Its exact counts.
    #[serde(default)]
    pub expect: BTreeMap<String, Number>,
}

fn exited() -> String {
    "exited".to_owned()
}

/// The file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    /// One sentence: what is shown.
    pub idea: String,
    /// The rules of the specification that are shown.
    pub spec: OneOrMany<String>,
    /// What it runs on.
    #[serde(default)]
    pub machine: SystemMachine,
    /// The operating system.
    #[serde(default)]
    pub os: OsText,
    /// The processes.
    pub process: Vec<ProcessText>,
    /// Exact counts of the whole run.
    #[serde(default)]
    pub expect: BTreeMap<String, Number>,
}

impl System {
    /// A region that a program names and that does not exist.
    pub fn stranger(&self) -> Option<&str> {
        let strange = |process: &'_ ProcessText| -> Option<usize> {
            process.program.iter().position(|line| line.stranger(&process.regions).is_some())
        };
        let (process, at) = self.process.iter().find_map(|p| strange(p).map(|at| (p, at)))?;
        process.program[at].stranger(&process.regions)
    }
}
