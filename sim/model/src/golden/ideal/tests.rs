//! The ideal MMU behind the ports: timing, fences, retries, and agreement with the pure walk.

use std::collections::VecDeque;

use proptest::prelude::*;

use super::IdealMmu;
use crate::bus::{self, BackPressure, Channel, FixedLatency, SharedMemory};
use crate::golden::{Checker, Regime, Token, walk};
use crate::isa::{Access, Context, Extensions, Mode, Privilege, Satp, Sizes, Xlen};
use crate::mmu::{
    Fence, Inputs, MemoryRequest, MemoryResponse, Mmu, Outputs, PerPort, Port, Pulse, Request,
    Response,
};

const RAM: u64 = 0x8000_0000;
const LEAF: u64 = 0x1000 << 10 | 0xcf;

fn satp() -> u64 {
    Satp { mode: Mode::Sv39, asid: 1, root: RAM >> 12 }.encode(Xlen::Rv64)
}

fn request(va: u64, access: Access) -> Request {
    let context = Context { privilege: Privilege::Supervisor, sum: false, mxr: false };
    Request { va, access, bytes: 4, context }
}

/// Three levels for the first pages of the address space.
fn memory() -> SharedMemory {
    let memory = SharedMemory::with_ram(RAM..RAM + 0x10000).unwrap();
    memory.write(RAM, 8, (RAM + 0x1000) >> 2 | 1).unwrap();
    memory.write(RAM + 0x1000, 8, (RAM + 0x2000) >> 2 | 1).unwrap();
    memory.write(RAM + 0x2000, 8, LEAF).unwrap();
    memory
}

/// An MMU and its memory, one cycle a call.
struct Bench {
    mmu: IdealMmu,
    channel: Box<dyn Channel>,
    now: u64,
}

impl Bench {
    fn new(channel: impl Channel + 'static) -> Bench {
        Bench { mmu: IdealMmu::new(Xlen::Rv64), channel: Box::new(channel), now: 0 }
    }

    fn cycle(&mut self, inputs: Inputs) -> Outputs {
        let memory = self.channel.poll(self.now);
        let memory = memory.map(|bus::Response { value, error, swapped }| MemoryResponse {
            data: value,
            error,
            swapped,
            line: None,
        });
        let memory_ready = self.channel.ready(self.now);
        let out = self.mmu.cycle(&Inputs { memory, memory_ready, ..inputs });
        if let (Some(request), true) = (out.memory, memory_ready) {
            let request = match request {
                MemoryRequest::Read { pa } => bus::Request::Read { pa, bytes: 8 },
                MemoryRequest::CompareSwap { pa, expected, desired } => {
                    bus::Request::CompareSwap { pa, bytes: 8, expected, desired }
                }
            };
            self.channel.submit(self.now, request);
        }
        self.now += 1;
        out
    }

    /// Presents nothing until the data port answers.
    fn wait(&mut self) -> Response {
        for _ in 0..100 {
            let out = self.cycle(Inputs { satp: satp(), ..Inputs::default() });
            if let Some(response) = out.responses[Port::Data] {
                return response;
            }
        }
        panic!("no answer in 100 cycles");
    }
}

fn data(va: u64, access: Access) -> Inputs {
    let requests = PerPort::only(Port::Data, Some(request(va, access)));
    Inputs { satp: satp(), adue: true, requests, ..Inputs::default() }
}

#[test]
fn walk_answers_after_one_plus_d_times_l_and_not_before() {
    for latency in [1, 2, 5] {
        let mut bench = Bench::new(FixedLatency::new(memory(), latency));
        let out = bench.cycle(data(0x123, Access::Load));
        assert!(out.ready[Port::Data] && out.responses[Port::Data].is_none());
        assert!(out.events.has(Pulse::DataMiss) && out.busy);
        assert_eq!(bench.wait(), Ok(0x100_0123));
        assert_eq!(bench.now - 1, 1 + 3 * latency);
        let out = bench.cycle(Inputs::default());
        assert!(!out.busy);
    }
}

#[test]
fn identity_answers_in_its_cycle() {
    let mut bench = Bench::new(FixedLatency::new(memory(), 1));
    let out = bench.cycle(Inputs { satp: 0, ..data(0x123, Access::Store) });
    assert_eq!(out.responses[Port::Data], Some(Ok(0x123)));
    assert!(!out.busy);
}

#[test]
fn a_and_d_are_set_by_compare_and_swap_and_retried_when_it_fails() {
    let memory = memory();
    memory.write(RAM + 0x2000, 8, LEAF & !0xc0).unwrap();
    let mut bench = Bench::new(FixedLatency::new(memory.clone(), 3));
    bench.cycle(data(0, Access::Store));
    for _ in 0..9 {
        bench.cycle(Inputs { satp: satp(), ..Inputs::default() });
    }
    // The leaf has been read and its update is about to be presented: software changes it first.
    memory.write(RAM + 0x2000, 8, 0x2000 << 10 | 0x0f).unwrap();
    assert_eq!(bench.wait(), Ok(0x200_0000));
    assert_eq!(bench.now - 1, 1 + 3 * 3 + 3 * 3, "swap fails, read again, swap");
    assert_eq!(memory.read(RAM + 0x2000, 8), Ok(0x2000 << 10 | 0xcf));
}

#[test]
fn fence_at_any_moment_restarts_the_walk() {
    for moment in 1..13 {
        let memory = memory();
        let mut bench = Bench::new(FixedLatency::new(memory.clone(), 4));
        bench.cycle(data(0, Access::Load));
        for _ in 1..moment {
            assert_eq!(bench.cycle(Inputs::default()).responses[Port::Data], None);
        }
        memory.write(RAM, 8, 0).unwrap();
        let fence = Some(Fence { va: None, asid: None });
        let out = bench.cycle(Inputs { fence, ..Inputs::default() });
        assert!(out.fence_ready && out.events.has(Pulse::Fence));
        assert!(out.events.has(Pulse::WalkRestart));
        assert!(bench.wait().is_err(), "fence in cycle {moment}: an older entry was used");
    }
}

#[test]
fn fence_waits_until_memory_has_taken_a_presented_update() {
    let mut mmu = IdealMmu::new(Xlen::Rv64);
    let fence = Some(Fence { va: None, asid: None });
    mmu.cycle(&data(0, Access::Load));
    mmu.cycle(&Inputs { memory_ready: true, ..Inputs::default() });
    // A gigapage with A clear: its update is presented at once.
    let leaf = MemoryResponse { data: 0x03, error: false, swapped: false, line: None };
    let out = mmu.cycle(&Inputs { memory: Some(leaf), fence, ..Inputs::default() });
    assert!(matches!(out.memory, Some(MemoryRequest::CompareSwap { desired: 0x43, .. })));
    assert!(!out.fence_ready && !out.events.has(Pulse::Fence));
    let out = mmu.cycle(&Inputs { memory_ready: true, fence, ..Inputs::default() });
    assert!(out.memory.is_some() && out.fence_ready && out.events.has(Pulse::Fence));
    let swapped = MemoryResponse { swapped: true, ..leaf };
    let out = mmu.cycle(&Inputs { memory: Some(swapped), ..Inputs::default() });
    assert_eq!(out.responses[Port::Data], Some(Ok(0)));
}

#[test]
fn fault_is_held_until_taken() {
    let mut bench = Bench::new(FixedLatency::new(memory(), 1));
    bench.cycle(data(1 << 40, Access::Load));
    let fault = bench.wait().unwrap_err();
    for _ in 0..3 {
        assert_eq!(bench.cycle(Inputs::default()).fault, Some(fault));
    }
    let out = bench.cycle(Inputs { fault_ready: true, ..Inputs::default() });
    assert_eq!(out.fault, Some(fault));
    assert_eq!(bench.cycle(Inputs::default()).fault, None);
}

#[test]
fn reset_drops_requests_and_late_responses() {
    let mut bench = Bench::new(FixedLatency::new(memory(), 5));
    bench.cycle(data(0, Access::Load));
    bench.cycle(Inputs::default());
    bench.cycle(Inputs { reset: true, ..Inputs::default() });
    bench.cycle(data(0x77, Access::Load));
    assert_eq!(bench.wait(), Ok(0x100_0077));
    for _ in 0..20 {
        assert_eq!(bench.cycle(Inputs::default()).responses[Port::Data], None);
    }
}

#[derive(Clone, Debug)]
enum Step {
    Edit(u64, u64),
    Fence,
    Fetch(u64),
    Data(u64, bool),
}

fn any_step() -> impl Strategy<Value = Step> {
    let va = (0u64..2, 0u64..2, 0u64..3).prop_map(|(i, j, k)| i << 30 | j << 21 | k << 12);
    let value = (0u64..8, 0u64..4, any::<u8>()).prop_map(|(kind, n, bits)| match kind {
        0 => 0,
        1..=3 => (RAM + 0x1000 * (n + 1)) >> 2 | 1,
        4 => n << 28 | u64::from(bits),
        5 => (RAM + 0x20000) >> 2 | 1,
        _ => n << 10 | u64::from(bits) | 1,
    });
    prop_oneof![
        3 => (0u64..5, 0u64..3, value)
            .prop_map(|(page, i, value)| Step::Edit(RAM + 0x1000 * page + 8 * i, value)),
        1 => Just(Step::Fence),
        3 => va.clone().prop_map(Step::Fetch),
        3 => (va, any::<bool>()).prop_map(|(va, store)| Step::Data(va, store)),
    ]
}

proptest! {
    /// Whatever software does to the tables in the meantime, each answer is legal, none is missing,
    /// and presented memory requests are held until they are accepted.
    #[test]
    fn answers_are_legal_and_complete(
        steps in prop::collection::vec(any_step(), 1..60),
        seed in 0u64..100,
        latency in 1u64..6,
        adue in any::<bool>(),
    ) {
        let memory = memory();
        let channel = BackPressure::new(FixedLatency::new(memory.clone(), latency), 0.5, seed);
        let mut bench = Bench::new(channel);
        let mut checker = Checker::new(Xlen::Rv64);
        let mut steps = VecDeque::from(steps);
        let mut waiting: PerPort<VecDeque<(Token, Request)>> = PerPort::default();
        let mut unanswered = None;
        for cycle in 0.. {
            prop_assert!(cycle < 20_000, "stuck");
            let mut inputs = Inputs { satp: satp(), adue, fault_ready: true, ..Inputs::default() };
            match steps.front() {
                Some(&Step::Edit(pa, value)) => {
                    checker.software_wrote(pa, memory.read(pa, 8).unwrap());
                    memory.write(pa, 8, value).unwrap();
                    steps.pop_front();
                }
                Some(Step::Fence) => inputs.fence = Some(Fence { va: None, asid: None }),
                Some(&Step::Fetch(va)) => {
                    inputs.requests[Port::Fetch] = Some(request(va, Access::Fetch));
                }
                Some(&Step::Data(va, store)) => {
                    let access = if store { Access::Store } else { Access::Load };
                    inputs.requests[Port::Data] = Some(request(va, access));
                }
                None if waiting.values().all(VecDeque::is_empty) => break,
                None => {}
            }
            let out = bench.cycle(inputs);
            if let Some(request) = unanswered {
                prop_assert_eq!(out.memory, Some(request));
            }
            unanswered = out.memory.filter(|_| !bench.channel.ready(bench.now - 1));
            for (port, waiting) in waiting.iter_mut() {
                if let Some(request) = inputs.accepted(port, &out) {
                    waiting.push_back((checker.accepted(inputs.satp, adue), request));
                    steps.pop_front();
                }
                if let Some(response) = out.responses[port] {
                    let (token, request) = waiting.pop_front().expect("a request for each answer");
                    let verdict = checker.check(
                        token,
                        &request,
                        (&response, out.attributes[port]),
                        &memory,
                    );
                    prop_assert!(verdict.is_ok(), "{}", verdict.unwrap_err());
                }
            }
            if inputs.fence.is_some() && out.fence_ready {
                checker.fenced(Fence { va: None, asid: None });
                steps.pop_front();
            }
        }
        // In an idle MMU with unchanging tables the answer is the pure walk's.
        let regime = Regime { xlen: Xlen::Rv64, satp: satp(), adue, pbmte: false, extensions: Extensions::NONE, sizes: Sizes::ALL };
        let expected = walk(regime, &request(0, Access::Store), &memory).outcome;
        bench.cycle(Inputs { adue, ..data(0, Access::Store) });
        prop_assert_eq!(bench.wait(), expected);
    }
}
