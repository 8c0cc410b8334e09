//! What nothing reads: locals, ports of child blocks and blocks without state are left out.
//!
//! Registers and memories stay, and so do all ports of the outermost block. Everything else stays
//! only if they read it, directly or through other nets. A module keeps a port if any of its
//! instances needs it.

use super::loops::{Graph, dependences};
use super::net::{Net, select};
use super::planted;
use crate::ir::{
    Body, Design, Expr, ExprKind, Instance, InstanceId, Kind, Module, ModuleId, Pass, Primitive,
    Rebuild, Reference, SignalId, Target,
};
use std::collections::{BTreeMap, BTreeSet};

/// The pass.
pub(super) struct Unused;

impl Pass<Design> for Unused {
    fn name(&self) -> &'static str {
        "unused"
    }

    fn apply(&self, design: &Design) -> Design {
        Kept::new(design).design()
    }
}

/// What is kept of a design.
struct Kept<'a> {
    design: &'a Design,
    /// For each module, those with which it must have the same ports.
    alike: Vec<BTreeSet<usize>>,
    /// For each module, the arrays of children that have it as an element.
    parents: Vec<Vec<(usize, InstanceId)>>,
    depends: Vec<Graph>,
    nets: Vec<BTreeSet<Net>>,
    instances: Vec<BTreeSet<InstanceId>>,
    open: Vec<(usize, Net)>,
}

impl<'a> Kept<'a> {
    fn new(design: &'a Design) -> Self {
        let count = design.modules.len();
        let mut kept = Self {
            design,
            alike: alike(design),
            parents: vec![Vec::new(); count],
            depends: design.modules.iter().map(|one| dependences(one.statements())).collect(),
            nets: vec![BTreeSet::new(); count],
            instances: vec![BTreeSet::new(); count],
            open: Vec::new(),
        };
        let mut has_state = vec![false; count];
        for (at, module) in design.modules.iter().enumerate() {
            for (id, instance) in (0..).map(InstanceId).zip(&module.instances) {
                for child in instance.modules.iter().map(|child| child.0 as usize) {
                    has_state[at] |= has_state[child];
                    if !kept.parents[child].contains(&(at, id)) {
                        kept.parents[child].push((at, id));
                    }
                }
            }
            let is_state = |primitive: &Primitive| !matches!(primitive, Primitive::Table { .. });
            has_state[at] |= matches!(&module.body, Body::Primitive(one) if is_state(one));
        }
        let top = design.top.0 as usize;
        design.top_module().ports().for_each(|(id, _)| kept.keep(top, Net::Own(id)));
        for (at, module) in design.modules.iter().enumerate() {
            for (id, instance) in (0..).map(InstanceId).zip(&module.instances) {
                if instance.modules.iter().any(|child| has_state[child.0 as usize]) {
                    kept.keep_instance(at, id);
                }
            }
        }
        while let Some((at, net)) = kept.open.pop() {
            kept.follow(at, net);
        }
        kept
    }

    fn keep(&mut self, at: usize, net: Net) {
        if self.nets[at].insert(net) {
            self.open.push((at, net));
        }
    }

    /// Keeps a child, or an array of them, with the drivers of the inputs that it needs.
    fn keep_instance(&mut self, at: usize, id: InstanceId) {
        if !self.instances[at].insert(id) {
            return;
        }
        let instance = self.design.modules[at].instance(id);
        let module = instance.modules[0];
        let is_primitive = self.design.primitive(instance).is_some();
        let inputs: Vec<SignalId> = self
            .design
            .module(module)
            .ports()
            .filter(|(_, port)| port.kind == Kind::Input)
            .map(|(port, _)| port)
            .filter(|port| is_primitive || self.nets[module.0 as usize].contains(&Net::Own(*port)))
            .collect();
        inputs.into_iter().for_each(|port| self.keep(at, Net::Child(id, port)));
    }

    /// Keeps what a net needs.
    fn follow(&mut self, at: usize, net: Net) {
        let design = self.design;
        let reads: Vec<Net> = self.depends[at].get(&net).into_iter().flatten().copied().collect();
        reads.into_iter().for_each(|read| self.keep(at, read));
        match net {
            Net::Own(id) => {
                for other in self.alike[at].clone() {
                    // Declared signals have the same numbers; passes add others after them.
                    if (id.0 as usize) < design.modules[other].signals.len() {
                        self.keep(other, net);
                    }
                }
                if design.modules[at].signal(id).kind == Kind::Input {
                    for (parent, instance) in self.parents[at].clone() {
                        if self.instances[parent].contains(&instance) {
                            self.keep(parent, Net::Child(instance, id));
                        }
                    }
                }
            }
            Net::Child(id, port) => {
                self.keep_instance(at, id);
                let instance = design.modules[at].instance(id);
                if design.primitive(instance).is_none() {
                    for child in &instance.modules {
                        self.keep(child.0 as usize, Net::Own(port));
                    }
                }
            }
        }
    }

    /// The design of what is kept.
    fn design(&self) -> Design {
        let design = self.design;
        let mut reached = BTreeSet::from([design.top]);
        for (at, module) in design.modules.iter().enumerate().rev() {
            if reached.contains(&ModuleId(at as u32)) {
                let kept = &self.instances[at];
                let children = kept.iter().flat_map(|id| &module.instance(*id).modules);
                reached.extend(children);
            }
        }
        let numbers: BTreeMap<ModuleId, ModuleId> =
            reached.iter().copied().zip((0..).map(ModuleId)).collect();
        let modules = reached.iter().map(|at| self.module(*at, &numbers)).collect();
        Design { modules, top: numbers[&design.top], types: design.types.clone() }
    }

    fn module(&self, at: ModuleId, numbers: &BTreeMap<ModuleId, ModuleId>) -> Module {
        let module = self.design.module(at);
        let Body::Kernel(body) = &module.body else { return module.clone() };
        let (nets, instances) = (&self.nets[at.0 as usize], &self.instances[at.0 as usize]);
        let lost = |target: &Target| planted!(Unused) && target.part.is_some();
        let body =
            select(body, &|target| nets.contains(&Net::of(&target.reference)) && !lost(target));
        let instance = |id: &InstanceId| {
            let instance = module.instance(*id);
            let modules = instance.modules.iter().map(|child| numbers[child]).collect();
            Instance { modules, ..instance.clone() }
        };
        let signals = (0..).map(SignalId).zip(&module.signals);
        let signals = signals.filter(|(id, _)| nets.contains(&Net::Own(*id)));
        Module {
            name: module.name.clone(),
            signals: signals.map(|(_, signal)| signal.clone()).collect(),
            constants: module.constants.clone(),
            instances: instances.iter().map(instance).collect(),
            body: Body::Kernel(Renumbered { kept: self, at }.body(&body)),
        }
    }

    /// The new number of a signal, in its own module.
    fn signal(&self, at: ModuleId, id: SignalId) -> SignalId {
        if let Body::Primitive(_) = self.design.module(at).body {
            return id;
        }
        let own = (0..id.0).map(SignalId).map(Net::Own);
        let before = own.filter(|net| self.nets[at.0 as usize].contains(net));
        SignalId(before.count() as u32)
    }
}

/// For each module, those that are elements of an array together with it, by way of others too.
fn alike(design: &Design) -> Vec<BTreeSet<usize>> {
    let mut alike: Vec<BTreeSet<usize>> =
        (0..design.modules.len()).map(|at| BTreeSet::from([at])).collect();
    for instance in design.modules.iter().flat_map(|module| &module.instances) {
        let elements = instance.modules.iter().map(|module| module.0 as usize);
        let all: BTreeSet<usize> = elements.flat_map(|at| alike[at].clone()).collect();
        if all.len() > 1 {
            all.iter().for_each(|at| alike[*at].clone_from(&all));
        }
    }
    alike
}

/// References in the numbers of what is kept.
struct Renumbered<'a> {
    kept: &'a Kept<'a>,
    at: ModuleId,
}

impl Renumbered<'_> {
    fn reference(&self, reference: &Reference) -> Reference {
        let (kept, at) = (self.kept, self.at.0 as usize);
        let (instance, of) = match &reference.instance {
            None => (None, self.at),
            Some((id, row)) => {
                let number = kept.instances[at].range(..*id).count() as u32;
                let of = kept.design.modules[at].instance(*id).modules[0];
                (Some((InstanceId(number), row.clone())), of)
            }
        };
        let signal = kept.signal(of, reference.signal);
        Reference { instance, signal, element: reference.element.clone() }
    }
}

impl Rebuild for Renumbered<'_> {
    fn expr(&mut self, expr: &Expr) -> Expr {
        match &expr.kind {
            ExprKind::Read(reference) => {
                Expr { kind: ExprKind::Read(self.reference(reference)), ..expr.clone() }
            }
            _ => expr.map_operands(&mut |operand| self.expr(operand)),
        }
    }

    fn target(&mut self, target: &Target) -> Target {
        Target { reference: self.reference(&target.reference), ..target.clone() }
    }
}
