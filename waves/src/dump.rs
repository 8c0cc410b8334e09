//! The one writer: changes of signals, by time, in any format.

use std::path::{Path, PathBuf};

use crate::file::Sink;
use crate::fst::Binary;
use crate::vcd::Text;
use crate::{Builder, Error, Format, LATEST, SignalId};

/// A dump under way, for a caller that knows what changed: times in units of 1 ns, and after each what
/// changes then. [`crate::Writer`] finds out itself what changed from cycle to cycle.
///
/// It ends with [`Dump::finish`]; one that is dropped leaves no file. Its memory does not grow
/// with the run. When its file cannot be written any more, what was whole stays under its name.
pub struct Dump<'a> {
    encoder: Encoder<'a>,
    path: PathBuf,
    time: Option<u64>,
    closed: bool,
}

enum Encoder<'a> {
    Text(Text<'a>),
    Binary(Box<Binary<'a>>),
}

impl std::fmt::Debug for Dump<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dump").field("path", &self.path).field("time", &self.time).finish()
    }
}

impl<'a> Dump<'a> {
    pub(crate) fn start(builder: &Builder, sink: Sink<'a>) -> Result<Dump<'a>, Error> {
        let path = sink.path().to_owned();
        let encoder = match builder.format {
            Format::Vcd | Format::Plain => Encoder::Text(Text::new(sink, builder)?),
            Format::Fst => Encoder::Binary(Box::new(Binary::new(sink, builder)?)),
        };
        Ok(Dump { encoder, path, time: None, closed: false })
    }

    /// The dump's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What follows changes at this time. Announcing the same time again has no effect.
    ///
    /// # Errors
    /// [`Error::Backwards`] and [`Error::Late`], after which the dump goes on as if it had not
    /// been announced; or what the file says, after which nothing more can be written.
    #[inline]
    pub fn at(&mut self, time: u64) -> Result<(), Error> {
        if self.closed {
            return Err(Error::GivenUp);
        }
        match self.time {
            Some(now) if now == time => return Ok(()),
            Some(last) if last > time => return Err(Error::Backwards { time, last }),
            _ if time > LATEST => return Err(Error::Late { time }),
            _ => {}
        }
        let announced = match &mut self.encoder {
            Encoder::Text(text) => text.at(time),
            Encoder::Binary(binary) => binary.at(time),
        };
        self.closed = announced.is_err();
        self.time = Some(time);
        announced
    }

    /// Values that stand at the first time follow, until `begins` is false: VCD sets them apart.
    pub fn initial(&mut self, begins: bool) {
        if let Encoder::Text(text) = &mut self.encoder {
            text.initial(begins);
        }
    }

    /// A number, lowest word first. Bits above the signal's width must be clear.
    #[inline]
    pub fn bits(&mut self, id: SignalId, words: &[u64]) {
        match &mut self.encoder {
            Encoder::Text(text) => text.bits(id, words),
            Encoder::Binary(binary) => binary.bits(id, words),
        }
    }

    /// A number that is not known.
    pub fn unknown(&mut self, id: SignalId) {
        self.level(id, b'x');
    }

    /// No number is there.
    pub fn absent(&mut self, id: SignalId) {
        self.level(id, b'z');
    }

    fn level(&mut self, id: SignalId, level: u8) {
        match &mut self.encoder {
            Encoder::Text(text) => text.level(id, level),
            Encoder::Binary(binary) => binary.level(id, level),
        }
    }

    /// A text, which must be [sanitised](crate::sanitise).
    pub fn text(&mut self, id: SignalId, word: &str) {
        match &mut self.encoder {
            Encoder::Text(text) => text.text(id, word),
            Encoder::Binary(binary) => binary.text(id, word),
        }
    }

    /// A floating-point number.
    pub fn real(&mut self, id: SignalId, real: f64) {
        match &mut self.encoder {
            Encoder::Text(text) => text.real(id, real),
            Encoder::Binary(binary) => binary.real(id, real),
        }
    }

    /// An event happens.
    pub fn fire(&mut self, id: SignalId) {
        match &mut self.encoder {
            Encoder::Text(text) => text.bits(id, &[1]),
            Encoder::Binary(binary) => binary.fire(id),
        }
    }

    /// Ends the dump at the time that was announced last, and gives the file its name.
    ///
    /// # Errors
    /// What the file says, now or earlier.
    pub fn finish(mut self) -> Result<(), Error> {
        self.close()
    }

    /// As [`Dump::finish`], for an owner that cannot give it away.
    pub(crate) fn close(&mut self) -> Result<(), Error> {
        if std::mem::replace(&mut self.closed, true) {
            return Err(Error::GivenUp);
        }
        match &mut self.encoder {
            Encoder::Text(text) => text.finish(),
            Encoder::Binary(binary) => binary.finish(),
        }
    }
}
