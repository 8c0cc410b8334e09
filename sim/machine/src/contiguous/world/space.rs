//! Segments are loaded, ended, grown and moved.

use std::ops::Range;

use super::{Activity, Event, Fit, ProcessSpec, Stored, World, WorldError};
use crate::contiguous::process::{Held, Resident, SegmentSpec};
use kernel::scramble;

/// The result of a request for memory.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Loaded {
    /// Whether it succeeded.
    pub placed: bool,
    /// Whether it needed compaction.
    pub compacted: bool,
    /// The first unit of each segment of the process.
    pub at: Vec<u64>,
}

impl World {
    /// Loads a process, its image over the bus; all of its segments or none.
    ///
    /// # Errors
    /// [`WorldError`]; lack of memory is a result, not an error.
    pub fn load(&mut self, spec: &ProcessSpec) -> Result<Loaded, WorldError> {
        self.sensible(spec)?;
        self.kernel();
        let mut compacted = false;
        let mut placed = self.place(spec);
        if placed.is_none() && self.config.compaction && self.enough(spec) {
            self.compact()?;
            compacted = true;
            placed = self.place(spec);
        }
        let Some((segments, fresh)) = placed else {
            let wanted = spec.segments.iter().map(|segment| segment.length).sum();
            self.happened(Event::Refused { process: spec.name.clone(), wanted });
            return Ok(Loaded { placed: false, compacted, at: Vec::new() });
        };
        self.count("shared", (segments.len() - fresh.len()) as u64);
        let unit = self.config.unit;
        let at = segments.iter().map(|held| self.stored[&held.2].start(unit) / unit).collect();
        self.processes.push(Resident { name: spec.name.clone(), segments });
        self.look();
        self.wire.activity(Activity::Load);
        fresh.into_iter().try_for_each(|id| self.image(id))?;
        self.happened(Event::Loaded { process: spec.name.clone() });
        Ok(Loaded { placed: true, compacted, at })
    }

    fn sensible(&self, spec: &ProcessSpec) -> Result<(), WorldError> {
        let invalid = |message: String| Err(WorldError::Invalid(message));
        if self.processes.iter().any(|process| process.name == spec.name) {
            return invalid(format!("process `{}` is in memory already", spec.name));
        }
        let shape = self.unit.shape();
        for (index, segment) in spec.segments.iter().enumerate() {
            let name = &segment.name;
            if segment.number >= shape.segments {
                let there = shape.segments;
                return invalid(format!("segment `{name}` has a number, and there are {there}"));
            }
            if spec.segments[..index].iter().any(|other| other.number == segment.number) {
                return invalid(format!("segment `{name}` has a number that another has"));
            }
            let bytes = segment.length.checked_mul(self.config.unit);
            if self.config.fit != Fit::Pages && bytes.is_none_or(|bytes| bytes > shape.span()) {
                return invalid(format!("segment `{name}` is longer than {} bytes", shape.span()));
            }
        }
        Ok(())
    }

    /// Whether compaction could help.
    fn enough(&self, spec: &ProcessSpec) -> bool {
        let there = |segment: &&SegmentSpec| self.same(segment).is_none();
        let wanted: u64 = spec.segments.iter().filter(there).map(|segment| segment.length).sum();
        self.placer.compactable() && self.measure().free >= wanted
    }

    /// Allocates all segments or none; returns also which of them are new and have no contents yet.
    fn place(&mut self, spec: &ProcessSpec) -> Option<(Vec<Held>, Vec<usize>)> {
        let (mut segments, mut fresh): (Vec<Held>, Vec<usize>) = Default::default();
        for segment in &spec.segments {
            let there = self.same(segment);
            let Some(id) = there.or_else(|| self.place_one(&spec.name, segment)) else {
                segments.into_iter().for_each(|held| self.drop_one(held.2));
                return None;
            };
            match there.and_then(|id| self.stored.get_mut(&id)) {
                Some(stored) => {
                    stored.users += 1;
                    let (process, segment) = (spec.name.clone(), segment.name.clone());
                    self.wire.event(Event::Shared { process, segment });
                }
                None => fresh.push(id),
            }
            segments.push((segment.number, segment.name.clone(), id));
        }
        Some((segments, fresh))
    }

    /// The existing copy of a shared segment.
    fn same(&self, segment: &SegmentSpec) -> Option<usize> {
        let wanted = segment.shared.as_ref()?;
        let found = self.stored.iter().find(|(_, stored)| stored.shared.as_ref() == Some(wanted));
        found.map(|(id, _)| *id)
    }

    fn place_one(&mut self, process: &str, segment: &SegmentSpec) -> Option<usize> {
        let before = self.holes_before();
        let pieces = match (segment.length, segment.at) {
            (0, _) => Vec::new(),
            (length, Some(at)) => {
                let range = at..at.checked_add(length)?;
                if !self.placer.take(range.clone()) {
                    return None;
                }
                vec![range]
            }
            (length, None) => self.placer.allocate(length)?,
        };
        self.placed((process, &segment.name), segment.length, &pieces, &before);
        let id = self.next;
        self.next += 1;
        let length = (segment.length * self.config.unit) as usize;
        let words = (0..).flat_map(|n| scramble((id as u64) << 32 | n).to_le_bytes());
        let bytes: Vec<u8> = words.take(length).collect();
        let (rights, shared) = (segment.rights, segment.shared.clone());
        self.stored.insert(id, Stored { pieces, bytes, rights, shared, users: 1 });
        Some(id)
    }

    /// Writes the bytes of a new segment over the bus.
    fn image(&mut self, id: usize) -> Result<(), WorldError> {
        let unit = self.config.unit;
        let stored = &self.stored[&id];
        self.wire.images(&stored.bytes, &stored.places(unit, self.config.fit))?;
        let bytes = stored.bytes.len() as u64;
        self.count("image_bytes", bytes);
        Ok(())
    }

    fn drop_one(&mut self, id: usize) {
        let stored = self.stored.get_mut(&id).expect("a process holds only what is stored");
        stored.users -= 1;
        if stored.users == 0
            && let Some(stored) = self.stored.remove(&id)
        {
            stored.pieces.into_iter().for_each(|piece| self.placer.free(piece));
        }
    }

    /// Ends a process and frees what no other process uses. The registers of the running one are
    /// cleared too.
    ///
    /// # Errors
    /// [`WorldError`] if there is no such process, or the hardware does not accept a register
    /// write.
    pub fn end(&mut self, name: &str) -> Result<(), WorldError> {
        self.resident(name)?;
        let at = self.processes.iter().position(|process| process.name == name);
        self.kernel();
        let process = self.processes.remove(at.expect("it was found a moment ago"));
        for (_, _, id) in process.segments {
            self.drop_one(id);
        }
        self.happened(Event::Ended { process: name.to_owned() });
        self.look();
        if self.running.as_deref() == Some(name) {
            self.running = None;
            self.wire.activity(Activity::Switch);
            (0..self.unit.shape().segments).try_for_each(|n| self.write_register(n))?;
        }
        Ok(())
    }

    /// Moves everything to the lowest addresses, in its present order; registers of the running
    /// process follow. Returns the number of bytes moved.
    ///
    /// # Errors
    /// [`WorldError`] if the placement rule forbids it, or memory refuses an address.
    pub fn compact(&mut self) -> Result<u64, WorldError> {
        if !self.placer.compactable() {
            let message = format!("nothing is moved under `{}`", self.config.fit.name());
            return Err(WorldError::Invalid(message));
        }
        self.kernel();
        self.happened(Event::Compaction {});
        self.wire.activity(Activity::Move);
        let unit = self.config.unit;
        let mut order: Vec<(Range<u64>, usize)> = Vec::new();
        for (id, stored) in &self.stored {
            order.extend(stored.pieces.iter().map(|piece| (piece.clone(), *id)));
        }
        order.sort_by_key(|(piece, _)| piece.start);
        let mut moved = 0;
        for (piece, id) in order {
            let length = piece.end - piece.start;
            // Its own place is free again, so there is a hole at this address or below.
            self.placer.free(piece.clone());
            let holes = self.placer.holes();
            let hole = holes.iter().find(|hole| hole.end - hole.start >= length);
            let start = hole.map_or(piece.start, |hole| hole.start);
            self.placer.take(start..start + length);
            if start == piece.start {
                continue;
            }
            let (owner, to) = (self.owner(id), start..start + length);
            self.wire.event(Event::Moved { owner, from: piece.clone(), to: to.clone() });
            self.wire.copy(piece.start * unit, start * unit, length * unit)?;
            moved += length * unit;
            self.replace(id, |stored| stored.pieces = vec![to])?;
            self.look();
        }
        self.count("moved_bytes", moved);
        self.look();
        Ok(moved)
    }
}
