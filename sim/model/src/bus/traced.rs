//! A channel that keeps a record.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::{Channel, Request, Response};

/// An event on a channel, with its cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceEvent {
    /// A request was accepted.
    Accepted(u64, Request),
    /// A response arrived.
    Answered(u64, Response),
}

#[derive(Debug)]
struct Record {
    events: VecDeque<TraceEvent>,
    limit: usize,
}

/// A handle to the record of a [`Traced`] channel: its newest events, oldest first.
#[derive(Clone, Debug)]
pub struct Trace(Rc<RefCell<Record>>);

impl Trace {
    /// An empty record that keeps at most `limit` events and drops the oldest beyond that.
    pub fn new(limit: usize) -> Trace {
        Trace(Rc::new(RefCell::new(Record { events: VecDeque::new(), limit })))
    }

    /// Removes the events from the record and returns them.
    pub fn take(&self) -> Vec<TraceEvent> {
        self.0.borrow_mut().events.drain(..).collect()
    }

    fn push(&self, event: TraceEvent) {
        let mut record = self.0.borrow_mut();
        record.events.push_back(event);
        if record.events.len() > record.limit {
            record.events.pop_front();
        }
    }
}

/// Records the inner channel's requests and responses.
pub struct Traced<C> {
    inner: C,
    trace: Trace,
}

impl<C: Channel> Traced<C> {
    /// Wraps a channel; the caller keeps a clone of `trace` to read.
    pub fn new(inner: C, trace: Trace) -> Traced<C> {
        Traced { inner, trace }
    }
}

impl<C: Channel> Channel for Traced<C> {
    fn ready(&mut self, now: u64) -> bool {
        self.inner.ready(now)
    }

    fn submit(&mut self, now: u64, request: Request) {
        self.trace.push(TraceEvent::Accepted(now, request));
        self.inner.submit(now, request);
    }

    fn poll(&mut self, now: u64) -> Option<Response> {
        let response = self.inner.poll(now)?;
        self.trace.push(TraceEvent::Answered(now, response));
        Some(response)
    }

    fn next_response(&self) -> Option<u64> {
        self.inner.next_response()
    }

    fn line(&self, pa: u64) -> Option<[u64; 8]> {
        self.inner.line(pa)
    }
}
