//! Name resolution in a kernel.

use super::atoms::Declared;
use super::name::{self, Segment};
use crate::check::Problem;
use crate::ir::{
    ConstantId, EnumId, Index, IndexOp, InstanceId, Kind, Module, Reference, SignalId, Type, Types,
    Value, Variable,
};
use std::cell::RefCell;
use std::collections::HashMap;

/// The names that a kernel can use.
pub(super) struct Scope<'a> {
    pub(super) declared: &'a Declared,
    pub(super) modules: &'a [Module],
    pub(super) types: &'a Types,
    /// Enclosing loops, outermost first, and the end of each one's range.
    pub(super) loops: Vec<Variable>,
    pub(super) ends: Vec<u64>,
    /// Cached results, since every name is resolved several times.
    pub(super) known: RefCell<HashMap<String, Read>>,
}

/// What a read refers to, or why its name cannot be resolved.
pub(super) type Read = Result<(Meaning, Option<Fields>), Problem>;

/// The meaning of a name.
#[derive(Clone, Debug)]
pub(super) enum Meaning {
    Loop(Variable),
    Signal(Reference, Kind, Type),
    Constant(ConstantId, Option<Index>, Type),
}

/// Some bits of a signal or constant.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    pub(super) offset: u32,
    pub(super) ty: Type,
    pub(super) path: Option<String>,
}

impl Scope<'_> {
    /// Resolves a read: a signal, constant or loop variable, perhaps with nested fields.
    pub(super) fn read(&self, name: &str) -> Read {
        if let Some(known) = self.known.borrow().get(name) {
            return known.clone();
        }
        let found = self.find(name);
        self.known.borrow_mut().insert(name.to_owned(), found.clone());
        found
    }

    /// Enters a loop. Names may mean its variable now.
    pub(super) fn enter(&mut self, variable: Variable, end: u64) {
        self.loops.push(variable);
        self.ends.push(end);
        self.known.get_mut().clear();
    }

    /// Leaves the innermost loop.
    pub(super) fn leave(&mut self) {
        self.loops.pop();
        self.ends.pop();
        self.known.get_mut().clear();
    }

    fn find(&self, name: &str) -> Read {
        let segments = name::segments(name);
        let value = segments.iter().position(|segment| segment.ident == "val()");
        let (signal, fields) = segments.split_at(value.unwrap_or(segments.len()));
        let meaning = self.meaning(signal, name)?;
        let fields = self.fields(&meaning, fields.get(1..).unwrap_or(&[]), name)?;
        Ok((meaning, fields))
    }

    /// Resolves the target of an assignment: `signal$next`, perhaps with nested fields after it, or
    /// the bare signal if the syntax tree has removed `next` itself.
    pub(super) fn target(&self, name: &str) -> Result<(Meaning, Option<Fields>), Problem> {
        let segments = name::segments(name);
        for at in (1..segments.len()).rev().filter(|at| segments[*at].ident == "next") {
            if let Ok(meaning) = self.meaning(&segments[..at], name) {
                let fields = self.fields(&meaning, &segments[at + 1..], name)?;
                return Ok((meaning, fields));
            }
        }
        // Report what is wrong with the signal, not with the word `next` behind it.
        let signal = match segments.split_last() {
            Some((last, signal)) if last.ident == "next" && !signal.is_empty() => signal,
            _ => &segments[..],
        };
        Ok((self.meaning(signal, name)?, None))
    }

    fn meaning(&self, segments: &[Segment], name: &str) -> Result<Meaning, Problem> {
        if let [Segment { ident, indices }] = segments
            && indices.is_empty()
            && let Some(variable) = self.loops.iter().rev().find(|v| v.name == *ident)
        {
            return Ok(Meaning::Loop(variable.clone()));
        }
        let base = joined(segments);
        if let Some(at) = self.declared.signals.iter().position(|signal| signal.name == base) {
            let signal = &self.declared.signals[at];
            let element = self.element(segments, &signal.dims)?;
            let reference = Reference { instance: None, signal: SignalId(at as u32), element };
            return Ok(Meaning::Signal(reference, signal.kind, signal.ty));
        }
        if let Some(at) = self.declared.constants.iter().position(|held| held.name == base) {
            let constant = &self.declared.constants[at];
            let element = self.element(segments, &constant.dims)?;
            return Ok(Meaning::Constant(ConstantId(at as u32), element, constant.ty));
        }
        for split in 1..segments.len() {
            let (outer, inner) = segments.split_at(split);
            let base = joined(outer);
            let at = self.declared.instances.iter().position(|child| child.name == base);
            let Some(at) = at else { continue };
            let child = &self.declared.instances[at];
            let module = &self.modules[child.modules[0].0 as usize];
            let Some(signal) = module.signal_named(&joined(inner)) else { continue };
            let port = module.signal(signal);
            let which = self.element(outer, &child.dims)?;
            let element = self.element(inner, &port.dims)?;
            let instance = Some((InstanceId(at as u32), which));
            let reference = Reference { instance, signal, element };
            return Ok(Meaning::Signal(reference, port.kind, port.ty));
        }
        Err(Problem::UnresolvedName { name: name.to_owned() })
    }

    /// The row-major element that all indices of some segments select together.
    fn element(&self, segments: &[Segment], dims: &[u32]) -> Result<Option<Index>, Problem> {
        let texts: Vec<&String> = segments.iter().flat_map(|segment| &segment.indices).collect();
        if texts.len() != dims.len() {
            return Err(Problem::unsupported("a whole array used as one signal"));
        }
        let mut element = None;
        for (text, dim) in texts.into_iter().zip(dims) {
            let index = name::index(text, &self.loops)?;
            element = Some(match element {
                None => index,
                Some(outer) => {
                    let scaled = (IndexOp::Mul, outer, Index::Const(u64::from(*dim)));
                    let outer = Index::Op(scaled.0, Box::new(scaled.1), Box::new(scaled.2));
                    Index::Op(IndexOp::Add, Box::new(outer), Box::new(index))
                }
            });
        }
        Ok(element)
    }

    fn fields(
        &self,
        meaning: &Meaning,
        path: &[Segment],
        name: &str,
    ) -> Result<Option<Fields>, Problem> {
        let (Meaning::Signal(_, _, mut ty) | Meaning::Constant(_, _, mut ty)) = *meaning else {
            return Ok(None);
        };
        let mut offset = 0;
        for segment in path {
            let Type::Struct(id) = ty else {
                return Err(Problem::UnresolvedName { name: name.to_owned() });
            };
            let fields = &self.types.structure(id).fields;
            let field = fields.iter().find(|field| field.name == segment.ident);
            let field = field.ok_or_else(|| Problem::UnresolvedName { name: name.to_owned() })?;
            offset += field.offset;
            ty = field.ty;
        }
        let path = (!path.is_empty()).then(|| joined(path));
        Ok(path.map(|path| Fields { offset, ty, path: Some(path) }))
    }

    /// The variants that a name such as `State$Idle` or `Idle` may mean.
    pub(super) fn variants(&self, name: &str) -> Vec<(EnumId, Value)> {
        let mut words = name.rsplit('$');
        let (variant, of) = (words.next().unwrap_or_default(), words.next());
        let numbered = self.types.enums().iter().enumerate();
        let named = numbered.filter(|(_, held)| of.is_none_or(|of| held.name == of));
        named
            .filter_map(|(id, held)| {
                let at = held.variants.iter().position(|held| held == variant)?;
                Some((EnumId(id as u32), Value::new(held.width, at as u64)))
            })
            .collect()
    }

    /// The variant of one enumeration that a name means.
    pub(super) fn variant_of(&self, name: &str, id: EnumId) -> Option<Value> {
        self.variants(name).into_iter().find(|(held, _)| *held == id).map(|(_, value)| value)
    }
}

fn joined(segments: &[Segment]) -> String {
    let idents: Vec<&str> = segments.iter().map(|segment| segment.ident.as_str()).collect();
    idents.join(".")
}
