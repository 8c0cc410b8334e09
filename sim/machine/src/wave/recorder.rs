//! One recorder for every machine: what is recorded differs, how it is does not.

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
    /// Stands in the dump's header: scenario, configuration, seed.
    pub title: String,
    /// Which cycles.
    pub window: Window,
    /// Written how.
    pub format: Format,
    /// What the view opens on; by what was recorded if absent.
    pub view: Option<Choice>,
    /// The hardware's own signals; empty when it is not watched.
    pub signals: Vec<Signal>,
}

/// What can be recorded: the state that signals are read from, and how it changes.
pub(super) trait Scene: Sized {
    /// What is observed.
    type Machine: Observed;

    /// What is remembered of the pins of one hart.
    type Pins;

    /// The scope of the hardware's own signals.
    const HARDWARE: &'static str;

    /// The clock runs in all cycles that are written; else in those of the hardware alone.
    const CLOCK_RUNS: bool;

    /// The pins of each hart.
    fn pins(&self) -> &[Self::Pins];

    /// Whether the pins have values.
    fn has_begun(&self) -> bool;

    /// Declares the pins, read in every cycle of the hardware.
    fn declare_pins(pins: &Self::Pins, declare: &mut Declare<'_, Self::Pins>) -> Result<(), Error>;

    /// Declares what the operating system does, read when it does something.
    fn declare_system(&self, declare: &mut Declare<'_, Self>) -> Result<(), Error>;

    /// The view's groups in reading order, and whether each opens unfolded.
    fn groups(&self, choice: Choice) -> Vec<(String, bool)>;

    /// Rows of a group that are the hardware's own signals.
    fn own_rows(_group: &str, _signals: &[(Signal, SignalId)], _wave: &Writer) -> Vec<Trace> {
        Vec::new()
    }

    /// What the view may open on.
    fn opening(&self) -> Opening;

    /// Moments after `now` in which something ends by itself, and that come before `to`; those at
    /// `to` count too, unless what ends there is the pins of a cycle and another `cycle` follows.
    fn pending(&self, now: u64, to: u64, cycle: bool) -> [Option<u64>; 2];

    /// What ends by itself by this moment ends.
    fn ends(&mut self, at: u64);

    /// The pins of a hart in the current cycle. Whether they are worth showing.
    fn cycle(
        &mut self,
        line: &mut Timeline,
        hart: HartId,
        inputs: &Inputs<Self>,
        outputs: &Outputs<Self>,
    ) -> bool;

    /// Tells the values of the hardware's own signals: of all, or of those that changed.
    fn sample(unit: &Unit<Self>, all: bool, tell: &mut dyn FnMut(usize, u128));

    /// What goes on around the hardware. Whether it is new.
    fn around(&mut self, _world: &World<Self>) -> bool {
        false
    }

    /// An event's kind, and how a reader wants to find it; nothing of what is a state.
    fn mark(&self, event: &Event<Self>) -> Option<(&'static str, Mark)>;

    /// Something happens in this cycle, `visible` if it is in the window. Whether the pins show it.
    fn event(&mut self, cycle: u64, event: &Event<Self>, visible: bool) -> bool;

    /// What happened was shown.
    fn happened(&mut self);

    /// Cycles are spent on this. Whether that is new; nothing if it is not shown.
    fn spends(&mut self, _activity: Activity<Self>) -> Option<bool> {
        None
    }

    /// The run is over after so many cycles: how long the dump goes on, if it does.
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
    /// The hardware's own signals have values.
    sampled: bool,
    pub(super) choice: Option<Choice>,
    failed: Option<Error>,
}

impl<S: Scene> std::fmt::Debug for Recorder<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("line", &self.line).finish_non_exhaustive()
    }
}

/// How a recording ends, whatever was recorded.
pub trait Ending {
    /// The run failed, as this says, in this cycle: the view opens there.
    fn fails(&mut self, cycle: u64, why: &str);

    /// How many cycles the run had, if it ended before the window began.
    fn missed(&self) -> Option<u64>;

    /// Ends the dump and writes the saved view; returns the path of the GTKWave save file. After
    /// this call nothing more can be recorded.
    ///
    /// A recorder that is dropped instead leaves a dump that loads, but no view.
    ///
    /// # Errors
    /// The first error met while recording, or what goes wrong now. Where some of the dump is
    /// kept, it has its view all the same.
    fn finish(&mut self) -> Result<PathBuf, Error>;
}

#[allow(private_bounds, reason = "scenes are those of this room")]
impl<S: Scene> Recorder<S> {
    /// Opens the dump; the path's extension is usually that of the format.
    ///
    /// # Errors
    /// When the file cannot be made, or a signal's name is none.
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

    /// Whether the given cycle is worth the cost of sampling the hardware's own signals.
    pub fn wants(&self, cycle: u64) -> bool {
        self.line.window.contains(cycle)
    }

    /// Makes `to` the current cycle, unless it has come. What ends before it ends in its time.
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

    /// Makes `cycle` the current one unless it has come.
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

    /// Sets the hardware's own signals to these values.
    pub(super) fn show_values(&mut self, values: &[u128]) -> Result<(), Error> {
        let mut signals = self.signals.iter().zip(values);
        signals.try_for_each(|((_, id), value)| self.line.wave.set(*id, *value))
    }

    /// The hardware's own signals: all of them at first, then those that changed.
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

    /// Something happens.
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

    /// What the operating system does may change, and is shown if it did.
    pub(super) fn change(
        &mut self,
        cycle: u64,
        change: impl FnOnce(&mut S) -> bool,
    ) -> Result<(), Error> {
        self.advance(cycle, false)?;
        if change(&mut self.scene) { self.show_system() } else { Ok(()) }
    }

    /// Sets every pin to what the scene shows.
    fn show_pins(&mut self) -> Result<(), Error> {
        if !self.scene.has_begun() {
            return Ok(());
        }
        let mut tables = self.pins.iter_mut().zip(self.scene.pins());
        tables.try_for_each(|(table, pins)| table.show(&mut self.line.wave, pins))
    }

    /// Sets every signal of the operating system to what the scene shows.
    fn show_system(&mut self) -> Result<(), Error> {
        self.system.show(&mut self.line.wave, &self.scene)
    }

    /// Records, unless that has failed before.
    fn keep(&mut self, record: impl FnOnce(&mut Recorder<S>) -> Result<(), Error>) {
        if self.failed.is_none() {
            self.failed = record(self).err();
        }
    }
}

/// The group of all that is seen of a hart that is not the first.
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
