//! Which nets depend on which without a register in between, and where vectors cause false loops.
//!
//! A simulator that schedules whole vectors sees a loop where a carry runs through an array of
//! children. Vectors on such a loop are printed as one wire for each element.

use super::net::Net;
use crate::ir::{Body, Design, Expr, InstanceId, Kind, Module, Primitive, SignalId, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// For each output of a module, the inputs that reach it within a cycle.
pub(crate) type Paths = BTreeMap<SignalId, BTreeSet<SignalId>>;

/// For each net, those that it depends on directly.
pub(super) type Graph = BTreeMap<Net, BTreeSet<Net>>;

/// The paths of every module, by its number.
pub(crate) fn paths(design: &Design) -> Vec<Paths> {
    let mut all: Vec<Paths> = Vec::new();
    for module in &design.modules {
        let paths = match &module.body {
            Body::Kernel(_) => {
                let graph = graph(design, module, &all);
                let ports = |kind: Kind| module.ports().filter(move |(_, port)| port.kind == kind);
                let inputs: BTreeSet<SignalId> = ports(Kind::Input).map(|(id, _)| id).collect();
                let reached = |(id, _)| {
                    let nets = reach(&graph, Net::Own(id));
                    let from = nets.into_iter().filter_map(|net| match net {
                        Net::Own(id) if inputs.contains(&id) => Some(id),
                        _ => None,
                    });
                    (id, from.collect())
                };
                ports(Kind::Output).map(reached).collect()
            }
            Body::Primitive(
                Primitive::Table { address, data, .. }
                | Primitive::Memory { read_clock: None, read_address: address, data, .. },
            ) => BTreeMap::from([(*data, BTreeSet::from([*address]))]),
            Body::Primitive(_) => Paths::new(),
        };
        all.push(paths);
    }
    all
}

/// Arrays of the module's own signals that depend on themselves through another net.
pub(crate) fn looped(design: &Design, module: &Module, paths: &[Paths]) -> BTreeSet<Net> {
    let graph = graph(design, module, paths);
    let is_array = |net: &Net| match net {
        Net::Own(id) => {
            let signal = module.signal(*id);
            signal.kind == Kind::Local && signal.count() > 1
        }
        Net::Child(id, port) => {
            let instance = module.instance(*id);
            let child = design.module(instance.modules[0]);
            instance.count() * child.signal(*port).count() > 1
        }
    };
    let on_loop = |net: &&Net| {
        let next = graph[*net].iter().filter(|next| next != net);
        next.into_iter().any(|next| reach(&graph, *next).contains(net))
    };
    graph.keys().filter(|net| is_array(net)).filter(on_loop).copied().collect()
}

/// The net itself and everything that it depends on.
fn reach(graph: &Graph, from: Net) -> BTreeSet<Net> {
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(net) = open.pop() {
        for next in graph.get(&net).into_iter().flatten() {
            if seen.insert(*next) {
                open.push(*next);
            }
        }
    }
    seen
}

/// The nets that each assigned net reads, in its values and in the conditions around them.
pub(super) fn dependences(body: &[Statement]) -> Graph {
    let mut graph = Graph::new();
    assigned(body, &mut Vec::new(), &mut graph);
    graph
}

fn graph(design: &Design, module: &Module, paths: &[Paths]) -> Graph {
    let mut graph = dependences(module.statements());
    for (at, instance) in module.instances.iter().enumerate() {
        let id = InstanceId(at as u32);
        for child in &instance.modules {
            for (output, inputs) in paths.get(child.0 as usize).into_iter().flatten() {
                let from = inputs.iter().map(|input| Net::Child(id, *input));
                graph.entry(Net::Child(id, *output)).or_default().extend(from);
            }
        }
    }
    // Paths end at inputs of registers and memories.
    graph.retain(|net, _| match net {
        Net::Child(id, _) => {
            let primitive = design.primitive(module.instance(*id));
            match primitive {
                None | Some(Primitive::Table { .. } | Primitive::Register { .. }) => true,
                Some(Primitive::Memory { read_clock, .. }) => read_clock.is_none(),
            }
        }
        Net::Own(_) => true,
    });
    graph
}

fn assigned(body: &[Statement], conditions: &mut Vec<Net>, graph: &mut Graph) {
    fn reads(expr: &Expr, into: &mut Vec<Net>) {
        expr.each_read(&mut |reference| into.push(Net::of(reference)));
    }
    for statement in body {
        let depth = conditions.len();
        match statement {
            Statement::Assign { target, value } => {
                reads(value, conditions);
                let net = Net::of(&target.reference);
                graph.entry(net).or_default().extend(conditions.iter().copied());
            }
            Statement::If { test, then, otherwise } => {
                reads(test, conditions);
                assigned(then, conditions, graph);
                assigned(otherwise, conditions, graph);
            }
            Statement::Match { test, arms, default } => {
                reads(test, conditions);
                arms.iter().for_each(|arm| assigned(&arm.body, conditions, graph));
                default.iter().for_each(|body| assigned(body, conditions, graph));
            }
            Statement::For { body, .. } => assigned(body, conditions, graph),
            Statement::Comment(_) => {}
        }
        conditions.truncate(depth);
    }
}
