//! Distributions of latencies.

use hdrhistogram::Histogram;
use serde::Serialize;

/// Longer latencies count as this many cycles.
const LONGEST: u64 = 1 << 40;

/// How often each number of cycles occurred, to three significant digits.
#[derive(Clone, Debug, Default)]
pub struct Latency(Option<Histogram<u64>>);

impl Latency {
    /// One more occurrence.
    pub fn record(&mut self, cycles: u64) {
        let recorded = self.histogram().record(cycles.clamp(1, LONGEST));
        recorded.expect("a histogram grows with its values");
    }

    /// All occurrences of another.
    pub fn add(&mut self, other: &Latency) {
        if let Some(other) = &other.0 {
            self.histogram().add(other).expect("a histogram grows with its values");
        }
    }

    fn histogram(&mut self) -> &mut Histogram<u64> {
        self.0.get_or_insert_with(|| Histogram::new(3).expect("three digits are legal"))
    }

    /// The distribution in five figures; all zero if nothing occurred.
    pub fn summary(&self) -> LatencySummary {
        let Some(histogram) = &self.0 else { return LatencySummary::default() };
        LatencySummary {
            count: histogram.len(),
            min: histogram.min(),
            p50: histogram.value_at_quantile(0.5),
            p99: histogram.value_at_quantile(0.99),
            max: histogram.max(),
            mean: histogram.mean(),
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
    /// Half are no longer.
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
        assert!((summary.mean - 20.0).abs() < 0.01, "{summary:?}");
    }
}
