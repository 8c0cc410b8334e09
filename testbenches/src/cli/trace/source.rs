//! A trace's file, and a program read from it with its progress shown.

use std::cell::{Cell, RefCell};
use std::fs::{self, File};
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use machine::cpu::{Access, Format, Op, Program, ProgramError, decompress};
use scenario::trace::Recorded;

use crate::cli::progress::Progress;

/// Steps between two updates of the progress bar.
const STEPS: u64 = 4096;

/// The trace's file: how much of it was read, and its size if it can be read again.
#[derive(Clone)]
pub(super) struct Source {
    path: PathBuf,
    pub(super) read: Rc<Cell<u64>>,
    pub(super) size: Option<u64>,
}

impl Source {
    pub(super) fn new(path: &Path) -> io::Result<Source> {
        let mut size = None;
        if path != Path::new("-") {
            let metadata = fs::metadata(path)?;
            if metadata.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            size = metadata.is_file().then_some(metadata.len());
        }
        Ok(Source { path: path.to_owned(), read: Rc::default(), size })
    }

    pub(super) fn open(&self) -> io::Result<Box<dyn BufRead>> {
        if self.path == Path::new("-") {
            return decompress(io::stdin());
        }
        self.read.set(0);
        decompress(Counting { file: File::open(&self.path)?, read: self.read.clone() })
    }
}

/// Counts the bytes read from a file.
struct Counting {
    file: File,
    read: Rc<Cell<u64>>,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = self.file.read(buffer)?;
        self.read.set(self.read.get() + bytes as u64);
        Ok(bytes)
    }
}

/// A program with a progress bar.
pub(super) struct Watched {
    program: Recorded,
    progress: Progress,
    source: Source,
    steps: u64,
    /// The processes that wrote the log.
    writers: Rc<RefCell<Vec<u32>>>,
}

impl Watched {
    /// Shows a program's progress; at its end `writers` has the processes that wrote the log.
    pub(super) fn new(
        program: Recorded,
        progress: Progress,
        source: Source,
        writers: Rc<RefCell<Vec<u32>>>,
    ) -> Watched {
        Watched { program, progress, source, steps: 0, writers }
    }

    fn show(&self) {
        let Source { read, size, .. } = &self.source;
        self.progress.set(if size.is_some() { read.get() } else { self.steps });
    }
}

impl Program for Watched {
    fn next(&mut self) -> Option<Result<Op, ProgramError>> {
        self.steps += 1;
        if self.steps.is_multiple_of(STEPS) {
            self.show();
        }
        let next = self.program.next();
        if next.is_none() {
            self.writers.replace(self.program.inner().processes().to_vec());
        }
        next
    }

    fn accesses(&mut self, end: u64, ahead: &mut Vec<Access>) {
        let before = ahead.len();
        self.program.accesses(end, ahead);
        let steps = self.steps + (ahead.len() - before) as u64;
        if steps / STEPS > self.steps / STEPS {
            self.show();
        }
        self.steps = steps;
    }

    fn touched(&mut self, end: u64, touched: &mut Vec<Access>) {
        self.program.touched(end, touched);
        self.show();
    }

    fn position(&self) -> String {
        self.program.position()
    }

    fn format(&self) -> Option<Format> {
        self.program.format()
    }
}
