//! CPU time of this thread.

use std::time::Instant;

/// Started, it tells how long this thread has run since.
pub(super) struct CpuClock {
    cpu: Option<u64>,
    wall: Instant,
}

impl CpuClock {
    pub(super) fn start() -> Self {
        Self { cpu: nanoseconds(), wall: Instant::now() }
    }

    /// Seconds of CPU time; of wall time where the system does not tell.
    pub(super) fn seconds(&self) -> f64 {
        match (self.cpu, nanoseconds()) {
            (Some(start), Some(now)) => now.saturating_sub(start) as f64 / 1e9,
            _ => self.wall.elapsed().as_secs_f64(),
        }
    }
}

/// Linux counts them for every thread.
fn nanoseconds() -> Option<u64> {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    statistics.split_whitespace().next()?.parse().ok()
}
