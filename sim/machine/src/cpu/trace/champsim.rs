//! Instructions as the tracers of the simulator ChampSim write them: 64 bytes each, numbers in
//! little-endian order.
//!
//! | bytes | are |
//! |---|---|
//! | 0 to 7 | the instruction's address: a fetch |
//! | 8, 9 | 1 if it is a branch; if the branch is taken |
//! | 10 to 15 | registers written (2) and read (4) |
//! | 16 to 31 | addresses written (2), 0 for none: stores |
//! | 32 to 63 | addresses read (4), 0 for none: loads |
//!
//! The loads of an instruction come before its stores.

use super::Format;
use super::words::assumed;
use crate::cpu::{AHEAD, Access, Op, Program, ProgramError};
use arrayvec::ArrayVec;
use model::isa::Access::{Fetch, Load, Store};
use std::io::{self, Read};

/// Bytes of a record.
const RECORD: usize = 64;
/// The most accesses of an instruction.
const MOST: usize = 7;

/// A trace being read, one instruction at a time.
pub(super) struct Champsim {
    file: String,
    source: Box<dyn Read>,
    /// Records read so far.
    record: u64,
    /// Accesses of the last record that were not delivered, the next one last.
    pending: ArrayVec<Access, MOST>,
    /// What comes after them.
    failed: Option<ProgramError>,
    ended: bool,
}

impl Champsim {
    pub(super) fn new(file: String, source: Box<dyn Read>) -> Champsim {
        let pending = ArrayVec::new();
        Champsim { file, source, record: 0, pending, failed: None, ended: false }
    }

    /// Makes the next access the last one of `pending`; `false` at the end, and before an error.
    fn ready(&mut self) -> bool {
        if !self.pending.is_empty() {
            return true;
        }
        if self.ended {
            return false;
        }
        let mut record = [0; RECORD];
        let problem = match fill(&mut self.source, &mut record) {
            Ok(RECORD) => {
                self.record += 1;
                match accesses(&record) {
                    Ok(pending) => {
                        self.pending = pending;
                        return true;
                    }
                    Err(problem) => problem,
                }
            }
            Ok(0) => {
                self.ended = true;
                return false;
            }
            Ok(bytes) => {
                self.record += 1;
                format!("it is cut off after {bytes} of {RECORD} bytes")
            }
            Err(source) => {
                self.ended = true;
                let (file, line) = (self.file.clone(), self.record);
                self.failed = Some(ProgramError::Read { file, unit: "record", line, source });
                return false;
            }
        };
        self.ended = true;
        let problem = match self.record {
            // Perhaps it was never meant to be.
            1 => {
                let list = Format::list();
                format!("{problem}; a trace that is not text is of champsim; formats: {list}")
            }
            _ => format!("{problem}; the format is champsim"),
        };
        let (file, record) = (self.file.clone(), self.record);
        self.failed = Some(ProgramError::Record { file, record, problem });
        false
    }
}

/// Reads until the record is full, or the source is at its end.
fn fill(source: &mut dyn Read, record: &mut [u8; RECORD]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < RECORD {
        match source.read(&mut record[filled..]) {
            Ok(0) => break,
            Ok(bytes) => filled += bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// The accesses of a record, the first one last.
fn accesses(record: &[u8; RECORD]) -> Result<ArrayVec<Access, MOST>, String> {
    for (place, what) in [(8, "a branch or not"), (9, "taken or not")] {
        let byte = record[place];
        if byte > 1 {
            return Err(format!("its byte {place} is {byte:#04x}, and must be 0 or 1 ({what})"));
        }
    }
    let (words, _) = record.as_chunks::<8>();
    let word = |place: usize| u64::from_le_bytes(words[place]);
    let ip = word(0);
    if ip == 0 {
        return Err("the instruction's address is 0".to_owned());
    }
    let of = |kind, places: std::ops::Range<usize>| {
        places.map(word).filter(|va| *va != 0).map(move |va| assumed(kind, va))
    };
    let in_order = of(Fetch, 0..1).chain(of(Load, 4..8)).chain(of(Store, 2..4));
    let mut all: ArrayVec<_, MOST> = in_order.collect();
    all.reverse();
    Ok(all)
}

impl Program for Champsim {
    fn next(&mut self) -> Option<Result<Op, ProgramError>> {
        if self.ready() {
            return self.pending.pop().map(|access| Ok(Op::Access(access)));
        }
        self.failed.take().map(Err)
    }

    fn accesses(&mut self, end: u64, ahead: &mut Vec<Access>) {
        while ahead.len() < AHEAD && self.ready() {
            match self.pending.last() {
                Some(access) if access.end() <= end => ahead.extend(self.pending.pop()),
                _ => return,
            }
        }
    }

    fn position(&self) -> String {
        format!("{}: record {}: ", self.file, self.record)
    }

    fn format(&self) -> Option<Format> {
        Some(Format::Champsim)
    }
}
