//! The saved view of a dump: the rows that a viewer shows when it opens.
//!
//! [`View::save`] writes three things next to `NAME.vcd`, all of them referring to each other by
//! relative paths, so that the folder can be moved or shipped:
//!
//! | file | for |
//! |---|---|
//! | `NAME.gtkw` | GTKWave: groups, formats, colours, markers, opening zoom (`gtkw`) |
//! | `filters/NAME/*.flt` | GTKWave: names and colours of states (`gtkw`) |
//! | `NAME.sucl` | Surfer: the same rows (`surfer -c NAME.sucl NAME.vcd`; `surfer`) |
//!
//! `paint` has the colours of named values, the same in all three.

mod gtkw;
mod paint;
mod surfer;

use std::fs;
use std::path::{Path, PathBuf};

pub use paint::Paint;

use crate::{Error, Kind, SignalId, Writer, text};

/// How a trace is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A line for one bit, text for a word, an arrow for an event.
    Plain,
    /// Hexadecimal.
    Hex,
    /// Unsigned decimal.
    Decimal,
    /// A stepped curve over the given number of rows.
    Analog {
        /// Height, at least 1.
        rows: u32,
    },
}

/// The colour of a trace's line, in GTKWave's numbering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Line {
    Red = 1,
    Orange = 2,
    Yellow = 3,
    Green = 4,
    Blue = 5,
    Indigo = 6,
    Violet = 7,
}

/// One row: a signal under a readable name.
#[derive(Clone, Debug)]
pub struct Trace {
    /// In the spelling of viewers; see [`Writer::reference`].
    reference: String,
    alias: String,
    format: Format,
    line: Option<Line>,
    /// Names and colours by value, of a named state.
    names: Vec<(String, Paint)>,
    width: u32,
    /// Whether the dump's format has the signal.
    shown: bool,
}

impl Trace {
    /// A signal of the given waveform, drawn according to its kind.
    pub fn of(wave: &Writer, id: SignalId) -> Trace {
        let reference = wave.reference(id);
        let alias = reference.split('[').next().unwrap_or(&reference).to_owned();
        let (format, names, width) = match wave.kind(id) {
            Kind::Bits { width } if *width > 1 => (Format::Hex, Vec::new(), *width),
            Kind::State { width, names } if *width > 1 => {
                let names = names.iter().enumerate();
                let names = names.map(|(at, name)| (name.clone(), Paint::of_name(name, at)));
                (Format::Hex, names.collect(), *width)
            }
            Kind::Real => (Format::Analog { rows: 3 }, Vec::new(), 64),
            _ => (Format::Plain, Vec::new(), 1),
        };
        let shown = wave.shows(id);
        Trace { reference, alias, format, line: None, names, width, shown }
    }

    /// Sets the name in the view.
    pub fn alias(mut self, alias: &str) -> Trace {
        self.alias = alias.to_owned();
        self
    }

    /// Sets the format. A named state keeps its own: its names are found by its hexadecimal digits.
    pub fn format(mut self, format: Format) -> Trace {
        if self.names.is_empty() {
            self.format = format;
        }
        self
    }

    /// Sets the colour of the line.
    pub fn line(mut self, line: Line) -> Trace {
        self.line = Some(line);
        self
    }

    /// Paints one of a named state's values differently.
    pub fn paint(mut self, name: &str, paint: Paint) -> Trace {
        for named in &mut self.names {
            if named.0 == name {
                named.1 = paint;
            }
        }
        self
    }
}

/// Rows under a heading.
#[derive(Clone, Debug)]
pub struct Group {
    name: String,
    open: bool,
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
enum Row {
    Trace(Trace),
    Group(Group),
}

impl Group {
    /// An empty group that opens unfolded.
    pub fn new(name: &str) -> Group {
        Group { name: name.to_owned(), open: true, rows: Vec::new() }
    }

    /// Opens folded.
    pub fn folded(mut self) -> Group {
        self.open = false;
        self
    }

    /// Adds a row, unless the dump's format has no such signal.
    pub fn trace(self, trace: Trace) -> Group {
        self.traces([trace])
    }

    /// Adds rows, as [`Group::trace`].
    pub fn traces(mut self, traces: impl IntoIterator<Item = Trace>) -> Group {
        self.rows.extend(traces.into_iter().filter(|trace| trace.shown).map(Row::Trace));
        self
    }

    /// Adds a group inside; an empty one is left out.
    pub fn group(mut self, group: Group) -> Group {
        if !group.rows.is_empty() {
            self.rows.push(Row::Group(group));
        }
        self
    }
}

/// A saved view.
#[derive(Clone, Debug, Default)]
pub struct View {
    groups: Vec<Group>,
    /// Cycle and name; the first 26 are kept.
    markers: Vec<(u64, String)>,
    /// First and last cycle.
    zoom: Option<(u64, u64)>,
    /// The cycle whose values are shown next to the names.
    cursor: Option<u64>,
}

impl View {
    /// Markers that a view can have: A to Z.
    pub const MARKERS: usize = 26;

    /// An empty view.
    pub fn new() -> View {
        View::default()
    }

    /// Adds a group below; an empty one is left out.
    pub fn group(mut self, group: Group) -> View {
        if !group.rows.is_empty() {
            self.groups.push(group);
        }
        self
    }

    /// Adds a named marker; more than [`View::MARKERS`] are left out.
    pub fn marker(mut self, cycle: u64, name: &str) -> View {
        if self.markers.len() < View::MARKERS {
            self.markers.push((cycle, text::header(name)));
        }
        self
    }

    /// Opens with these cycles visible.
    pub fn zoom(mut self, first: u64, last: u64) -> View {
        self.zoom = Some((first, last.max(first.saturating_add(1))));
        self
    }

    /// Opens with the values of this cycle next to the names.
    pub fn cursor(mut self, cycle: u64) -> View {
        self.cursor = Some(cycle);
        self
    }

    /// Writes the view next to the dump and returns the path of the GTKWave save file.
    pub fn save(&self, dump: &Path) -> Result<PathBuf, Error> {
        let stem = dump.file_stem().unwrap_or_default().to_string_lossy();
        // The folder's name is not quoted in the save file.
        let folder = Path::new("filters").join(crate::sanitise(&stem));
        let gtkw = gtkw::Gtkw::of(self, dump, &folder);
        let beside = dump.parent().unwrap_or(Path::new(""));
        for (name, text) in &gtkw.filters {
            write(&beside.join(&folder).join(name), text)?;
        }
        write(&dump.with_extension("sucl"), &surfer::commands(self))?;
        let path = dump.with_extension("gtkw");
        write(&path, &gtkw.text)?;
        Ok(path)
    }
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::write(path, text)).map_err(|source| Error::file(path, source))
}
