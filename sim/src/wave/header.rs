//! The header of a dump: scopes, variables, names of states.

use std::io::{self, Write};

use vcd::{IdCode, ReferenceIndex, TimescaleUnit, VarType};

use super::signal::Signal;
use super::{Kind, file::Sink};

/// A scope and what stands in it, in order of first appearance.
#[derive(Default)]
struct Scope {
    name: String,
    signals: Vec<usize>,
    scopes: Vec<Scope>,
}

impl Scope {
    fn add(&mut self, scopes: &[&str], signal: usize) {
        let Some((first, rest)) = scopes.split_first() else {
            self.signals.push(signal);
            return;
        };
        let found = self.scopes.iter().position(|scope| scope.name == *first);
        let at = found.unwrap_or_else(|| {
            self.scopes.push(Scope { name: (*first).to_owned(), ..Scope::default() });
            self.scopes.len() - 1
        });
        self.scopes[at].add(rest, signal);
    }
}

/// Writes the header and gives each signal its codes.
pub(super) fn write(
    out: &mut vcd::Writer<Sink>,
    title: &str,
    signals: &mut [Signal],
) -> io::Result<()> {
    out.version(concat!("Pagewalk ", env!("CARGO_PKG_VERSION")))?;
    if !title.is_empty() {
        out.comment(title)?;
    }
    out.timescale(1, TimescaleUnit::NS)?;
    let mut root = Scope::default();
    for (index, signal) in signals.iter().enumerate() {
        let parts: Vec<&str> = signal.path.split('.').collect();
        root.add(&parts[..parts.len() - 1], index);
    }
    let mut header = Header { out, next: IdCode::FIRST, tables: Vec::new() };
    for scope in &root.scopes {
        header.scope(scope, signals)?;
    }
    out.enddefinitions()
}

struct Header<'a> {
    out: &'a mut vcd::Writer<Sink>,
    next: IdCode,
    /// Enumerations written so far; states with the same names share one.
    tables: Vec<(u32, Vec<String>)>,
}

impl Header<'_> {
    fn scope(&mut self, scope: &Scope, signals: &mut [Signal]) -> io::Result<()> {
        self.out.add_module(&scope.name)?;
        for &index in &scope.signals {
            self.variable(&mut signals[index])?;
        }
        for inner in &scope.scopes {
            self.scope(inner, signals)?;
        }
        self.out.upscope()
    }

    fn variable(&mut self, signal: &mut Signal) -> io::Result<()> {
        let name = signal.path.rsplit('.').next().unwrap_or(&signal.path);
        signal.code = self.code();
        signal.ending = format!(" {}\n", signal.code);
        let (kind, width) = match &signal.kind {
            Kind::Clock => (VarType::Wire, 1),
            Kind::Bits { width } => (VarType::Wire, *width),
            Kind::State { width, names } => {
                signal.name_code = self.code();
                let name = format!("{name}_name");
                self.out.var_def(VarType::String, 1, signal.name_code, &name, None)?;
                self.enumeration(*width, names)?;
                (VarType::Wire, *width)
            }
            Kind::Text => (VarType::String, 1),
            Kind::Event => (VarType::Event, 1),
            Kind::Real => (VarType::Real, 64),
        };
        let vector = kind == VarType::Wire && width > 1;
        let range = vector.then(|| ReferenceIndex::Range(width as i32 - 1, 0));
        self.out.var_def(kind, width, signal.code, name, range)
    }

    /// Names for the next variable's values, in the form of the FST format's table, which Surfer
    /// reads and GTKWave passes over.
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
            let width = width as usize;
            (0..names.len()).try_for_each(|value| write!(out, " {value:0width$b}"))?;
            writeln!(out, " {handle} $end")?;
            self.tables.push((width as u32, names.to_vec()));
        }
        writeln!(out, "$attrbegin misc 07 \"\" {handle} $end")
    }

    fn code(&mut self) -> IdCode {
        let code = self.next;
        self.next = code.next();
        code
    }
}
