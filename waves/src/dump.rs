//! The common writer: changes of signals, by time, in any format.

use std::path::{Path, PathBuf};

use crate::file::Sink;
use crate::fst::Binary;
use crate::vcd::Text;
use crate::{Builder, Error, Format, LATEST, SignalId};

/// An open dump, for a caller that knows which signals change: times in units of 1 ns, each
/// followed by its changes. [`crate::Writer`] finds the changes from cycle to cycle itself.
///
/// It ends with [`Dump::finish`]; one that is dropped leaves no file. Its memory does not grow with
/// the run. When its file cannot be written any more, the complete part is kept under its name.
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

    /// Announces the time of the following changes. Announcing the same time again has no effect.
    ///
    /// # Errors
    /// [`Error::Backwards`] and [`Error::Late`], after which the dump continues as if the time had
    /// not been announced; or an error of the file, after which nothing more can be written.
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

    /// The values at the first time follow, until a call with `begins` false: VCD marks them.
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

    /// An unknown number.
    pub fn unknown(&mut self, id: SignalId) {
        self.level(id, b'x');
    }

    /// An absent number.
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

    /// An event occurs.
    pub fn fire(&mut self, id: SignalId) {
        match &mut self.encoder {
            Encoder::Text(text) => text.bits(id, &[1]),
            Encoder::Binary(binary) => binary.fire(id),
        }
    }

    /// Ends the dump at the last announced time, and renames the file to its final name.
    ///
    /// # Errors
    /// An error of the file, now or earlier.
    pub fn finish(mut self) -> Result<(), Error> {
        self.close()
    }

    /// As [`Dump::finish`], for an owner that cannot pass it by value.
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
