//! The recorder as an observer of a world without pages.

use std::ops::Range;

use super::Recorder;
use super::system::kind;
use crate::contiguous::{Activity, Event, Inputs, Observer, Outputs, Picture, SegmentUnit};
use model::bus;

/// The part of the run's time for which the dump goes on after its end.
const MARGIN: u64 = 24;

impl Observer for Recorder {
    fn wants_signals(&self, cycle: u64) -> bool {
        self.wants(cycle)
    }

    fn on_cycle(&mut self, cycle: u64, inputs: &Inputs, outputs: &Outputs, unit: &dyn SegmentUnit) {
        self.keep(|recorder| {
            recorder.at(cycle)?;
            recorder.line.wave.clocked();
            let scene = &mut recorder.scene;
            scene.ran = true;
            scene.registers.cycle(inputs, outputs);
            scene.ports.cycle(inputs, outputs, |number| scene.registers.name(number));
            recorder.show_pins()?;
            let mut values = std::mem::take(&mut recorder.values);
            values.clear();
            unit.values(&mut values);
            let shown = recorder.show_values(&values);
            recorder.values = values;
            shown
        });
    }

    fn on_transfer(&mut self, cycles: Range<u64>, request: &bus::Request) {
        self.keep(|recorder| recorder.transfer(cycles, *request));
    }

    fn on_event(&mut self, cycle: u64, event: &Event) {
        self.keep(|recorder| {
            recorder.at(cycle)?;
            if let Event::Switch { segments, .. } = event {
                recorder.scene.registers.call(segments);
            }
            recorder.mark(cycle, event);
            recorder.scene.system.event(event);
            recorder.show_system()?;
            recorder.scene.system.happened();
            Ok(())
        });
    }

    fn on_activity(&mut self, cycle: u64, activity: Activity) {
        self.keep(|recorder| {
            recorder.at(cycle)?;
            if activity != Activity::Process {
                recorder.scene.ports.over();
                recorder.show_pins()?;
            }
            recorder.scene.system.activity(activity);
            recorder.show_system()
        });
    }

    fn on_memory(&mut self, cycle: u64, picture: &Picture) {
        self.keep(|recorder| {
            recorder.at(cycle)?;
            recorder.scene.memory.see(picture);
            recorder.show_system()
        });
    }

    fn on_end(&mut self, cycle: u64) {
        self.line.over = Some(cycle);
        self.keep(|recorder| {
            recorder.at(cycle)?;
            recorder.scene.system.end();
            recorder.show_system()?;
            // So that what happened last can be seen, the dump goes on for a moment.
            let span = cycle.saturating_sub(recorder.line.first.unwrap_or(cycle));
            recorder.instant(cycle.saturating_add(span / MARGIN))
        });
    }
}

impl Recorder {
    /// Marks the first event of each kind.
    fn mark(&mut self, cycle: u64, event: &Event) {
        let name = match event {
            Event::Refused { process, .. } => format!("no room {process}"),
            Event::Loaded { process } => format!("loaded {process}"),
            Event::Ended { process } => format!("end {process}"),
            Event::Fault { reason, .. } => format!("{} fault", reason.name()),
            Event::Grown { process, segment, .. } => format!("grow {process} {segment}"),
            Event::Compaction => "compact".to_owned(),
            _ => kind(event).replace('_', " "),
        };
        if let Event::Fault { reason, .. } = event {
            if self.line.window.contains(cycle) {
                self.scene.fault.get_or_insert(cycle);
            }
            self.line.first_of(reason.name(), cycle, &name);
        } else {
            self.line.first_of(kind(event), cycle, &name);
        }
    }
}
