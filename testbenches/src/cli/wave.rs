//! Recording waveforms of runs.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use machine::contiguous::{Contiguous, World};
use machine::system::Observer;
use machine::wave::{self, Choice, Ending, mmu, segment};
use model::mmu::{Mmu, Signal};
use waves::{Error, Format, Window};

use super::{Status, output};
use engine::Engine;
use scenario::load::{Body, Scenario};
use scenario::run::Watch;
use scenario::variant::Variant;

/// A recording in progress, by the other handle of its recorder.
pub(super) struct Recording {
    recorder: Rc<RefCell<dyn Ending>>,
    /// The dump.
    dump: PathBuf,
}

/// Whether a place is a file: its extension is that of a waveform.
pub(super) fn is_file(place: &Path) -> bool {
    is(place, "vcd") || is(place, "fst")
}

fn is(place: &Path, extension: &str) -> bool {
    place.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

/// The place and the format of recordings.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// A directory, or a file.
    path: PathBuf,
    is_file: bool,
    format: Format,
    view: Option<Choice>,
}

impl Place {
    /// A path with the extension of a waveform is a file.
    ///
    /// # Errors
    /// When `plain` has no effect on the format.
    pub(super) fn new(path: &Path, plain: bool, view: Option<Choice>) -> anyhow::Result<Place> {
        let format = match (is(path, "fst"), plain) {
            (true, true) => anyhow::bail!("--plain is for VCD, and {} is FST", path.display()),
            (true, false) => Format::Fst,
            (false, true) => Format::Plain,
            (false, false) => Format::Vcd,
        };
        Ok(Place { path: path.to_owned(), is_file: is_file(path), format, view })
    }

    /// The files that a single run writes, if their names do not depend on the run: the dump and
    /// its view.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let view = self.path.with_extension("gtkw");
        if self.is_file { vec![self.path.clone(), view] } else { Vec::new() }
    }

    fn recording(&self, title: &str, window: Window, signals: Vec<Signal>) -> wave::Recording {
        let (title, format, view) = (title.to_owned(), self.format, self.view);
        wave::Recording { title, window, format, view, signals }
    }

    /// The dump for the run with this title, after so many others.
    fn dump(&self, title: &str, others: usize) -> PathBuf {
        let extension = self.format.extension();
        match (self.is_file, others) {
            (false, _) => self.path.join(format!("{}.{extension}", stem(title))),
            (true, 0) => self.path.clone(),
            (true, _) => {
                let stem = self.path.file_stem().unwrap_or_default().to_string_lossy();
                self.path.with_file_name(format!("{stem}-{}.{extension}", others + 1))
            }
        }
    }
}

/// The result of a recording.
pub(super) struct Recorded {
    /// The dump.
    pub(super) dump: PathBuf,
    /// Its saved view, if it could be written.
    pub(super) view: Option<PathBuf>,
    /// Why the run, or its end, is missing.
    pub(super) lost: Option<String>,
}

impl Recorded {
    /// Reports what was lost, which changes a status of success to one of failure.
    pub(super) fn status(&self, status: Status) -> Status {
        match &self.lost {
            None => status,
            Some(lost) => {
                output::note(&format!("error: {}: {lost}", self.dump.display()));
                if status == Status::Fine { Status::Failed } else { status }
            }
        }
    }
}

impl Recording {
    /// Begins the recording of an MMU. Also returns its observer.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub(super) fn mmu(
        place: &Place,
        others: usize,
        title: &str,
        window: Window,
        harts: usize,
        processes: Vec<String>,
        mmu: &dyn Mmu,
    ) -> anyhow::Result<(Recording, Box<dyn Observer>)> {
        let dump = place.dump(title, others);
        let recording = place.recording(title, window, mmu.signals());
        let (xlen, extensions) = (mmu.xlen(), mmu.extensions());
        let subject = mmu::Subject { xlen, extensions, harts, processes, computer: None };
        let made = mmu::Recorder::create(&dump, recording, subject)?;
        let recorder = Rc::new(RefCell::new(made));
        let observer = Box::new(recorder.clone());
        Ok((Recording { recorder, dump }, observer))
    }

    /// The same of a computer.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub(super) fn computer(
        place: &Place,
        title: &str,
        window: Window,
        names: mmu::Names,
        mmu: &dyn Mmu,
    ) -> anyhow::Result<(Recording, Box<dyn Observer>)> {
        let dump = place.dump(title, 0);
        let recording = place.recording(title, window, mmu.signals());
        let (xlen, extensions) = (mmu.xlen(), mmu.extensions());
        let (processes, computer) = (Vec::new(), Some(names));
        let subject = mmu::Subject { xlen, extensions, harts: 1, processes, computer };
        let recorder = Rc::new(RefCell::new(mmu::Recorder::create(&dump, recording, subject)?));
        let observer = Box::new(recorder.clone());
        Ok((Recording { recorder, dump }, observer))
    }

    /// The same of a segmentation unit and memory without pages.
    ///
    /// # Errors
    /// When the file cannot be created.
    fn segments(
        place: &Place,
        others: usize,
        title: &str,
        window: Window,
        labels: Vec<String>,
        world: &World,
    ) -> anyhow::Result<(Recording, Box<dyn Observer<Contiguous>>)> {
        let dump = place.dump(title, others);
        let recording = place.recording(title, window, world.signals());
        let fit = world.config().fit.name().to_owned();
        let units = world.config().holes.last().map_or(0, |hole| hole.end);
        let subject = segment::Subject { shape: world.shape(), fit, units, labels };
        let made = segment::Recorder::create(&dump, recording, subject)?;
        let recorder = Rc::new(RefCell::new(made));
        let observer = Box::new(recorder.clone());
        Ok((Recording { recorder, dump }, observer))
    }

    /// Completes the dump and writes its saved view, which opens where the run failed, if it did.
    pub(super) fn finish(self, failure: Option<&Failure>) -> Recorded {
        let mut recorder = self.recorder.borrow_mut();
        if let Some((cycle, why)) = failure {
            recorder.fails(*cycle, why);
        }
        let (view, missed) = (recorder.finish(), recorder.missed());
        let kept = self.dump.with_extension("gtkw");
        let (view, lost) = match (view, missed) {
            (Ok(view), None) => (Some(view), None),
            (Ok(view), Some(cycles)) => {
                let why = format!("the run has {cycles} cycles, and its wave begins after them");
                (Some(view), Some(why))
            }
            (Err(error @ Error::Cut { .. }), _) => {
                (Some(kept).filter(|view| view.is_file()), Some(error.to_string()))
            }
            (Err(error), _) => (None, Some(error.to_string())),
        };
        Recorded { dump: self.dump, view, lost }
    }
}

/// The cycle in which a run failed, and the message.
pub(super) type Failure = (u64, String);

/// Records the runs of a scenario.
pub(super) struct Recordings<'a> {
    /// The place; nothing is recorded without it.
    pub(super) place: Option<&'a Place>,
    /// The cycles to record.
    pub(super) window: Window,
    /// The scenario that runs.
    pub(super) scenario: &'a Scenario,
    /// The engine; if a run is made on several, this one is recorded.
    pub(super) engine: Engine,
    /// The number of recordings of other scenarios before.
    pub(super) before: usize,
    /// The maximum number of runs recorded, the first ones.
    pub(super) most: usize,
    /// The recordings made.
    pub(super) made: Vec<Recording>,
}

impl Recordings<'_> {
    /// The place of the next recording, if the next run is recorded.
    fn next(&self) -> Option<&Place> {
        self.place.filter(|_| self.made.len() < self.most)
    }
}

impl Watch for Recordings<'_> {
    fn mmu(
        &mut self,
        variant: &Variant,
        mmu: &mut dyn Mmu,
    ) -> anyhow::Result<Option<Box<dyn Observer>>> {
        let Some(place) = self.next() else { return Ok(None) };
        let title = format!("{} on {variant}", self.scenario.name);
        let (harts, names) = (harts(self.scenario), processes(self.scenario));
        let others = self.before + self.made.len();
        let (recording, observer) =
            Recording::mmu(place, others, &title, self.window, harts, names, mmu)?;
        self.made.push(recording);
        Ok(Some(observer))
    }

    fn segments(
        &mut self,
        machine: &str,
        engine: Engine,
        world: &World,
        labels: Vec<String>,
    ) -> anyhow::Result<Option<Box<dyn Observer<Contiguous>>>> {
        let Some(place) = self.next().filter(|_| engine == self.engine) else {
            return Ok(None);
        };
        let title = format!("{} on {machine}", self.scenario.name);
        let made = Recording::segments(
            place,
            self.before + self.made.len(),
            &title,
            self.window,
            labels,
            world,
        )?;
        self.made.push(made.0);
        Ok(Some(made.1))
    }
}

/// Names of a scenario's processes, in the order of their numbers. Forked processes report theirs
/// when they are created.
fn processes(scenario: &Scenario) -> Vec<String> {
    match &scenario.body {
        Body::Ports(..) | Body::Segments(..) => Vec::new(),
        Body::System(system) => {
            let first = system.process.iter().filter(|p| !p.forked && !p.executed);
            first.map(|p| p.name.clone()).collect()
        }
    }
}

/// How many harts a scenario has.
fn harts(scenario: &Scenario) -> usize {
    match &scenario.body {
        Body::Ports(head, _) => head.machine.harts,
        Body::System(_) | Body::Segments(..) => 1,
    }
}

/// A name as part of a file's name.
fn stem(name: &str) -> String {
    let name = name.strip_suffix(".toml").unwrap_or(name);
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    name.trim_start_matches(['.', '/']).chars().map(plain).collect()
}
