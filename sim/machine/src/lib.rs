//! Whole machines around an MMU: plain software that knows no hardware block.
//!
//! | module | contents |
//! |---|---|
//! | [`cpu`] | what issues accesses: programs and recorded traces |
//! | [`board`] | a clock, a memory, harts, initiators and observers |
//! | [`computer`] | a board with a hart that executes instructions, and devices |
//! | [`emulator`] | that computer on an MMU in software, without cycles |
//! | [`system`] | a board with an operating system and a processor |
//! | [`contiguous`] | memory without pages: segments, holes, compaction |
//! | [`stats`] | counters and reports in the field's names |
//! | [`show`] | the record of a run, for people to look at |
//! | [`wave`] | waveforms and their saved views |

pub mod board;
pub mod computer;
pub mod contiguous;
pub mod cpu;
pub mod emulator;
pub mod show;
pub mod stats;
pub mod system;
pub mod wave;
