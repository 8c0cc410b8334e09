//! Declares the signals of a waveform.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::signal::Signal;
use super::{Error, Kind, SignalId, Window, Writer, file, text};

/// Collects declarations; [`Builder::create`] turns it into a [`Writer`].
///
/// A path is scopes and a name joined by `.`, at least one scope. Signals stand in the dump in
/// the order of their declaration, whatever the order of their scopes.
#[derive(Debug)]
pub struct Builder {
    pub(super) title: String,
    pub(super) window: Window,
    pub(super) signals: Vec<Signal>,
    paths: BTreeSet<String>,
}

impl Builder {
    /// An empty waveform; the title (scenario, seed, configuration) stands in its header.
    pub fn new(title: &str) -> Builder {
        Builder {
            title: text::header(title),
            window: Window::default(),
            signals: Vec::new(),
            paths: BTreeSet::new(),
        }
    }

    /// Writes only a part of the run.
    pub fn window(mut self, window: Window) -> Builder {
        self.window = window;
        self
    }

    /// The clock. It needs no values; where the simulation jumps over cycles, it stands still.
    pub fn clock(&mut self, path: &str) -> Result<SignalId, Error> {
        self.declare(path, Kind::Clock)
    }

    /// A number of 1 to 128 bits.
    pub fn bits(&mut self, path: &str, width: u32) -> Result<SignalId, Error> {
        if !(1..=128).contains(&width) {
            return Err(width_error(path, width, "1 to 128 are possible"));
        }
        self.declare(path, Kind::Bits { width })
    }

    /// A number of 1 to 32 bits whose values have names, index = value.
    pub fn state<S: AsRef<str>>(
        &mut self,
        path: &str,
        width: u32,
        names: &[S],
    ) -> Result<SignalId, Error> {
        if !(1..=32).contains(&width) {
            return Err(width_error(path, width, "1 to 32 are possible for a named state"));
        }
        if names.len() as u64 > 1 << width {
            return Err(width_error(path, width, "it has more names than values"));
        }
        let names = names.iter().map(|name| text::sanitise(name.as_ref())).collect();
        self.add_path(&format!("{path}_name"))?;
        self.declare(path, Kind::State { width, names })
    }

    /// A word.
    pub fn text(&mut self, path: &str) -> Result<SignalId, Error> {
        self.declare(path, Kind::Text)
    }

    /// An instant.
    pub fn event(&mut self, path: &str) -> Result<SignalId, Error> {
        self.declare(path, Kind::Event)
    }

    /// A floating-point number.
    pub fn real(&mut self, path: &str) -> Result<SignalId, Error> {
        self.declare(path, Kind::Real)
    }

    /// Opens the dump. It grows in a hidden file in the same folder, which takes its name when
    /// the writer is finished or dropped; missing folders are made. What is not a regular file
    /// (a pipe, a device) is written directly.
    pub fn create(self, path: &Path) -> Result<Writer, Error> {
        let sink = file::Sink::create(path)?;
        Writer::start(self, sink)
    }

    /// Writes the dump into anything that takes bytes.
    pub fn stream(self, output: Box<dyn io::Write + Send>) -> Result<Writer, Error> {
        Writer::start(self, file::Sink::stream(output))
    }

    fn declare(&mut self, path: &str, kind: Kind) -> Result<SignalId, Error> {
        self.add_path(path)?;
        let id = SignalId(self.signals.len() as u32);
        self.signals.push(Signal::new(path.to_owned(), kind));
        Ok(id)
    }

    fn add_path(&mut self, path: &str) -> Result<(), Error> {
        if !path.contains('.') || !path.split('.').all(text::is_name) {
            return Err(Error::Path { path: path.to_owned() });
        }
        if !self.paths.insert(path.to_owned()) {
            return Err(Error::Duplicate { path: path.to_owned() });
        }
        Ok(())
    }
}

fn width_error(path: &str, width: u32, reason: &'static str) -> Error {
    Error::Width { path: path.to_owned(), width, reason }
}
