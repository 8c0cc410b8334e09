//! Signals, each declared once: its place, its contents, how it is read from the recorded state,
//! and its row in the view.

use std::rc::Rc;

use waves::save::{Format, Group, Line, Paint, Trace};
use waves::{Builder, Error, SignalId, Value, Writer};

/// The present value of a signal.
#[derive(Debug, PartialEq)]
pub(super) enum Shown {
    /// There is no value.
    Absent,
    Bits(u128),
    Text(String),
    Word(&'static str),
    Real(f64),
    /// An event happens.
    Fires,
}

impl Shown {
    /// An event, if `now`.
    pub(super) fn fires(now: bool) -> Shown {
        if now { Shown::Fires } else { Shown::Absent }
    }

    fn value(&self) -> Value<'_> {
        match self {
            Shown::Absent => Value::Absent,
            Shown::Bits(bits) => Value::Bits(*bits),
            Shown::Text(text) => Value::Text(text),
            Shown::Word(word) => Value::Text(word),
            Shown::Real(real) => Value::Real(*real),
            Shown::Fires => Value::Fires,
        }
    }
}

macro_rules! shown {
    ($($of:ty => $as:expr;)*) => { $(impl From<$of> for Shown {
        fn from(value: $of) -> Shown {
            ($as)(value)
        }
    })* };
}

shown! {
    bool => |value| Shown::Bits(u128::from(value));
    u8 => |value| Shown::Bits(u128::from(value));
    u16 => |value| Shown::Bits(u128::from(value));
    u64 => |value| Shown::Bits(u128::from(value));
    usize => |value| Shown::Bits(value as u128);
    f64 => Shown::Real;
    String => Shown::Text;
    &'static str => Shown::Word;
}

impl<T: Into<Shown>> From<Option<T>> for Shown {
    fn from(value: Option<T>) -> Shown {
        value.map_or(Shown::Absent, Into::into)
    }
}

/// One signal of a scene `S`.
pub(super) struct Probe<S> {
    path: String,
    id: SignalId,
    read: Box<dyn Fn(&S) -> Shown>,
    /// It had a value at some time.
    seen: bool,
    /// The one group of all rows of its table, if there is one.
    within: Option<Rc<str>>,
    rows: Vec<Row<S>>,
}

/// A row of the view.
struct Row<S> {
    group: Rc<str>,
    alias: String,
    format: Option<Format>,
    line: Option<Line>,
    paint: Vec<(&'static str, Paint)>,
    /// Omitted otherwise.
    when: When<S>,
}

/// Whether a row appears in the view, depending on the whole recording.
enum When<S> {
    Always,
    /// If the signal had a value at some time.
    Seen,
    Holds(Box<dyn Fn(&S) -> bool>),
}

impl<S> Probe<S> {
    /// A row in one of the view's groups.
    pub(super) fn row(&mut self, group: &'static str, alias: impl Into<String>) -> &mut Probe<S> {
        let (alias, when) = (alias.into(), When::Always);
        let group = self.within.clone().unwrap_or_else(|| group.into());
        self.rows.push(Row { group, alias, format: None, line: None, paint: vec![], when });
        self
    }

    /// Sets the format of the last row.
    pub(super) fn format(&mut self, format: Format) -> &mut Probe<S> {
        self.last(|row| row.format = Some(format))
    }

    /// Sets the line colour of the last row.
    pub(super) fn line(&mut self, line: Line) -> &mut Probe<S> {
        self.last(|row| row.line = Some(line))
    }

    /// In the last row, sets the colour of the value with this name.
    pub(super) fn paint(&mut self, name: &'static str, paint: Paint) -> &mut Probe<S> {
        self.last(|row| row.paint.push((name, paint)))
    }

    /// Shows the last row only if the signal had a value at some time.
    pub(super) fn if_seen(&mut self) -> &mut Probe<S> {
        self.last(|row| row.when = When::Seen)
    }

    /// Shows the last row only if this holds at the end.
    pub(super) fn when(&mut self, holds: impl Fn(&S) -> bool + 'static) -> &mut Probe<S> {
        self.last(|row| row.when = When::Holds(Box::new(holds)))
    }

    fn last(&mut self, change: impl FnOnce(&mut Row<S>)) -> &mut Probe<S> {
        if let Some(row) = self.rows.last_mut() {
            change(row);
        }
        self
    }
}

/// Signals that are read together, in the order of their declaration.
pub(super) struct Table<S> {
    probes: Vec<Probe<S>>,
}

impl<S> std::fmt::Debug for Table<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.probes.iter().map(|probe| &probe.path)).finish()
    }
}

/// Declares the signals of a table.
pub(super) struct Declare<'a, S> {
    builder: &'a mut Builder,
    table: Table<S>,
    /// The scope of all of them, and the group of all their rows.
    within: Option<(String, Rc<str>)>,
}

impl<'a, S> Declare<'a, S> {
    pub(super) fn new(builder: &'a mut Builder) -> Declare<'a, S> {
        Declare { builder, table: Table { probes: Vec::new() }, within: None }
    }

    /// All signals are in this scope, and all rows in this group.
    pub(super) fn within(self, scope: &str, group: &str) -> Declare<'a, S> {
        Declare { within: Some((scope.to_owned(), group.into())), ..self }
    }

    pub(super) fn table(self) -> Table<S> {
        self.table
    }

    /// One bit.
    pub(super) fn flag(
        &mut self,
        path: impl Into<String>,
        read: impl Fn(&S) -> bool + 'static,
    ) -> Result<&mut Probe<S>, Error> {
        self.bits(path, 1, read)
    }

    /// A number.
    pub(super) fn bits<T: Into<Shown>>(
        &mut self,
        path: impl Into<String>,
        width: u32,
        read: impl Fn(&S) -> T + 'static,
    ) -> Result<&mut Probe<S>, Error> {
        self.add(path.into(), read, |builder, path| builder.bits(path, width))
    }

    /// A number with names.
    pub(super) fn state<N: AsRef<str>, T: Into<Shown>>(
        &mut self,
        path: impl Into<String>,
        width: u32,
        names: &[N],
        read: impl Fn(&S) -> T + 'static,
    ) -> Result<&mut Probe<S>, Error> {
        self.add(path.into(), read, |builder, path| builder.state(path, width, names))
    }

    /// A number that stands for one of these words, by its index.
    pub(super) fn word(
        &mut self,
        path: impl Into<String>,
        words: &'static [&'static str],
        read: impl Fn(&S) -> Option<&'static str> + 'static,
    ) -> Result<&mut Probe<S>, Error> {
        // GTKWave does not translate values of single bits to names.
        let width = words.len().next_power_of_two().ilog2().max(2);
        self.state(path, width, words, move |scene| {
            read(scene).and_then(|word| words.iter().position(|known| *known == word))
        })
    }

    /// A text.
    pub(super) fn text<T: Into<Shown>>(
        &mut self,
        path: impl Into<String>,
        read: impl Fn(&S) -> T + 'static,
    ) -> Result<&mut Probe<S>, Error> {
        self.add(path.into(), read, Builder::text)
    }

    /// A floating-point number.
    pub(super) fn real(
        &mut self,
        path: impl Into<String>,
        read: impl Fn(&S) -> f64 + 'static,
    ) -> Result<&mut Probe<S>, Error> {
        self.add(path.into(), read, Builder::real)
    }

    /// An instant.
    pub(super) fn event(
        &mut self,
        path: impl Into<String>,
        read: impl Fn(&S) -> bool + 'static,
    ) -> Result<&mut Probe<S>, Error> {
        self.add(path.into(), move |scene| Shown::fires(read(scene)), Builder::event)
    }

    fn add<T: Into<Shown>>(
        &mut self,
        path: String,
        read: impl Fn(&S) -> T + 'static,
        declare: impl FnOnce(&mut Builder, &str) -> Result<SignalId, Error>,
    ) -> Result<&mut Probe<S>, Error> {
        let (path, within) = match &self.within {
            Some((scope, group)) => (format!("{scope}.{path}"), Some(Rc::clone(group))),
            None => (path, None),
        };
        let id = declare(self.builder, &path)?;
        let read = Box::new(move |scene: &S| read(scene).into());
        self.table.probes.push(Probe { path, id, read, seen: false, within, rows: Vec::new() });
        Ok(self.table.probes.last_mut().expect("it was just pushed"))
    }
}

impl<S> Table<S> {
    /// Sets every signal to its present value.
    pub(super) fn show(&mut self, wave: &mut Writer, scene: &S) -> Result<(), Error> {
        for probe in &mut self.probes {
            let shown = (probe.read)(scene);
            probe.seen |= shown != Shown::Absent;
            wave.set(probe.id, shown.value())?;
        }
        Ok(())
    }

    /// Adds the rows of a group, in the order of their declaration.
    pub(super) fn rows(&self, group: Group, name: &str, wave: &Writer, scene: &S) -> Group {
        let rows =
            self.probes.iter().flat_map(|probe| probe.rows.iter().map(move |row| (probe, row)));
        rows.filter(|(_, row)| *row.group == *name)
            .filter(|(probe, row)| match &row.when {
                When::Always => true,
                When::Seen => probe.seen,
                When::Holds(holds) => holds(scene),
            })
            .fold(group, |group, (probe, row)| {
                let mut trace = Trace::of(wave, probe.id).alias(&row.alias);
                if let Some(format) = row.format {
                    trace = trace.format(format);
                }
                if let Some(line) = row.line {
                    trace = trace.line(line);
                }
                let paint = row.paint.iter();
                group.trace(paint.fold(trace, |trace, (name, paint)| trace.paint(name, *paint)))
            })
    }

    /// Every signal by its scope, folded.
    pub(super) fn nets(&self, mut group: Group, wave: &Writer) -> Group {
        let mut scopes: Vec<&str> = Vec::new();
        let scope = |probe: &Probe<S>| probe.path.split('.').next().map(str::to_owned);
        for probe in &self.probes {
            let own = probe.path.split('.').next().unwrap_or_default();
            if !scopes.contains(&own) {
                scopes.push(own);
            }
        }
        for name in scopes {
            let own = self.probes.iter().filter(|probe| scope(probe).as_deref() == Some(name));
            let rows = own.map(|probe| {
                let alias = probe.path.split_once('.').map_or(&*probe.path, |(_, alias)| alias);
                Trace::of(wave, probe.id).alias(alias)
            });
            group = group.group(Group::new(name).folded().traces(rows));
        }
        group
    }
}
