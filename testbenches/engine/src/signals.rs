//! The nets of a design that are worth showing, and their values.

use model::mmu::Signal;
use rust_hdl::prelude::*;
use std::collections::BTreeMap;

/// The nets of one design: registers, named for their contents, and outputs and local signals of
/// blocks. Inputs of child blocks repeat a net of their parent and are omitted, as are the top's
/// own ports (waves have them elsewhere), and a TLB line's comparator internals. What a memory holds
/// for each of a block's lines is shown with the line: `lines_3.held_ppn`.
pub(super) struct Nets {
    signals: Vec<Signal>,
    /// For each atom in the order of a probe's visit: whether it is shown.
    shown: Vec<bool>,
    places: Vec<Place>,
    /// For each signal, its atom in that order, and its place among the atom's signals.
    parts: Vec<(usize, usize)>,
}

/// The place of a net in the source; a structure is one net.
pub(super) struct Place {
    /// Path from the top in the netlist's spelling: `data.tlb.lines[3].held_vpn.q`.
    pub(super) path: String,
}

impl Nets {
    /// Lists the nets of a connected block.
    pub(super) fn of(block: &dyn Block) -> Self {
        let mut lister = Lister::default();
        block.accept("mmu", &mut lister);
        let Lister { signals, shown, places, parts, .. } = lister;
        Self { signals, shown, places, parts }
    }

    /// The nets of the signals, in the same order.
    pub(super) fn places(&self) -> &[Place] {
        &self.places
    }

    pub(super) fn signals(&self) -> &[Signal] {
        &self.signals
    }

    /// Appends the settled values in the order of [`Nets::signals`].
    pub(super) fn sample(&self, block: &dyn Block, values: &mut Vec<u128>) {
        let mut sampler = Sampler { shown: &self.shown, at: 0, values };
        block.accept("mmu", &mut sampler);
    }

    /// The settled values of some signals, by their places among [`Nets::signals`].
    pub(super) fn pick(&self, block: &dyn Block, signals: &[usize]) -> Vec<u128> {
        let parts = signals.iter().map(|&signal| self.parts[signal]).collect();
        let mut picker = Picker { parts, at: 0, values: vec![0; signals.len()] };
        block.accept("mmu", &mut picker);
        picker.values
    }
}

#[derive(Default)]
struct Lister {
    scopes: Vec<(String, Kind)>,
    /// The number of lines in each block that has some, by its path.
    lines: BTreeMap<String, usize>,
    signals: Vec<Signal>,
    shown: Vec<bool>,
    places: Vec<Place>,
    parts: Vec<(usize, usize)>,
}

/// What a scope is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Block,
    Register,
    Memory,
}

impl Kind {
    fn of(block: &dyn Block) -> Self {
        match block.timing().first().map(|timing| timing.name.as_str()) {
            Some("dff") => Self::Register,
            Some("distributed_ram") => Self::Memory,
            _ => Self::Block,
        }
    }
}

impl Lister {
    fn shows(&self, name: &str, atom: &dyn Atom) -> bool {
        match self.scopes.last() {
            Some((_, Kind::Register)) => return name == "q",
            Some((_, Kind::Memory)) => {
                // Words that belong to no line are never written.
                let lines = self.lines.get(&self.scope(1)).copied().unwrap_or(usize::MAX);
                return row(name).is_some_and(|(array, at)| array == "words" && at < lines);
            }
            _ => {}
        }
        let in_line = self.scopes.iter().any(|(scope, _)| scope.starts_with("lines"));
        match atom.kind() {
            AtomKind::OutputParameter => self.scopes.len() > 1 && (!in_line || name == "hit"),
            AtomKind::LocalSignal => !in_line,
            _ => false,
        }
    }

    /// The path of the innermost scope, or of the one so many levels above it.
    fn scope(&self, above: usize) -> String {
        let count = self.scopes.len().saturating_sub(1 + above);
        let scopes = self.scopes.iter().skip(1).take(count);
        scopes.map(|(scope, _)| shown(scope)).collect::<Vec<_>>().join(".")
    }

    fn path(&self, name: &str) -> String {
        let below = |scope: String, name: &str| match &*scope {
            "" => name.replace('$', "_"),
            _ => format!("{scope}.{}", name.replace('$', "_")),
        };
        match self.scopes.last() {
            Some((_, Kind::Register)) => self.scope(0),
            Some((memory, Kind::Memory)) if self.lines.contains_key(&self.scope(1)) => {
                let at = row(name).map_or(0, |(_, at)| at);
                below(below(self.scope(1), &format!("lines_{at}")), memory)
            }
            _ => below(self.scope(0), name),
        }
    }
}

/// Blocks of the tops that are there once or not at all: their number says nothing.
const ALONE: [&str; 2] = ["fetch$0", "fetch_scheme$0"];

/// The name of a block in a path.
fn shown(block: &str) -> String {
    let block = if ALONE.contains(&block) { block.trim_end_matches("$0") } else { block };
    block.replace('$', "_")
}

/// The array and the index of an element, `lines$3`.
fn row(name: &str) -> Option<(&str, usize)> {
    let (array, index) = name.split_once('$')?;
    Some((array, index.parse().ok()?))
}

impl Probe for Lister {
    fn visit_start_scope(&mut self, name: &str, node: &dyn Block) {
        if let Some(("lines", at)) = row(name) {
            self.lines.insert(self.scope(0), at + 1);
        }
        self.scopes.push((name.to_string(), Kind::of(node)));
    }

    fn visit_atom(&mut self, name: &str, atom: &dyn Atom) {
        let shown = self.shows(name, atom);
        let number = self.shown.len();
        self.shown.push(shown);
        if shown {
            let first = self.signals.len();
            let scopes = self.scopes.iter().skip(1).map(|(scope, _)| scope.as_str());
            let parts: Vec<String> = scopes.chain([name]).map(indexed).collect();
            self.places.push(Place { path: parts.join(".") });
            let path = self.path(name);
            list(&mut self.signals, path, &atom.descriptor().kind);
            self.parts.extend((0..self.signals.len() - first).map(|part| (number, part)));
        }
    }

    fn visit_end_scope(&mut self, _name: &str, _node: &dyn Block) {
        self.scopes.pop();
    }
}

/// `lines$3`, a probe's name of an element, becomes `lines[3]`.
fn indexed(name: &str) -> String {
    match row(name) {
        Some((array, index)) => format!("{array}[{index}]"),
        None => name.to_string(),
    }
}

/// Adds a signal, or one for each field of a struct.
fn list(signals: &mut Vec<Signal>, path: String, kind: &TypeKind) {
    match kind {
        TypeKind::Bits(width) | TypeKind::Signed(width) => {
            signals.push(Signal { path, width: *width as u32, names: Vec::new() });
        }
        TypeKind::Enum(names) => {
            let width = names.len().next_power_of_two().trailing_zeros().max(1);
            // `WalkState::Idle` becomes `Idle`.
            let names = names.iter().map(|name| name.rsplit("::").next().unwrap_or(name).into());
            signals.push(Signal { path, width, names: names.collect() });
        }
        TypeKind::Composite(fields) => {
            for field in fields {
                list(signals, format!("{path}.{}", field.fieldname), &field.kind.kind);
            }
        }
    }
}

struct Sampler<'a> {
    shown: &'a [bool],
    at: usize,
    values: &'a mut Vec<u128>,
}

impl Probe for Sampler<'_> {
    fn visit_atom(&mut self, _name: &str, atom: &dyn Atom) {
        if self.shown[self.at] {
            append(self.values, &atom.vcd(), &|| atom.descriptor().kind);
        }
        self.at += 1;
    }
}

struct Picker {
    parts: Vec<(usize, usize)>,
    at: usize,
    values: Vec<u128>,
}

impl Probe for Picker {
    fn visit_atom(&mut self, _name: &str, atom: &dyn Atom) {
        for (place, (wanted, part)) in self.parts.iter().enumerate() {
            if *wanted == self.at {
                let mut values = Vec::new();
                append(&mut values, &atom.vcd(), &|| atom.descriptor().kind);
                self.values[place] = values[*part];
            }
        }
        self.at += 1;
    }
}

/// Appends a value, or one for each field of a struct.
fn append(values: &mut Vec<u128>, value: &VCDValue, kind: &dyn Fn() -> TypeKind) {
    match value {
        VCDValue::Single(_) => values.push(u128::from(*value == VCDValue::from(true))),
        VCDValue::Vector(bits) => {
            let word = bits.iter().fold(0, |word, bit| {
                word << 1 | u128::from(VCDValue::Single(*bit) == VCDValue::from(true))
            });
            values.push(word);
        }
        VCDValue::String(name) => {
            // The type says `WalkState::Idle`, the value says `Idle`.
            let code = match kind() {
                TypeKind::Enum(names) => {
                    names.iter().position(|known| known.rsplit("::").next() == Some(name))
                }
                _ => None,
            };
            values.push(code.map_or(0, |code| code as u128));
        }
        VCDValue::Composite(parts) => {
            for (index, part) in parts.iter().enumerate() {
                append(values, part, &|| match kind() {
                    TypeKind::Composite(fields) => fields[index].kind.kind.clone(),
                    other => other,
                });
            }
        }
    }
}
