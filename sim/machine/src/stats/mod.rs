//! Counters and reports in the field's names.
//!
//! | file | holds |
//! |---|---|
//! | `counters` | sums of events, of one process or of a whole run; nothing derived |
//! | `meter` | counting while a run goes on |
//! | `scheduling` | how well the processor was used, how long processes took |
//! | `report`, `text` | what follows from the counts; the same for people |
//!
//! Distributions of latencies are [`model::count`]'s, the kernel's counters [`kernel`]'s.

mod counters;
mod meter;
mod report;
mod scheduling;
mod text;

pub use counters::{AccessCounters, CycleCounters, MmuCounters};
pub use kernel::OsCounters;
pub use meter::{Meter, Tally};
pub use model::count::{Latency, LatencySummary};
pub use report::{MemoryReport, ProcessReport, Report, Section, TlbReport};
pub use scheduling::SchedulingReport;
