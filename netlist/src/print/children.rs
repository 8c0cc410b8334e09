//! Instances of other modules, arrays of them as `generate` loops.

use super::Net;
use super::parts::{Bits, Named};
use super::reader::Reader;
use super::sheet::Sheet;
use super::tree::{Base, Select, Tree, counter};
use crate::ir::{Expr, Index, InstanceId, Kind, ModuleId, SignalId, Statement, Value, Variable};
use std::collections::BTreeMap;

/// A child block, or an array of them.
#[derive(Debug)]
pub(super) enum Child {
    One(Instance),
    /// Equal elements: the loop variable, the number of elements, and one of them.
    Array(Variable, u32, Instance),
    /// Separate elements, since they or their connections differ.
    Several(Vec<Instance>),
}

/// One instance.
#[derive(Debug)]
pub(super) struct Instance {
    pub(super) id: InstanceId,
    pub(super) module: ModuleId,
    /// What each port is connected to.
    pub(super) ports: Vec<(String, Connection)>,
}

/// What a port is connected to.
#[derive(Debug)]
pub(super) enum Connection {
    Input(Tree),
    Output(Vec<Select>),
}

impl Child {
    pub(super) fn instances(&self) -> &[Instance] {
        match self {
            Child::One(one) | Child::Array(_, _, one) => std::slice::from_ref(one),
            Child::Several(all) => all,
        }
    }
}

impl Sheet<'_> {
    /// The expression that drives an input of a child, if it can be in the port list: one
    /// assignment without conditions, the same for every element of an array except for the index.
    pub(super) fn direct(&self, net: Net) -> Option<Expr> {
        let Net::Child(id, _) = net else { return None };
        let instance = self.module.instance(id);
        let shape = self.net(net);
        if shape.per_instance != 1 || self.is_read(net) {
            return None;
        }
        match self.slice(net) {
            [Statement::Assign { target, value }] if instance.count() == 1 => {
                target.part.is_none().then(|| value.clone())
            }
            [Statement::For { variable, from: 0, to, body }]
                if *to as u32 == instance.count() && !instance.dims.is_empty() =>
            {
                let [Statement::Assign { target, value }] = &body[..] else { return None };
                let element = shape.element_of(&target.reference);
                let fits = target.part.is_none() && element.is_variable(variable);
                (fits && variable.depth == 0).then(|| value.clone())
            }
            _ => None,
        }
    }

    /// The outputs of children that are also outputs of this module: both share one name.
    pub(super) fn shared_outputs(&self) -> BTreeMap<Net, Net> {
        let mut shared = BTreeMap::new();
        for (id, _) in self.module.ports().filter(|(_, signal)| signal.kind == Kind::Output) {
            let net = Net::Own(id);
            let Some(source @ Net::Child(instance, _)) = self.copied(net) else { continue };
            let is_block = self.design.primitive(self.module.instance(instance)).is_none();
            if is_block && !self.drives(source) {
                shared.entry(source).or_insert(net);
            }
        }
        shared
    }

    /// One child or array of children.
    pub(super) fn child(&self, id: InstanceId) -> Child {
        let instance = self.module.instance(id);
        let first = instance.modules[0];
        if instance.dims.is_empty() {
            return Child::One(self.instance(id, first, &Reader::new(self), Index::Const(0)));
        }
        let ports = || self.design.module(first).ports();
        let apart = ports().any(|(port, _)| self.net(Net::Child(id, port)).apart);
        if instance.uniform().is_some() && instance.count() > 1 && !apart {
            let variables = ports().find_map(|(port, _)| match self.slice(Net::Child(id, port)) {
                [Statement::For { variable, .. }] => Some(variable.clone()),
                _ => None,
            });
            let variable = variables.unwrap_or_else(counter);
            let reader = Reader::new(self).within(&variable, 0, u64::from(instance.count()));
            let at = Index::Variable(variable.clone());
            let one = self.instance(id, first, &reader, at);
            return Child::Array(variable, instance.count(), one);
        }
        let one = |(at, module): (u64, &ModuleId)| {
            // The single iteration, for this element, of the loops that drive all of them.
            let reader = Reader::new(self).within(&counter(), at, at + 1);
            self.instance(id, *module, &reader, Index::Const(at))
        };
        Child::Several((0..).zip(&instance.modules).map(one).collect())
    }

    fn instance(
        &self,
        id: InstanceId,
        module: ModuleId,
        reader: &Reader<'_>,
        at: Index,
    ) -> Instance {
        let child = self.design.module(module);
        let port = |(port, name)| {
            let connection = match child.signal(port).kind {
                Kind::Input => Connection::Input(self.driver(id, port, reader, &at)),
                _ => Connection::Output(self.wires(Net::Child(id, port), reader, &at)),
            };
            (name, connection)
        };
        let ports = super::names::port_names(child).into_iter().map(port).collect();
        Instance { id, module, ports }
    }

    /// What an input is connected to.
    fn driver(&self, id: InstanceId, port: SignalId, reader: &Reader<'_>, at: &Index) -> Tree {
        let net = Net::Child(id, port);
        let shape = self.net(net);
        if let Some(value) = self.direct(net) {
            return reader.expression(&value);
        }
        if self.slice(net).is_empty() {
            return Tree::Number(Value::zero(shape.element * shape.per_instance));
        }
        if let Some(source) = self.vector(net) {
            return Tree::Select(self.all(source));
        }
        let mut wires: Vec<Tree> =
            self.wires(net, reader, at).into_iter().map(Tree::Select).collect();
        match wires.len() {
            1 => wires.remove(0),
            _ => Tree::Concat(wires),
        }
    }

    /// The wires of a port of one instance, the highest bits first.
    fn wires(&self, net: Net, reader: &Reader<'_>, at: &Index) -> Vec<Select> {
        let shape = self.net(net);
        if shape.apart {
            let first = reader.bounds(at).0 as u32 * shape.per_instance;
            let wire = |at| Select::all(Base::Element(net, at), shape.element);
            return (first..first + shape.per_instance).rev().map(wire).collect();
        }
        let element = shape.element * shape.per_instance;
        let bits = Bits {
            of: Named::Net(net),
            index: at.clone(),
            element,
            count: shape.width() / element.max(1),
            low: 0,
            width: element,
            field: None,
        };
        vec![reader.select(&bits)]
    }

    /// The vector that is, element by element, an array port of a single child.
    fn vector(&self, net: Net) -> Option<Net> {
        let Net::Child(id, _) = net else { return None };
        let single = self.module.instance(id).dims.is_empty() && self.net(net).count > 1;
        if !single || self.is_read(net) {
            return None;
        }
        self.copied(net)
    }

    /// Whether an input of a child needs no wire, since its driver is in the port list.
    pub(super) fn stands_in_port_list(&self, net: Net) -> bool {
        self.slice(net).is_empty() || self.direct(net).is_some() || self.vector(net).is_some()
    }
}
