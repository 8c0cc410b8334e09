//! The state of memory, in numbers.

use waves::Error;
use waves::save::Format;

use super::super::table::Declare;
use super::Unit;
use super::map::Map;
use crate::contiguous::{Measure, Picture};

/// The group of its rows.
pub(super) const GROUP: &str = "Memory";

/// More holes than this are shown as a curve.
const FEW_HOLES: u64 = 16;

/// Memory as it was last seen.
#[derive(Debug)]
pub(super) struct Memory {
    measure: Option<Measure>,
    segments: u64,
    pub(super) map: Map,
    /// Whether there was any internal fragmentation.
    wasted: bool,
    /// The most holes at a time.
    most_holes: u64,
}

impl Memory {
    pub(super) fn new(units: u64, labels: Vec<String>) -> Memory {
        let map = Map::new(units, labels);
        Memory { measure: None, segments: 0, map, wasted: false, most_holes: 0 }
    }

    pub(super) fn see(&mut self, picture: &Picture) {
        self.wasted |= picture.measure.internal > 0;
        self.most_holes = self.most_holes.max(picture.measure.holes.len() as u64);
        self.measure = Some(picture.measure.clone());
        self.segments = picture.segments;
        self.map.see(picture);
    }
}

/// External fragmentation in percent.
fn lost(measure: &Measure) -> f64 {
    measure.external_permille() as f64 / 10.0
}

pub(super) fn declare(declare: &mut Declare<'_, Unit>) -> Result<(), Error> {
    let curve = Format::Analog { rows: 2 };
    let units = |of: fn(&Measure) -> u64| {
        move |u: &Unit| u.memory.measure.as_ref().map(|m| of(m).min(u64::from(u32::MAX)))
    };
    let many = |u: &Unit| u.memory.most_holes > FEW_HOLES;
    declare
        .text("memory.summary", |u| {
            u.memory.measure.as_ref().map(|m| {
                let (free, largest, lost) = (m.free, m.largest, lost(m));
                format!("{free}_free:{largest}_longest:external_{lost}%")
            })
        })?
        .row(GROUP, "free and lost");
    declare
        .text("memory.hole_lengths", |u| {
            u.memory.measure.as_ref().map(|m| match &m.holes[..] {
                [] => "none".to_owned(),
                holes => holes.iter().map(u64::to_string).collect::<Vec<_>>().join(","),
            })
        })?
        .row(GROUP, "holes");
    declare.bits("memory.free", 32, units(|m| m.free))?.row(GROUP, "free").format(curve);
    declare
        .bits("memory.largest", 32, units(|m| m.largest))?
        .row(GROUP, "longest request")
        .format(curve);
    declare
        .bits("memory.holes", 32, units(|m| m.holes.len() as u64))?
        .row(GROUP, "number of holes")
        .format(Format::Decimal)
        .when(move |u| !many(u))
        .row(GROUP, "number of holes")
        .format(curve)
        .when(many);
    declare
        .real("memory.external", |u| u.memory.measure.as_ref().map_or(0.0, lost))?
        .row(GROUP, "external %")
        .format(curve);
    declare
        .real("memory.holes_for_100_segments", |u| match (u.memory.segments, &u.memory.measure) {
            (0, _) | (_, None) => 0.0,
            (segments, Some(m)) => m.holes.len() as f64 * 100.0 / segments as f64,
        })?
        .row(GROUP, "holes % of segments")
        .format(curve)
        .when(many);
    declare
        .bits("memory.internal", 32, units(|m| m.internal))?
        .row(GROUP, "wasted inside")
        .format(Format::Decimal)
        .when(|u| u.memory.wasted);
    Ok(())
}
