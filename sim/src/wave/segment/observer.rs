//! The recorder as an onlooker of a world without pages.

use std::ops::Range;

use super::Recorder;
use crate::bus;
use crate::contiguous::{Activity, Event, Inputs, Observer, Outputs, Picture, SegmentUnit};
use crate::wave::Error;
use crate::wave::save::View;

/// Markers that loads and ends may take: in a long history the rest is for what is rarer.
const COMMON: usize = View::MARKERS / 2;

/// The part of the run's time for which the dump goes on after its end.
const MARGIN: u64 = 24;

/// An observer cannot return an error: the first one is kept, nothing more is recorded, and
/// [`Recorder::finish`] reports it.
impl Observer for Recorder {
    fn wants_signals(&self, cycle: u64) -> bool {
        self.line.window.contains(cycle)
    }

    fn on_cycle(&mut self, cycle: u64, inputs: &Inputs, outputs: &Outputs, unit: &dyn SegmentUnit) {
        self.keep(|recorder| {
            recorder.at(cycle)?;
            recorder.line.wave.clocked();
            recorder.ran = true;
            let (wave, registers) = (&mut recorder.line.wave, &mut recorder.registers);
            registers.cycle(wave, inputs, outputs)?;
            recorder.ports.set(wave, inputs, outputs, |number| registers.name(number))?;
            recorder.values.clear();
            unit.values(&mut recorder.values);
            let mut values = recorder.unit.iter().zip(&recorder.values);
            values.try_for_each(|(id, value)| wave.set(*id, *value))
        });
    }

    fn on_transfer(&mut self, cycles: Range<u64>, request: &bus::Request) {
        self.keep(|recorder| recorder.transfer(cycles, request));
    }

    fn on_event(&mut self, cycle: u64, event: &Event) {
        self.keep(|recorder| {
            recorder.at(cycle)?;
            if let Event::Switch { segments, .. } = event {
                recorder.registers.call(segments);
            }
            recorder.mark(cycle, event);
            recorder.world.event(&mut recorder.line.wave, event)
        });
    }

    fn on_activity(&mut self, cycle: u64, activity: Activity) {
        self.keep(|recorder| {
            recorder.at(cycle)?;
            if activity != Activity::Process {
                recorder.ports.over(&mut recorder.line.wave)?;
            }
            recorder.world.activity(&mut recorder.line.wave, activity)
        });
    }

    fn on_memory(&mut self, cycle: u64, picture: &Picture) {
        self.keep(|recorder| {
            recorder.at(cycle)?;
            recorder.memory.set(&mut recorder.line.wave, picture)
        });
    }

    fn on_end(&mut self, cycle: u64) {
        self.keep(|recorder| {
            recorder.at(cycle)?;
            recorder.world.end(&mut recorder.line.wave)?;
            // So that what happened last can be seen, the dump goes on for a moment.
            let span = cycle.saturating_sub(recorder.line.first.unwrap_or(cycle));
            recorder.line.instant(cycle + span / MARGIN)
        });
    }
}

impl Recorder {
    /// Moments worth a marker.
    fn mark(&mut self, cycle: u64, event: &Event) {
        let (name, common) = match event {
            Event::Refused { process, .. } => (format!("no room {process}"), false),
            Event::Loaded { process } => (format!("loaded {process}"), true),
            Event::Ended { process } => (format!("end {process}"), true),
            Event::Fault { reason, .. } => (format!("{} fault", reason.name()), false),
            Event::Grown { process, segment, .. } => (format!("grow {process} {segment}"), false),
            Event::Compaction => ("compact".to_owned(), false),
            _ => return,
        };
        if matches!(event, Event::Fault { .. }) && self.line.window.contains(cycle) {
            self.fault.get_or_insert(cycle);
        }
        // One of a thousand is not worth one.
        if !common || !name.contains('#') && self.line.moments.len() < COMMON {
            self.line.moment(cycle, &name);
        }
    }

    fn keep(&mut self, record: impl FnOnce(&mut Recorder) -> Result<(), Error>) {
        if self.failed.is_none() {
            self.failed = record(self).err();
        }
    }
}
