//! Looks at a machine during its run, from outside: they change nothing of it.

use super::Machine;
use kernel::Hal;

/// Cycles from one look to the next. Of a few million cycles a second, that is many looks, and few
/// strides cut short.
const EVERY: u64 = 1 << 16;

/// Who looks.
pub type Look = Box<dyn FnMut(&Machine)>;

/// A look that comes again and again.
pub(super) struct Looks {
    look: Look,
    /// The cycle in which the next one is due.
    next: u64,
}

impl Machine {
    /// Calls `look` from time to time while a process runs: often enough for a display, at no
    /// particular cycles.
    pub fn look(&mut self, look: Look) {
        self.looks = Some(Looks { look, next: 0 });
    }

    /// Looks if it is time. Returns the cycle until which it is not.
    #[inline]
    pub(super) fn looked(&mut self) -> u64 {
        match &self.looks {
            None => u64::MAX,
            Some(looks) if self.hardware.now() < looks.next => looks.next,
            Some(_) => self.look_now(),
        }
    }

    #[cold]
    fn look_now(&mut self) -> u64 {
        let next = self.hardware.now().saturating_add(EVERY);
        // It is away while it looks at the machine.
        if let Some(mut looks) = self.looks.take() {
            (looks.look)(self);
            self.looks = Some(Looks { next, ..looks });
        }
        next
    }
}
