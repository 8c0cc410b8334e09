//! One scenario on the hardware, access by access.

use engine::Config;
use model::bus::{BusError, Channel, FixedLatency, Request, SharedMemory};
use model::golden::Pmp;
use model::isa::{Attributes, Mode, pte};
use model::mmu::{
    CsrPort, Fence, Inputs, MemoryRequest, MemoryResponse, Mmu, Organisation, Outputs, PerPort,
    Port, Pulse,
};
use model::vectors::{Expected, LastRead, Scenario, VectorAccess};
use std::collections::VecDeque;
use std::fmt::Write;

/// Longer than any legal answer takes: five levels, an update and its retry.
const PATIENCE: u64 = 100;

/// The hardware during a scenario.
pub(super) struct Replay {
    pub(super) config: &'static Config,
    pub(super) mmu: Box<dyn Mmu>,
    pub(super) cycles: u64,
    memory: SharedMemory,
    channel: FixedLatency,
    /// The lines that come with its responses.
    lines: VecDeque<Option<[u64; 8]>>,
    scenario: Scenario,
    satp: u64,
    clear_always: bool,
}

/// The walker's accesses for one request.
#[derive(Default)]
struct Walk {
    reads: Vec<LastRead>,
    update: Option<(u64, u64)>,
    /// An entry came from a line.
    found: bool,
}

impl Replay {
    /// A machine after reset, with the scenario's empty memory.
    pub(super) fn new(
        config: &'static Config,
        mut mmu: Box<dyn Mmu>,
        memory: SharedMemory,
        scenario: Scenario,
        cold: bool,
    ) -> Self {
        mmu.cycle(&Inputs { reset: true, ..Inputs::default() });
        let writes = scenario.pmp_writes(&Pmp::new(config.xlen, config.physical.pmp));
        for (number, value) in &writes {
            let csr = CsrPort { number: *number, write: Some(*value) };
            mmu.cycle(&Inputs { csr, ..Inputs::default() });
        }
        Self {
            config,
            mmu,
            cycles: 1 + writes.len() as u64,
            channel: FixedLatency::new(memory.clone(), 1),
            lines: VecDeque::new(),
            memory,
            satp: scenario.satp,
            clear_always: cold || !scenario.warm,
            scenario,
        }
    }

    /// Software, or the scenario's initial state, writes a page-table word.
    pub(super) fn place(&mut self, pa: u64, value: u64) -> Result<(), BusError> {
        let bytes = self.scenario.mode.pte_bytes();
        self.memory.load(pa, &value.to_le_bytes()[..bytes as usize])
    }

    /// Software writes `satp`.
    pub(super) fn satp(&mut self, satp: u64) {
        self.satp = satp;
    }

    /// Software executes a fence.
    pub(super) fn fence(&mut self, fence: Fence) {
        let outputs =
            self.cycle(Inputs { fence: Some(fence), ..self.idle() }, &mut Walk::default());
        assert!(outputs.fence_ready, "a fence takes one cycle");
    }

    /// Makes an access; returns whether it was walked, and the difference, if there is one.
    pub(super) fn access(&mut self, access: &VectorAccess) -> (bool, Option<String>) {
        if self.clear_always {
            self.fence(Fence { va: None, asid: None });
        }
        let mut walk = Walk::default();
        let mut request = Some(access.request);
        let port = Port::of(access.request.access);
        for _ in 0..PATIENCE {
            let requests = PerPort::only(port, request);
            let outputs = self.cycle(Inputs { requests, ..self.idle() }, &mut walk);
            request = request.filter(|_| !outputs.ready[port]);
            if let Some(response) = outputs.responses[port] {
                let answer = (response, outputs.attributes[port]);
                let difference = self.compare(access, answer, &walk);
                return (walk.found || !walk.reads.is_empty(), difference);
            }
        }
        (true, Some(self.explain(access, &format!("no answer in {PATIENCE} cycles"), &walk)))
    }

    fn idle(&self) -> Inputs {
        let Scenario { adue, pbmte, .. } = self.scenario;
        Inputs { satp: self.satp, adue, pbmte, fault_ready: true, ..Inputs::default() }
    }

    fn cycle(&mut self, inputs: Inputs, walk: &mut Walk) -> Outputs {
        let now = self.cycles;
        let memory_ready = self.channel.ready(now);
        let memory = self.channel.poll(now).map(|response| MemoryResponse {
            data: response.value,
            error: response.error,
            swapped: response.swapped,
            line: self.lines.pop_front().flatten(),
        });
        let outputs = self.mmu.cycle(&Inputs { memory_ready, memory, ..inputs });
        let bytes = self.scenario.mode.pte_bytes() as u8;
        if let Some(request) = outputs.memory.filter(|_| memory_ready) {
            self.lines.push_back(match request {
                MemoryRequest::Read { pa } => self.channel.line(pa),
                MemoryRequest::CompareSwap { .. } => None,
            });
            self.channel.submit(
                now,
                match request {
                    MemoryRequest::Read { pa } => {
                        let value = self.memory.peek(pa, bytes).ok();
                        walk.reads.push(LastRead { pa, value });
                        Request::Read { pa, bytes }
                    }
                    MemoryRequest::CompareSwap { pa, expected, desired } => {
                        walk.update = Some((pa, desired));
                        Request::CompareSwap { pa, bytes, expected, desired }
                    }
                },
            );
        }
        walk.found |= outputs.events.has(Pulse::LineHit);
        self.cycles += 1;
        outputs
    }

    fn compare(
        &self,
        access: &VectorAccess,
        (response, attributes): (model::mmu::Response, Attributes),
        walk: &Walk,
    ) -> Option<String> {
        let expected = &access.expected;
        let got = response.map_err(|fault| fault.cause);
        // An update that memory refused wrote nothing.
        let update = walk.update.filter(|(pa, value)| {
            self.memory.peek(*pa, self.scenario.mode.pte_bytes() as u8) == Ok(*value)
        });
        let what = if got != expected.result {
            format!("answered {got:x?}")
        } else if response.is_err_and(|fault| fault.tval != access.request.va) {
            format!("wrong fault address: {response:x?}")
        } else if attributes != self.attributes(expected) {
            format!("answered {attributes}")
        } else if update != expected.update {
            format!("wrote {update:x?}")
        } else if !walk.reads.is_empty()
            && (!self.is_length(walk.reads.len(), expected.reads as usize)
                || (!self.ends_elsewhere(walk, expected)
                    && walk.reads.last().copied() != expected.last))
        {
            "read other page-table entries".into()
        } else {
            return None;
        };
        Some(self.explain(access, &what, walk))
    }

    /// Whether a walk of so many entries is as long as the vector says, or shorter where the walk
    /// cache may know its upper levels, or lines hold some of them. Two entries of one walk may be in
    /// one line, so a fence before each access does not make it longer.
    fn is_length(&self, read: usize, expected: usize) -> bool {
        let Organisation { walk_cache, line_fill, .. } = self.config.organisation;
        let shortened = line_fill > 0 || (walk_cache > 0 && !self.clear_always);
        read == expected || (shortened && read < expected)
    }

    /// Whether the last entry may have come from another place than memory: the second level, or a
    /// line.
    fn ends_elsewhere(&self, walk: &Walk, expected: &Expected) -> bool {
        let lines = self.config.organisation.line_fill > 0;
        walk.found || (lines && walk.reads.len() < expected.reads as usize)
    }

    /// Size and memory type of the page, by the leaf that the vector names as the last entry read.
    fn attributes(&self, expected: &Expected) -> Attributes {
        let leaf = expected.last.and_then(|last| last.value);
        let (Ok(_), Some(leaf)) = (expected.result, leaf) else { return Attributes::default() };
        if self.scenario.mode == Mode::Sv32 {
            let size = 2_u32.saturating_sub(expected.reads) as u8;
            return Attributes { size, ..Attributes::default() };
        }
        let level = self.scenario.mode.levels().saturating_sub(expected.reads);
        let size = if leaf & pte::NAPOT != 0 { Attributes::NAPOT } else { level as u8 };
        Attributes { size, pbmt: (leaf >> 61 & 3) as u8, pma: 0 }
    }

    fn explain(&self, access: &VectorAccess, what: &str, walk: &Walk) -> String {
        let mut text = format!("scenario {}: {what}", self.scenario.id);
        // Writing to a string cannot fail.
        let _ = write!(text, "\n  access    {:x?}", access.request);
        let _ = write!(text, "\n  expected  {:x?}", access.expected);
        let _ = write!(text, "\n  read      {:x?}", walk.reads);
        let _ = write!(text, "\n  machine   {}, satp {:#x}", self.config.name, self.satp);
        let _ = write!(text, ", adue {}, cycle {}", u8::from(self.scenario.adue), self.cycles);
        text
    }
}
