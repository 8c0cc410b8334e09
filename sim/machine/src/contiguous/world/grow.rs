//! Segments that grow: in place, elsewhere, or after compaction.

use super::{Activity, Event, Fit, Loaded, Stored, World, WorldError};

impl World {
    /// Changes a stored segment, and its register if the running process uses it.
    pub(super) fn replace(
        &mut self,
        id: usize,
        change: impl FnOnce(&mut Stored),
    ) -> Result<(), WorldError> {
        change(self.stored.get_mut(&id).expect("only stored segments change"));
        let running = self.processes.iter().find(|p| Some(&p.name) == self.running.as_ref());
        let numbers: Vec<usize> = running
            .iter()
            .flat_map(|process| &process.segments)
            .filter(|held| held.2 == id)
            .map(|held| held.0)
            .collect();
        numbers.into_iter().try_for_each(|number| self.write_register(number))
    }

    /// Makes a segment `by` units longer: in place if the units beside it are free, elsewhere if
    /// not, after compaction if that is enabled. New bytes are zero. Returns whether this
    /// succeeded, and where the segment begins now.
    ///
    /// # Errors
    /// [`WorldError`] if there is no such segment, or several processes use it.
    pub fn grow(&mut self, process: &str, segment: &str, by: u64) -> Result<Loaded, WorldError> {
        let unit = self.config.unit;
        let found = self.resident(process)?.segments.iter().find(|held| held.1 == segment);
        let Some(&(_, _, id)) = found else {
            let message = format!("process `{process}` has no segment `{segment}`");
            return Err(WorldError::Invalid(message));
        };
        if self.stored[&id].users > 1 || self.config.fit == Fit::Pages {
            let message = format!("segment `{segment}` is shared or paged, and does not grow");
            return Err(WorldError::Invalid(message));
        }
        self.kernel();
        let span = self.unit.shape().span();
        let length = self.stored[&id].bytes.len() as u64 / unit + by;
        let fits = length.checked_mul(unit).is_some_and(|bytes| bytes <= span);
        let whose = (process, segment);
        let mut granted = fits && self.extend(id, by, length, whose)?;
        let mut compacted = false;
        if !granted && fits && self.config.compaction && self.placer.compactable() {
            self.compact()?;
            compacted = true;
            granted = self.extend(id, by, length, whose)?;
        }
        if !granted {
            self.happened(Event::Refused { process: process.to_owned(), wanted: by });
        }
        self.look();
        let at = vec![self.stored[&id].start(unit) / unit];
        Ok(Loaded { placed: granted, compacted, at })
    }

    fn extend(
        &mut self,
        id: usize,
        by: u64,
        length: u64,
        whose: (&str, &str),
    ) -> Result<bool, WorldError> {
        let free = self.holes_before();
        let unit = self.config.unit;
        let stored = &self.stored[&id];
        let (old, down) = (stored.start(unit), stored.rights.down);
        let bytes = stored.bytes.len() as u64;
        let mut before = stored.pieces.clone();
        let mut pieces = before.clone();
        if stored.given() < length {
            let neighbour = match (&pieces[..], down) {
                ([own], false) => Some(own.end..own.end + by),
                ([own], true) => own.start.checked_sub(by).map(|start| start..own.start),
                _ => None,
            };
            // Blocks of the buddy system are never merged with something else.
            let joins = self.placer.compactable();
            if let Some(more) = neighbour.filter(|more| joins && self.placer.take(more.clone())) {
                let own = before.remove(0);
                pieces =
                    std::iter::once(own.start.min(more.start)..own.end.max(more.end)).collect();
            } else if let Some(room) = self.placer.allocate(length) {
                pieces = room;
            } else {
                return Ok(false);
            }
        } else {
            before.clear();
        }
        let new = Stored {
            pieces: pieces.clone(),
            bytes: vec![0; (length * unit) as usize],
            shared: None,
            users: 1,
            rights: stored.rights,
        };
        let start = new.start(unit);
        let zeroes = vec![0; (by * unit) as usize];
        let (keep, fresh) = if down { (start + by * unit, start) } else { (start, start + bytes) };
        let moved = keep != old;
        if moved {
            self.placed(whose, length, &pieces, &free);
        }
        self.wire.activity(if moved { Activity::Move } else { Activity::Load });
        if moved {
            if let (Some(from), Some(to)) = (before.first(), pieces.first()) {
                let (owner, from, to) = (self.owner(id), from.clone(), to.clone());
                self.wire.event(Event::Moved { owner, from, to });
            }
            self.wire.copy(old, keep, bytes)?;
            self.count("moved_bytes", bytes);
        }
        self.wire.store(fresh, &zeroes)?;
        self.replace(id, |stored| {
            stored.pieces = pieces;
            let at = if down { 0 } else { stored.bytes.len() };
            stored.bytes.splice(at..at, zeroes);
        })?;
        before.into_iter().for_each(|piece| self.placer.free(piece));
        let (process, segment) = (whose.0.to_owned(), whose.1.to_owned());
        self.happened(Event::Grown { process, segment, by, moved });
        Ok(true)
    }
}
