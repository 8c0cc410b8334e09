//! Counters and reports in the field's names.

mod counters;

pub use counters::{AccessCounters, CycleCounters, MmuCounters, OsCounters};
