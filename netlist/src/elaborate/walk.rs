//! The probe: one module for each distinct block.

use super::atoms::{Declared, take_apart};
use super::kernel::Kernel;
use super::literal::Literal;
use super::names::Names;
use super::scope::Scope;
use super::share::Shared;
use super::{primitive, types};
use crate::check::{Diagnostic, Problem};
use crate::ir::{Body, Design, Kind, Module, ModuleId, Types};
use rust_hdl::prelude::{Atom, AtomKind, Block, Probe, Verilog};
use std::cell::RefCell;

/// Walks a block and everything inside it.
pub(super) fn walk<B: Block + ?Sized>(
    block: &B,
    name: &str,
    names: &Names,
) -> (Design, Vec<Diagnostic>) {
    let mut walk = Walk {
        open: Vec::new(),
        shared: Shared::default(),
        types: Types::default(),
        found: Vec::new(),
    };
    for (name, example) in &names.examples {
        if let Some(module) = walk.block(&**example, name) {
            walk.shared.call(module, name);
        }
    }
    let by_examples = std::mem::take(&mut walk.found);
    let top = walk.block(block, name);
    match top {
        Some(top) => walk.shared.call(top, name),
        None => {
            // An interface, a signal or an array is not a block.
            let block = name.to_owned();
            let problem = Problem::unsupported("a top that is not a single block");
            walk.found.push(Diagnostic { block, signal: None, statement: None, problem });
        }
    }
    // Findings in a block that is equal to a faulty example are reported there.
    walk.found.extend(by_examples);
    (walk.shared.finish(top.unwrap_or(ModuleId(0)), walk.types), walk.found)
}

/// A block that the probe has entered and not left yet.
#[derive(Default)]
struct Open {
    name: String,
    namespace: Vec<String>,
    declared: Declared,
    problems: Vec<(Option<String>, Problem)>,
}

struct Walk {
    /// Blocks from the outermost in; the first is a placeholder for the parent of the top.
    open: Vec<Open>,
    shared: Shared,
    types: Types,
    found: Vec<Diagnostic>,
}

impl Walk {
    /// The module of a block; `None` if it is not a single block.
    fn block<B: Block + ?Sized>(&mut self, block: &B, name: &str) -> Option<ModuleId> {
        self.open = vec![Open { name: name.to_owned(), ..Open::default() }];
        block.accept(name, self);
        match &self.open[0].declared.instances[..] {
            [only] if only.modules.len() == 1 => Some(only.modules[0]),
            _ => None,
        }
    }

    fn current(&mut self) -> &mut Open {
        self.open.last_mut().expect("the holder of the top is never closed")
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for open in &self.open[1..] {
            if !path.is_empty() {
                path.push('.');
            }
            let mut parts = open.name.split('$');
            path.push_str(parts.next().unwrap_or_default());
            for element in parts {
                path.push_str(&format!("[{element}]"));
            }
        }
        path
    }

    fn add_atom(&mut self, name: &str, atom: &dyn Atom) -> Result<(), Problem> {
        let ty = types::lower(&mut self.types, &atom.descriptor())?;
        let (width, bits) = (self.types.width(ty), atom.bits());
        if width as usize != bits {
            return Err(Problem::WidthMismatch { expected: width, found: bits as u32 });
        }
        let open = self.current();
        let scopes = open.namespace.iter().map(String::as_str).chain([name]);
        let name = take_apart(scopes);
        let kind = match atom.kind() {
            AtomKind::InputParameter => Kind::Input,
            AtomKind::OutputParameter => Kind::Output,
            AtomKind::LocalSignal => Kind::Local,
            AtomKind::Constant => {
                let value = Literal::new(&atom.verilog())?.truncated(width);
                open.declared.constant(name, ty, value);
                return Ok(());
            }
            _ => return Err(Problem::unsupported("a bidirectional (tristate) signal")),
        };
        open.declared.signal(name, kind, ty);
        Ok(())
    }

    fn body(&mut self, block: &dyn Block, declared: &Declared) -> (Body, Vec<Diagnostic>) {
        let mut found = Vec::new();
        let mut report = |path: String, signal, statement, problem| {
            found.push(Diagnostic { block: path, signal, statement, problem });
        };
        let body = match block.hdl() {
            Verilog::Combinatorial(kernel) => {
                let scope = Scope {
                    declared,
                    modules: &self.shared.modules,
                    types: &self.types,
                    loops: Vec::new(),
                    ends: Vec::new(),
                    known: RefCell::default(),
                };
                let mut translated = Kernel { scope, faults: Vec::new() };
                let statements = translated.block(&kernel);
                for fault in translated.faults {
                    report(self.path(), fault.signal, Some(fault.statement), fault.problem);
                }
                Body::Kernel(statements)
            }
            Verilog::Custom(text) => {
                match primitive::recognise(declared, &self.types, &text, &block.timing()) {
                    Ok(primitive) => Body::Primitive(primitive),
                    Err(problem) => {
                        report(self.path(), None, None, problem);
                        Body::Kernel(Vec::new())
                    }
                }
            }
            Verilog::Empty => Body::Kernel(Vec::new()),
            Verilog::Blackbox(_) | Verilog::Wrapper(_) => {
                let problem = Problem::unsupported("a black box");
                report(self.path(), None, None, problem);
                Body::Kernel(Vec::new())
            }
        };
        (body, found)
    }
}

impl Probe for Walk {
    fn visit_start_scope(&mut self, name: &str, _block: &dyn Block) {
        self.open.push(Open { name: name.to_owned(), ..Open::default() });
    }

    fn visit_start_namespace(&mut self, name: &str, _block: &dyn Block) {
        self.current().namespace.push(name.to_owned());
    }

    fn visit_atom(&mut self, name: &str, atom: &dyn Atom) {
        if let Err(problem) = self.add_atom(name, atom) {
            self.current().problems.push((Some(name.to_owned()), problem));
        }
    }

    fn visit_end_namespace(&mut self, _name: &str, _block: &dyn Block) {
        self.current().namespace.pop();
    }

    fn visit_end_scope(&mut self, name: &str, block: &dyn Block) {
        let open = self.current();
        let declared = std::mem::take(&mut open.declared);
        let problems = std::mem::take(&mut open.problems);
        let (body, mut found) = self.body(block, &declared);
        for (signal, problem) in problems.into_iter().chain(declared.ragged()) {
            found.push(Diagnostic { block: self.path(), signal, statement: None, problem });
        }
        self.open.pop();
        let Declared { signals, constants, instances } = declared;
        let module = Module { name: String::new(), signals, constants, instances, body };
        let (id, first) = self.shared.add(module, &self.types, name);
        // The findings of an equal block were reported with the first one.
        if first {
            self.found.append(&mut found);
        }
        let open = self.current();
        let scopes = open.namespace.iter().map(String::as_str).chain([name]);
        let name = take_apart(scopes);
        open.declared.instance(name, id);
    }
}
