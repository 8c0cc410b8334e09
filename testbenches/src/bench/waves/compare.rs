//! Compares the signals that two waveforms have in common.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use vcd::{Command, IdCode, Parser, ScopeItem, Value};

/// The result of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Same {
    pub(super) ours: usize,
    pub(super) theirs: usize,
    pub(super) common: usize,
    /// Changes of the common signals.
    pub(super) changes: usize,
    /// Lines that record a change of any signal, in our file and in theirs.
    pub(super) written: [usize; 2],
}

/// Signals by name, with the changes of each variable.
struct Waves {
    names: BTreeMap<String, IdCode>,
    changes: BTreeMap<IdCode, Vec<(u64, Vec<bool>)>>,
    /// Changes of any signal in the file.
    written: usize,
}

/// Compares every signal that is in both files, change by change; returns the first difference as
/// text.
pub(super) fn compare(ours: &Path, theirs: &Path) -> Result<Same, String> {
    let (mine, other) = (read(ours)?, read(theirs)?);
    let mut same = Same {
        ours: mine.names.len(),
        theirs: other.names.len(),
        common: 0,
        written: [mine.written, other.written],
        changes: 0,
    };
    for (name, code) in &mine.names {
        let Some(theirs) = other.names.get(name) else { continue };
        let none = Vec::new();
        let [ours, theirs] = [mine.changes.get(code), other.changes.get(theirs)];
        let (ours, theirs) = (ours.unwrap_or(&none), theirs.unwrap_or(&none));
        if let Some(at) =
            (0..ours.len().max(theirs.len())).find(|at| ours.get(*at) != theirs.get(*at))
        {
            let (ours, theirs) = (ours.get(at), theirs.get(at));
            return Err(format!(
                "`{name}` is {theirs:?} in Verilator's waveform, {ours:?} in ours"
            ));
        }
        same.common += 1;
        same.changes += ours.len();
    }
    Ok(same)
}

fn read(path: &Path) -> Result<Waves, String> {
    let said = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut parser = Parser::new(BufReader::new(File::open(path).map_err(said)?));
    let header = parser.parse_header().map_err(said)?;
    let mut waves = Waves { names: BTreeMap::new(), changes: BTreeMap::new(), written: 0 };
    name(&header.items, &mut Vec::new(), &mut waves.names);
    let mut now = 0;
    for command in parser {
        let (code, value) = match command.map_err(said)? {
            Command::Timestamp(time) => {
                now = time;
                continue;
            }
            Command::ChangeScalar(code, value) => (code, vec![value == Value::V1]),
            Command::ChangeVector(code, bits) => {
                let bits = bits.iter().map(|bit| bit == Value::V1);
                (code, bits.skip_while(|bit| !bit).collect())
            }
            _ => continue,
        };
        let value: Vec<bool> = value.into_iter().skip_while(|bit| !bit).collect();
        waves.written += 1;
        let changes = waves.changes.entry(code).or_default();
        // Writing the same value again is no change.
        if changes.last().is_none_or(|(_, last)| *last != value) {
            changes.push((now, value));
        }
    }
    Ok(waves)
}

/// Paths below the design's own scope, in the spelling of our netlist: an element of an array is
/// one scope, while Verilog has one for the loop and one for the instance in it, and a register is
/// a block with an output `q`.
fn name(items: &[ScopeItem], path: &mut Vec<String>, names: &mut BTreeMap<String, IdCode>) {
    for item in items {
        match item {
            ScopeItem::Scope(scope) => {
                path.push(scope.identifier.clone());
                name(&scope.items, path, names);
                path.pop();
            }
            ScopeItem::Var(var) => {
                let mut parts: Vec<&str> = Vec::new();
                let below = usize::from(path.first().is_some_and(|top| top == "TOP"));
                let mut scopes = path.iter().skip(1 + below).peekable();
                while let Some(scope) = scopes.next() {
                    parts.push(scope);
                    if below == 1 && scope.ends_with(']') && scopes.peek().is_some() {
                        scopes.next();
                    }
                }
                // Verilator lists the top's ports twice.
                if below == 1 && path.len() < 2 {
                    continue;
                }
                parts.push(&var.reference);
                let joined = parts.join(".");
                let joined = joined.strip_suffix(".q").unwrap_or(&joined);
                names.insert(::waves::path(joined), var.code);
            }
            _ => {}
        }
    }
}
