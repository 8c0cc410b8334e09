//! What is known about a module before any text is written.

use super::tree::{At, Base, Select};
use super::{Net, Paths};
use crate::ir::{
    Design, ExprKind, Index, IndexOp, InstanceId, Kind, Module, ModuleId, Primitive, Reference,
    SignalId, Statement, Type, Variable, each_read,
};
use crate::rewrite::{assigned, held, looped, select};
use std::collections::{BTreeMap, BTreeSet};

/// How a net is printed: one vector, element 0 in the lowest bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Type of an element.
    pub(super) ty: Type,
    /// Bits of an element.
    pub(super) element: u32,
    /// Elements in all.
    pub(super) count: u32,
    /// Elements of the port in one child; of the signal if it is the module's own.
    pub(super) per_instance: u32,
    /// Each element is a separate wire.
    pub(super) apart: bool,
}

impl Shape {
    /// Bits in all.
    pub(super) fn width(&self) -> u32 {
        self.element * self.count
    }

    /// The element of its net that a reference selects.
    pub(super) fn element_of(&self, reference: &Reference) -> Index {
        let element = reference.element.clone().unwrap_or(Index::Const(0));
        match &reference.instance {
            Some((_, Some(at))) => {
                let per_instance = Index::Const(u64::from(self.per_instance));
                let start = Index::op(IndexOp::Mul, at.clone(), per_instance);
                Index::op(IndexOp::Add, start, element)
            }
            _ => element,
        }
    }
}

/// A module, and what follows from it alone.
pub(super) struct Sheet<'a> {
    pub(super) design: &'a Design,
    pub(super) id: ModuleId,
    pub(super) module: &'a Module,
    pub(super) nets: BTreeMap<Net, Shape>,
    /// Outputs of children that are also outputs of the module, which gives both their name.
    pub(super) shared: BTreeMap<Net, Net>,
    /// Data inputs of registers that exist only at the clock edge, and the outputs.
    pub(super) held: BTreeMap<Net, Net>,
    /// Nets that some statement reads.
    read: BTreeSet<Net>,
    slices: BTreeMap<Net, Vec<Statement>>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(design: &'a Design, id: ModuleId, paths: &[Paths]) -> Self {
        let module = design.module(id);
        let body = module.statements();
        let slice = |net: Net| (net, select(body, &|target| Net::of(&target.reference) == net));
        let mut read = BTreeSet::new();
        each_read(body, &mut |reference| {
            read.insert(Net::of(reference));
        });
        let mut sheet = Self {
            design,
            id,
            module,
            nets: BTreeMap::new(),
            shared: BTreeMap::new(),
            held: BTreeMap::new(),
            read,
            slices: assigned(body).into_iter().map(slice).collect(),
        };
        let apart = looped(design, module, paths);
        let mut add = |net: Net, ty: Type| {
            let (count, per_instance) = module.elements(design, net);
            let element = design.types.width(ty);
            let apart = apart.contains(&net) && has_fixed_elements(body, net);
            sheet.nets.insert(net, Shape { ty, element, count, per_instance, apart });
        };
        for (at, signal) in module.signals.iter().enumerate() {
            add(Net::Own(SignalId(at as u32)), signal.ty);
        }
        for (at, instance) in module.instances.iter().enumerate() {
            for (port, signal) in design.module(instance.modules[0]).ports() {
                add(Net::Child(InstanceId(at as u32), port), signal.ty);
            }
        }
        sheet.held = held(design, module).into_iter().map(|d| (d, sheet.output_of(d))).collect();
        sheet.shared = sheet.shared_outputs();
        sheet
    }

    pub(super) fn net(&self, net: Net) -> &Shape {
        &self.nets[&net]
    }

    /// The statements that assign a net.
    pub(super) fn slice(&self, net: Net) -> &[Statement] {
        self.slices.get(&net).map_or(&[], |slice| &slice[..])
    }

    /// The nets that statements assign, in their order.
    pub(super) fn assigned(&self) -> Vec<Net> {
        assigned(self.module.statements())
    }

    /// Whether statements read a net. A register's input that is read is a signal like any other.
    pub(super) fn is_read(&self, net: Net) -> bool {
        self.read.contains(&net)
    }

    /// Whether the module drives a net: it does not drive its inputs and its children's outputs.
    pub(super) fn drives(&self, net: Net) -> bool {
        self.module.drives(self.design, net)
    }

    /// Whether the module must declare a net that it drives.
    pub(super) fn is_local(&self, net: Net) -> bool {
        match net {
            Net::Own(id) => self.module.signal(id).kind == Kind::Local,
            Net::Child(..) => true,
        }
    }

    /// The module's children, each with its primitive, if it is one.
    pub(super) fn instances(&self) -> impl Iterator<Item = (InstanceId, Option<&'a Primitive>)> {
        let (design, instances) = (self.design, &self.module.instances);
        let numbered = (0..).map(InstanceId).zip(instances);
        numbered.map(move |(id, instance)| (id, design.primitive(instance)))
    }

    /// A register's output, for its data input.
    fn output_of(&self, d: Net) -> Net {
        let Net::Child(instance, _) = d else { return d };
        match self.design.primitive(self.module.instance(instance)) {
            Some(Primitive::Register { q, .. }) => Net::Child(instance, *q),
            _ => d,
        }
    }

    /// All of a net.
    pub(super) fn all(&self, net: Net) -> Select {
        Select::all(Base::Net(net), self.net(net).width())
    }

    /// The net of a selection, and first and end of its bits in each iteration of the loops.
    pub(super) fn bits(&self, select: &Select) -> Option<(Net, Vec<(u32, u32)>)> {
        let (net, first) = match select.base {
            Base::Net(net) => (net, 0),
            Base::Element(net, at) => (net, at * self.net(net).element),
            Base::Constant(_) | Base::Cells(_) => return None,
        };
        let from = |low: u32| (first + low, first + low + select.width);
        let bits = match &select.at {
            At::All => vec![from(0)],
            At::Fixed(low, _) => vec![from(*low)],
            At::Moving(_, lows) => lows.iter().map(|low| from(*low)).collect(),
            At::Dynamic(_) | At::Word(_) => vec![(0, self.net(net).width())],
        };
        Some((net, bits))
    }

    /// The net of which another is an element by element copy.
    pub(super) fn copied(&self, net: Net) -> Option<Net> {
        let shape = self.net(net);
        let (inside, variable): (_, Option<&Variable>) = match self.slice(net) {
            [Statement::For { variable, from: 0, to, body }] if *to as u32 == shape.count => {
                (&body[..], Some(variable))
            }
            slice if shape.count == 1 => (slice, None),
            _ => return None,
        };
        let [Statement::Assign { target, value }] = inside else { return None };
        let ExprKind::Read(source) = &value.kind else { return None };
        let from = Net::of(source);
        let other = self.net(from);
        let same = other.element == shape.element && other.count == shape.count;
        let plain = |reference: &Reference, shape: &Shape| {
            let element = shape.element_of(reference);
            match variable {
                Some(variable) => element.is_variable(variable),
                None => element == Index::Const(0),
            }
        };
        let fits = plain(&target.reference, shape) && plain(source, other);
        let whole = target.part.is_none() && !shape.apart && !other.apart;
        (whole && same && fits && from != net).then_some(from)
    }
}

/// Whether statements select each element of a net by a constant index.
fn has_fixed_elements(body: &[Statement], net: Net) -> bool {
    let mut fixed = true;
    let mut look = |reference: &Reference| {
        let instance = reference.instance.as_ref().and_then(|(_, index)| index.as_ref());
        let mut indices = instance.into_iter().chain(&reference.element);
        fixed &= Net::of(reference) != net || indices.all(|at| matches!(at, Index::Const(_)));
    };
    crate::ir::each_assignment(body, &mut |target, _| look(&target.reference));
    each_read(body, &mut look);
    fixed
}
