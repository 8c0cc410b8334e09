//! Takes values cycle by cycle and writes the changes.

use std::mem;
use std::path::Path;

use crate::file::Sink;
use crate::held::{Held, Outcome, Signal};
use crate::{Builder, Dump, Error, Format, Kind, SignalId, UNITS_PER_CYCLE, Value, Window};

/// An open waveform. Its memory does not grow with the run.
///
/// For each cycle: [`Writer::cycle`], then [`Writer::set`] for every signal that may have changed;
/// the last value set in a cycle counts, and an unset signal keeps its value. Cycles may be left
/// out (the simulation skipped them); their time passes.
///
/// At the end [`Writer::finish`]. A writer that is dropped, because a run was interrupted, finishes
/// too, but cannot report an error. When the file cannot be written any more, the complete part is
/// kept under its name.
pub struct Writer {
    dump: Dump<'static>,
    format: Format,
    paths: Vec<String>,
    signals: Vec<Signal>,
    clocks: Vec<SignalId>,
    window: Window,
    /// Signals that were set in this cycle.
    touched: Vec<u32>,
    /// The cycle whose values are being set.
    now: Option<u64>,
    /// The clock is drawn in this cycle.
    clocked: bool,
    /// The first cycle of all.
    first: Option<u64>,
    /// The first time has been written.
    begun: bool,
    closed: bool,
    word: String,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("path", &self.path()).field("now", &self.now).finish()
    }
}

impl Writer {
    pub(crate) fn start(builder: Builder, sink: Sink<'static>) -> Result<Writer, Error> {
        let dump = Dump::start(&builder, sink)?;
        let Builder { format, window, kinds, paths, .. } = builder;
        let is_clock =
            |(at, kind): (usize, &Kind)| (*kind == Kind::Clock).then_some(SignalId(at as u32));
        let clocks = kinds.iter().enumerate().filter_map(is_clock).collect();
        let mut own = vec![String::new(); kinds.len()];
        // If a signal has several paths, the first.
        for (path, id) in paths.into_iter().rev() {
            own[id.0 as usize] = path;
        }
        Ok(Writer {
            dump,
            format,
            paths: own,
            signals: kinds.into_iter().map(Signal::new).collect(),
            clocks,
            window,
            touched: Vec::new(),
            now: None,
            clocked: true,
            first: None,
            begun: false,
            closed: false,
            word: String::new(),
        })
    }

    /// The dump's path.
    pub fn path(&self) -> &Path {
        self.dump.path()
    }

    /// The kind of the signal.
    pub fn kind(&self, id: SignalId) -> &Kind {
        &self.signals[id.0 as usize].kind
    }

    /// Whether the format has signals of this kind.
    pub fn shows(&self, id: SignalId) -> bool {
        self.format != Format::Plain || *self.kind(id) != Kind::Text
    }

    /// The signal's path in the spelling of viewers: `walker.state[2:0]`.
    pub fn reference(&self, id: SignalId) -> String {
        let path = &self.paths[id.0 as usize];
        match self.kind(id).range() {
            Some(high) => format!("{path}[{high}:0]"),
            None => path.clone(),
        }
    }

    /// Whether values of the current cycle reach the file. Before the window opens they do not, but
    /// must still be set: the first values of the window are those that were set before.
    pub fn in_window(&self) -> bool {
        self.now.is_some_and(|cycle| self.window.contains(cycle))
    }

    /// Whether the window has closed: values set from now on do not reach the file.
    pub fn past_window(&self) -> bool {
        self.now.is_some_and(|cycle| cycle >= self.window.end())
    }

    /// Begins a cycle. Cycles must increase.
    pub fn cycle(&mut self, cycle: u64) -> Result<(), Error> {
        self.instant(cycle)?;
        self.clocked();
        Ok(())
    }

    /// Draws the clock in the current cycle.
    pub fn clocked(&mut self) {
        self.clocked = true;
    }

    /// As [`Writer::cycle`], but the clock stands still: for values at a time in which the
    /// simulation makes no cycles.
    pub fn instant(&mut self, cycle: u64) -> Result<(), Error> {
        if self.closed {
            return Err(Error::GivenUp);
        }
        if let Some(last) = self.now.filter(|&last| cycle <= last) {
            return Err(Error::Order { cycle, last });
        }
        let result = self.settle();
        self.now = Some(cycle);
        self.clocked = false;
        self.first.get_or_insert(cycle);
        self.check(result)
    }

    /// Sets a signal's value in the current cycle. Setting its present value again costs nothing.
    pub fn set<'a>(&mut self, id: SignalId, value: impl Into<Value<'a>>) -> Result<(), Error> {
        let Some(cycle) = self.now else { return Err(Error::NoCycle) };
        let value = value.into();
        let signal = &mut self.signals[id.0 as usize];
        match signal.hold(value, &mut self.word) {
            Outcome::Same => {}
            Outcome::Changed => {
                if !mem::replace(&mut signal.touched, true) {
                    self.touched.push(id.0);
                }
            }
            Outcome::Wrong => {
                let path = self.paths[id.0 as usize].clone();
                return Err(Error::Value { path, cycle, value: format!("{value:?}") });
            }
        }
        Ok(())
    }

    /// Writes the last cycle, ends the dump one cycle later, and renames the file to its final
    /// name.
    pub fn finish(mut self) -> Result<(), Error> {
        self.close()
    }

    /// As [`Writer::finish`], for an owner that cannot pass it by value.
    pub fn close(&mut self) -> Result<(), Error> {
        if self.closed {
            return Err(Error::GivenUp);
        }
        let result = self.settle().and_then(|()| self.end());
        self.check(result)?;
        self.closed = true;
        self.dump.close()
    }

    /// Writes the changes of the current cycle.
    fn settle(&mut self) -> Result<(), Error> {
        let Some(cycle) = self.now else { return Ok(()) };
        let visible = self.window.contains(cycle);
        let clocked = self.clocked && !self.clocks.is_empty();
        if cycle >= self.window.from && !self.begun {
            // Even when the run skips the whole window, the dump shows the values held in it. When
            // there are none, because nothing was set before, the dump begins here.
            let untold = self.first == Some(cycle) && visible;
            self.begin(if untold { cycle } else { self.window.from }, cycle)?;
        }
        if visible && clocked {
            self.stamp(cycle, 0)?;
            self.tick(1);
        }
        for at in 0..self.touched.len() {
            let number = self.touched[at];
            let signal = &mut self.signals[number as usize];
            signal.touched = false;
            if signal.now == signal.written {
                continue;
            }
            if visible {
                self.stamp(cycle, 0)?;
                self.signals[number as usize].now.write(&mut self.dump, SignalId(number));
            }
            let signal = &mut self.signals[number as usize];
            if signal.now == Held::Event(true) {
                signal.now = Held::Event(false);
            } else {
                signal.written.clone_from(&signal.now);
            }
        }
        self.touched.clear();
        if visible && clocked {
            self.stamp(cycle, UNITS_PER_CYCLE / 2)?;
            self.tick(0);
        }
        Ok(())
    }

    /// The first time, and every signal as it is then; the values being set are those of `cycle`.
    fn begin(&mut self, start: u64, cycle: u64) -> Result<(), Error> {
        self.begun = true;
        self.stamp(start, 0)?;
        self.dump.initial(true);
        if cycle != start || !self.clocked {
            self.tick(0);
        }
        for (number, signal) in self.signals.iter_mut().enumerate() {
            // A signal that changes in the first cycle written has its new value at once: two
            // values at one time would be drawn as a glitch.
            if cycle == start && !matches!(signal.now, Held::Event(_)) {
                signal.written.clone_from(&signal.now);
            }
            if signal.kind != Kind::Clock && signal.kind != Kind::Event {
                signal.written.write(&mut self.dump, SignalId(number as u32));
            }
        }
        self.dump.initial(false);
        Ok(())
    }

    fn end(&mut self) -> Result<(), Error> {
        let from = self.window.from;
        if !self.begun {
            self.begin(from, from.saturating_add(1))?;
        }
        let last = self.now.map_or(from, |cycle| cycle.max(from));
        let end = last.saturating_add(1).min(self.window.end()).max(from.saturating_add(1));
        self.stamp(end, 0)
    }

    fn stamp(&mut self, cycle: u64, offset: u64) -> Result<(), Error> {
        self.dump.at(cycle.saturating_mul(UNITS_PER_CYCLE).saturating_add(offset))
    }

    fn tick(&mut self, level: u64) {
        for clock in &self.clocks {
            self.dump.bits(*clock, &[level]);
        }
    }

    /// After an error of the file nothing more is written.
    fn check(&mut self, result: Result<(), Error>) -> Result<(), Error> {
        self.closed |= matches!(result, Err(Error::File { .. } | Error::Cut { .. }));
        result
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.closed {
            // An error cannot be reported here; callers that need it use `finish`.
            self.close().ok();
        }
    }
}
