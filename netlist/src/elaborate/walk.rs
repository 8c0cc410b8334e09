//! The probe: one module for each distinct block.

use super::atoms::{Declared, take_apart};
use super::kernel::Kernel;
use super::literal::Literal;
use super::scope::Scope;
use super::{primitive, types};
use crate::check::{Diagnostic, Problem};
use crate::ir::{Body, Design, Kind, Module, ModuleId, Type, Types};
use rust_hdl::prelude::{Atom, AtomKind, Block, Probe, Verilog};
use std::collections::{HashMap, HashSet};

/// Walks a block and everything inside it.
pub(super) fn walk<B: Block + ?Sized>(block: &B, name: &str) -> (Design, Vec<Diagnostic>) {
    let mut walk = Walk {
        open: vec![Open { name: name.to_owned(), ..Open::default() }],
        modules: Vec::new(),
        known: HashMap::new(),
        names: HashSet::new(),
        types: Types::default(),
        found: Vec::new(),
    };
    block.accept(name, &mut walk);
    let top = match &walk.open[0].declared.instances[..] {
        [only] if only.modules.len() == 1 => only.modules[0],
        _ => {
            // An interface, a signal or an array is no block by itself.
            let block = name.to_owned();
            let problem = Problem::unsupported("a top that is not a single block");
            let finding = Diagnostic { block, signal: None, statement: None, problem };
            walk.found.push(finding);
            ModuleId(0)
        }
    };
    (Design { modules: walk.modules, top, types: walk.types }, walk.found)
}

/// A block that the probe has entered and not left.
#[derive(Default)]
struct Open {
    name: String,
    namespace: Vec<String>,
    declared: Declared,
    problems: Vec<(Option<String>, Problem)>,
}

struct Walk {
    /// Blocks from the outermost in; the first is a holder for the top.
    open: Vec<Open>,
    modules: Vec<Module>,
    /// Modules by all they are but their names.
    known: HashMap<Module, ModuleId>,
    names: HashSet<String>,
    types: Types,
    found: Vec<Diagnostic>,
}

impl Walk {
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

    /// A name for a module, after the instance in which it is first seen.
    fn fresh_name(&mut self, instance: &str) -> String {
        let base = instance.split('$').next().unwrap_or(instance).to_owned();
        let numbered = (2..).map(|number| format!("{base}_{number}"));
        let mut names = std::iter::once(base.clone()).chain(numbered);
        let name = names.find(|name| !self.names.contains(name)).expect("numbers do not end");
        self.names.insert(name.clone());
        name
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
                    modules: &self.modules,
                    types: &self.types,
                    loops: Vec::new(),
                    ends: Vec::new(),
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
        let mut module = Module { name: String::new(), signals, constants, instances, body };
        let id = match self.known.get(&module) {
            // Its findings were reported with the first of its kind.
            Some(id) => *id,
            None => {
                self.found.append(&mut found);
                let id = ModuleId(self.modules.len() as u32);
                self.known.insert(module.clone(), id);
                module.name = match self.primitive_name(&module) {
                    Some(primitive) => self.fresh_name(&primitive),
                    None => self.fresh_name(name),
                };
                self.modules.push(module);
                id
            }
        };
        let open = self.current();
        let scopes = open.namespace.iter().map(String::as_str).chain([name]);
        let name = take_apart(scopes);
        open.declared.instance(name, id);
    }
}

impl Walk {
    /// Primitives are named for what they are, not for what the first one holds.
    fn primitive_name(&self, module: &Module) -> Option<String> {
        use crate::ir::Primitive;
        let Body::Primitive(primitive) = &module.body else { return None };
        let (kind, of) = match primitive {
            Primitive::Register { q, .. } => ("register", *q),
            Primitive::Memory { data, .. } => ("memory", *data),
            Primitive::Table { data, .. } => ("table", *data),
        };
        let ty = module.signal(of).ty;
        Some(match ty {
            Type::Enum(id) => format!("{kind}_{}", self.types.enumeration(id).name),
            Type::Struct(id) => format!("{kind}_{}", self.types.structure(id).name),
            _ => format!("{kind}_{}", self.types.width(ty)),
        })
    }
}
