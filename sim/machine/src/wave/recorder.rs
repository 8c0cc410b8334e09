//! One recorder for every machine: what is recorded differs, how it is does not.

use std::path::{Path, PathBuf};

use waves::save::Trace;
use waves::{Builder, Error, Format, SignalId, Window, Writer};

use super::table::{Declare, Table};
use super::timeline::Timeline;
use super::view::{self, Choice, Opening};
use model::mmu::Signal;

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

/// What can be recorded: the state that signals are read from.
pub(super) trait Scene: Sized {
    /// The scope of the hardware's own signals.
    const HARDWARE: &'static str;

    /// Declares the pins, read in every cycle of the hardware.
    fn pins(&self, declare: &mut Declare<'_, Self>) -> Result<(), Error>;

    /// Declares what the operating system does, read when it does something.
    fn system(&self, declare: &mut Declare<'_, Self>) -> Result<(), Error>;

    /// The view's groups in reading order, and whether each opens unfolded.
    fn groups(&self, choice: Choice) -> Vec<(&'static str, bool)>;

    /// Rows of a group that are the hardware's own signals.
    fn own_rows(_group: &str, _signals: &[(Signal, SignalId)], _wave: &Writer) -> Vec<Trace> {
        Vec::new()
    }

    /// What the view may open on.
    fn opening(&self) -> Opening;
}

/// Records a run into a dump and the saved view that goes with it.
///
/// An observer cannot return an error: the first one is kept, nothing more is recorded, and
/// [`Recorder::finish`] reports it.
#[derive(Debug)]
pub struct Recorder<S> {
    pub(super) line: Timeline,
    pub(super) scene: S,
    pub(super) pins: Table<S>,
    pub(super) system: Table<S>,
    pub(super) clock: SignalId,
    pub(super) signals: Vec<(Signal, SignalId)>,
    /// Room for the values of those signals; empty until they were first looked at.
    pub(super) values: Vec<u128>,
    pub(super) choice: Option<Choice>,
    pub(super) failed: Option<Error>,
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
        let mut declare = Declare::new(&mut builder);
        scene.pins(&mut declare)?;
        let pins = declare.table();
        let mut declare = Declare::new(&mut builder);
        scene.system(&mut declare)?;
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
            values: Vec::new(),
            choice: view,
            failed: None,
        })
    }

    /// Whether the given cycle is worth the cost of sampling the hardware's own signals.
    pub fn wants(&self, cycle: u64) -> bool {
        self.line.window.contains(cycle)
    }

    /// Sets every pin to what the scene shows.
    pub(super) fn show_pins(&mut self) -> Result<(), Error> {
        self.pins.show(&mut self.line.wave, &self.scene)
    }

    /// Sets every signal of the operating system to what the scene shows.
    pub(super) fn show_system(&mut self) -> Result<(), Error> {
        self.system.show(&mut self.line.wave, &self.scene)
    }

    /// Sets the hardware's own signals to these values.
    pub(super) fn show_values(&mut self, values: &[u128]) -> Result<(), Error> {
        let mut signals = self.signals.iter().zip(values);
        signals.try_for_each(|((_, id), value)| self.line.wave.set(*id, *value))
    }

    /// Records, unless that has failed before.
    pub(super) fn keep(&mut self, record: impl FnOnce(&mut Recorder<S>) -> Result<(), Error>) {
        if self.failed.is_none() {
            self.failed = record(self).err();
        }
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
