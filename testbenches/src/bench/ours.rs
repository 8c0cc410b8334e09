//! Our engine in the benchmark's closed loop.

use super::Measurement;
use super::clock::CpuClock;
use super::traffic::{LATENCY, Traffic, Workload, entry, fold};
use crate::engine::{Config, Engine, PINS, Pin, Pins, Simulator};
use sim::isa::Xlen;

/// A hardware MMU between two ports that always ask and a memory that always answers.
pub struct Loop {
    simulator: Box<dyn Simulator>,
    pins: Pins,
    traffic: Traffic,
    xlen: Xlen,
    fetched: usize,
    loaded: usize,
    pending: Option<(u64, u64)>,
    now: u64,
    translations: u64,
    checksum: u64,
}

impl Loop {
    /// Resets the hardware and makes the traffic.
    pub fn new(config: &Config, engine: Engine, workload: Workload, seed: u64) -> Self {
        let traffic = Traffic::new(config.xlen, workload, seed);
        let mut simulator = config.simulator(engine);
        simulator.poke(Pin::Reset, 1);
        simulator.settle();
        simulator.step();
        simulator.poke(Pin::Reset, 0);
        simulator.poke(Pin::Satp, traffic.satp);
        for pin in [Pin::FetchReqValid, Pin::DataReqValid, Pin::MemReqReady, Pin::FaultReady] {
            simulator.poke(pin, 1);
        }
        Self {
            simulator,
            pins: [0; PINS.len()],
            traffic,
            xlen: config.xlen,
            fetched: 0,
            loaded: 0,
            pending: None,
            now: 0,
            translations: 0,
            checksum: 0,
        }
    }

    /// Runs on for some cycles and reports them; the checksum is that of all cycles so far.
    pub fn run(&mut self, cycles: u64) -> Measurement {
        let before = self.translations;
        let clock = CpuClock::start();
        for _ in 0..cycles {
            self.cycle();
        }
        Measurement {
            cycles,
            translations: self.translations - before,
            checksum: self.checksum,
            seconds: clock.seconds(),
        }
    }

    fn cycle(&mut self) {
        let (va, store) = self.traffic.data[self.loaded % self.traffic.data.len()];
        let answer = self.pending.take_if(|(due, _)| *due <= self.now);
        let simulator = &mut self.simulator;
        simulator
            .poke(Pin::FetchReqVa, self.traffic.fetch[self.fetched % self.traffic.fetch.len()]);
        simulator.poke(Pin::DataReqVa, va);
        simulator.poke(Pin::DataReqStore, u64::from(store));
        simulator.poke(Pin::MemRespValid, u64::from(answer.is_some()));
        if let Some((_, data)) = answer {
            simulator.poke(Pin::MemRespData, data);
        }
        simulator.cycle(&mut self.pins);
        let pin = |pin: Pin| self.pins[pin as usize];
        self.fetched += pin(Pin::FetchReqReady) as usize;
        self.loaded += pin(Pin::DataReqReady) as usize;
        let ports = [
            (Pin::FetchRespValid, Pin::FetchRespPa, Pin::FetchRespFault),
            (Pin::DataRespValid, Pin::DataRespPa, Pin::DataRespFault),
        ];
        for (valid, pa, fault) in ports {
            if pin(valid) == 1 {
                let response = pin(pa) << 1 | pin(fault);
                self.checksum = fold(self.checksum, response);
                self.translations += 1;
            }
        }
        if pin(Pin::MemReqValid) == 1 {
            let data = entry(self.xlen, pin(Pin::MemReqAddr));
            self.pending = Some((self.now + LATENCY, data));
        }
        self.now += 1;
    }
}
