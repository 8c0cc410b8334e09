//! One recorder for every kind of machine: only the signals differ.

use std::path::{Path, PathBuf};

use waves::save::Trace;
use waves::{Builder, Error, Format, SignalId, Window, Writer};

use super::table::{Declare, Table};
use super::timeline::Timeline;
use super::view::{self, Choice, Opening};
use crate::board::{Cycle, HartId, Observed, Observer};
use model::mmu::Signal;
use model::record::Mark;

/// How a waveform is recorded.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// Written to the dump's header: scenario, configuration, seed.
    pub title: String,
    /// The cycles to record.
    pub window: Window,
    /// The format of the file.
    pub format: Format,
    /// What the view opens on; if absent, it depends on what was recorded.
    pub view: Option<Choice>,
    /// The hardware's internal signals; empty when they are not sampled.
    pub signals: Vec<Signal>,
}

/// What can be recorded: the state that signals are read from, and how it changes.
pub(super) trait Scene: Sized {
    /// The kind of machine.
    type Machine: Observed;

    /// The state of the pins of one hart.
    type Pins;

    /// The scope of the hardware's internal signals.
    const HARDWARE: &'static str;

    /// Whether the clock toggles in every cycle written, or only in those of the hardware.
    const CLOCK_RUNS: bool;

    /// The pins of each hart.
    fn pins(&self) -> &[Self::Pins];

    /// Whether the pins have values.
    fn has_begun(&self) -> bool;

    /// Declares the pins, read in every cycle of the hardware.
    fn declare_pins(pins: &Self::Pins, declare: &mut Declare<'_, Self::Pins>) -> Result<(), Error>;

    /// Declares the signals of the operating system, read when it does something.
    fn declare_system(&self, declare: &mut Declare<'_, Self>) -> Result<(), Error>;

    /// The view's groups in reading order, and whether each opens unfolded.
    fn groups(&self, choice: Choice) -> Vec<(String, bool)>;

    /// Rows of a group that are internal signals of the hardware.
    fn own_rows(_group: &str, _signals: &[(Signal, SignalId)], _wave: &Writer) -> Vec<Trace> {
        Vec::new()
    }

    /// What the view may open on.
    fn opening(&self) -> Opening;

    /// Moments after `now` and before `to` at which something ends by itself; those at `to` count
    /// too, unless it is the pins of a cycle that end there and another `cycle` follows.
    fn pending(&self, now: u64, to: u64, cycle: bool) -> [Option<u64>; 2];

    /// Ends what ends by itself by this moment.
    fn ends(&mut self, at: u64);

    /// The pins of a hart in the current cycle. Returns whether they are worth showing.
    fn cycle(
        &mut self,
        line: &mut Timeline,
        hart: HartId,
        inputs: &Inputs<Self>,
        outputs: &Outputs<Self>,
    ) -> bool;

    /// Reports the values of the hardware's internal signals: of all, or of those that changed.
    fn sample(unit: &Unit<Self>, all: bool, tell: &mut dyn FnMut(usize, u128));

    /// The state of everything around the hardware. Returns whether it changed.
    fn around(&mut self, _world: &World<Self>) -> bool {
        false
    }

    /// An event's kind, and how readers will look for it; `None` for a state.
    fn mark(&self, event: &Event<Self>) -> Option<(&'static str, Mark)>;

    /// An event in this cycle, `visible` if it is in the window. Returns whether the pins show it.
    fn event(&mut self, cycle: u64, event: &Event<Self>, visible: bool) -> bool;

    /// The event was shown.
    fn happened(&mut self);

    /// The activity that cycles are spent on. Returns whether it changed; `None` if it is not
    /// shown.
    fn spends(&mut self, _activity: Activity<Self>) -> Option<bool> {
        None
    }

    /// The run ended after so many cycles. Returns for how many more the dump continues, if it
    /// does.
    fn over(&mut self, _span: u64) -> Option<u64> {
        None
    }
}

type Unit<S> = <<S as Scene>::Machine as Observed>::Unit;
type Inputs<S> = <<S as Scene>::Machine as Observed>::Inputs;
type Outputs<S> = <<S as Scene>::Machine as Observed>::Outputs;
type World<S> = <<S as Scene>::Machine as Observed>::World;
type Event<S> = <<S as Scene>::Machine as Observed>::Event;
type Activity<S> = <<S as Scene>::Machine as Observed>::Activity;

/// Records a run into a dump and the saved view that goes with it.
///
/// An observer cannot return an error: the first one is kept, nothing more is recorded, and
/// [`Recorder::finish`] reports it.
#[allow(private_bounds, reason = "scenes are those of this room")]
pub struct Recorder<S: Scene> {
    pub(super) line: Timeline,
    pub(super) scene: S,
    pub(super) pins: Vec<Table<S::Pins>>,
    pub(super) system: Table<S>,
    pub(super) clock: SignalId,
    pub(super) signals: Vec<(Signal, SignalId)>,
    /// The hardware's internal signals have values.
    sampled: bool,
    pub(super) choice: Option<Choice>,
    failed: Option<Error>,
}

impl<S: Scene> std::fmt::Debug for Recorder<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("line", &self.line).finish_non_exhaustive()
    }
}

/// The end of a recording, for every kind of machine.
pub trait Ending {
    /// The run failed in this cycle, with this message: the view opens there.
    fn fails(&mut self, cycle: u64, why: &str);

    /// How many cycles the run had, if it ended before the window began.
    fn missed(&self) -> Option<u64>;

    /// Completes the dump and writes the saved view; returns the path of the GTKWave save file.
    /// After this call nothing more can be recorded.
    ///
    /// A recorder that is dropped instead leaves a dump that loads, but no view.
    ///
    /// # Errors
    /// The first error while recording, or one of completing the files. If a part of the dump is
    /// kept, it has its view all the same.
    fn finish(&mut self) -> Result<PathBuf, Error>;
}

#[allow(private_bounds, reason = "scenes are those of this room")]
impl<S: Scene> Recorder<S> {
    /// Opens the dump; the path's extension is usually that of the format.
    ///
    /// # Errors
    /// When the file cannot be created, or a signal's name is invalid.
    pub(super) fn open(path: &Path, recording: Recording, scene: S) -> Result<Recorder<S>, Error> {
        let Recording { title, window, format, view, signals } = recording;
        let mut builder = Builder::new(&title).window(window).format(format);
        let clock = builder.clock("run.clock")?;
        let mut pins = Vec::new();
        for (hart, own) in scene.pins().iter().enumerate() {
            let declare = Declare::new(&mut builder);
            let mut declare = match hart {
                0 => declare,
                _ => declare.within(&format!("hart{hart}"), &hart_group(hart)),
            };
            S::declare_pins(own, &mut declare)?;
            pins.push(declare.table());
        }
        let mut declare = Declare::new(&mut builder);
        scene.declare_system(&mut declare)?;
        let system = declare.table();
        let mut own = Vec::with_capacity(signals.len());
        for signal in signals {
            let path = format!("{}.{}", S::HARDWARE, signal.path);
            let id = match &signal.names[..] {
                [] => builder.bits(&path, signal.width)?,
                names => builder.state(&path, signal.width, names)?,
            };
            own.push((signal, id));
        }
        Ok(Recorder {
            line: Timeline::new(builder.create(path)?, window),
            scene,
            pins,
            system,
            clock,
            signals: own,
            sampled: false,
            choice: view,
            failed: None,
        })
    }

    /// Whether the hardware's internal signals are needed in the given cycle; sampling them costs
    /// time.
    pub fn wants(&self, cycle: u64) -> bool {
        self.line.window.contains(cycle)
    }

    /// Advances to `to`, unless it has passed. What ends before that ends in its own cycle.
    /// `cycle`: the pins of that cycle follow; else nothing is presented and nothing answered.
    fn advance(&mut self, to: u64, cycle: bool) -> Result<(), Error> {
        let come = if cycle { self.line.now == Some(to) } else { self.line.has_come(to) };
        if come {
            return Ok(());
        }
        let Some(now) = self.line.now else {
            self.line.go(to, S::CLOCK_RUNS)?;
            return self.show_pins();
        };
        for moment in self.scene.pending(now, to, cycle).into_iter().flatten() {
            self.instant(moment)?;
            self.scene.ends(moment);
            self.show_pins()?;
        }
        if self.line.now == Some(to) { Ok(()) } else { self.line.go(to, S::CLOCK_RUNS) }
    }

    /// Advances to `cycle` unless it has passed.
    fn instant(&mut self, cycle: u64) -> Result<(), Error> {
        if self.line.has_come(cycle) { Ok(()) } else { self.line.go(cycle, S::CLOCK_RUNS) }
    }

    /// The pins of one cycle of a hart.
    pub(super) fn pins_of(
        &mut self,
        cycle: u64,
        hart: HartId,
        inputs: &Inputs<S>,
        outputs: &Outputs<S>,
    ) -> Result<(), Error> {
        self.advance(cycle, true)?;
        self.line.wave.clocked();
        match self.pins.get_mut(hart) {
            Some(table) if self.scene.cycle(&mut self.line, hart, inputs, outputs) => {
                table.show(&mut self.line.wave, &self.scene.pins()[hart])
            }
            _ => Ok(()),
        }
    }

    /// Sets the hardware's internal signals to these values.
    pub(super) fn show_values(&mut self, values: &[u128]) -> Result<(), Error> {
        let mut signals = self.signals.iter().zip(values);
        signals.try_for_each(|((_, id), value)| self.line.wave.set(*id, *value))
    }

    /// Records the hardware's internal signals: all of them at first, then those that changed.
    fn sample(&mut self, unit: &Unit<S>) -> Result<(), Error> {
        let all = !std::mem::replace(&mut self.sampled, true);
        let mut set = Ok(());
        S::sample(unit, all, &mut |at, value| {
            if let Some((_, id)) = self.signals.get(at).filter(|_| set.is_ok()) {
                set = self.line.wave.set(*id, value);
            }
        });
        set
    }

    /// Records an event.
    pub(super) fn happens(&mut self, cycle: u64, event: &Event<S>) -> Result<(), Error> {
        self.advance(cycle, false)?;
        if let Some((kind, mark)) = self.scene.mark(event) {
            self.line.mark(cycle, kind, &mark);
        }
        if self.scene.event(cycle, event, self.line.window.contains(cycle)) {
            self.show_pins()?;
        }
        self.show_system()?;
        self.scene.happened();
        Ok(())
    }

    /// Records a change of the operating system's state, if it is visible.
    pub(super) fn change(
        &mut self,
        cycle: u64,
        change: impl FnOnce(&mut S) -> bool,
    ) -> Result<(), Error> {
        self.advance(cycle, false)?;
        if change(&mut self.scene) { self.show_system() } else { Ok(()) }
    }

    /// Sets every pin to its present value.
    fn show_pins(&mut self) -> Result<(), Error> {
        if !self.scene.has_begun() {
            return Ok(());
        }
        let mut tables = self.pins.iter_mut().zip(self.scene.pins());
        tables.try_for_each(|(table, pins)| table.show(&mut self.line.wave, pins))
    }

    /// Sets every signal of the operating system to its present value.
    fn show_system(&mut self) -> Result<(), Error> {
        self.system.show(&mut self.line.wave, &self.scene)
    }

    /// Records, unless recording has failed before.
    fn keep(&mut self, record: impl FnOnce(&mut Recorder<S>) -> Result<(), Error>) {
        if self.failed.is_none() {
            self.failed = record(self).err();
        }
    }
}

/// The group of everything about a hart that is not the first.
pub(super) fn hart_group(hart: HartId) -> String {
    format!("Hart {hart}")
}

#[allow(private_interfaces, reason = "scenes are those of this room")]
impl<S: Scene> Observer<S::Machine> for Recorder<S> {
    fn wants_signals(&self, cycle: u64) -> bool {
        self.wants(cycle)
    }

    fn on_cycle(&mut self, cycle: &Cycle<'_, S::Machine>) {
        self.keep(|recorder| {
            recorder.pins_of(cycle.number, cycle.hart, cycle.inputs, cycle.outputs)?;
            if cycle.hart > 0 {
                return Ok(());
            }
            if recorder.wants(cycle.number) {
                recorder.sample(cycle.unit)?;
            }
            if recorder.scene.around(cycle.world) { recorder.show_system() } else { Ok(()) }
        });
    }

    fn on_event(&mut self, cycle: u64, event: &Event<S>, _world: &World<S>) {
        self.keep(|recorder| recorder.happens(cycle, event));
    }

    fn on_skip(&mut self, from: u64, _to: u64, activity: Activity<S>) {
        self.keep(|recorder| match recorder.scene.spends(activity) {
            Some(new) => recorder.change(from, |_| new),
            None => Ok(()),
        });
    }

    fn on_end(&mut self, cycle: u64) {
        self.line.over = Some(cycle);
        self.keep(|recorder| {
            recorder.advance(cycle, false)?;
            let span = cycle.saturating_sub(recorder.line.first.unwrap_or(cycle));
            let Some(more) = recorder.scene.over(span) else { return Ok(()) };
            recorder.show_system()?;
            recorder.instant(cycle.saturating_add(more))
        });
    }
}

impl<S: Scene> Ending for Recorder<S> {
    fn fails(&mut self, cycle: u64, why: &str) {
        self.line.fails(cycle, why);
    }

    fn missed(&self) -> Option<u64> {
        self.line.over.filter(|over| *over <= self.line.window.from)
    }

    fn finish(&mut self) -> Result<PathBuf, Error> {
        let closed = self.line.wave.close();
        match self.failed.take().or(closed.err()) {
            Some(failed @ Error::File { .. }) => Err(failed),
            failed => {
                let saved = view::of(self).save(self.line.wave.path());
                failed.map_or(saved, Err)
            }
        }
    }
}
