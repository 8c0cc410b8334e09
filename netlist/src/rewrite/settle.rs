//! Makes reads final: after this pass, a read of a signal gives its last value.
//!
//! A kernel may read a local before its last assignment. Each such intermediate value becomes a
//! local of its own, assigned together with the original, so that the statements of one signal can
//! be separated from all others. Accumulation in a loop (`x = x ^ y[i]`) stays as it is.

use super::planted;
use crate::ir::{
    Design, Expr, ExprKind, Index, Kind, Module, Pass, Rebuild, Reference, Signal, SignalId,
    Statement, Target, each_assignment,
};
use std::collections::BTreeMap;

/// The pass.
pub(super) struct Settle;

impl Pass<Design> for Settle {
    fn name(&self) -> &'static str {
        "settle"
    }

    fn apply(&self, design: &Design) -> Design {
        design.map_kernels(|module, body| {
            let (writes, module) = (Writes::new(body), module.clone());
            let mut read = Read { writes, versions: Versions::new(), module, depth: 0 };
            let body = read.body(body);
            let mut write = Write { writes: Writes::new(&body), versions: read.versions };
            read.module.with_kernel(write.body(&body))
        })
    }
}

/// A signal of the module, or one element of it if all its assignments have a fixed index.
type Key = (SignalId, Option<u64>);

/// Values of signals that are read before later assignments: each is identified by the number of
/// assignments before it, and has a signal of its own.
type Versions = BTreeMap<(Key, usize), SignalId>;

/// The assignments, and how many of them the pass has seen.
struct Writes {
    /// Whether every assignment of a signal has a fixed index.
    fixed: BTreeMap<SignalId, bool>,
    /// The bits of each assignment (first and end), in order.
    bits: BTreeMap<Key, Vec<(u32, u32)>>,
    seen: BTreeMap<Key, usize>,
}

impl Writes {
    fn new(body: &[Statement]) -> Self {
        let mut writes =
            Self { fixed: BTreeMap::new(), bits: BTreeMap::new(), seen: BTreeMap::new() };
        each_assignment(body, &mut |target, _| {
            if target.reference.instance.is_none() {
                let fixed = matches!(target.reference.element, None | Some(Index::Const(_)));
                *writes.fixed.entry(target.reference.signal).or_insert(true) &= fixed;
            }
        });
        each_assignment(body, &mut |target, _| {
            if let Some(key) = writes.key(&target.reference) {
                let all = (0, u32::MAX);
                let bits = target.part.as_ref().map_or(all, |p| (p.offset, p.offset + p.width));
                writes.bits.entry(key).or_default().push(bits);
            }
        });
        writes
    }

    fn key(&self, reference: &Reference) -> Option<Key> {
        if reference.instance.is_some() {
            return None;
        }
        let element = match (self.fixed.get(&reference.signal)?, &reference.element) {
            (true, Some(Index::Const(at))) => Some(*at),
            _ => None,
        };
        Some((reference.signal, element))
    }

    /// Assignments made so far.
    fn seen(&self, key: Key) -> usize {
        self.seen.get(&key).copied().unwrap_or(0)
    }

    fn count(&mut self, target: &Target) -> Option<(Key, usize)> {
        let key = self.key(&target.reference)?;
        let seen = self.seen.entry(key).or_default();
        *seen += 1;
        Some((key, *seen))
    }

    /// Whether these bits of a signal that has been assigned keep their present value.
    fn is_final(&self, key: Key, low: u32, end: u32) -> bool {
        let seen = self.seen(key);
        let later = self.bits.get(&key).map_or(&[][..], |bits| &bits[seen..]);
        seen == 0 || later.iter().all(|(from, to)| *to <= low || end <= *from)
    }
}

/// The same place in a version: a version of an array with variable indices has all elements.
fn version_of(reference: &Reference, key: Key, version: SignalId) -> Reference {
    let element = if key.1.is_some() { None } else { reference.element.clone() };
    Reference { instance: None, signal: version, element }
}

/// First part: reads of values that are not final become reads of versions.
struct Read {
    writes: Writes,
    versions: Versions,
    /// The module, with the versions added so far.
    module: Module,
    /// Enclosing loops.
    depth: u32,
}

impl Read {
    fn version(&mut self, key: Key) -> SignalId {
        let version = (key, self.writes.seen(key));
        if let Some(known) = self.versions.get(&version) {
            return *known;
        }
        let original = self.module.signal(key.0);
        let wanted = format!("{}_{}", original.name, self.versions.len() + 1);
        let dims = if key.1.is_some() { Vec::new() } else { original.dims.clone() };
        let ty = original.ty;
        let name = self.module.fresh_name(&wanted);
        let id = SignalId(self.module.signals.len() as u32);
        self.module.signals.push(Signal { name, kind: Kind::Local, ty, dims });
        self.versions.insert(version, id);
        id
    }

    /// `itself`: the signal in which the value accumulates.
    fn settled(&mut self, expr: &Expr, itself: Option<SignalId>) -> Expr {
        match &expr.kind {
            // Of a structure, only the bits that are read must be final.
            ExprKind::Slice(inner, low, _) => {
                let key = match &inner.kind {
                    ExprKind::Read(reference) => self.writes.key(reference),
                    _ => None,
                };
                let end = low + expr.width;
                if key.is_some_and(|key| self.writes.is_final(key, *low, end)) {
                    return expr.clone();
                }
            }
            ExprKind::Read(reference) => {
                let Some(key) = self.writes.key(reference) else { return expr.clone() };
                let last = self.writes.is_final(key, 0, u32::MAX);
                if last || itself == Some(reference.signal) {
                    return expr.clone();
                }
                let version = version_of(reference, key, self.version(key));
                return Expr { kind: ExprKind::Read(version), ..expr.clone() };
            }
            _ => {}
        }
        expr.map_operands(&mut |operand| self.settled(operand, itself))
    }
}

impl Rebuild for Read {
    fn expr(&mut self, expr: &Expr) -> Expr {
        self.settled(expr, None)
    }

    fn statement(&mut self, statement: &Statement, into: &mut Vec<Statement>) {
        match statement {
            Statement::Assign { target, value } => {
                let own = self.depth > 0 && target.reference.instance.is_none();
                let itself = own.then_some(target.reference.signal);
                let value = self.settled(value, itself);
                self.writes.count(target);
                into.push(Statement::Assign { target: target.clone(), value });
            }
            Statement::For { .. } => {
                self.depth += 1;
                let inside = self.inside(statement);
                self.depth -= 1;
                into.push(inside);
            }
            _ => {
                let inside = self.inside(statement);
                into.push(inside);
            }
        }
    }
}

/// Second part: versions are assigned together with their originals.
struct Write {
    writes: Writes,
    versions: Versions,
}

impl Rebuild for Write {
    fn statement(&mut self, statement: &Statement, into: &mut Vec<Statement>) {
        let Statement::Assign { target, value } = statement else {
            let inside = self.inside(statement);
            return into.push(inside);
        };
        into.push(statement.clone());
        let Some((key, seen)) = self.writes.count(target) else { return };
        let first = if planted!(Settle) { seen + 1 } else { seen };
        for (_, version) in self.versions.range((key, first)..=(key, usize::MAX)) {
            let reference = version_of(&target.reference, key, *version);
            let target = Target { reference, part: target.part.clone() };
            let value = self.of_version(value, key, *version);
            into.push(Statement::Assign { target, value });
        }
    }
}

impl Write {
    /// Replaces a signal by its version in a value that accumulates in it.
    fn of_version(&self, expr: &Expr, key: Key, version: SignalId) -> Expr {
        match &expr.kind {
            ExprKind::Read(reference) if self.writes.key(reference) == Some(key) => {
                let read = version_of(reference, key, version);
                Expr { kind: ExprKind::Read(read), ..expr.clone() }
            }
            _ => expr.map_operands(&mut |operand| self.of_version(operand, key, version)),
        }
    }
}
