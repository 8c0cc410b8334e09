//! The page-table walkers.
//!
//! | block | does |
//! |---|---|
//! | [`Walks`] | the walks of both ports: walkers, walk cache, and the way to memory (`walks`) |
//! | [`Walker`] | the state machine that reads one entry after the other |
//! | [`WalkState`] | its states (`state`) |
//! | [`PteDecode`] | classifies one entry as fault, pointer or leaf (`decode`) |
//! | [`Verdict`] | how a walk ends, decided when its last entry comes |
//! | [`EntryAddress`] | the physical address of the next entry (`address`) |
//! | [`Choice`] | which port's miss is served next |
//! | [`WalkCache`], [`PointerLine`] | pointers that walks have read (`cache`, `pointer`) |
//! | [`WalkMemory`] | the way to memory, with the checks of PMP and PMA (`memory`) |
//! | [`LineFill`], [`KeptLine`] | lines of memory that came with entries (`fill`, `line`) |
//! | [`MemoryTurn`] | the memory port shared by two walkers (`turn`) |

mod address;
mod cache;
mod choice;
mod decode;
mod fill;
mod line;
mod memory;
mod pointer;
mod state;
mod turn;
mod verdict;
#[expect(clippy::module_inception, reason = "the block that gives the room its name")]
mod walker;
mod walks;

pub use address::EntryAddress;
pub use cache::WalkCache;
pub use choice::Choice;
pub use decode::PteDecode;
pub use fill::LineFill;
pub use line::KeptLine;
pub use memory::WalkMemory;
pub use pointer::PointerLine;
pub use state::WalkState;
pub use turn::MemoryTurn;
pub use verdict::Verdict;
pub use walker::Walker;
pub use walks::Walks;
