//! Counters and reports in the field's names.

mod counters;
mod latency;
mod meter;
mod report;
mod scheduling;
mod text;

pub use counters::{AccessCounters, CycleCounters, MmuCounters, OsCounters};
pub use latency::{Latency, LatencySummary};
pub use meter::{Meter, Tally};
pub use report::{MemoryReport, ProcessReport, Report, Section, TlbReport};
pub use scheduling::SchedulingReport;
