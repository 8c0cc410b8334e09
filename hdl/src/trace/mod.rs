//! What a port and its walks do, told to an observer: for counters and logic analysers.
//!
//! | block | does |
//! |---|---|
//! | [`PortTrace`] | one port's record of each cycle |

mod port;

pub use port::PortTrace;
