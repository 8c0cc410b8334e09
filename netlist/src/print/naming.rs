//! The names of everything in a module.

use super::Net;
use super::children::{Child, Connection};
use super::module::Drawn;
use super::names::{Scope, legal, upper};
use super::sheet::Sheet;
use super::tree::{At, Base, Block, Cells, Field, Label, Part, Select, Tree, each_part};
use crate::ir::{ConstantId, EnumId, Index, InstanceId, Primitive, SignalId, Type, Variable};
use std::collections::BTreeMap;

/// The names of one module's text.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) nets: BTreeMap<Net, String>,
    /// For nets whose elements are separate wires, the elements' names.
    pub(super) elements: BTreeMap<Net, Vec<String>>,
    pub(super) cells: BTreeMap<Cells, String>,
    /// The `generate` blocks of arrays of children.
    pub(super) arrays: BTreeMap<InstanceId, String>,
    /// Children, by element; in an array of equal ones, within its `generate` block.
    pub(super) children: BTreeMap<(InstanceId, u32), String>,
    pub(super) constants: BTreeMap<ConstantId, String>,
    pub(super) variants: BTreeMap<(EnumId, u64), String>,
    pub(super) fields: BTreeMap<Field, String>,
    pub(super) blocks: BTreeMap<Label, String>,
    loops: BTreeMap<(String, u32), String>,
    pub(super) unused: String,
}

impl Names {
    /// Names everything in a module's trees: ports first, then registers, signals and children,
    /// then the rest in the order of the text.
    /// `modules`: the names of modules.
    pub(super) fn new(sheet: &Sheet<'_>, drawn: &Drawn, modules: &[String]) -> Self {
        let (scope, names) = (Scope::default(), Names::default());
        let mut naming = Naming { sheet, modules, scope, names };
        let instances = naming.nets();
        for item in &drawn.items {
            item.each(&mut |part| naming.part(part));
            if let super::logic::Form::Block(block) = &item.form {
                naming.label(block);
            }
        }
        for memory in &drawn.memories {
            naming.memory(memory.cells, &instances);
            let blocks = std::iter::once(&memory.contents).chain(&memory.ports);
            blocks.for_each(|block| naming.block(block));
        }
        drawn.children.iter().for_each(|child| naming.child(child, &instances));
        each_part(&drawn.initials, &mut |part| naming.part(part));
        drawn.edges.iter().for_each(|block| naming.block(block));
        naming.names.unused = naming.scope.take("unused");
        naming.names
    }

    pub(super) fn variable(&self, variable: &Variable) -> &str {
        &self.loops[&(variable.name.clone(), variable.depth)]
    }

    pub(super) fn base(&self, base: Base) -> &str {
        match base {
            Base::Net(net) => &self.nets[&net],
            Base::Element(net, at) => &self.elements[&net][at as usize],
            Base::Constant(id) => &self.constants[&id],
            Base::Cells(cells) => &self.cells[&cells],
        }
    }
}

struct Naming<'a> {
    sheet: &'a Sheet<'a>,
    modules: &'a [String],
    scope: Scope,
    names: Names,
}

impl Naming<'_> {
    /// Names nets; returns the names of the instances.
    fn nets(&mut self) -> Vec<String> {
        let sheet = self.sheet;
        let module = sheet.module;
        let signals = || (0..).map(SignalId).zip(&module.signals);
        let (ports, locals): (Vec<_>, Vec<_>) = signals().partition(|(_, signal)| signal.is_port());
        for (id, signal) in ports.into_iter().chain(locals) {
            let name = self.scope.take(&signal.name);
            self.names.nets.insert(Net::Own(id), name);
        }
        let mut instances = Vec::new();
        for (id, primitive) in sheet.instances() {
            let instance = module.instance(id);
            let child = sheet.design.module(instance.modules[0]);
            // Linters warn about an instance with a signal or a register of the same name inside.
            let inside = child.signal_named(&instance.name).is_some()
                || child.instances.iter().any(|inner| inner.name == instance.name);
            let hidden = primitive.is_none() && inside;
            let name = match hidden {
                true => self.scope.take(&format!("{}_block", instance.name)),
                false => self.scope.take(&instance.name),
            };
            for (port, signal) in child.ports() {
                let wanted = match primitive {
                    Some(Primitive::Register { q, .. }) if *q == port => None,
                    Some(Primitive::Register { d, .. }) if *d == port => Some("next"),
                    _ => Some(signal.name.as_str()),
                };
                let net = match wanted {
                    Some(port) => self.scope.take(&format!("{}_{port}", instance.name)),
                    None => name.clone(),
                };
                self.names.nets.insert(Net::Child(id, port), net);
            }
            instances.push(name);
        }
        for (net, _) in sheet.nets.iter().filter(|(_, shape)| shape.apart) {
            let name = self.names.nets[net].clone();
            let element = |at| self.scope.take(&format!("{name}_{at}"));
            let names = (0..sheet.net(*net).count).map(element).collect();
            self.names.elements.insert(*net, names);
        }
        for (source, own) in &sheet.shared {
            let name = self.names.nets[own].clone();
            self.names.nets.insert(*source, name);
        }
        instances
    }

    fn part(&mut self, part: Part<'_>) {
        match part {
            Part::Left(select) | Part::Tree(Tree::Select(select)) => self.select(select),
            Part::Tree(Tree::Variant(id, number)) => self.variant(*id, *number),
            Part::Tree(Tree::Counter(variable, _)) | Part::Loop(variable) => {
                self.variable(variable)
            }
            Part::Tree(_) => {}
        }
    }

    fn select(&mut self, select: &Select) {
        if let Base::Constant(id) = select.base
            && !self.names.constants.contains_key(&id)
        {
            let name = self.scope.take(&upper(&self.sheet.module.constant(id).name));
            self.names.constants.insert(id, name);
        }
        match &select.at {
            At::Fixed(_, Some(field)) if !self.names.fields.contains_key(field) => {
                let of = &self.sheet.design.types.structure(field.of).name;
                let name = self.scope.take(&format!("{}_{}", upper(of), upper(&field.name)));
                self.names.fields.insert(field.clone(), name);
            }
            At::Moving(index, _) => self.index(index),
            _ => {}
        }
    }

    fn index(&mut self, index: &Index) {
        index.each_variable(&mut |variable| self.variable(variable));
    }

    fn variable(&mut self, variable: &Variable) {
        let key = (variable.name.clone(), variable.depth);
        if !self.names.loops.contains_key(&key) {
            let name = self.scope.take(&variable.name);
            self.names.loops.insert(key, name);
        }
    }

    fn variant(&mut self, id: EnumId, number: u64) {
        if self.names.variants.contains_key(&(id, number)) {
            return;
        }
        let types = &self.sheet.design.types;
        let short = upper(types.variant_name(Type::Enum(id), number).unwrap_or_default());
        let name = match self.scope.is_free(&legal(&short)) {
            true => self.scope.take(&short),
            false => self.scope.take(&format!("{}_{short}", upper(&types.enumeration(id).name))),
        };
        self.names.variants.insert((id, number), name);
    }

    fn block(&mut self, block: &Block) {
        each_part(&block.body, &mut |part| self.part(part));
        self.label(block);
    }

    /// A block that declares loop variables needs a name.
    fn label(&mut self, block: &Block) {
        if block.loops().is_empty() {
            return;
        }
        let wanted = match block.label {
            Label::Logic(net) => format!("{}_logic", self.names.nets[&net]),
            Label::Edge(net) => format!("at_{}", self.names.nets[&net]),
            Label::Contents(cells) => format!("{}_contents", self.names.cells[&cells]),
        };
        let name = self.scope.take(&wanted);
        self.names.blocks.insert(block.label, name);
    }

    fn memory(&mut self, cells: Cells, instances: &[String]) {
        let own = &instances[cells.0.0 as usize];
        let name = match self.sheet.module.instance(cells.0).dims.is_empty() {
            true => self.scope.take(&format!("{own}_cells")),
            false => self.scope.take(&format!("{own}_{}_cells", cells.1)),
        };
        self.names.cells.insert(cells, name);
    }

    fn child(&mut self, child: &Child, instances: &[String]) {
        let of = |id: InstanceId| instances[id.0 as usize].clone();
        match child {
            Child::One(one) => drop(self.names.children.insert((one.id, 0), of(one.id))),
            Child::Array(variable, count, one) => {
                let name = of(one.id);
                let [top, own] = [self.sheet.design.top, one.module];
                let [top, own] = [top, own].map(|id| &self.modules[id.0 as usize]);
                // The word for it, as after the name of the top.
                let inner = own.strip_prefix(&format!("{top}_")).unwrap_or(own);
                let words = inner.split('_').take_while(|word| word.parse::<u64>().is_err());
                let inner = words.collect::<Vec<_>>().join("_");
                let none = inner == name || inner.is_empty();
                let inner = if none { "one".to_owned() } else { inner };
                for at in 0..*count {
                    self.names.children.insert((one.id, at), inner.clone());
                }
                self.names.arrays.insert(one.id, name);
                self.variable(variable);
            }
            Child::Several(all) => {
                // The only one of an array needs no number.
                if let [one] = &all[..] {
                    self.names.children.insert((one.id, 0), of(one.id));
                }
                for (at, one) in (0..).zip(all).filter(|_| all.len() > 1) {
                    let name = self.scope.take(&format!("{}_{at}", of(one.id)));
                    self.names.children.insert((one.id, at), name);
                }
            }
        }
        for (_, connection) in child.instances().iter().flat_map(|one| &one.ports) {
            match connection {
                Connection::Input(tree) => tree.each(&mut |tree| self.part(Part::Tree(tree))),
                Connection::Output(wires) => wires.iter().for_each(|wire| self.select(wire)),
            }
        }
    }
}
