//! Page replacement: which page loses its frame. One policy a file.

mod clock;
mod fifo;
mod lru;

pub use clock::Clock;
pub use fifo::Fifo;
pub use lru::Lru;

use super::OsError;
use serde::{Deserialize, Serialize};

/// The accessed bits of the pages in frames, as the hardware keeps them in the page tables.
pub trait AccessedBits {
    /// Reads the A bit of the page in this frame over the bus, and clears it with the fence that
    /// makes the next access set it again.
    ///
    /// # Errors
    /// When the kernel's access to the page table fails.
    fn test_and_clear(&mut self, frame: u64) -> Result<bool, OsError>;
}

/// Chooses victims among frames that hold pages.
pub trait Policy {
    /// Its name in reports.
    fn name(&self) -> &'static str;

    /// A page was put into this frame.
    fn inserted(&mut self, frame: u64);

    /// The page in this frame is gone.
    fn removed(&mut self, frame: u64);

    /// The page in this frame was accessed. Real hardware tells nobody: only policies that say
    /// that they are oracles may listen.
    fn accessed(&mut self, frame: u64) {
        let _ = frame;
    }

    /// Whether it knows more than hardware tells.
    fn is_oracle(&self) -> bool {
        false
    }

    /// The frame to empty among those that `may_go`; it stays until [`Policy::removed`].
    /// `None` if none may go.
    ///
    /// # Errors
    /// When reading the accessed bits fails.
    fn victim(
        &mut self,
        may_go: &dyn Fn(u64) -> bool,
        bits: &mut dyn AccessedBits,
    ) -> Result<Option<u64>, OsError>;
}

/// The policies by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PolicyKind {
    /// First in, first out.
    Fifo,
    /// Least recently used, by an oracle.
    Lru,
    /// Second chance by the hardware's accessed bits.
    #[default]
    Clock,
}

impl PolicyKind {
    /// A fresh policy of this kind.
    pub fn build(self) -> Box<dyn Policy> {
        match self {
            PolicyKind::Fifo => Box::new(Fifo::default()),
            PolicyKind::Lru => Box::new(Lru::default()),
            PolicyKind::Clock => Box::new(Clock::default()),
        }
    }
}
