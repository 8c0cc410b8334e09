//! One walk in progress: the golden algorithm, given one memory response at a time.
//!
//! The algorithm is a pure function of the entries that it reads. So the job keeps the entries that
//! have arrived and runs the function again from the root on each arrival; the first entry that the
//! function asks for and that is missing is the next memory request.

use std::cell::Cell;

use crate::bus::BusError;
use crate::golden::{Guard, PteSource, Regime, guarded_walk};
use crate::isa::{Attributes, Cause, Fault};
use crate::mmu::{Events, MemoryRequest, MemoryResponse, Pulse, Request, Response};

/// The state of a job, as a driver sees it in a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// A response is outstanding.
    Waits,
    /// It presents a memory request.
    Asks(MemoryRequest),
    /// It is finished.
    Done((Response, Attributes)),
}

/// The internal state of a job.
#[derive(Clone, Copy, Debug)]
enum State {
    /// The next request must be determined.
    Ready,
    /// A request is presented.
    Asking(MemoryRequest, (Response, Attributes)),
    /// Memory has accepted it. For an A/D write the outcome is already known.
    Waiting(MemoryRequest, (Response, Attributes)),
    /// A fence overtook a read: its response must be dropped.
    Draining,
}

/// One walk in progress.
#[derive(Clone, Debug)]
pub(super) struct Job {
    regime: Regime,
    request: Request,
    log: Vec<(u64, Result<u64, BusError>)>,
    state: State,
    /// A fence came while a read was presented and cannot be withdrawn.
    stale: bool,
}

impl Job {
    pub(super) fn new(regime: Regime, request: Request) -> Job {
        Job { regime, request, log: Vec::new(), state: State::Ready, stale: false }
    }

    /// One cycle's work: takes memory's response and returns the next state.
    pub(super) fn step(
        &mut self,
        answer: Option<MemoryResponse>,
        guard: Guard<'_>,
        events: &mut Events,
    ) -> Progress {
        if let Some(answer) = answer {
            match self.state {
                State::Waiting(MemoryRequest::Read { pa }, _) => {
                    let value = if answer.error { Err(BusError) } else { Ok(answer.data) };
                    self.log.push((pa, value));
                }
                State::Waiting(MemoryRequest::CompareSwap { .. }, response) => {
                    if answer.error {
                        let cause = Cause::access_fault(self.request.access);
                        let tval = self.regime.va(&self.request);
                        return Progress::Done((Err(Fault { cause, tval }), Attributes::default()));
                    }
                    if answer.swapped {
                        *events += Pulse::PteUpdate;
                        return Progress::Done(response);
                    }
                    // The entry has changed: back to step 2, which reads it again.
                    *events += Pulse::UpdateRetry;
                    self.log.pop();
                }
                State::Draining | State::Ready | State::Asking(..) => {}
            }
            self.state = State::Ready;
        }
        match self.state {
            State::Waiting(..) | State::Draining => Progress::Waits,
            State::Asking(request, _) => Progress::Asks(request),
            State::Ready => self.next(guard),
        }
    }

    /// Runs the algorithm over the entries read so far.
    fn next(&mut self, guard: Guard<'_>) -> Progress {
        let replay = Replay { log: &self.log, at: Cell::new(0), missing: Cell::new(None) };
        let walk = guarded_walk(self.regime, &self.request, &replay, guard);
        let request = match (replay.missing.get(), walk.update) {
            (Some(pa), _) => MemoryRequest::Read { pa },
            (None, Some(update)) => MemoryRequest::CompareSwap {
                pa: update.pa,
                expected: update.old,
                desired: update.new,
            },
            (None, None) => return Progress::Done((walk.outcome, walk.attributes)),
        };
        self.state = State::Asking(request, (walk.outcome, walk.attributes));
        Progress::Asks(request)
    }

    /// Memory has accepted the presented request.
    pub(super) fn accepted(&mut self, events: &mut Events) {
        let State::Asking(request, response) = self.state else { return };
        events.add_if(Pulse::PteRead, matches!(request, MemoryRequest::Read { .. }));
        self.state = if self.stale { State::Draining } else { State::Waiting(request, response) };
        self.stale = false;
    }

    /// A fence overtakes the walk: no entry read before it may be used after it. Returns whether
    /// there was anything to abandon.
    ///
    /// An A/D write that memory has already accepted was ordered before the fence and stays valid;
    /// only its retry would start from the root.
    pub(super) fn restart(&mut self) -> bool {
        self.log.clear();
        match self.state {
            State::Waiting(MemoryRequest::Read { .. }, _) => self.state = State::Draining,
            State::Asking(..) => self.stale = true,
            State::Waiting(..) | State::Ready => return false,
            State::Draining => {}
        }
        true
    }

    /// Whether a memory response is outstanding.
    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.state, State::Waiting(..) | State::Draining)
    }

    /// For waveforms: 1 presenting, 2 waiting, 3 waiting for a response to drop.
    pub(super) fn state_code(&self) -> u128 {
        match self.state {
            State::Ready | State::Asking(..) => 1,
            State::Waiting(..) => 2,
            State::Draining => 3,
        }
    }
}

/// The entries read so far, in order; records the first one asked for beyond them.
struct Replay<'a> {
    log: &'a [(u64, Result<u64, BusError>)],
    at: Cell<usize>,
    missing: Cell<Option<u64>>,
}

impl PteSource for Replay<'_> {
    fn read(&self, pa: u64, _bytes: u64) -> Result<u64, BusError> {
        match self.log.get(self.at.replace(self.at.get() + 1)) {
            Some(&(read, value)) => {
                debug_assert_eq!(read, pa, "the same entries lead to the same address");
                value
            }
            None => {
                self.missing.set(Some(pa));
                Err(BusError)
            }
        }
    }

    /// Memory itself reports this when it receives the write.
    fn writable(&self, _pa: u64, _bytes: u64) -> bool {
        true
    }
}

/// A source without any memory: for requests that read no table.
pub(super) struct Nothing;

impl PteSource for Nothing {
    fn read(&self, _pa: u64, _bytes: u64) -> Result<u64, BusError> {
        Err(BusError)
    }

    fn writable(&self, _pa: u64, _bytes: u64) -> bool {
        false
    }
}
