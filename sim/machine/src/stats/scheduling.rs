//! How well the processor was used, and how long processes took.

use super::report::ratio;
use super::{CycleCounters, Latency, LatencySummary};
use kernel::{Disk, Times};
use serde::Serialize;

/// The processor, the disk, and all processes that have ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct SchedulingReport {
    /// Cycles in which the processor had something to do, of all: 0 to 1.
    pub cpu_utilisation: f64,
    /// Cycles in which programs ran, the kernel's work excluded, of all: 0 to 1.
    pub user_utilisation: f64,
    /// Processes that have ended per million cycles.
    pub throughput: f64,
    /// From arrival to end, in cycles.
    pub turnaround: LatencySummary,
    /// In the ready queue, in cycles.
    pub waiting: LatencySummary,
    /// From arrival to the first time on the processor, in cycles.
    pub response: LatencySummary,
    /// Times that load control suspended a process.
    pub suspensions: u64,
    /// Pages read from the disk.
    pub disk_reads: u64,
    /// Pages written to it.
    pub disk_writes: u64,
    /// Cycles in which the disk worked, of all: 0 to 1.
    pub disk_utilisation: f64,
    /// From a transfer's entry into the disk's queue to its end, in cycles.
    pub disk_latency: LatencySummary,
}

impl SchedulingReport {
    /// Computed from the accounts of the processor, the disk and the scheduler.
    pub fn new(
        cycles: &CycleCounters,
        disk: &Disk,
        suspensions: u64,
        times: impl IntoIterator<Item = Times>,
    ) -> SchedulingReport {
        let (mut turnaround, mut waiting) = (Latency::default(), Latency::default());
        let (mut response, mut ended) = (Latency::default(), 0);
        for times in times {
            if let Some(cycles) = times.turnaround() {
                ended += 1;
                turnaround.record(cycles);
                waiting.record(times.waiting);
                times.response().into_iter().for_each(|cycles| response.record(cycles));
            }
        }
        let all = cycles.total();
        SchedulingReport {
            cpu_utilisation: ratio(cycles.busy(), all),
            user_utilisation: ratio(cycles.user(), all),
            throughput: ratio(ended, all) * 1e6,
            turnaround: turnaround.summary(),
            waiting: waiting.summary(),
            response: response.summary(),
            suspensions,
            disk_reads: disk.reads(),
            disk_writes: disk.writes(),
            disk_utilisation: ratio(disk.busy().min(all), all),
            disk_latency: disk.latency(),
        }
    }
}
