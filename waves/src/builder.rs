//! Declares the signals of a waveform.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use crate::file::Sink;
use crate::{Dump, Error, Kind, LAST_CYCLE, SignalId, Window, Writer, text};

/// How a waveform is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Format {
    /// VCD for GTKWave, Surfer and most others: with strings, and attributes that name the values
    /// of states.
    #[default]
    Vcd,
    /// VCD as in its standard, for strict readers: without attributes and strings.
    Plain,
    /// FST: a twentieth of the size, and opened by GTKWave and Surfer at once.
    Fst,
}

impl Format {
    /// The usual extension of files.
    pub fn extension(self) -> &'static str {
        if self == Format::Fst { "fst" } else { "vcd" }
    }
}

/// Collects declarations; [`Builder::create`] turns it into a [`Writer`], [`Builder::dump`] into a
/// [`Dump`].
///
/// A path is scopes and a name joined by `.`, at least one scope. The dump lists signals in the
/// order of their declaration, whatever the order of their scopes.
#[derive(Debug)]
pub struct Builder {
    pub(crate) version: String,
    pub(crate) title: String,
    pub(crate) format: Format,
    pub(crate) window: Window,
    pub(crate) kinds: Vec<Kind>,
    /// A signal may have several names.
    pub(crate) paths: Vec<(String, SignalId)>,
    taken: BTreeSet<String>,
}

impl Builder {
    /// An empty waveform; its header has the title (scenario, seed, configuration).
    pub fn new(title: &str) -> Builder {
        Builder {
            version: concat!("Pagewalk ", env!("CARGO_PKG_VERSION")).to_owned(),
            title: text::header(title),
            format: Format::default(),
            window: Window::default(),
            kinds: Vec::new(),
            paths: Vec::new(),
            taken: BTreeSet::new(),
        }
    }

    /// Selects the format.
    pub fn format(mut self, format: Format) -> Builder {
        self.format = format;
        self
    }

    /// Writes only a part of the run.
    pub fn window(mut self, window: Window) -> Builder {
        // A window after the end of all time shows the last values.
        self.window = Window { from: window.from.min(LAST_CYCLE), ..window };
        self
    }

    /// The clock. It needs no values; where the simulation skips cycles, it stands still.
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

    /// A number of any width from 1 on, whose values only a [`Dump`] can set.
    pub fn wide(&mut self, path: &str, width: u32) -> Result<SignalId, Error> {
        if width == 0 {
            return Err(width_error(path, width, "it must have at least one"));
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
        self.take(&format!("{path}_name"))?;
        self.declare(path, Kind::State { width, names })
    }

    /// A text of one word.
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

    /// Another name of a signal.
    pub fn alias(&mut self, path: &str, id: SignalId) -> Result<(), Error> {
        if matches!(self.kinds[id.0 as usize], Kind::State { .. }) {
            self.take(&format!("{path}_name"))?;
        }
        self.take(path)?;
        self.paths.push((path.to_owned(), id));
        Ok(())
    }

    /// Opens the waveform. It is written to a hidden file in the same folder, which is renamed when
    /// the writer is finished or dropped; missing folders are created. If the path is not a regular
    /// file (a pipe, a device), it is written directly.
    pub fn create(self, path: &Path) -> Result<Writer, Error> {
        Writer::start(self, Sink::create(path)?)
    }

    /// Writes the waveform to any stream of bytes; FST cannot.
    pub fn stream(self, output: Box<dyn io::Write + Send>) -> Result<Writer, Error> {
        Writer::start(self, Sink::stream(output))
    }

    /// As [`Builder::create`], for callers that know which signals change. The window has no
    /// effect.
    pub fn dump(self, path: &Path) -> Result<Dump<'static>, Error> {
        Dump::start(&self, Sink::create(path)?)
    }

    /// As [`Builder::stream`], for callers that know which signals change.
    pub fn dump_into<'a>(self, output: Box<dyn io::Write + Send + 'a>) -> Result<Dump<'a>, Error> {
        Dump::start(&self, Sink::stream(output))
    }

    fn declare(&mut self, path: &str, kind: Kind) -> Result<SignalId, Error> {
        self.take(path)?;
        let id = SignalId(self.kinds.len() as u32);
        self.kinds.push(kind);
        self.paths.push((path.to_owned(), id));
        Ok(id)
    }

    fn take(&mut self, path: &str) -> Result<(), Error> {
        let (scopes, name) = path.rsplit_once('.').unwrap_or(("", path));
        if scopes.is_empty() || !scopes.split('.').all(text::is_scope) || !text::is_name(name) {
            return Err(Error::Path { path: path.to_owned() });
        }
        if !self.taken.insert(path.to_owned()) {
            return Err(Error::Duplicate { path: path.to_owned() });
        }
        Ok(())
    }
}

fn width_error(path: &str, width: u32, reason: &'static str) -> Error {
    Error::Width { path: path.to_owned(), width, reason }
}
