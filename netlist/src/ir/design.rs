//! The hierarchical layer: modules, signals, instances.

use super::{Expr, Statement, Type, Types, Value};
use std::collections::BTreeMap;

/// Names a [`Module`] in [`Design::modules`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModuleId(pub u32);

/// Names a [`Signal`] in [`Module::signals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SignalId(pub u32);

/// Names an [`Instance`] in [`Module::instances`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstanceId(pub u32);

/// Names a [`Constant`] in [`Module::constants`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConstantId(pub u32);

/// A checked design.
#[derive(Clone, Debug)]
pub struct Design {
    /// One module per distinct block; children come before their parents.
    pub modules: Vec<Module>,
    /// The outermost block.
    pub top: ModuleId,
    /// Enumerations and structures.
    pub types: Types,
}

impl Design {
    /// The module with this id.
    pub fn module(&self, id: ModuleId) -> &Module {
        &self.modules[id.0 as usize]
    }

    /// The outermost module.
    pub fn top_module(&self) -> &Module {
        self.module(self.top)
    }

    /// Makes ports of the outermost module its own signals: inputs that it does not read, and outputs
    /// of which nobody is to hear.
    pub fn hide(&mut self, hidden: impl Fn(&str) -> bool) {
        let top = &mut self.modules[self.top.0 as usize];
        for port in top.signals.iter_mut().filter(|signal| hidden(&signal.name)) {
            port.kind = Kind::Local;
        }
    }

    /// For each module, the path of its first instance, from the top's name.
    pub fn first_paths(&self) -> Vec<String> {
        let mut paths = vec![String::new(); self.modules.len()];
        let mut open = vec![(self.top, self.top_module().name.clone())];
        while let Some((id, path)) = open.pop() {
            let known = &mut paths[id.0 as usize];
            if !known.is_empty() {
                continue;
            }
            known.clone_from(&path);
            for instance in self.module(id).instances.iter().rev() {
                for (at, module) in instance.modules.iter().enumerate().rev() {
                    let element = element_name(&instance.dims, at as u32);
                    open.push((*module, format!("{path}.{}{element}", instance.name)));
                }
            }
        }
        paths
    }

    /// The primitive that an instance is, if it is one.
    pub fn primitive(&self, instance: &Instance) -> Option<&Primitive> {
        match &self.module(instance.modules[0]).body {
            Body::Primitive(primitive) => Some(primitive),
            Body::Kernel(_) => None,
        }
    }
}

/// One distinct block: same structure, widths and constants.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Module {
    /// Unique among the modules; a legal identifier.
    pub name: String,
    /// Ports and locals in order of declaration.
    pub signals: Vec<Signal>,
    /// `Constant` fields in order of declaration.
    pub constants: Vec<Constant>,
    /// Children in order of declaration; registers and memories are instances of primitives.
    pub instances: Vec<Instance>,
    /// Its behaviour.
    pub body: Body,
}

impl Module {
    /// The signal with this id.
    pub fn signal(&self, id: SignalId) -> &Signal {
        &self.signals[id.0 as usize]
    }

    /// The instance with this id.
    pub fn instance(&self, id: InstanceId) -> &Instance {
        &self.instances[id.0 as usize]
    }

    /// The constant with this id.
    pub fn constant(&self, id: ConstantId) -> &Constant {
        &self.constants[id.0 as usize]
    }

    /// The signal with this name.
    pub fn signal_named(&self, name: &str) -> Option<SignalId> {
        let at = self.signals.iter().position(|signal| signal.name == name)?;
        Some(SignalId(at as u32))
    }

    /// Inputs and outputs in order of declaration.
    pub fn ports(&self) -> impl Iterator<Item = (SignalId, &Signal)> {
        let numbered = self.signals.iter().enumerate();
        numbered.map(|(at, signal)| (SignalId(at as u32), signal)).filter(|(_, s)| s.is_port())
    }

    /// The kernel's statements; none in a primitive.
    pub fn statements(&self) -> &[Statement] {
        match &self.body {
            Body::Kernel(statements) => statements,
            Body::Primitive(_) => &[],
        }
    }
}

/// The role of a signal in its module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Driven from outside.
    Input,
    /// Driven by the module, seen outside.
    Output,
    /// Driven and seen by the module alone.
    Local,
}

/// A port or local, or an array of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Signal {
    /// Its Rust name; fields of an interface read `bus.field`.
    pub name: String,
    /// Input, output or local.
    pub kind: Kind,
    /// Type of one element.
    pub ty: Type,
    /// Array dimensions, outermost first; empty for a single signal.
    pub dims: Vec<u32>,
}

impl Signal {
    /// Input or output.
    pub fn is_port(&self) -> bool {
        self.kind != Kind::Local
    }

    /// Elements: the product of the dimensions, 1 for a single signal.
    pub fn count(&self) -> u32 {
        self.dims.iter().product()
    }
}

/// A `Constant` field, or an array of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Constant {
    /// Its Rust name.
    pub name: String,
    /// Type of one element.
    pub ty: Type,
    /// Array dimensions, outermost first; empty for a single constant.
    pub dims: Vec<u32>,
    /// The elements, row by row.
    pub values: Vec<Value>,
}

/// A child block, or an array of children.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Instance {
    /// Its Rust name.
    pub name: String,
    /// Array dimensions, outermost first; empty for a single child.
    pub dims: Vec<u32>,
    /// The module of each element, row by row. They have the same ports; they differ only when
    /// the elements were built with different constants.
    pub modules: Vec<ModuleId>,
}

impl Instance {
    /// The module that all elements share, if they do.
    pub fn uniform(&self) -> Option<ModuleId> {
        let first = self.modules[0];
        self.modules.iter().all(|module| *module == first).then_some(first)
    }

    /// Elements.
    pub fn count(&self) -> u32 {
        self.modules.len() as u32
    }
}

/// The behaviour of a module.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Body {
    /// Statements, executed in order; the last assignment wins.
    Kernel(Vec<Statement>),
    /// A building block that has no kernel.
    Primitive(Primitive),
}

/// Blocks without a kernel. Each field is a port of the module.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Primitive {
    /// `q` takes the value of `d` at the rising edge.
    Register {
        /// Clock input.
        clock: SignalId,
        /// Data input.
        d: SignalId,
        /// Output.
        q: SignalId,
        /// Value of `q` before the first edge.
        init: Value,
    },
    /// One read and one write port; a read sees the contents before the write of the same edge.
    Memory {
        /// Clock of `data`. Without one the memory is read within the cycle.
        read_clock: Option<SignalId>,
        /// Address read: at the edge, or in each cycle.
        read_address: SignalId,
        /// The word read. With a clock it is registered, and zero before the first edge.
        data: SignalId,
        /// Absent in a ROM.
        write: Option<MemoryWrite>,
        /// Contents that are not zero, by address.
        init: BTreeMap<u64, Value>,
        /// An array of local signals, one for each word, by which observers see the contents.
        words: Option<SignalId>,
    },
    /// A combinational table.
    Table {
        /// Address input.
        address: SignalId,
        /// Output.
        data: SignalId,
        /// Contents that are not `default`, by address.
        contents: BTreeMap<u64, Value>,
        /// Contents of all other addresses.
        default: Value,
    },
}

/// The write port of a [`Primitive::Memory`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MemoryWrite {
    /// Clock.
    pub clock: SignalId,
    /// Address.
    pub address: SignalId,
    /// Data.
    pub data: SignalId,
    /// Write at this edge.
    pub enable: SignalId,
}

impl Constant {
    /// The constant as an expression, for element `at`.
    pub fn literal(&self, at: usize) -> Option<Expr> {
        let value = self.values.get(at)?;
        Some(Expr::literal(value.clone(), self.ty))
    }
}

/// `[2][1]`: element `at`, counted row by row, of an array with these dimensions.
pub(crate) fn element_name(dims: &[u32], at: u32) -> String {
    let mut rest = at;
    let mut parts = Vec::new();
    for dim in dims.iter().rev() {
        parts.push(format!("[{}]", rest % dim));
        rest /= dim;
    }
    parts.reverse();
    parts.concat()
}
