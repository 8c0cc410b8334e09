//! The time that devices and harts see.

use std::cell::Cell;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

#[derive(Debug, Default)]
struct State {
    /// Ticks since the beginning.
    ticks: Cell<u64>,
    /// What software has added to them.
    offset: Cell<u64>,
    /// In ticks since the beginning.
    deadline: Cell<u64>,
}

/// A clock that the machine moves, in ticks: `mtime`. Clones are the same clock.
#[derive(Clone, Debug, Default)]
pub struct Clock(Rc<State>);

/// What a clock remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockState([u64; 3]);

impl Clock {
    /// A clock at tick 0.
    pub fn new() -> Clock {
        Clock::default()
    }

    /// The time: `mtime`.
    #[inline]
    pub fn now(&self) -> u64 {
        self.0.ticks.get().wrapping_add(self.0.offset.get())
    }

    /// So many ticks have passed since the beginning; returns whether the deadline is reached.
    #[inline]
    pub fn advance(&self, ticks: u64) -> bool {
        self.0.ticks.set(ticks);
        ticks >= self.0.deadline.get()
    }

    /// Software writes `mtime`.
    pub(crate) fn set(&self, now: u64) {
        self.0.offset.set(now.wrapping_sub(self.0.ticks.get()));
    }

    /// The tick since the beginning at which [`Clint::update`](crate::Clint::update) must be called,
    /// `u64::MAX` if none.
    #[inline]
    pub fn deadline(&self) -> u64 {
        self.0.deadline.get()
    }

    /// Ticks since the beginning at which the time is this, if it is still to come.
    pub fn ticks_at(&self, time: u64) -> u64 {
        let left = time.saturating_sub(self.now());
        self.0.ticks.get().saturating_add(left)
    }

    /// Its ticks, what software has added, and the deadline.
    pub fn state(&self) -> ClockState {
        let State { ticks, offset, deadline } = &*self.0;
        ClockState([ticks.get(), offset.get(), deadline.get()])
    }

    /// Goes on from a state.
    pub fn restore(&self, ClockState([ticks, offset, deadline]): &ClockState) {
        self.0.ticks.set(*ticks);
        self.0.offset.set(*offset);
        self.0.deadline.set(*deadline);
    }

    /// The time to wait for.
    pub(crate) fn wait_for(&self, time: u64) {
        let ticks = if time == u64::MAX { u64::MAX } else { self.ticks_at(time) };
        self.0.deadline.set(ticks);
    }
}
