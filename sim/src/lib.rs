//! The world around the MMU: plain software that knows no hardware block.
//!
//! | room | what stands in it |
//! |---|---|
//! | [`isa`] | the privileged specification's words as types |
//! | [`mmu`] | what the world sees of an MMU: its ports, one call a cycle |
//! | [`bus`] | the memory bus: RAM, latency, back-pressure, errors, devices |
//! | [`golden`] | the specification's translation algorithm, and the checker built on it |
//! | [`vectors`] | translation vectors of an independent model, read from text |
//! | [`os`] | the operating system's memory manager |
//! | [`cpu`] | what issues accesses: programs and recorded traces |
//! | [`board`] | a clock, a memory, harts, and who asks and looks on |
//! | [`machine`] | a board with an operating system and a processor |
//! | [`contiguous`] | memory without pages: segments, holes, compaction |
//! | [`count`] | counters and distributions: what all that count share |
//! | [`stats`] | counters and reports in the field's names |
//! | [`wave`] | waveforms and the save files that make them readable |

pub mod board;
pub mod bus;
pub mod contiguous;
pub mod count;
pub mod cpu;
pub mod golden;
pub mod isa;
pub mod machine;
pub mod mmu;
pub mod os;
mod page;
mod recent;
pub mod stats;
pub mod vectors;
pub mod wave;
