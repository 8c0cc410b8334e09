//! FST: GTKWave's compressed format, by the crate `wavefst`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io;

use wavefst::{
    ChainCompression, FstWriter, GeomEntry, Header, ScopeType, SignalValue, VarDir, VarType,
};

use crate::file::Sink;
use crate::tree::{self, Item};
use crate::vcd::DIGITS;
use crate::{Builder, Error, Kind, SignalId, UNITS_PER_CYCLE};

/// Changes collected before they are compressed and written.
const ROOM: u32 = 1 << 18;

/// An open FST. After each block the file is complete up to some time.
pub(crate) struct Binary<'a> {
    sink: Sink<'a>,
    /// `None` once it has failed or ended.
    writer: Option<FstWriter<File>>,
    /// A second handle of the same file, for its length.
    file: File,
    handles: Vec<Handle>,
    now: u64,
    /// Changes since the last block.
    gathered: u32,
    /// Length of the file and time after the last block.
    whole: Option<(u64, u64)>,
    /// The time of the last change of all.
    last: Option<u64>,
    /// The last change of a number, which is repeated at the end to show how long the dump is.
    number: u32,
    digits: String,
    /// An error between two times.
    failed: Option<io::Error>,
}

/// How the changes of one signal are written.
#[derive(Debug)]
struct Handle {
    own: u32,
    width: u32,
    /// The string that names the value, and the names.
    names: Option<(u32, Vec<String>)>,
}

impl<'a> Binary<'a> {
    /// Writes the header.
    pub(crate) fn new(mut sink: Sink<'a>, builder: &Builder) -> Result<Binary<'a>, Error> {
        let path = sink.path().to_owned();
        let Some(file) = sink.file() else { return Err(Error::Stream { path }) };
        let made = || -> io::Result<_> {
            let file = file?;
            let (writer, handles) = header(file.try_clone()?, builder).map_err(error)?;
            Ok((file, writer, handles))
        };
        match made() {
            Ok((file, writer, handles)) => Ok(Binary {
                sink,
                writer: Some(writer),
                file,
                handles,
                now: 0,
                gathered: 0,
                whole: None,
                last: None,
                number: 0,
                digits: String::new(),
                failed: None,
            }),
            Err(source) => {
                sink.discard();
                Err(Error::File { path, cause: source })
            }
        }
    }

    pub(crate) fn at(&mut self, time: u64) -> Result<(), Error> {
        if self.gathered >= ROOM || self.failed.is_some() {
            self.flush()?;
        }
        self.now = time;
        Ok(())
    }

    pub(crate) fn bits(&mut self, id: SignalId, words: &[u64]) {
        let Handle { own, width, names } = &self.handles[id.0 as usize];
        let (own, width) = (*own, *width as usize);
        if let Some((handle, names)) = names {
            let name = names.get(words[0] as usize).filter(|name| !name.is_empty());
            let name = name.map_or_else(|| words[0].to_string(), Clone::clone);
            let handle = *handle;
            self.change(handle, SignalValue::Bytes(Cow::Owned(name.into_bytes())));
        }
        self.digits.clear();
        for byte in (0..width.div_ceil(8)).rev() {
            let word = words.get(byte / 8).copied().unwrap_or(0);
            let eight = DIGITS[(word >> (byte % 8 * 8) & 0xff) as usize];
            let unused = ((byte + 1) * 8).saturating_sub(width);
            self.digits.extend(eight[unused..].iter().map(|digit| char::from(*digit)));
        }
        self.number(own);
    }

    pub(crate) fn level(&mut self, id: SignalId, level: u8) {
        let Handle { own, width, names } = &self.handles[id.0 as usize];
        let (own, width) = (*own, *width as usize);
        if let Some((handle, _)) = names {
            let handle = *handle;
            self.change(handle, SignalValue::Bytes(Cow::Borrowed(b"")));
        }
        self.digits.clear();
        self.digits.extend(std::iter::repeat_n(char::from(level), width));
        self.number(own);
    }

    /// The number changes to `digits`.
    fn number(&mut self, handle: u32) {
        let digits = std::mem::take(&mut self.digits);
        self.change(handle, SignalValue::Vector(Cow::Borrowed(&digits)));
        self.digits = digits;
        self.number = handle;
    }

    pub(crate) fn fire(&mut self, id: SignalId) {
        let handle = self.handles[id.0 as usize].own;
        self.change(handle, SignalValue::Bit('1'));
    }

    pub(crate) fn text(&mut self, id: SignalId, text: &str) {
        let handle = self.handles[id.0 as usize].own;
        self.change(handle, SignalValue::Bytes(Cow::Borrowed(text.as_bytes())));
    }

    pub(crate) fn real(&mut self, id: SignalId, real: f64) {
        let handle = self.handles[id.0 as usize].own;
        self.change(handle, SignalValue::Real(real));
    }

    /// Ends the file at the last announced time.
    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        // The format has no time without a change.
        if self.number != 0 && self.last.is_some_and(|last| last < self.now) {
            self.number(self.number);
        }
        self.flush()?;
        let writer = self.writer.take().ok_or(Error::GivenUp)?;
        match writer.finish() {
            Ok(_) => self.sink.commit(),
            Err(source) => Err(self.cut(error(source))),
        }
    }

    fn change(&mut self, handle: u32, value: SignalValue<'_>) {
        let Some(writer) = &mut self.writer else { return };
        if let Err(source) = writer.emit_change(self.now, handle, value) {
            self.failed.get_or_insert(error(source));
        }
        self.gathered += 1;
        self.last = Some(self.now);
    }

    /// Writes a block, after which the file is complete.
    fn flush(&mut self) -> Result<(), Error> {
        let flushed = match (self.failed.take(), &mut self.writer) {
            (Some(source), _) => Err(source),
            (None, Some(writer)) => writer.flush().map_err(error),
            (None, None) => return Err(Error::GivenUp),
        };
        match flushed.and_then(|()| self.file.metadata()) {
            Ok(metadata) => {
                self.gathered = 0;
                self.whole = Some((metadata.len(), self.now));
                Ok(())
            }
            Err(source) => Err(self.cut(source)),
        }
    }

    /// Truncates the file after its last complete block.
    fn cut(&mut self, source: io::Error) -> Error {
        let path = self.sink.path().to_owned();
        // It may still want to write the changes that it has collected, so it is dropped first.
        self.writer = None;
        match self.whole {
            Some((length, time)) if self.sink.keep(length) => {
                Error::Cut { path, cycle: time / UNITS_PER_CYCLE, cause: source }
            }
            _ => {
                self.sink.discard();
                Error::File { path, cause: source }
            }
        }
    }
}

/// Declares everything.
fn header(file: File, builder: &Builder) -> Result<(FstWriter<File>, Vec<Handle>), wavefst::Error> {
    // Blocks must end at the end of a time, so only this module ends them.
    let mut writer = FstWriter::builder(file)
        .chain_compression(ChainCompression::Lz4)
        .block_change_limit(usize::MAX)
        .block_size_limit(usize::MAX)
        .build()?;
    let mut handles: Vec<Option<Handle>> = builder.kinds.iter().map(|_| None).collect();
    let mut tables: BTreeMap<(u32, &[String]), u32> = BTreeMap::new();
    for item in tree::items(&builder.paths) {
        match item {
            Item::Scope(name) => {
                writer.begin_scope(ScopeType::VcdModule, name, None)?;
            }
            Item::Up => writer.end_scope()?,
            Item::Variable { name, id } => {
                let kind = &builder.kinds[id.0 as usize];
                let (of, geometry) = match kind {
                    Kind::Text => (VarType::GenString, GeomEntry::Variable),
                    Kind::Event => (VarType::VcdEvent, GeomEntry::Fixed(1)),
                    Kind::Real => (VarType::VcdReal, GeomEntry::Real),
                    _ => (VarType::VcdWire, GeomEntry::Fixed(kind.width().unwrap_or(1))),
                };
                let full = match kind.range() {
                    Some(high) => format!("{name} [{high}:0]"),
                    None => name.to_owned(),
                };
                let string = format!("{name}_name");
                if let Some(known) = &handles[id.0 as usize] {
                    if let Some((handle, _)) = known.names {
                        writer.add_alias(VarType::GenString, VarDir::Implicit, string, handle)?;
                    }
                    writer.add_alias(of, VarDir::Implicit, full, known.own)?;
                    continue;
                }
                let mut beside = None;
                if let Kind::State { width, names } = kind {
                    let (string_type, variable) = (VarType::GenString, GeomEntry::Variable);
                    let handle =
                        writer.add_variable(string_type, VarDir::Implicit, string, variable)?;
                    beside = Some((handle, names.clone()));
                    table(&mut writer, &mut tables, *width, names)?;
                }
                let own = writer.add_variable(of, VarDir::Implicit, full, geometry)?;
                let width = kind.width().unwrap_or(1);
                handles[id.0 as usize] = Some(Handle { own, width, names: beside });
            }
        }
    }
    writer.write_header(Header { version: builder.version.clone(), ..Header::default() })?;
    // Every signal was declared under some path.
    Ok((writer, handles.into_iter().flatten().collect()))
}

/// Names for the next variable's values; states with the same names share a table.
fn table<'a>(
    writer: &mut FstWriter<File>,
    tables: &mut BTreeMap<(u32, &'a [String]), u32>,
    width: u32,
    names: &'a [String],
) -> Result<(), wavefst::Error> {
    if names.is_empty() || names.iter().any(String::is_empty) {
        return Ok(());
    }
    let handle = match tables.get(&(width, names)) {
        Some(known) => *known,
        None => {
            let digits = width as usize;
            let values = (0..names.len()).map(|value| format!("{value:0digits$b}"));
            let values: Vec<String> = values.collect();
            let entries = names.iter().zip(&values);
            let entries: Vec<_> = entries.map(|(name, value)| (&**name, &**value)).collect();
            let name = format!("names_{}", tables.len() + 1);
            let handle = writer.create_enum_table(&name, &entries, digits)?;
            tables.insert((width, names), handle);
            handle
        }
    };
    writer.add_enum_table_ref(handle)?;
    Ok(())
}

fn error(error: wavefst::Error) -> io::Error {
    match error {
        wavefst::Error::Io(error) => error,
        other => io::Error::other(other),
    }
}
