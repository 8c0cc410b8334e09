//! The recorder as an onlooker of a machine.

use super::Recorder;
use crate::machine::{Observer, WorldState};
use crate::mmu::{Inputs, Mmu, Outputs};
use crate::os::{Activity, Event};
use crate::wave::Error;

/// An observer cannot return an error: the first one is kept, nothing more is recorded, and
/// [`Recorder::finish`] reports it.
impl Observer for Recorder {
    fn wants_signals(&self, cycle: u64) -> bool {
        self.wants(cycle)
    }

    fn on_cycle(
        &mut self,
        cycle: u64,
        inputs: &Inputs,
        outputs: &Outputs,
        mmu: &dyn Mmu,
        world: &WorldState,
    ) {
        self.keep(|recorder| {
            recorder.ports(cycle, inputs, outputs)?;
            if recorder.wants(cycle) {
                recorder.signals(mmu)?;
            }
            if world.pid.is_none() && recorder.world.silent {
                // No operating system, so far.
                return Ok(());
            }
            recorder.activity(cycle, world.activity)?;
            recorder.process(cycle, world.pid)?;
            recorder.free_frames(cycle, world.free_frames)
        });
    }

    fn on_event(&mut self, cycle: u64, event: &Event) {
        self.keep(|recorder| recorder.event(cycle, event));
    }

    fn on_skip(&mut self, from: u64, _to: u64, activity: Activity) {
        self.keep(
            |recorder| {
                if recorder.world.silent { Ok(()) } else { recorder.activity(from, activity) }
            },
        );
    }

    fn on_end(&mut self, cycle: u64) {
        self.keep(|recorder| recorder.at(cycle));
    }
}

impl Recorder {
    /// The engine's signals: all of them at first, then those that changed.
    fn signals(&mut self, mmu: &dyn Mmu) -> Result<(), Error> {
        if self.values.is_empty() {
            mmu.values(&mut self.values);
            for ((_, id), value) in self.engine.iter().zip(&self.values) {
                self.line.wave.set(*id, *value)?;
            }
            return Ok(());
        }
        let mut set = Ok(());
        mmu.changes(&mut |at, value| {
            if let Some((_, id)) = self.engine.get(at).filter(|_| set.is_ok()) {
                set = self.line.wave.set(*id, value);
            }
        });
        set
    }

    fn keep(&mut self, record: impl FnOnce(&mut Recorder) -> Result<(), Error>) {
        if self.failed.is_none() {
            self.failed = record(self).err();
        }
    }
}
