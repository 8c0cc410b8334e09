//! CPU time of this thread and of its child processes.

use std::time::Instant;

/// Measures how long this thread has run since it was started.
pub(crate) struct CpuClock {
    cpu: Option<u64>,
    wall: Instant,
}

impl CpuClock {
    pub(crate) fn start() -> Self {
        Self { cpu: nanoseconds(), wall: Instant::now() }
    }

    /// Seconds of CPU time; of wall time if the system does not provide that.
    pub(crate) fn seconds(&self) -> f64 {
        match (self.cpu, nanoseconds()) {
            (Some(start), Some(now)) => now.saturating_sub(start) as f64 / 1e9,
            _ => self.wall.elapsed().as_secs_f64(),
        }
    }
}

/// This thread's CPU time so far.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn nanoseconds() -> Option<u64> {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let (seconds, rest) = (u64::try_from(time.tv_sec).ok()?, u64::try_from(time.tv_nsec).ok()?);
    Some(seconds * 1_000_000_000 + rest)
}

/// Other systems have no such clock with the same interface.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn nanoseconds() -> Option<u64> {
    None
}

/// Measures the CPU time of processes that this process started and waited for.
pub(super) struct ChildClock {
    cpu: Option<f64>,
    wall: Instant,
}

impl ChildClock {
    pub(super) fn start() -> Self {
        Self { cpu: children(), wall: Instant::now() }
    }

    /// Seconds of CPU time, to a hundredth; of wall time if the system does not provide that.
    pub(super) fn seconds(&self) -> f64 {
        match (self.cpu, children()) {
            (Some(start), Some(now)) => now - start,
            _ => self.wall.elapsed().as_secs_f64(),
        }
    }
}

/// Linux adds up user and system time, in ticks of a hundredth of a second.
fn children() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the command in parentheses, which may contain spaces.
    let (_, fields) = status.rsplit_once(')')?;
    let mut ticks = fields.split_whitespace().skip(13).map(str::parse::<u64>);
    Some((ticks.next()?.ok()? + ticks.next()?.ok()?) as f64 / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_of_this_thread_and_of_a_child_is_seen_by_its_own_clock() {
        let (own, childs) = (CpuClock::start(), ChildClock::start());
        let sum = (0..2_000_000_u64).fold(0, |sum, n| std::hint::black_box(sum ^ (n * n)));
        let first = own.seconds();
        assert!(first > 0.0, "{sum}");
        // It does not depend on the scheduler's next accounting of this thread.
        assert!(own.seconds() > first);
        let script = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";
        let status = std::process::Command::new("sh").args(["-c", script]).status().unwrap();
        assert!(status.success());
        assert!(childs.seconds() > 0.0);
    }
}
