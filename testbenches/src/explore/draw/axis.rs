//! Axes: their names, their ticks, and the format of their numbers.

use std::ops::Range;

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use serde::{Deserialize, Serialize};

/// The unit of an axis.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Plain numbers.
    #[default]
    Count,
    /// Bytes: written with KiB, MiB, GiB.
    Bytes,
    /// Percent.
    Percent,
}

/// An axis.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Axis {
    /// Its name, unit included.
    pub name: String,
    /// The format of its numbers.
    pub unit: Unit,
    /// Logarithmic: equal distances are equal factors.
    pub log: bool,
}

/// The desired number of ticks on an axis.
const TICKS: f64 = 6.0;
/// Up to this many values of x, the values themselves are the ticks.
const OWN_TICKS: usize = 12;
/// Ticks closer than this fraction (1 / 28) of the axis would overlap.
const CROWD: f64 = 28.0;
/// A logarithmic axis over more than so many doublings has powers of ten.
const DOUBLINGS: f64 = 12.0;

/// The range of an axis and its ticks, in the axis's own coordinate: the logarithm if the axis is
/// logarithmic.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) ticks: Vec<f64>,
}

/// The scale for the drawing library: linear, with these ticks and no others.
impl Ranged for Scale {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let part = (value - self.from) / (self.to - self.from);
        from + (part * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.from..self.to
    }
}

impl Axis {
    /// A value in the axis's coordinate.
    pub(super) fn place(&self, value: f64) -> f64 {
        // Zero has no logarithm: it is drawn at the place of 1.
        if self.log { value.max(1.0).log2() } else { value }
    }

    /// The formatted value at a coordinate.
    pub(super) fn tick(&self, place: f64) -> String {
        // Converting a whole number to a logarithm and back is not exact.
        let value = if self.log { (place.exp2() * 1e6).round() / 1e6 } else { place };
        written(value, &self.unit)
    }

    /// The scale of an axis with given values as places: if there are few, they are the ticks.
    pub(super) fn along(&self, values: &[f64]) -> Scale {
        let mut own: Vec<f64> = values.iter().map(|value| self.place(*value)).collect();
        own.sort_by(f64::total_cmp);
        own.dedup();
        let (low, high) = (own[0], own[own.len() - 1]);
        let margin = if low < high { (high - low) * 0.02 } else { 0.5 };
        let whole = values.iter().all(|value| value.fract() == 0.0);
        let apart = own.windows(2).all(|pair| pair[1] - pair[0] > (high - low) / CROWD);
        let few = own.len() <= OWN_TICKS && whole && apart;
        let ticks = if few { own } else { self.ticks(low, high) };
        Scale { from: low - margin, to: high + margin, ticks }
    }

    /// The scale of an axis of quantities: a linear one begins at 0.
    pub(super) fn upwards(&self, values: &[f64]) -> Scale {
        let places = values.iter().map(|value| self.place(*value));
        let high = places.clone().fold(f64::MIN, f64::max);
        let low = places.fold(f64::MAX, f64::min);
        let low = if self.log { low.floor() } else { low.min(0.0) };
        let high = if high > low { high } else { low + 1.0 };
        let mut ticks = self.ticks(low, high);
        // One more tick if the highest value is far above the last.
        if let [.., before, last] = ticks[..]
            && high - last > 0.5 * (last - before)
        {
            ticks.push(2.0 * last - before);
        }
        let last = ticks.last().copied().unwrap_or(high);
        Scale { from: low, to: high.max(last) + (high - low) * 0.03, ticks }
    }

    fn ticks(&self, low: f64, high: f64) -> Vec<f64> {
        let rough = (high - low) / TICKS;
        let step = if self.log && self.unit != Unit::Bytes && high - low > DOUBLINGS {
            10_f64.log2() * (rough / 10_f64.log2()).round().max(1.0)
        } else if self.log {
            rough.round().max(1.0)
        } else if self.unit == Unit::Bytes {
            rough.log2().ceil().exp2().max(1.0)
        } else {
            let power = 10_f64.powf(rough.log10().floor());
            let mut nice = [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power);
            nice.find(|step| *step >= rough * 0.999).unwrap_or(power * 10.0)
        };
        let first = (low / step - 1e-9).ceil() as i64;
        let last = (high / step + 1e-9).floor() as i64;
        (first..=last).map(|n| n as f64 * step).collect()
    }
}

/// A number as people write it, with the unit's prefix or sign.
pub fn written(value: f64, unit: &Unit) -> String {
    match unit {
        Unit::Count => plain(value),
        Unit::Percent => format!("{} %", plain(value)),
        Unit::Bytes => {
            let prefixes = ["bytes", "KiB", "MiB", "GiB", "TiB"];
            let (mut value, mut prefix) = (value, 0);
            while value >= 1024.0 && prefix + 1 < prefixes.len() {
                value /= 1024.0;
                prefix += 1;
            }
            format!("{} {}", plain(value), prefixes[prefix])
        }
    }
}

/// At most four significant digits after the point, no trailing zeros; thousands separated.
fn plain(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        let digits = format!("{:.0}", value.abs());
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) && digits.len() > 4 {
                text.push('\u{2009}');
            }
            text.push(digit);
        }
        return if value < 0.0 { format!("-{text}") } else { text };
    }
    let decimals = if value.abs() >= 100.0 {
        1
    } else if value.abs() >= 1.0 {
        2
    } else {
        4
    };
    let text = format!("{value:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
