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

/// The part of a logarithmic axis between zero and the lowest other place.
const BREAK: f64 = 0.09;
/// A logarithmic axis over so many decades has ticks at 1, 2 and 5 of each.
const FINE: f64 = 3.5;

/// The range of an axis and its ticks, as places: numbers of which equal distances are drawn equal.
/// On a logarithmic scale they are logarithms.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) ticks: Vec<f64>,
    pub(super) log: bool,
    /// The place of zero on a logarithmic scale, where there is one: beyond a break, since zero has no
    /// logarithm.
    pub(super) zero: Option<f64>,
}

impl Scale {
    /// The place of a value.
    pub(super) fn place(&self, value: f64) -> f64 {
        match self.log {
            false => value,
            true if value > 0.0 => value.log2(),
            true => self.zero.unwrap_or(self.from),
        }
    }

    /// The value at a place, as text.
    pub(super) fn tick(&self, place: f64, unit: &Unit) -> String {
        let value = match (self.log, self.zero) {
            (true, Some(zero)) if place <= zero => 0.0,
            (true, _) => exact(place.exp2()),
            (false, _) => place,
        };
        written(value, unit)
    }
}

/// A value from its logarithm: converting to it and back is not exact.
fn exact(value: f64) -> f64 {
    let digits = 10_f64.powi(9 - value.log10().ceil() as i32);
    (value * digits).round() / digits
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
    /// Whether values can be drawn with logarithms: some are above zero, and none below.
    fn is_log(&self, values: &[f64]) -> bool {
        self.log && values.iter().all(|value| *value >= 0.0) && values.iter().any(|v| *v > 0.0)
    }

    /// The places of values, in order, but for a logarithmic zero; and whether there is one.
    fn places(&self, values: &[f64]) -> (Vec<f64>, bool, bool) {
        let log = self.is_log(values);
        let drawn = values.iter().filter(|value| !log || **value > 0.0);
        let mut places: Vec<f64> = drawn.map(|v| if log { v.log2() } else { *v }).collect();
        places.sort_by(f64::total_cmp);
        places.dedup();
        (places, log, log && values.contains(&0.0))
    }

    /// The scale of an axis with given values as places: if there are few, they are the ticks.
    pub(super) fn along(&self, values: &[f64]) -> Scale {
        let (own, log, has_zero) = self.places(values);
        let (low, high) = (own[0], own[own.len() - 1]);
        let zero = has_zero.then(|| low - gap(high - low));
        let left = zero.unwrap_or(low);
        let margin = if left < high { (high - left) * 0.02 } else { 0.5 };
        let whole = values.iter().all(|value| value.fract() == 0.0);
        let apart = own.windows(2).all(|pair| pair[1] - pair[0] > (high - low) / CROWD);
        let few = own.len() <= OWN_TICKS && whole && apart;
        let mut ticks = if few { own } else { self.ticks(low, high, log) };
        ticks.splice(..0, zero);
        Scale { from: left - margin, to: high + margin, ticks, log, zero }
    }

    /// The scale of an axis of quantities: a linear one begins at 0, a logarithmic one at the tick below
    /// the smallest of them that is not 0.
    pub(super) fn upwards(&self, values: &[f64]) -> Scale {
        let (places, log, has_zero) = self.places(values);
        let (low, high) = (places[0], places[places.len() - 1]);
        if log && self.unit != Unit::Bytes {
            let mut ticks = decimal(low, high);
            let (low, last) = (ticks[0], ticks[ticks.len() - 1]);
            let zero = has_zero.then(|| low - gap(high.max(last) - low));
            ticks.splice(..0, zero);
            let to = high.max(last) + (high - low).max(1.0) * 0.03;
            return Scale { from: zero.unwrap_or(low), to, ticks, log, zero };
        }
        let low = if log { low.floor() } else { low.min(0.0) };
        let high = if high > low { high } else { low + 1.0 };
        let mut ticks = self.ticks(low, high, log);
        // One more tick if the highest value is far above the last.
        if let [.., before, last] = ticks[..]
            && high - last > 0.5 * (last - before)
        {
            ticks.push(2.0 * last - before);
        }
        let last = ticks.last().copied().unwrap_or(high);
        let zero = has_zero.then(|| low - gap(high - low));
        ticks.splice(..0, zero);
        let from = zero.unwrap_or(low);
        Scale { from, to: high.max(last) + (high - low) * 0.03, ticks, log, zero }
    }

    fn ticks(&self, low: f64, high: f64, log: bool) -> Vec<f64> {
        let rough = (high - low) / TICKS;
        let step = if log && self.unit != Unit::Bytes && high - low > DOUBLINGS {
            10_f64.log2() * (rough / 10_f64.log2()).round().max(1.0)
        } else if log && self.unit != Unit::Bytes && high - low <= OWN_TICKS as f64 - 2.0 {
            1.0
        } else if log {
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

/// The distance of zero from the lowest other place, on a logarithmic axis of this length.
fn gap(length: f64) -> f64 {
    (length * BREAK).max(0.5)
}

/// Ticks of a logarithmic axis from the last that is not above `low` to the last that `high` is near:
/// powers of ten, and 2 and 5 times them if there are few.
fn decimal(low: f64, high: f64) -> Vec<f64> {
    let decade = 10_f64.log2();
    let decades = (high - low) / decade;
    let factors: &[f64] = if decades <= FINE { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let step = (decades / (1.5 * TICKS)).ceil().max(1.0) as usize;
    let powers =
        ((low / decade).floor() as i32 - 1..=(high / decade).ceil() as i32 + 1).step_by(step);
    let all = powers.flat_map(|power| factors.iter().map(move |f| (f * 10_f64.powi(power)).log2()));
    let all: Vec<f64> = all.collect();
    let first = all.iter().rposition(|tick| *tick <= low + 1e-9).unwrap_or(0);
    let mut ticks = vec![all[first]];
    for pair in all[first..].windows(2) {
        // One more if the highest value is far above the last.
        if ticks.len() > 1 && high - pair[0] <= 0.5 * (pair[1] - pair[0]) {
            break;
        }
        ticks.push(pair[1]);
    }
    ticks
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

/// A few digits after the point, no trailing zeros; thousands separated.
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
    } else if value.abs() >= 0.001 {
        4
    } else {
        // What is not 0 is not written as 0.
        (3.0 - value.abs().log10().floor()).min(300.0) as usize
    };
    let text = format!("{value:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
