//! A channel whose requests are looked up in a model of a cache.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use super::{Channel, Known, Request, Response};
use crate::cache::Cache;

/// Counts what a cache in front of memory would hit and miss. The cache keeps no contents and takes
/// no time: the inner channel answers as without it. Several channels may share one cache.
pub struct Cached<C> {
    inner: C,
    cache: Rc<RefCell<Cache>>,
    memory: Range<u64>,
}

impl<C: Channel> Cached<C> {
    /// Wraps a channel; addresses outside `memory` are not cached, as those of devices are not.
    pub fn new(inner: C, cache: Rc<RefCell<Cache>>, memory: Range<u64>) -> Cached<C> {
        Cached { inner, cache, memory }
    }

    fn look_up(&self, request: Request) {
        let (Request::Read { pa, .. }
        | Request::Write { pa, .. }
        | Request::CompareSwap { pa, .. }) = request;
        if self.memory.contains(&pa) {
            self.cache.borrow_mut().access(pa);
        }
    }
}

impl<C: Channel> Channel for Cached<C> {
    fn ready(&mut self, now: u64) -> bool {
        self.inner.ready(now)
    }

    fn submit(&mut self, now: u64, request: Request) {
        self.look_up(request);
        self.inner.submit(now, request);
    }

    fn is_always_ready(&self) -> bool {
        self.inner.is_always_ready()
    }

    fn carry(&mut self, now: u64, request: Request) -> Option<Known> {
        let known = self.inner.carry(now, request)?;
        self.look_up(request);
        Some(known)
    }

    fn poll(&mut self, now: u64) -> Option<Response> {
        self.inner.poll(now)
    }

    fn next_response(&self) -> Option<u64> {
        self.inner.next_response()
    }

    fn line(&self, pa: u64) -> Option<[u64; 8]> {
        self.inner.line(pa)
    }
}
