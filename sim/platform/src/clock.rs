//! The time that devices and harts see.

use std::cell::Cell;
use std::rc::Rc;

#[derive(Debug, Default)]
struct State {
    now: Cell<u64>,
    deadline: Cell<u64>,
}

/// A clock that the machine moves, in ticks: `mtime`. Clones are the same clock.
#[derive(Clone, Debug, Default)]
pub struct Clock(Rc<State>);

impl Clock {
    /// A clock at tick 0.
    pub fn new() -> Clock {
        Clock::default()
    }

    /// The time.
    #[inline]
    pub fn now(&self) -> u64 {
        self.0.now.get()
    }

    /// Sets the time, as a write to `mtime` does; returns whether a deadline is reached.
    #[inline]
    pub fn set(&self, now: u64) -> bool {
        self.0.now.set(now);
        now >= self.0.deadline.get()
    }

    /// The tick at which [`Clint::update`](crate::Clint::update) must be called, `u64::MAX` if none.
    #[inline]
    pub fn deadline(&self) -> u64 {
        self.0.deadline.get()
    }

    pub(crate) fn set_deadline(&self, tick: u64) {
        self.0.deadline.set(tick);
    }
}
