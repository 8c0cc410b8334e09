//! One port for two streams of requests: what a core with one memory interface does.

use model::mmu::{Inputs, Outputs, PerPort, Port};
use std::collections::VecDeque;

/// Lets fetches and data accesses take turns on the one port, and gives each answer to the stream of
/// its request.
///
/// A request that is presented stays on the port until it is accepted. Of two that wait, that of the
/// stream goes first that was not served last; after a reset the data access. The stream that waits
/// is not ready.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns {
    /// The stream of the request that the port has not accepted.
    kept: Option<Port>,
    /// The stream that was served last.
    last: Option<Port>,
    /// The streams of the requests that have no answer, oldest first.
    under_way: VecDeque<Port>,
}

impl Turns {
    /// Nothing is presented or in flight; this stream was served last.
    pub(super) fn after(last: Option<Port>) -> Turns {
        Turns { last, ..Turns::default() }
    }

    /// The stream that was served last.
    pub(super) fn last(&self) -> Option<Port> {
        self.last
    }

    /// Whether nothing is presented or in flight.
    pub(super) fn is_idle(&self) -> bool {
        self.kept.is_none() && self.under_way.is_empty()
    }

    /// The stream whose request the port is presented in this cycle.
    fn chosen(&self, inputs: &Inputs) -> Option<Port> {
        let asks = |port: &Port| inputs.requests[*port].is_some();
        let turn = match self.last {
            Some(Port::Data) => [Port::Fetch, Port::Data],
            _ => [Port::Data, Port::Fetch],
        };
        self.kept.into_iter().chain(turn).find(asks)
    }

    /// The inputs with the chosen request alone, on the data port.
    pub(super) fn merged(&self, inputs: &Inputs) -> Inputs {
        let request = self.chosen(inputs).and_then(|port| inputs.requests[port]);
        Inputs { requests: PerPort::only(Port::Data, request), ..*inputs }
    }

    /// The outputs of that cycle, of which the data port's are the one port's, for both streams.
    pub(super) fn split(&mut self, inputs: &Inputs, outputs: &Outputs) -> Outputs {
        let chosen = self.chosen(inputs);
        let ready = outputs.ready[Port::Data];
        if inputs.reset {
            *self = Turns::default();
        } else {
            self.kept = chosen.filter(|_| !ready);
            if let Some(accepted) = chosen.filter(|_| ready) {
                self.last = Some(accepted);
                self.under_way.push_back(accepted);
            }
        }
        // A walk is that of the oldest request.
        let oldest = self.under_way.front().copied().unwrap_or(Port::Data);
        if outputs.responses[Port::Data].is_some() {
            self.under_way.pop_front();
        }
        Outputs {
            ready: PerPort::from_fn(|port| ready && chosen.is_none_or(|chosen| chosen == port)),
            responses: PerPort::only(oldest, outputs.responses[Port::Data]),
            attributes: PerPort::only(oldest, outputs.attributes[Port::Data]),
            trace: PerPort::only(oldest, outputs.trace[Port::Data]),
            ..*outputs
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::isa::{Access, Context};
    use model::mmu::Request;

    fn asks(fetch: bool, data: bool) -> Inputs {
        let request = |va, access| Request { va, access, bytes: 4, context: Context::USER };
        let fetch = fetch.then(|| request(1, Access::Fetch));
        let data = data.then(|| request(2, Access::Load));
        Inputs { requests: PerPort([fetch, data]), ..Inputs::default() }
    }

    /// One cycle: the address that is presented, which streams are ready, and who is answered.
    fn cycle(turns: &mut Turns, inputs: &Inputs, ready: bool, answer: bool) -> [u64; 5] {
        let va = turns.merged(inputs).requests[Port::Data].map_or(0, |request| request.va);
        let responses = PerPort::only(Port::Data, answer.then_some(Ok(0)));
        let ready = PerPort::only(Port::Data, ready);
        let outputs = turns.split(inputs, &Outputs { ready, responses, ..Outputs::default() });
        let answered = outputs.responses.map(|response| u64::from(response.is_some())).0;
        let ready = outputs.ready.map(u64::from).0;
        [va, ready[0], ready[1], answered[0], answered[1]]
    }

    #[test]
    fn streams_take_turns_and_answers_come_in_order() {
        let mut turns = Turns::default();
        let both = asks(true, true);
        assert_eq!(cycle(&mut turns, &both, true, true), [2, 0, 1, 0, 1]);
        assert_eq!(cycle(&mut turns, &both, true, true), [1, 1, 0, 1, 0]);
        assert_eq!(cycle(&mut turns, &both, true, false), [2, 0, 1, 0, 0]);
        // Registered: another one is accepted before the answer, which is the data access's.
        assert_eq!(cycle(&mut turns, &both, true, true), [1, 1, 0, 0, 1]);
        assert_eq!(cycle(&mut turns, &asks(false, false), true, true), [0, 1, 1, 1, 0]);
    }

    #[test]
    fn what_is_presented_stays() {
        let mut turns = Turns::default();
        assert_eq!(cycle(&mut turns, &asks(true, false), false, false), [1, 0, 0, 0, 0]);
        assert_eq!(cycle(&mut turns, &asks(true, true), false, false), [1, 0, 0, 0, 0]);
        assert_eq!(cycle(&mut turns, &asks(true, true), true, true), [1, 1, 0, 1, 0]);
        assert_eq!(cycle(&mut turns, &asks(false, true), false, false), [2, 0, 0, 0, 0]);
        let reset = Inputs { reset: true, ..asks(true, true) };
        cycle(&mut turns, &reset, true, false);
        assert_eq!(cycle(&mut turns, &asks(true, true), true, true), [2, 0, 1, 0, 1]);
    }
}
