//! A closed loop of traffic around an engine, for benchmarks: both ports always have a request,
//! and memory always answers.
//!
//! | file | does |
//! |---|---|
//! | `requests` | the requests of the ports, and a page table that needs no memory |

mod requests;

pub use requests::{LATENCY, REQUESTS, Traffic, Workload, entry};

use crate::{Config, INPUTS, Native, Outs, PINS, Pin, Pins, Simulator};
use model::isa::Xlen;
use requests::fold;

/// The engine's interface to the loop. A cycle is: write the pins that change, cycle, read the
/// outputs of interest.
pub trait Driven: Sized {
    /// Drives an input.
    fn write(&mut self, pin: Pin, value: u64);
    /// A whole clock cycle. Returns its outputs.
    fn cycle(&mut self) -> &Outs;
    /// As [`Simulator::is_quiescent`].
    fn is_quiescent(&self) -> bool;
    /// Runs the loop. Implementations of this crate do so themselves: generic code is compiled
    /// in the crate that uses it, with less optimisation.
    fn run(traffic: &mut Loop<Self>, cycles: u64) -> Passed {
        traffic.cycles(cycles)
    }
}

/// What passed the ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Responses of both ports in the last run.
    pub translations: u64,
    /// Over every response since reset.
    pub checksum: u64,
}

impl Driven for Native {
    #[inline]
    fn write(&mut self, pin: Pin, value: u64) {
        self.poke(pin, value);
    }

    #[inline]
    fn cycle(&mut self) -> &Outs {
        self.tick()
    }

    #[inline]
    fn is_quiescent(&self) -> bool {
        Simulator::is_quiescent(self)
    }

    fn run(traffic: &mut Loop<Self>, cycles: u64) -> Passed {
        traffic.cycles(cycles)
    }
}

/// Any engine, whose outputs are copied in every cycle.
pub struct Sampled {
    simulator: Box<dyn Simulator>,
    pins: Pins,
}

impl Sampled {
    /// Takes an engine over.
    pub fn new(simulator: Box<dyn Simulator>) -> Self {
        Self { simulator, pins: [0; PINS.len()] }
    }
}

impl Driven for Sampled {
    fn write(&mut self, pin: Pin, value: u64) {
        self.simulator.poke(pin, value);
    }

    fn cycle(&mut self) -> &Outs {
        self.simulator.advance(&mut self.pins)
    }

    fn is_quiescent(&self) -> bool {
        self.simulator.is_quiescent()
    }
}

/// The index of an output in [`Outs`].
const fn out(pin: Pin) -> usize {
    pin as usize - INPUTS
}

/// The indices of each port's answer among the outputs: valid, physical address, fault.
const RESPONSES: [[usize; 3]; 2] = [
    [out(Pin::FetchRespValid), out(Pin::FetchRespPa), out(Pin::FetchRespFault)],
    [out(Pin::DataRespValid), out(Pin::DataRespPa), out(Pin::DataRespFault)],
];

/// A hardware MMU between two ports that always have a request and a memory that always answers.
pub struct Loop<D> {
    engine: D,
    /// Whether to skip cycles that cannot differ from the last one.
    skips: bool,
    traffic: Traffic,
    xlen: Xlen,
    fetched: usize,
    loaded: usize,
    /// What memory still answers, in order: the cycle of each answer, and its data. Two walkers
    /// have two requests in flight. `u64::MAX`: nothing was requested.
    due: [u64; 2],
    answers: [u64; 2],
    now: u64,
    translations: u64,
    checksum: u64,
}

impl<D: Driven> Loop<D> {
    /// Resets the hardware, whose configuration is `config`, and generates the traffic.
    pub fn new(config: &Config, mut engine: D, skips: bool, workload: Workload, seed: u64) -> Self {
        let traffic = Traffic::new(config.xlen, workload, seed);
        engine.write(Pin::Reset, 1);
        engine.cycle();
        engine.write(Pin::Reset, 0);
        engine.write(Pin::Satp, traffic.satp);
        for pin in [Pin::FetchReqValid, Pin::DataReqValid, Pin::MemReqReady, Pin::FaultReady] {
            engine.write(pin, 1);
        }
        Self {
            engine,
            skips,
            traffic,
            xlen: config.xlen,
            fetched: 0,
            loaded: 0,
            due: [u64::MAX; 2],
            answers: [0; 2],
            now: 0,
            translations: 0,
            checksum: 0,
        }
    }

    /// Continues for some cycles.
    pub fn run(&mut self, cycles: u64) -> Passed {
        D::run(self, cycles)
    }

    #[inline]
    fn cycles(&mut self, cycles: u64) -> Passed {
        let before = self.translations;
        let end = self.now + cycles;
        while self.now < end {
            self.cycle(end);
        }
        Passed { translations: self.translations - before, checksum: self.checksum }
    }

    /// One cycle, and those after it that cannot differ, but none from `end` on.
    fn cycle(&mut self, end: u64) {
        let engine = &mut self.engine;
        let (va, store) = self.traffic.data[self.loaded % REQUESTS];
        engine.write(Pin::FetchReqVa, self.traffic.fetch[self.fetched % REQUESTS]);
        engine.write(Pin::DataReqVa, va);
        engine.write(Pin::DataReqStore, u64::from(store));
        let answers = self.due[0] <= self.now;
        engine.write(Pin::MemRespValid, u64::from(answers));
        if answers {
            engine.write(Pin::MemRespData, self.answers[0]);
            self.due = [self.due[1], u64::MAX];
            self.answers[0] = self.answers[1];
        }
        let outs = engine.cycle();
        let fetched = outs[out(Pin::FetchReqReady)];
        let loaded = outs[out(Pin::DataReqReady)];
        let before = self.translations;
        for [valid, pa, fault] in RESPONSES {
            if outs[valid] == 1 {
                let response = outs[pa] << 1 | outs[fault];
                self.checksum = fold(self.checksum, response);
                self.translations += 1;
            }
        }
        let asks = outs[out(Pin::MemReqValid)] == 1;
        if asks {
            let last = usize::from(self.due[0] != u64::MAX);
            self.due[last] = self.now + LATENCY;
            self.answers[last] = entry(self.xlen, outs[out(Pin::MemReqAddr)]);
        }
        self.fetched += fetched as usize;
        self.loaded += loaded as usize;
        self.now += 1;
        // Nothing was accepted, answered or requested, so the next inputs are the same, and the
        // hardware repeats this cycle until memory answers.
        let idle = fetched | loaded == 0 && before == self.translations && !answers && !asks;
        if idle && self.skips && engine.is_quiescent() {
            self.now = self.due[0].clamp(self.now, end);
        }
    }
}
