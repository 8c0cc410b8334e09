//! One walk under way: the golden algorithm, fed one memory response at a time.
//!
//! The algorithm is a pure function of the entries it reads. So the job keeps those that have
//! arrived and runs the function again from the root on each arrival; where the function asks
//! for an entry that is not there yet, that entry is the next memory request.

use std::cell::Cell;

use crate::bus::BusError;
use crate::golden::{PteSource, Regime, walk};
use crate::isa::{Cause, Fault};
use crate::mmu::{Events, MemoryRequest, MemoryResponse, Pulse, Request, Response};

/// What a job does in a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// A response is under way.
    Waits,
    /// It presents a memory request.
    Asks(MemoryRequest),
    /// It is finished.
    Done(Response),
}

/// Where the job stands.
#[derive(Clone, Copy, Debug)]
enum State {
    /// The next request must be found out.
    Ready,
    /// A request is presented.
    Asking(MemoryRequest, Response),
    /// Memory has accepted it. For an A/D write the outcome is known already.
    Waiting(MemoryRequest, Response),
    /// A fence overtook a read: its response is to be dropped.
    Draining,
}

/// One walk under way.
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

    /// One cycle's work: takes memory's answer, says what comes next.
    pub(super) fn step(&mut self, answer: Option<MemoryResponse>, events: &mut Events) -> Progress {
        if let Some(answer) = answer {
            match self.state {
                State::Waiting(MemoryRequest::Read { pa }, _) => {
                    let value = if answer.error { Err(BusError) } else { Ok(answer.data) };
                    self.log.push((pa, value));
                }
                State::Waiting(MemoryRequest::CompareSwap { .. }, response) => {
                    if answer.error {
                        let cause = Cause::access_fault(self.request.access);
                        return Progress::Done(Err(Fault {
                            cause,
                            tval: self.regime.va(&self.request),
                        }));
                    }
                    if answer.swapped {
                        *events += Pulse::PteUpdate;
                        return Progress::Done(response);
                    }
                    // The entry changed underneath: back to step 2, which reads it again.
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
            State::Ready => self.next(),
        }
    }

    /// Runs the algorithm over what has been read.
    fn next(&mut self) -> Progress {
        let replay = Replay { log: &self.log, at: Cell::new(0), missing: Cell::new(None) };
        let walk = walk(self.regime, &self.request, &replay);
        let request = match (replay.missing.get(), walk.update) {
            (Some(pa), _) => MemoryRequest::Read { pa },
            (None, Some(update)) => MemoryRequest::CompareSwap {
                pa: update.pa,
                expected: update.old,
                desired: update.new,
            },
            (None, None) => return Progress::Done(walk.outcome),
        };
        self.state = State::Asking(request, walk.outcome);
        Progress::Asks(request)
    }

    /// Memory has taken the presented request.
    pub(super) fn accepted(&mut self, events: &mut Events) {
        let State::Asking(request, response) = self.state else { return };
        events.add_if(Pulse::PteRead, matches!(request, MemoryRequest::Read { .. }));
        self.state = if self.stale { State::Draining } else { State::Waiting(request, response) };
        self.stale = false;
    }

    /// A fence overtakes the walk: nothing that was read before it may be used after it. True if
    /// there was anything to give up.
    ///
    /// An A/D write that memory has already taken was ordered before the fence and stands; only
    /// its retry would start from the root.
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

    /// Whether memory owes a response.
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

/// The entries read so far, in order; remembers the first one asked for beyond them.
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

    /// Memory itself will say, when it is asked to write.
    fn writable(&self, _pa: u64, _bytes: u64) -> bool {
        true
    }
}

/// No memory at all: for requests that read no table.
pub(super) struct Nothing;

impl PteSource for Nothing {
    fn read(&self, _pa: u64, _bytes: u64) -> Result<u64, BusError> {
        Err(BusError)
    }

    fn writable(&self, _pa: u64, _bytes: u64) -> bool {
        false
    }
}
