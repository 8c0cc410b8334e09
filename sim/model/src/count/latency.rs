//! Distributions of latencies.

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

/// For percentiles, longer latencies count as this many cycles.
const LONGEST: u64 = 1 << 40;

/// How often each number of cycles occurred. Count, minimum, maximum and mean are exact;
/// percentiles have three significant digits.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub struct Latency(Option<Occurred>);

#[derive(Clone, Debug)]
struct Occurred {
    histogram: Histogram<u64>,
    min: u64,
    max: u64,
    sum: u128,
}

/// A distribution outside of memory: cycles, or the upper end of their bucket, and how often.
#[derive(Serialize, Deserialize)]
struct Saved {
    counts: Vec<(u64, u64)>,
    min: u64,
    max: u64,
    sum: u128,
}

impl From<Latency> for Saved {
    fn from(latency: Latency) -> Saved {
        let Some(Occurred { histogram, min, max, sum }) = latency.0 else {
            return Saved { counts: Vec::new(), min: 0, max: 0, sum: 0 };
        };
        let recorded = histogram.iter_recorded();
        let count = |step: hdrhistogram::iterators::IterationValue<u64>| {
            (step.value_iterated_to(), step.count_at_value())
        };
        Saved { counts: recorded.map(count).collect(), min, max, sum }
    }
}

impl From<Saved> for Latency {
    fn from(Saved { counts, min, max, sum }: Saved) -> Latency {
        let mut latency = Latency::default();
        for (cycles, count) in counts {
            let occurred = latency.occurred();
            // A histogram grows with its values, up to a limit that none reaches.
            let _ = occurred.histogram.record_n(cycles.clamp(1, LONGEST), count);
            (occurred.min, occurred.max, occurred.sum) = (min, max, sum);
        }
        latency
    }
}

impl Latency {
    /// One more occurrence.
    pub fn record(&mut self, cycles: u64) {
        let occurred = self.occurred();
        let recorded = occurred.histogram.record(cycles.clamp(1, LONGEST));
        recorded.expect("a histogram grows with its values");
        occurred.min = occurred.min.min(cycles);
        occurred.max = occurred.max.max(cycles);
        occurred.sum += u128::from(cycles);
    }

    /// Adds all occurrences of another.
    pub fn add(&mut self, other: &Latency) {
        if let Some(other) = &other.0 {
            let occurred = self.occurred();
            occurred.histogram.add(&other.histogram).expect("a histogram grows with its values");
            occurred.min = occurred.min.min(other.min);
            occurred.max = occurred.max.max(other.max);
            occurred.sum += other.sum;
        }
    }

    fn occurred(&mut self) -> &mut Occurred {
        self.0.get_or_insert_with(|| {
            let histogram = Histogram::new(3).expect("three digits are legal");
            Occurred { histogram, min: u64::MAX, max: 0, sum: 0 }
        })
    }

    /// The distribution in six figures; all zero if nothing occurred.
    pub fn summary(&self) -> LatencySummary {
        let Some(Occurred { histogram, min, max, sum }) = &self.0 else {
            return LatencySummary::default();
        };
        // A percentile is the upper end of its bucket, which the longest need not reach.
        let quantile = |quantile| histogram.value_at_quantile(quantile).clamp(*min, *max);
        LatencySummary {
            count: histogram.len(),
            min: *min,
            p50: quantile(0.5),
            p99: quantile(0.99),
            max: *max,
            mean: *sum as f64 / histogram.len() as f64,
        }
    }
}

/// A distribution in cycles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct LatencySummary {
    /// Occurrences.
    pub count: u64,
    /// The shortest.
    pub min: u64,
    /// Half are no longer. Three significant digits, rounded up, as in `p99`.
    pub p50: u64,
    /// 99 of 100 are no longer.
    pub p99: u64,
    /// The longest.
    pub max: u64,
    /// The average.
    pub mean: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_add_up() {
        let (mut one, mut two) = (Latency::default(), Latency::default());
        assert_eq!(one.summary(), LatencySummary::default());
        (1..=98).for_each(|_| one.record(10));
        two.record(20);
        two.record(1000);
        one.add(&two);
        let summary = one.summary();
        assert_eq!((summary.count, summary.min, summary.p50), (100, 10, 10));
        assert_eq!((summary.p99, summary.max), (20, 1000));
        assert!((summary.mean - 20.0).abs() < 1e-9, "{summary:?}");
    }

    #[test]
    fn a_distribution_that_was_kept_outside_is_the_same() {
        let mut latency = Latency::default();
        [3, 3, 77_777, 1 << 41, 0].into_iter().for_each(|cycles| latency.record(cycles));
        for latency in [latency, Latency::default()] {
            let mut other = Latency::from(Saved::from(latency.clone()));
            assert_eq!(other.summary(), latency.summary());
            let mut twice = latency.clone();
            twice.add(&latency);
            other.add(&latency);
            assert_eq!(other.summary(), twice.summary());
        }
    }

    #[test]
    fn minimum_maximum_and_mean_are_exact() {
        let mut latency = Latency::default();
        [100_003, 200_005, 300_007].into_iter().for_each(|cycles| latency.record(cycles));
        let summary = latency.summary();
        assert_eq!((summary.min, summary.max), (100_003, 300_007));
        assert!((summary.mean - 200_005.0).abs() < 1e-9, "{summary:?}");
        assert!((200_005..200_200).contains(&summary.p50), "{summary:?}");
        assert_eq!(summary.p99, 300_007, "no percentile is beyond the maximum");
        let mut once = Latency::default();
        once.record((1 << 41) + 1);
        once.record(0);
        once.add(&latency);
        let summary = once.summary();
        assert_eq!((summary.count, summary.min, summary.max), (5, 0, (1 << 41) + 1));
    }
}
