//! What surrounds an MMU, as the specification and the pins have it: plain software that knows no
//! hardware block and no operating system.
//!
//! | room | what stands in it |
//! |---|---|
//! | [`isa`] | the privileged specification's words as types |
//! | [`mmu`] | what the world sees of an MMU: its ports, one call a cycle |
//! | [`bus`] | the memory bus: RAM, latency, back-pressure, errors, devices |
//! | [`golden`] | the specification's translation algorithm, and the checker built on it |
//! | [`vectors`] | translation vectors of an independent model, read from text |
//! | [`page`] | a page's contents as words |
//! | [`count`] | counters and distributions: what all that count share |
//! | [`recent`] | what was looked up lately, found again without a search |

pub mod bus;
pub mod count;
pub mod golden;
pub mod isa;
pub mod mmu;
pub mod page;
pub mod recent;
pub mod vectors;
