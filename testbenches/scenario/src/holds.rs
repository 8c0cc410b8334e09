//! When the translation ports hold requests back, and when they answer: to the cycle.

use model::isa::{Mode, Satp, Xlen};
use model::mmu::{Inputs, Organisation, Outputs, PerPort, Port, Pulse};
use std::collections::VecDeque;

/// What a port did that it must not.
pub(super) struct Broken {
    pub(super) what: &'static str,
    pub(super) expected: &'static str,
    pub(super) got: String,
}

/// The state of one hart's ports, as far as the rules of `ready` and of the moment of an answer
/// need it. It is derived from the pins alone.
///
/// A port holds requests back
/// - while a miss is outstanding: from the cycle after its event to that of its answer;
/// - while a fence is presented;
/// - if they are registered: in the cycle after a miss's answer; then until a request that was
///   accepted behind the miss is looked up again; and in the cycle after a fence was presented;
///
/// and in no other cycle, except that one that answers at once may in the first cycle of another
/// address space. Every request is answered in the cycle of its acceptance, or if answers
/// are registered in the next; or it is a miss in that cycle. One that was accepted behind a miss is
/// looked up in the second cycle after the miss's answer, or the first one after it in which no fence
/// holds requests back.
///
/// One port for fetches and data has the same rules, and accepts one of two requests.
#[derive(Clone, Debug)]
pub(super) struct Holds {
    xlen: Xlen,
    registered: bool,
    /// There is one port, that of data.
    one: bool,
    ports: PerPort<Held>,
    space: u16,
    /// A fence was presented in the cycle before.
    compared: bool,
}

/// A port in a cycle.
#[derive(Clone, Copy, Debug)]
struct Seen {
    port: Port,
    requested: bool,
    ready: bool,
    /// Whether a TLB decides the request that is accepted.
    decided: Option<bool>,
    /// Events.
    hits: usize,
    misses: usize,
    answered: bool,
}

#[derive(Clone, Debug, Default)]
struct Held {
    /// A miss is outstanding.
    miss: bool,
    /// It was answered in the cycle before.
    settles: bool,
    /// Registered: the request that was looked up in the cycle before; whether a TLB decides it.
    looked_up: Option<bool>,
    /// Registered: one that waits behind a miss.
    waits: Option<bool>,
    /// Of what is presented: how much later it comes because answers are registered.
    presented: Later,
    /// Of what was accepted, in order.
    accepted: VecDeque<Later>,
    /// Cycles by which registered answers have put off requests that followed others at once.
    slips: u64,
}

/// How much later a request is answered than by an MMU that answers at once.
#[derive(Clone, Copy, Debug, Default)]
struct Later {
    /// Cycles in which only registered answers held it back.
    held: u64,
    /// It waited behind a miss, which came later itself.
    behind: bool,
}

impl Holds {
    pub(super) fn new(xlen: Xlen, organisation: Organisation) -> Holds {
        let Organisation { registered_answer: registered, one_port: one, .. } = organisation;
        Holds { xlen, registered, one, ports: PerPort::default(), space: 0, compared: false }
    }

    /// A reset under this `satp` forgets everything but the address space.
    pub(super) fn reset(&mut self, satp: u64) {
        let space = self.paged(satp).unwrap_or(self.space);
        let (ports, compared) = (PerPort::default(), false);
        *self = Holds { space, ports, compared, ..*self };
    }

    /// The address space, if `satp` says that addresses are translated.
    fn paged(&self, satp: u64) -> Option<u16> {
        match (Satp::decode(satp, self.xlen), self.xlen) {
            (Some(satp), _) => (satp.mode != Mode::Bare).then_some(satp.asid),
            // A reserved mode is none that does not translate.
            (None, Xlen::Rv32) => Some((satp >> 22) as u16 & 0x1ff),
            (None, Xlen::Rv64) => Some((satp >> 44) as u16),
        }
    }

    /// Follows one cycle. `decided`: for each port that accepts a request, whether a TLB decides it.
    /// Returns the first rule that is broken.
    pub(super) fn cycle(
        &mut self,
        inputs: &Inputs,
        outputs: &Outputs,
        decided: PerPort<Option<bool>>,
    ) -> Result<(), (Port, Broken)> {
        let presented = inputs.fence.is_some();
        let space = self.paged(inputs.satp);
        let changed = space.is_some_and(|space| space != self.space);
        if let Some(space) = space.filter(|_| !presented) {
            self.space = space;
        }
        let (registered, compared) = (self.registered, self.compared);
        self.compared = registered && presented;
        for seen in self.seen(inputs, outputs, decided) {
            let held = &mut self.ports[seen.port];
            let more = held.settles || held.waits.is_some() || compared;
            let ready = !held.miss && !presented && !more;
            let may = !registered && changed;
            let verdict = held.cycle(&seen, (registered, compared));
            if seen.ready != ready && !(may && ready) {
                let got = if ready { "it holds requests back" } else { "it is ready" };
                let expected =
                    if ready { "ready: nothing holds requests back" } else { "not ready" };
                let what = "whether the port is ready";
                return Err((seen.port, Broken { what, expected, got: got.to_owned() }));
            }
            verdict.map_err(|broken| (seen.port, broken))?;
        }
        match self.one && inputs.requests.values().all(Option::is_some) && outputs.ready.0[0] {
            true if outputs.ready.0[1] => Err((
                Port::Data,
                Broken {
                    what: "whether the port is ready",
                    expected: "for one of two requests",
                    got: "for both".to_owned(),
                },
            )),
            _ => Ok(()),
        }
    }

    /// What happened at each port.
    fn seen(
        &self,
        inputs: &Inputs,
        outputs: &Outputs,
        decided: PerPort<Option<bool>>,
    ) -> Vec<Seen> {
        let of = |port: Port| Seen {
            port,
            requested: inputs.requests[port].is_some(),
            ready: outputs.ready[port],
            decided: decided[port],
            hits: usize::from(outputs.events.has(Pulse::hit(port))),
            misses: usize::from(outputs.events.has(Pulse::miss(port))),
            answered: outputs.responses[port].is_some(),
        };
        let [fetch, data] = Port::ALL.map(of);
        if !self.one {
            return vec![fetch, data];
        }
        // Of two requests the one that waits is not told to be accepted.
        let ready = match (fetch.requested, data.requested) {
            (true, false) => fetch.ready,
            (false, true) => data.ready,
            _ => fetch.ready || data.ready,
        };
        vec![Seen {
            port: Port::Data,
            requested: fetch.requested || data.requested,
            ready,
            decided: fetch.decided.or(data.decided),
            hits: fetch.hits + data.hits,
            misses: fetch.misses + data.misses,
            answered: fetch.answered || data.answered,
        }]
    }

    /// The port that serves the requests of a stream.
    fn port(&self, stream: Port) -> Port {
        if self.one { Port::Data } else { stream }
    }

    /// In the next cycle registered answers hold no request back.
    pub(super) fn rests(&self) -> bool {
        !self.compared && self.ports.values().all(|held| !held.settles && held.waits.is_none())
    }

    /// How many cycles later an MMU that answers at once would be idle again, had it these requests on
    /// this port without a pause. What counts is the difference to an earlier call.
    pub(super) fn slips(&self, port: Port) -> u64 {
        self.ports[self.port(port)].slips
    }

    /// How many cycles later than by an MMU that answers at once the port's oldest request is
    /// answered, in this cycle.
    pub(super) fn later(&mut self, port: Port) -> u64 {
        let port = self.port(port);
        let later = self.ports[port].accepted.pop_front().unwrap_or_default();
        match self.registered {
            true => 1 + later.held + u64::from(later.behind),
            false => 0,
        }
    }
}

impl Held {
    fn cycle(&mut self, seen: &Seen, (registered, compared): (bool, bool)) -> Result<(), Broken> {
        let Seen { requested, decided, hits, misses, answered, .. } = *seen;
        let miss = misses > 0;
        let due = match (registered, self.miss) {
            (false, _) => decided,
            (true, true) => None,
            (true, false) => self.looked_up,
        };
        // What holds the youngest request back that is not looked up.
        let waits = match self.waits.is_some() {
            true => self.accepted.back_mut(),
            false => requested.then_some(&mut self.presented),
        };
        if let Some(later) = waits {
            later.held += u64::from(self.settles || compared);
            later.behind |= self.miss;
        }
        if decided.is_some() {
            self.accepted.push_back(std::mem::take(&mut self.presented));
        }

        let was_miss = self.miss;
        if requested || self.waits.is_some() {
            // A miss that came later itself, its entry that is written, and a fence that is compared.
            let ends = registered && was_miss && answered;
            self.slips += u64::from(ends || self.settles || compared && !was_miss);
        }
        if registered {
            let (looked_up, waits) = match (self.miss, self.waits) {
                (true, waiting) => (None, self.looked_up.or(waiting)),
                (false, Some(waiting)) if self.settles || compared => (None, Some(waiting)),
                (false, Some(waiting)) => (Some(waiting), None),
                (false, None) => (decided, None),
            };
            (self.looked_up, self.waits) = (looked_up, waits);
        }
        self.settles = registered && was_miss && answered;
        self.miss = (was_miss && !answered) || miss;

        if hits + misses != usize::from(due == Some(true)) {
            return Err(Broken {
                what: "events of the lookup",
                expected: "a hit or a miss for each canonical translated access, neither otherwise",
                got: format!("hit = {}, miss = {miss}", hits > 0),
            });
        }
        let at_once = due.is_some() && !miss;
        if !was_miss && answered != at_once {
            return Err(Broken {
                what: "the moment of an answer",
                expected: match at_once {
                    true => "one in this cycle: the request needs no walk",
                    false => "none in this cycle",
                },
                got: if answered { "one" } else { "none" }.to_owned(),
            });
        }
        Ok(())
    }
}
