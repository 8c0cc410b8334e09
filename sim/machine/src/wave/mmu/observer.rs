//! The recorder as an observer of a machine.

use waves::Error;

use super::Recorder;
use crate::system::{Observer, WorldState};
use kernel::{Activity, Event};
use model::mmu::{Inputs, Mmu, Outputs};

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
                recorder.engine(mmu)?;
            }
            if world.pid.is_none() && !recorder.scene.system.is_there() {
                // No operating system, so far.
                return Ok(());
            }
            recorder.change(cycle, |system| {
                let doing = system.activity(world.activity);
                let running = system.process(world.pid);
                system.free_frames(world.free_frames) || doing || running
            })
        });
    }

    fn on_event(&mut self, cycle: u64, event: &Event) {
        self.keep(|recorder| recorder.event(cycle, event));
    }

    fn on_skip(&mut self, from: u64, _to: u64, activity: Activity) {
        self.keep(|recorder| match recorder.scene.system.is_there() {
            true => recorder.activity(from, activity),
            false => Ok(()),
        });
    }

    fn on_end(&mut self, cycle: u64) {
        self.line.over = Some(cycle);
        self.keep(|recorder| recorder.at(cycle));
    }
}

impl Recorder {
    /// The engine's signals: all of them at first, then those that changed.
    fn engine(&mut self, mmu: &dyn Mmu) -> Result<(), Error> {
        if self.values.is_empty() {
            let mut values = std::mem::take(&mut self.values);
            mmu.values(&mut values);
            let set = self.show_values(&values);
            self.values = values;
            return set;
        }
        let mut set = Ok(());
        mmu.changes(&mut |at, value| {
            if let Some((_, id)) = self.signals.get(at).filter(|_| set.is_ok()) {
                set = self.line.wave.set(*id, value);
            }
        });
        set
    }
}
