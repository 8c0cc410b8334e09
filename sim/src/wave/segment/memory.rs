//! How memory looks: in numbers, and as a map.

use super::super::{Builder, Error, SignalId, Writer};
use super::map::Map;
use crate::contiguous::Picture;

#[derive(Debug)]
pub(super) struct Memory {
    pub(super) free: SignalId,
    pub(super) largest: SignalId,
    pub(super) holes: SignalId,
    /// In percent.
    pub(super) external: SignalId,
    pub(super) internal: SignalId,
    /// Holes for a hundred segments.
    pub(super) ratio: SignalId,
    /// The length of each hole, from the lowest address on.
    pub(super) lengths: SignalId,
    /// The same in words.
    pub(super) summary: SignalId,
    pub(super) map: Map,
    /// Something was wasted inside.
    pub(super) wasted: bool,
    /// The most holes at a time.
    pub(super) most_holes: u64,
}

impl Memory {
    pub(super) fn declare(
        builder: &mut Builder,
        units: u64,
        labels: Vec<String>,
    ) -> Result<Memory, Error> {
        Ok(Memory {
            free: builder.bits("memory.free", 32)?,
            largest: builder.bits("memory.largest", 32)?,
            holes: builder.bits("memory.holes", 32)?,
            external: builder.real("memory.external")?,
            internal: builder.bits("memory.internal", 32)?,
            ratio: builder.real("memory.holes_for_100_segments")?,
            lengths: builder.text("memory.hole_lengths")?,
            summary: builder.text("memory.summary")?,
            map: Map::declare(builder, units, labels)?,
            wasted: false,
            most_holes: 0,
        })
    }

    pub(super) fn set(&mut self, wave: &mut Writer, picture: &Picture) -> Result<(), Error> {
        let measure = &picture.measure;
        let fits = |value: u64| value.min(u64::from(u32::MAX));
        let lost = measure.external_permille() as f64 / 10.0;
        let holes = measure.holes.len() as u64;
        self.wasted |= measure.internal > 0;
        self.most_holes = self.most_holes.max(holes);
        wave.set(self.free, fits(measure.free))?;
        wave.set(self.largest, fits(measure.largest))?;
        wave.set(self.holes, fits(holes))?;
        wave.set(self.external, lost)?;
        let ratio = match picture.segments {
            0 => 0.0,
            segments => holes as f64 * 100.0 / segments as f64,
        };
        wave.set(self.ratio, ratio)?;
        wave.set(self.internal, fits(measure.internal))?;
        let lengths: Vec<String> = measure.holes.iter().map(u64::to_string).collect();
        let lengths = if lengths.is_empty() { "none".to_owned() } else { lengths.join(",") };
        wave.set(self.lengths, &*lengths)?;
        let (free, largest) = (measure.free, measure.largest);
        let summary = format!("{free}_free:{largest}_longest:external_{lost}%");
        wave.set(self.summary, &*summary)?;
        self.map.set(wave, picture)
    }
}
