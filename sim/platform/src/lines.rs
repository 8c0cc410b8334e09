//! Interrupt lines into a hart.

use std::cell::Cell;
use std::rc::Rc;

/// The levels of a hart's interrupt lines, each at the position of its bit in `mip`. Clones are the
/// same lines.
#[derive(Clone, Debug, Default)]
pub struct Lines(Rc<Cell<u64>>);

impl Lines {
    /// Machine software interrupt.
    pub const MSI: u64 = 1 << 3;
    /// Machine timer interrupt.
    pub const MTI: u64 = 1 << 7;
    /// Supervisor external interrupt.
    pub const SEI: u64 = 1 << 9;
    /// Machine external interrupt.
    pub const MEI: u64 = 1 << 11;

    /// Lines that are all low.
    pub fn new() -> Lines {
        Lines::default()
    }

    /// The lines that are high.
    #[inline]
    pub fn levels(&self) -> u64 {
        self.0.get()
    }

    /// All lines become as they were.
    pub fn restore(&self, levels: u64) {
        self.0.set(levels);
    }

    /// Sets the level of lines.
    pub(crate) fn set(&self, lines: u64, high: bool) {
        let levels = self.0.get();
        self.0.set(if high { levels | lines } else { levels & !lines });
    }
}
