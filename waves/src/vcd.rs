//! VCD: the header by the crate `vcd`, changes in the same text as that crate writes.
//!
//! The crate formats a vector bit by bit through `core::fmt`, which took nine tenths of the time of
//! a dump.

use std::io::{self, Write};

use vcd::{IdCode, ReferenceIndex, TimescaleUnit, VarType};

use crate::file::Sink;
use crate::tree::{self, Item};
use crate::{Builder, Error, Format, Kind, SignalId, UNITS_PER_CYCLE};

/// Text collected before the operating system is asked to write it.
const ROOM: usize = 1 << 16;

/// An open VCD. The file always ends after a time with all of its changes.
pub(crate) struct Text<'a> {
    sink: Sink<'a>,
    line: Vec<u8>,
    records: Vec<Record>,
    /// Bytes in the file.
    length: u64,
    /// The last time in the file, and the last of all.
    flushed: Option<u64>,
    stamped: Option<u64>,
}

impl<'a> Text<'a> {
    /// Writes the header.
    pub(crate) fn new(mut sink: Sink<'a>, builder: &Builder) -> Result<Text<'a>, Error> {
        let (header, records) = header(builder).map_err(|source| {
            sink.discard();
            Error::file(sink.path(), source)
        })?;
        Ok(Text { sink, line: header, records, length: 0, flushed: None, stamped: None })
    }

    /// Writes a time, which is later than the last one.
    #[inline]
    pub(crate) fn at(&mut self, time: u64) -> Result<(), Error> {
        if self.line.len() >= ROOM {
            self.flush()?;
        }
        stamp(&mut self.line, time);
        self.stamped = Some(time);
        Ok(())
    }

    /// The values at the first time follow.
    pub(crate) fn initial(&mut self, begins: bool) {
        self.line.extend_from_slice(if begins { b"$dumpvars\n" } else { b"$end\n" });
    }

    #[inline]
    pub(crate) fn bits(&mut self, id: SignalId, words: &[u64]) {
        self.records[id.0 as usize].bits(&mut self.line, words);
    }

    /// Sets all bits alike: readers extend x and z to the left.
    pub(crate) fn level(&mut self, id: SignalId, level: u8) {
        self.records[id.0 as usize].level(&mut self.line, level);
    }

    pub(crate) fn text(&mut self, id: SignalId, text: &str) {
        if let Some(code) = &self.records[id.0 as usize].code {
            string(&mut self.line, text, code);
        }
    }

    pub(crate) fn real(&mut self, id: SignalId, real: f64) {
        if let Some(code) = &self.records[id.0 as usize].code {
            self.line.extend_from_slice(format!("r{real} ").as_bytes());
            self.line.extend_from_slice(code);
        }
    }

    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        match self.sink.write(&self.line) {
            Ok(()) => {
                self.length += self.line.len() as u64;
                self.flushed = self.stamped;
                self.line.clear();
                Ok(())
            }
            Err((written, source)) => Err(self.cut(written, source)),
        }
    }

    /// Ends the file.
    pub(crate) fn finish(&mut self) -> Result<(), Error> {
        self.flush()?;
        self.sink.commit()
    }

    /// Only `written` bytes of the line reached the file: it is truncated to the last time whose
    /// changes are complete.
    fn cut(&mut self, written: usize, source: io::Error) -> Error {
        let path = self.sink.path().to_owned();
        let line = &self.line[..written];
        let begins = |at: &usize| line[*at] == b'#' && (*at == 0 || line[*at - 1] == b'\n');
        let mut times = (0..line.len()).rev().filter(begins);
        let end = times.next().unwrap_or(0);
        let last = times.next().and_then(|at| {
            let digits = line[at + 1..].split(|byte| *byte == b'\n').next()?;
            std::str::from_utf8(digits).ok()?.parse().ok()
        });
        match last.or(self.flushed) {
            Some(time) if self.sink.keep(self.length + end as u64) => {
                Error::Cut { path, cycle: time / UNITS_PER_CYCLE, cause: source }
            }
            _ => {
                self.sink.discard();
                Error::File { path, cause: source }
            }
        }
    }
}

/// How the changes of one signal are written.
#[derive(Debug)]
struct Record {
    /// A single bit has neither `b` nor a blank.
    scalar: bool,
    /// The identifier and the end of the line; `None` for signals that the format lacks.
    code: Option<Box<[u8]>>,
    /// The string that names the value, and the names.
    names: Option<(Box<[u8]>, Vec<String>)>,
}

impl Record {
    fn new(kind: &Kind, code: Option<IdCode>, name: Option<IdCode>) -> Record {
        let word = |code: IdCode| format!(" {code}\n").into_bytes().into_boxed_slice();
        let scalar = matches!(kind, Kind::Event) || kind.width() == Some(1);
        let blank = !scalar && kind.width().is_some() || matches!(kind, Kind::Text);
        let own = |code: IdCode| {
            if blank { word(code) } else { format!("{code}\n").into_bytes().into() }
        };
        let names = name.map(|code| (word(code), kind.names().to_vec()));
        Record { scalar, code: code.map(own), names }
    }

    /// Appends the change to a value, lowest word first. Leading zeros are left out.
    #[inline]
    fn bits(&self, line: &mut Vec<u8>, words: &[u64]) {
        let Some(own) = &self.code else { return };
        if let Some((code, names)) = &self.names {
            line.push(b's');
            match names.get(words[0] as usize).filter(|name| !name.is_empty()) {
                Some(name) => line.extend_from_slice(name.as_bytes()),
                None => decimal(line, words[0]),
            }
            line.extend_from_slice(code);
        }
        if self.scalar {
            line.push(b'0' + (words[0] & 1) as u8);
            line.extend_from_slice(own);
            return;
        }
        line.push(b'b');
        let highest = words.iter().rposition(|word| *word != 0).unwrap_or(0);
        let top = words[highest];
        let count = (64 - top.leading_zeros()).max(1) as usize;
        let bytes = top.to_be_bytes();
        let skip = 8 - count.div_ceil(8);
        let first = &DIGITS[bytes[skip] as usize];
        line.extend_from_slice(&first[(8 - count % 8) % 8..]);
        for byte in &bytes[skip + 1..] {
            line.extend_from_slice(&DIGITS[*byte as usize]);
        }
        for word in words[..highest].iter().rev() {
            for byte in word.to_be_bytes() {
                line.extend_from_slice(&DIGITS[byte as usize]);
            }
        }
        line.extend_from_slice(own);
    }

    fn level(&self, line: &mut Vec<u8>, level: u8) {
        let Some(own) = &self.code else { return };
        if let Some((code, _)) = &self.names {
            string(line, "", code);
        }
        if !self.scalar {
            line.push(b'b');
        }
        line.push(level);
        line.extend_from_slice(own);
    }
}

/// The digits of every byte.
pub(crate) static DIGITS: [[u8; 8]; 256] = digits();

const fn digits() -> [[u8; 8]; 256] {
    let mut all = [[b'0'; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut bit = 0;
        while bit < 8 {
            all[byte][bit] = b'0' + (byte >> (7 - bit) & 1) as u8;
            bit += 1;
        }
        byte += 1;
    }
    all
}

fn string(line: &mut Vec<u8>, text: &str, code: &[u8]) {
    line.push(b's');
    line.extend_from_slice(text.as_bytes());
    line.extend_from_slice(code);
}

fn stamp(line: &mut Vec<u8>, time: u64) {
    line.push(b'#');
    decimal(line, time);
    line.push(b'\n');
}

fn decimal(line: &mut Vec<u8>, number: u64) {
    let (mut digits, mut at, mut rest) = ([0; 20], 20, number);
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    line.extend_from_slice(&digits[at..]);
}

/// The header's text, and how each signal is written.
fn header(builder: &Builder) -> io::Result<(Vec<u8>, Vec<Record>)> {
    let mut out = vcd::Writer::new(Vec::with_capacity(2 * ROOM));
    out.version(&builder.version)?;
    if !builder.title.is_empty() {
        out.comment(&builder.title)?;
    }
    out.timescale(1, TimescaleUnit::NS)?;
    let plain = builder.format == Format::Plain;
    let mut header = Header { out, next: IdCode::FIRST, plain, tables: Vec::new() };
    let mut codes = vec![(None, None); builder.kinds.len()];
    for item in tree::items(&builder.paths) {
        match item {
            Item::Scope(name) => header.out.add_module(name)?,
            Item::Up => header.out.upscope()?,
            Item::Variable { name, id } => {
                let kind = &builder.kinds[id.0 as usize];
                header.variable(name, kind, &mut codes[id.0 as usize])?;
            }
        }
    }
    header.out.enddefinitions()?;
    let records = builder.kinds.iter().zip(codes);
    let records = records.map(|(kind, (code, name))| Record::new(kind, code, name)).collect();
    Ok((std::mem::take(header.out.writer()), records))
}

struct Header {
    out: vcd::Writer<Vec<u8>>,
    next: IdCode,
    plain: bool,
    /// Enumerations written so far; states with the same names share one.
    tables: Vec<(u32, Vec<String>)>,
}

impl Header {
    /// A variable with its own code and that of its name, which are allocated when it is new.
    fn variable(
        &mut self,
        name: &str,
        kind: &Kind,
        codes: &mut (Option<IdCode>, Option<IdCode>),
    ) -> io::Result<()> {
        // The standard of VCD has no strings and no attributes.
        if self.plain && *kind == Kind::Text {
            return Ok(());
        }
        if let Kind::State { width, names } = kind
            && !self.plain
        {
            let code = self.code(codes.1);
            codes.1 = Some(code);
            self.out.var_def(VarType::String, 1, code, &format!("{name}_name"), None)?;
            self.enumeration(*width, names)?;
        }
        let code = self.code(codes.0);
        codes.0 = Some(code);
        let (of, width) = match kind {
            Kind::Text => (VarType::String, 1),
            Kind::Event => (VarType::Event, 1),
            Kind::Real => (VarType::Real, 64),
            kind => (VarType::Wire, kind.width().unwrap_or(1)),
        };
        let range = kind.range().map(|high| ReferenceIndex::Range(high as i32, 0));
        self.out.var_def(of, width, code, name, range)
    }

    /// Names for the next variable's values, in the form of the FST format's table, which Surfer
    /// reads and GTKWave ignores.
    fn enumeration(&mut self, width: u32, names: &[String]) -> io::Result<()> {
        if names.is_empty() || names.iter().any(String::is_empty) {
            return Ok(());
        }
        let known = self.tables.iter().position(|(w, n)| *w == width && n == names);
        let handle = known.map_or(self.tables.len(), |at| at) + 1;
        let out = self.out.writer();
        if known.is_none() {
            write!(out, "$attrbegin misc 07 names_{handle} {}", names.len())?;
            names.iter().try_for_each(|name| write!(out, " {name}"))?;
            let digits = width as usize;
            (0..names.len()).try_for_each(|value| write!(out, " {value:0digits$b}"))?;
            writeln!(out, " {handle} $end")?;
            self.tables.push((width, names.to_vec()));
        }
        writeln!(out, "$attrbegin misc 07 \"\" {handle} $end")
    }

    fn code(&mut self, known: Option<IdCode>) -> IdCode {
        known.unwrap_or_else(|| {
            let code = self.next;
            self.next = code.next();
            code
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The crate's own text for the bits from the highest that is 1.
    fn expected(width: u32, code: IdCode, words: &[u64]) -> Vec<u8> {
        let mut out = vcd::Writer::new(Vec::new());
        let bit = |at: u32| words[at as usize / 64] >> (at % 64) & 1 == 1;
        if width == 1 {
            out.change_scalar(code, bit(0)).unwrap();
        } else {
            let count = (1..width).rev().find(|at| bit(*at)).unwrap_or(0);
            out.change_vector(code, (0..=count).rev().map(|at| vcd::Value::from(bit(at)))).unwrap();
        }
        out.writer().clone()
    }

    proptest! {
        #[test]
        fn a_change_reads_as_the_crate_writes_it(
            width in 1..200_u32,
            words in proptest::collection::vec(prop_oneof![any::<u64>(), 0..300_u64], 4),
            code in 0..100_000_u32,
        ) {
            // Only the lowest `width` bits are set.
            let words: Vec<u64> = (0..width.div_ceil(64)).map(|at| {
                let room = width - at * 64;
                let mask = if room >= 64 { u64::MAX } else { (1 << room) - 1 };
                words[at as usize] & mask
            }).collect();
            let code = IdCode::from(code);
            let mut line = Vec::new();
            Record::new(&Kind::Bits { width }, Some(code), None).bits(&mut line, &words);
            prop_assert_eq!(String::from_utf8(line), String::from_utf8(expected(width, code, &words)));
        }

        #[test]
        fn a_time_reads_as_the_crate_writes_it(time in any::<u64>()) {
            let mut out = vcd::Writer::new(Vec::new());
            out.timestamp(time).unwrap();
            let mut line = Vec::new();
            stamp(&mut line, time);
            prop_assert_eq!(&line, out.writer());
        }
    }

    #[test]
    fn a_named_value_has_its_name_before_it() {
        let names = vec!["Idle".to_owned(), "Wait".to_owned()];
        let kind = Kind::State { width: 2, names };
        let record = Record::new(&kind, Some(IdCode::from(1_u32)), Some(IdCode::FIRST));
        let mut line = Vec::new();
        record.bits(&mut line, &[1]);
        record.bits(&mut line, &[3]);
        assert_eq!(String::from_utf8(line).unwrap(), "sWait !\nb1 \"\ns3 !\nb11 \"\n");
    }
}
