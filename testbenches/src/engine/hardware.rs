//! The hardware as the world sees it: pins bundled into transactions.

use super::simulator::Seen;
use super::{PINS, Pin, Pins, Simulator};
use sim::isa::{Access, Cause, Fault, Privilege, Xlen};
use sim::mmu::{Events, Inputs, MemoryRequest, Mmu, Outputs, Request, Response, Signal};

/// A hardware MMU on any engine, behind the world's [`Mmu`] trait.
pub struct HardwareMmu {
    simulator: Box<dyn Simulator>,
    pins: Pins,
    name: &'static str,
    xlen: Xlen,
    entries: usize,
    watching: bool,
    seen: Seen,
    driven: Option<Inputs>,
    /// The outputs of the last cycle.
    outputs: Outputs,
}

impl HardwareMmu {
    /// Takes a design over and resets it.
    pub fn new(
        simulator: Box<dyn Simulator>,
        name: &'static str,
        xlen: Xlen,
        entries: usize,
    ) -> Self {
        let mut mmu = Self {
            simulator,
            pins: [0; PINS.len()],
            name,
            xlen,
            entries,
            watching: false,
            seen: Seen::default(),
            driven: None,
            outputs: Outputs::default(),
        };
        mmu.cycle(&Inputs { reset: true, ..Inputs::default() });
        mmu.cycle(&Inputs::default());
        mmu
    }

    fn flag(&mut self, pin: Pin, value: bool) {
        self.simulator.poke(pin, u64::from(value));
    }

    fn drive(&mut self, inputs: &Inputs) {
        self.flag(Pin::Reset, inputs.reset);
        self.simulator.poke(Pin::Satp, inputs.satp);
        self.flag(Pin::Adue, inputs.adue);
        self.flag(Pin::FetchReqValid, inputs.fetch.is_some());
        if let Some(Request { va, context, .. }) = inputs.fetch {
            self.simulator.poke(Pin::FetchReqVa, va);
            self.simulator.poke(Pin::FetchReqPrivilege, privilege_code(context.privilege));
        }
        self.flag(Pin::DataReqValid, inputs.data.is_some());
        if let Some(Request { va, access, context }) = inputs.data {
            self.simulator.poke(Pin::DataReqVa, va);
            self.flag(Pin::DataReqStore, access == Access::Store);
            self.simulator.poke(Pin::DataReqPrivilege, privilege_code(context.privilege));
            self.flag(Pin::DataReqSum, context.sum);
            self.flag(Pin::DataReqMxr, context.mxr);
        }
        self.flag(Pin::FenceValid, inputs.fence.is_some());
        if let Some(fence) = inputs.fence {
            self.flag(Pin::FenceByVa, fence.va.is_some());
            self.simulator.poke(Pin::FenceVa, fence.va.unwrap_or(0));
            self.flag(Pin::FenceByAsid, fence.asid.is_some());
            self.simulator.poke(Pin::FenceAsid, u64::from(fence.asid.unwrap_or(0)));
        }
        self.flag(Pin::MemReqReady, inputs.memory_ready);
        self.flag(Pin::MemRespValid, inputs.memory.is_some());
        if let Some(response) = inputs.memory {
            self.simulator.poke(Pin::MemRespData, response.data);
            self.flag(Pin::MemRespError, response.error);
            self.flag(Pin::MemRespSwapped, response.swapped);
        }
        self.flag(Pin::FaultReady, inputs.fault_ready);
    }

    fn pin(&self, pin: Pin) -> u64 {
        self.pins[pin as usize]
    }

    fn high(&self, pin: Pin) -> bool {
        self.pin(pin) == 1
    }

    fn response(&self, [valid, fault, pa, cause, tval]: [Pin; 5]) -> Option<Response> {
        if !self.high(valid) {
            return None;
        }
        Some(if self.high(fault) { Err(self.fault(cause, tval)) } else { Ok(self.pin(pa)) })
    }

    fn fault(&self, cause: Pin, tval: Pin) -> Fault {
        let code = self.pin(cause);
        Fault {
            cause: Cause::from_code(code).expect("the cause block makes only these six codes"),
            tval: self.pin(tval),
        }
    }

    fn memory_request(&self) -> Option<MemoryRequest> {
        if !self.high(Pin::MemReqValid) {
            return None;
        }
        let pa = self.pin(Pin::MemReqAddr);
        Some(if self.high(Pin::MemReqSwap) {
            let expected = self.pin(Pin::MemReqExpected);
            let desired = self.pin(Pin::MemReqDesired);
            MemoryRequest::CompareSwap { pa, expected, desired }
        } else {
            MemoryRequest::Read { pa }
        })
    }

    fn sample(&self) -> Outputs {
        Outputs {
            fetch_ready: self.high(Pin::FetchReqReady),
            data_ready: self.high(Pin::DataReqReady),
            fence_ready: self.high(Pin::FenceReady),
            fetch: self.response([
                Pin::FetchRespValid,
                Pin::FetchRespFault,
                Pin::FetchRespPa,
                Pin::FetchRespCause,
                Pin::FetchRespTval,
            ]),
            data: self.response([
                Pin::DataRespValid,
                Pin::DataRespFault,
                Pin::DataRespPa,
                Pin::DataRespCause,
                Pin::DataRespTval,
            ]),
            memory: self.memory_request(),
            fault: self.high(Pin::FaultValid).then(|| self.fault(Pin::FaultCause, Pin::FaultTval)),
            busy: self.high(Pin::Busy),
            events: Events {
                fetch_hit: self.high(Pin::EventFetchHit),
                fetch_miss: self.high(Pin::EventFetchMiss),
                data_hit: self.high(Pin::EventDataHit),
                data_miss: self.high(Pin::EventDataMiss),
                walk_start: self.high(Pin::EventWalkStart),
                walk_done: self.high(Pin::EventWalkDone),
                pte_read: self.high(Pin::EventPteRead),
                pte_update: self.high(Pin::EventPteUpdate),
                update_retry: self.high(Pin::EventUpdateRetry),
                walk_restart: self.high(Pin::EventWalkRestart),
                refill: self.high(Pin::EventRefill),
                fence: self.high(Pin::EventFence),
                page_fault: self.high(Pin::EventPageFault),
                access_fault: self.high(Pin::EventAccessFault),
            },
        }
    }
}

fn privilege_code(privilege: Privilege) -> u64 {
    privilege as u64
}

impl Mmu for HardwareMmu {
    fn xlen(&self) -> Xlen {
        self.xlen
    }

    fn name(&self) -> &str {
        self.name
    }

    fn entries(&self) -> usize {
        self.entries
    }

    fn cycle(&mut self, inputs: &Inputs) -> Outputs {
        let same = self.driven == Some(*inputs);
        if !same {
            self.drive(inputs);
            self.driven = Some(*inputs);
        }
        let rests = same && self.simulator.is_quiescent();
        if self.watching {
            self.simulator.cycle_seen(&mut self.pins, &mut self.seen);
        } else if !rests {
            self.simulator.cycle(&mut self.pins);
        }
        if !rests {
            self.outputs = self.sample();
        }
        self.outputs
    }

    fn is_quiescent(&self) -> bool {
        self.simulator.is_quiescent()
    }

    fn signals(&self) -> Vec<Signal> {
        self.simulator.signals()
    }

    fn values(&self, values: &mut Vec<u128>) {
        values.clear();
        values.extend_from_slice(&self.seen.values);
    }

    fn changes(&self, tell: &mut dyn FnMut(usize, u128)) {
        for &at in &self.seen.changed {
            tell(at as usize, self.seen.values[at as usize]);
        }
    }

    fn watch(&mut self, on: bool) {
        if on != self.watching {
            self.simulator.watch(on);
            self.seen = Seen::default();
            self.watching = on;
        }
    }
}
