//! Counts since the beginning of a run, kept in bounded memory: drawn over the whole run, not over
//! the last seconds.

use super::Snapshot;

/// The most moments that are kept. When there are more, every second one is forgotten.
const MOST: usize = 512;

/// What is drawn over a run.
pub(super) const CURVES: usize = 3;

/// The counts at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moment {
    /// The place along the run.
    at: u64,
    /// The counts from the beginning until then.
    counts: [Option<u64>; CURVES],
}

/// The counts of a run over its cycles, instructions or steps.
#[derive(Clone, Debug, Default)]
pub struct History {
    moments: Vec<Moment>,
    /// Of what a run is long.
    along: &'static str,
    title: String,
    /// Moments that came since one was kept, and how many of them one stands for.
    since: usize,
    stride: usize,
}

/// One curve: how much was counted in each of some equal parts of a run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Curve {
    /// Counts in each part, by 1000 of the unit.
    pub(super) rates: Vec<f64>,
    /// The count of the whole run until now.
    pub(super) total: u64,
}

impl History {
    /// Adds a moment. A snapshot with another title, or one that lies before the last, begins a new
    /// run.
    pub fn add(&mut self, snapshot: &Snapshot) {
        let Some((at, along)) = snapshot.along() else { return };
        let is_behind = self.moments.last().is_some_and(|last| at < last.at);
        if is_behind || self.title != snapshot.title || self.along != along {
            *self = History { along, title: snapshot.title.clone(), ..History::default() };
        }
        let counts = [snapshot.misses(), snapshot.faults_in_all, snapshot.fences_in_all()];
        let moment = Moment { at, counts };
        if self.moments.is_empty() {
            self.stride = 1;
            // The counts were zero at the beginning.
            let counts = counts.map(|count| count.map(|_| 0));
            self.moments.push(Moment { at: 0, counts });
        }
        // The newest moment is always there; it is replaced until it is one to be kept.
        if self.since > 0 && self.moments.len() > 1 {
            self.moments.pop();
        }
        self.moments.push(moment);
        self.since = (self.since + 1) % self.stride;
        if self.moments.len() >= MOST {
            let mut at = 0;
            let last = self.moments.len() - 1;
            self.moments.retain(|_| {
                at += 1;
                (at - 1) % 2 == 0 || at - 1 == last
            });
            self.stride *= 2;
            self.since = 0;
        }
    }

    /// Of what the run is long: `cycles`, for example.
    pub(super) fn along(&self) -> &'static str {
        self.along
    }

    /// Misses, faults and fences in so many equal parts of the run until now; `None` for what the
    /// run does not count.
    pub(super) fn curves(&self, parts: usize) -> [Option<Curve>; CURVES] {
        std::array::from_fn(|which| self.curve(which, parts))
    }

    fn curve(&self, which: usize, parts: usize) -> Option<Curve> {
        let last = self.moments.last()?;
        let total = last.counts[which]?;
        let width = last.at as f64 / parts.max(1) as f64;
        let mut before = 0.0;
        let rates = (1..=parts).map(|part| {
            let until = self.counted(which, part as f64 * width);
            let rate = if width > 0.0 { (until - before) / width * 1000.0 } else { 0.0 };
            before = until;
            rate.max(0.0)
        });
        Some(Curve { rates: rates.collect(), total })
    }

    /// The count until a place: that of the moments around it, in proportion.
    fn counted(&self, which: usize, place: f64) -> f64 {
        let count = |moment: &Moment| moment.counts[which].unwrap_or(0) as f64;
        let after = self.moments.partition_point(|moment| (moment.at as f64) < place);
        let Some(next) = self.moments.get(after) else {
            return self.moments.last().map_or(0.0, count);
        };
        let Some(last) = after.checked_sub(1).and_then(|at| self.moments.get(at)) else {
            return count(next);
        };
        let distance = next.at as f64 - last.at as f64;
        let share = if distance > 0.0 { (place - last.at as f64) / distance } else { 1.0 };
        count(last) + share * (count(next) - count(last))
    }
}
