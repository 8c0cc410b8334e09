//! Takes values cycle by cycle and writes what changed.

use std::io;
use std::mem;
use std::path::{Path, PathBuf};

use vcd::{IdCode, SimulationCommand, Value as Bit};

use super::signal::{Held, Signal};
use super::{
    Builder, Error, Kind, SignalId, UNITS_PER_CYCLE, Value, Window, change, file::Sink, header,
};

/// A waveform under way. Its memory does not grow with the run.
///
/// For each cycle: [`Writer::cycle`], then [`Writer::set`] for whatever may have changed; the last
/// value set in a cycle counts, and an unset signal keeps its value. Cycles may be left out (the
/// simulation jumped over waiting); their time passes.
///
/// At the end [`Writer::finish`]. A writer that is dropped, because a run was interrupted,
/// finishes too, but cannot report an error. After an error of the file the dump is given up:
/// no broken file takes the name.
pub struct Writer {
    out: vcd::Writer<Sink>,
    path: PathBuf,
    signals: Vec<Signal>,
    clocks: Vec<IdCode>,
    window: Window,
    /// Signals that were set in this cycle.
    touched: Vec<u32>,
    /// The cycle whose values are being set.
    now: Option<u64>,
    /// The clock is drawn in it.
    clocked: bool,
    /// The first cycle of all.
    first: Option<u64>,
    /// The first timestamp has been written.
    begun: bool,
    /// The last timestamp.
    stamped: Option<u64>,
    closed: bool,
    word: String,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("path", &self.path).field("now", &self.now).finish()
    }
}

impl Writer {
    pub(super) fn start(builder: Builder, sink: Sink) -> Result<Writer, Error> {
        let Builder { title, window, mut signals, .. } = builder;
        let path = sink.path().to_owned();
        let mut out = vcd::Writer::new(sink);
        let result = header::write(&mut out, &title, &mut signals);
        let clocks = signals.iter().filter(|s| s.kind == Kind::Clock).map(|s| s.code).collect();
        let mut writer = Writer {
            out,
            path,
            signals,
            clocks,
            window,
            touched: Vec::new(),
            now: None,
            clocked: true,
            first: None,
            begun: false,
            stamped: None,
            closed: false,
            word: String::new(),
        };
        writer.check(result)?;
        Ok(writer)
    }

    /// The dump's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the signal holds.
    pub fn kind(&self, id: SignalId) -> &Kind {
        &self.signals[id.0 as usize].kind
    }

    /// The signal's path as viewers spell it: `walker.state[2:0]`.
    pub fn reference(&self, id: SignalId) -> String {
        self.signals[id.0 as usize].reference()
    }

    /// Whether values of the current cycle reach the file. When they do not, they are still worth
    /// setting until the window opens: its first values are those that were set before.
    pub fn in_window(&self) -> bool {
        self.now.is_some_and(|cycle| self.window.contains(cycle))
    }

    /// Whether the window has closed: nothing set from now on reaches the file.
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

    /// As [`Writer::cycle`], but the clock stands still: something is told of a time in which
    /// the simulation makes no cycles.
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

    /// Sets a signal's value in the current cycle. Setting the value that it has costs nothing.
    pub fn set<'a>(&mut self, id: SignalId, value: impl Into<Value<'a>>) -> Result<(), Error> {
        let Some(cycle) = self.now else { return Err(Error::NoCycle) };
        let value = value.into();
        let signal = &mut self.signals[id.0 as usize];
        match change::hold(signal, value, &mut self.word) {
            change::Outcome::Same => {}
            change::Outcome::Changed => {
                if !mem::replace(&mut signal.touched, true) {
                    self.touched.push(id.0);
                }
            }
            change::Outcome::Wrong => {
                let (path, value) = (signal.path.clone(), format!("{value:?}"));
                return Err(Error::Value { path, cycle, value });
            }
        }
        Ok(())
    }

    /// Writes the last cycle, ends the dump one cycle later, and gives the file its name.
    pub fn finish(mut self) -> Result<(), Error> {
        self.close()
    }

    /// As [`Writer::finish`], for an owner that cannot give it away.
    pub(super) fn close(&mut self) -> Result<(), Error> {
        if self.closed {
            return Err(Error::GivenUp);
        }
        let result = self.settle().and_then(|()| self.end());
        self.check(result)?;
        self.closed = true;
        self.out.writer().commit()
    }

    /// Writes what the current cycle changed.
    fn settle(&mut self) -> io::Result<()> {
        let Some(cycle) = self.now else { return Ok(()) };
        let visible = self.window.contains(cycle);
        let clocked = self.clocked && !self.clocks.is_empty();
        if cycle >= self.window.from && !self.begun {
            // Even when the run jumps over the whole window, it shows what was held in it. When
            // nothing was held, because nothing came before, the dump begins here.
            let untold = self.first == Some(cycle) && visible;
            self.begin(if untold { cycle } else { self.window.from }, cycle)?;
        }
        if visible && clocked {
            self.stamp(cycle, 0)?;
            self.tick(Bit::V1)?;
        }
        for at in 0..self.touched.len() {
            let signal = &mut self.signals[self.touched[at] as usize];
            signal.touched = false;
            if signal.now == signal.written {
                continue;
            }
            if visible {
                self.stamp(cycle, 0)?;
                change::write(&mut self.out, &self.signals[self.touched[at] as usize])?;
            }
            let signal = &mut self.signals[self.touched[at] as usize];
            if signal.now == Held::Event(true) {
                signal.now = Held::Event(false);
            } else {
                signal.written.clone_from(&signal.now);
            }
        }
        self.touched.clear();
        if visible && clocked {
            self.stamp(cycle, UNITS_PER_CYCLE / 2)?;
            self.tick(Bit::V0)?;
        }
        Ok(())
    }

    /// The first timestamp, and every signal as it is at that time; `cycle` is the one whose
    /// values are set now.
    fn begin(&mut self, start: u64, cycle: u64) -> io::Result<()> {
        self.begun = true;
        self.stamp(start, 0)?;
        self.out.begin(SimulationCommand::Dumpvars)?;
        if cycle != start || !self.clocked {
            self.tick(Bit::V0)?;
        }
        for signal in &mut self.signals {
            // What changes in the first cycle written already has its value there: two values
            // at one time would be drawn as a glitch.
            if cycle == start && !matches!(signal.now, Held::Event(_)) {
                signal.written.clone_from(&signal.now);
            }
            if signal.kind != Kind::Clock && signal.kind != Kind::Event {
                change::write_held(&mut self.out, signal)?;
            }
        }
        self.out.end()
    }

    fn end(&mut self) -> io::Result<()> {
        let from = self.window.from;
        if !self.begun {
            self.begin(from, from.saturating_add(1))?;
        }
        let last = self.now.map_or(from, |cycle| cycle.max(from));
        let end = last.saturating_add(1).min(self.window.end()).max(from.saturating_add(1));
        self.stamp(end, 0)
    }

    /// Writes the time, if it is not the one that already stands.
    fn stamp(&mut self, cycle: u64, offset: u64) -> io::Result<()> {
        let time = cycle.saturating_mul(UNITS_PER_CYCLE).saturating_add(offset);
        if self.stamped.replace(time) == Some(time) {
            return Ok(());
        }
        self.out.timestamp(time)
    }

    fn tick(&mut self, level: Bit) -> io::Result<()> {
        self.clocks.iter().try_for_each(|&clock| self.out.change_scalar(clock, level))
    }

    /// After an error of the file, gives the dump up.
    fn check(&mut self, result: io::Result<()>) -> Result<(), Error> {
        result.map_err(|source| {
            self.closed = true;
            self.out.writer().discard();
            Error::file(&self.path, source)
        })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.closed {
            // There is nobody left to tell; `finish` is for those who want to know.
            self.close().ok();
        }
    }
}
