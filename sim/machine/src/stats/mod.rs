//! Counters and reports, under the names used in the field.
//!
//! | file | holds |
//! |---|---|
//! | `counters` | sums of events, of one process or of a whole run; nothing derived |
//! | `meter` | counters during a run |
//! | `trace` | what trace pins tell: by source and page size, level, reason |
//! | `scheduling` | how well the processor was used, how long processes took |
//! | `report`, `text` | what is derived from the counts; the same as text |
//!
//! Distributions of latencies are in [`model::count`], the kernel's counters in [`kernel`].

mod counters;
mod meter;
mod report;
mod scheduling;
mod text;
mod trace;

pub use counters::{AccessCounters, CycleCounters, MmuCounters};
pub use kernel::OsCounters;
pub use meter::{Meter, Tally};
pub use model::count::{Latency, LatencySummary};
pub use report::{MemoryReport, ProcessReport, Report, Section, TlbReport};
pub use scheduling::SchedulingReport;
pub(crate) use trace::CODES;
pub use trace::{LevelReport, SizeReport, TraceCounters, TraceReport};
