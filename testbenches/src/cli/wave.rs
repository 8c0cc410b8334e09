//! Recording waveforms of runs.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::Context;
use sim::contiguous::{self, World};
use sim::machine::Observer;
use sim::mmu::Mmu;
use sim::wave::{Window, mmu, segment};

use crate::engine::Engine;
use crate::scenario::load::{Body, Scenario};
use crate::scenario::run::Watch;
use crate::scenario::variant::Variant;

/// A recording under way, by the other handle of its recorder.
pub(super) struct Recording {
    recorder: Recorder,
    /// The dump.
    pub(super) dump: PathBuf,
}

enum Recorder {
    Mmu(Rc<RefCell<mmu::Recorder>>),
    Segments(Rc<RefCell<segment::Recorder>>),
}

impl Recording {
    /// Begins to record an MMU into `directory`, in files named after the title. Returns with it
    /// who is to look on.
    ///
    /// # Errors
    /// When directory or file cannot be made.
    pub(super) fn mmu(
        directory: &Path,
        title: &str,
        window: Window,
        processes: Vec<String>,
        mmu: &dyn Mmu,
    ) -> anyhow::Result<(Recording, Box<dyn Observer>)> {
        let dump = dump(directory, title)?;
        let (xlen, signals, title) = (mmu.xlen(), mmu.signals(), title.to_owned());
        let options = mmu::Options { title, xlen, window, signals, processes };
        let made = mmu::Recorder::create(&dump, options);
        let made = made.with_context(|| format!("{}: cannot be written", dump.display()))?;
        let recorder = Rc::new(RefCell::new(made));
        let observer = Box::new(recorder.clone());
        Ok((Recording { recorder: Recorder::Mmu(recorder), dump }, observer))
    }

    /// The same of a segmentation unit and memory without pages.
    ///
    /// # Errors
    /// When directory or file cannot be made.
    fn segments(
        directory: &Path,
        title: &str,
        window: Window,
        labels: Vec<String>,
        world: &World,
    ) -> anyhow::Result<(Recording, Box<dyn contiguous::Observer>)> {
        let dump = dump(directory, title)?;
        let (shape, signals, title) = (world.shape(), world.signals(), title.to_owned());
        let fit = world.config().fit.name().to_owned();
        let units = world.config().holes.last().map_or(0, |hole| hole.end);
        let options = segment::Options { title, window, shape, signals, fit, units, labels };
        let made = segment::Recorder::create(&dump, options);
        let made = made.with_context(|| format!("{}: cannot be written", dump.display()))?;
        let recorder = Rc::new(RefCell::new(made));
        let observer = Box::new(recorder.clone());
        Ok((Recording { recorder: Recorder::Segments(recorder), dump }, observer))
    }

    /// Ends the dump and writes its saved view, whose path is returned.
    ///
    /// # Errors
    /// When something could not be written, now or earlier.
    pub(super) fn finish(self) -> anyhow::Result<PathBuf> {
        let view = match &self.recorder {
            Recorder::Mmu(recorder) => recorder.borrow_mut().finish(),
            Recorder::Segments(recorder) => recorder.borrow_mut().finish(),
        };
        view.with_context(|| format!("{}: cannot be written", self.dump.display()))
    }
}

/// The path of a dump; its folder is made.
fn dump(directory: &Path, title: &str) -> anyhow::Result<PathBuf> {
    fs::create_dir_all(directory)
        .with_context(|| format!("{}: cannot be made", directory.display()))?;
    Ok(directory.join(format!("{}.vcd", stem(title))))
}

/// Records the runs of a scenario.
pub(super) struct Recordings<'a> {
    /// Where to; nothing is recorded without it.
    pub(super) directory: Option<&'a Path>,
    /// Which cycles.
    pub(super) window: Window,
    /// What runs.
    pub(super) scenario: &'a Scenario,
    /// On which engine; where a run is made on several, on this one.
    pub(super) engine: Engine,
    /// So many runs, the first ones.
    pub(super) most: usize,
    /// Those that were recorded.
    pub(super) made: Vec<Recording>,
}

impl Recordings<'_> {
    /// Where the next run is recorded, if it is.
    fn next(&self) -> Option<&Path> {
        self.directory.filter(|_| self.made.len() < self.most)
    }
}

impl Watch for Recordings<'_> {
    fn mmu(
        &mut self,
        variant: &Variant,
        mmu: &mut dyn Mmu,
    ) -> anyhow::Result<Option<Box<dyn Observer>>> {
        let Some(directory) = self.next() else { return Ok(None) };
        let title = format!("{} on {variant}", self.scenario.name);
        let names = processes(self.scenario);
        let (recording, observer) = Recording::mmu(directory, &title, self.window, names, mmu)?;
        self.made.push(recording);
        Ok(Some(observer))
    }

    fn segments(
        &mut self,
        machine: &str,
        engine: Engine,
        world: &World,
        labels: Vec<String>,
    ) -> anyhow::Result<Option<Box<dyn contiguous::Observer>>> {
        let Some(directory) = self.next().filter(|_| engine == self.engine) else {
            return Ok(None);
        };
        let title = format!("{} on {machine}", self.scenario.name);
        let made = Recording::segments(directory, &title, self.window, labels, world)?;
        self.made.push(made.0);
        Ok(Some(made.1))
    }
}

/// Names of a scenario's processes, as they are numbered. Those that are forked tell theirs when
/// they come.
fn processes(scenario: &Scenario) -> Vec<String> {
    match &scenario.body {
        Body::Ports(..) | Body::Segments(..) => Vec::new(),
        Body::System(system) => {
            let first = system.process.iter().filter(|p| !p.forked && !p.executed);
            first.map(|p| p.name.clone()).collect()
        }
    }
}

/// A name as part of a file's name.
fn stem(name: &str) -> String {
    let name = name.strip_suffix(".toml").unwrap_or(name);
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    name.trim_start_matches(['.', '/']).chars().map(plain).collect()
}
