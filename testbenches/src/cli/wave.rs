//! Recording waveforms of runs.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::Context;
use sim::machine::Observer;
use sim::mmu::Mmu;
use sim::wave::Window;
use sim::wave::mmu::{Options, Recorder};

/// A recording under way, by the other handle of its recorder.
pub(super) struct Recording {
    recorder: Rc<RefCell<Recorder>>,
    /// The dump.
    pub(super) dump: PathBuf,
}

impl Recording {
    /// Begins to record into `directory/stem.vcd`.
    ///
    /// # Errors
    /// When directory or file cannot be made.
    pub(super) fn begin(
        directory: &Path,
        stem: &str,
        title: &str,
        window: Window,
        processes: Vec<String>,
        mmu: &mut dyn Mmu,
    ) -> anyhow::Result<Recording> {
        fs::create_dir_all(directory)
            .with_context(|| format!("{}: cannot be made", directory.display()))?;
        let dump = directory.join(format!("{stem}.vcd"));
        mmu.watch(true);
        let (xlen, signals) = (mmu.xlen(), mmu.signals());
        let options = Options { title: title.to_owned(), xlen, window, signals, processes };
        let recorder = Recorder::create(&dump, options)
            .with_context(|| format!("{}: cannot be written", dump.display()))?;
        Ok(Recording { recorder: Rc::new(RefCell::new(recorder)), dump })
    }

    /// What looks on at the run.
    pub(super) fn observer(&self) -> Box<dyn Observer> {
        Box::new(self.recorder.clone())
    }

    /// Ends the dump and writes its saved view, whose path is returned.
    ///
    /// # Errors
    /// When something could not be written, now or earlier.
    pub(super) fn finish(self) -> anyhow::Result<PathBuf> {
        let view = self.recorder.borrow_mut().finish();
        view.with_context(|| format!("{}: cannot be written", self.dump.display()))
    }
}

/// A name as part of a file's name.
pub(super) fn stem(name: &str) -> String {
    let name = name.strip_suffix(".toml").unwrap_or(name);
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    name.trim_start_matches(['.', '/']).chars().map(plain).collect()
}
