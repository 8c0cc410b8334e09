//! The environment of an MMU: plain software that knows no hardware block and no operating system.
//!
//! | module | contents |
//! |---|---|
//! | [`isa`] | the privileged specification's terms as types |
//! | [`mmu`] | the interface of an MMU: its ports, one call per cycle |
//! | [`bus`] | the memory bus: RAM, latency, back-pressure, errors, devices |
//! | [`cache`] | a cache that is indexed by physical addresses, without contents and time |
//! | [`golden`] | the specification's translation algorithm, and the checker built on it |
//! | [`vectors`] | translation vectors of an independent model, read from text |
//! | [`toy`] | machines that fit on a sheet of paper, for exercises; no hardware has them |
//! | [`page`] | a page's contents as words |
//! | [`count`] | counters and distributions |
//! | [`record`] | events of a run, each declared once |
//! | [`recent`] | a small cache in front of a slower map |

pub mod bus;
pub mod cache;
pub mod count;
pub mod golden;
pub mod isa;
pub mod mmu;
pub mod page;
pub mod recent;
pub mod record;
pub mod toy;
pub mod vectors;
