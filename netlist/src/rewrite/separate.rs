//! Separates the statements of each signal from those of all others, in an order in which every
//! signal is assigned before it is read.
//!
//! Two kinds of signals stay together, in the order of the kernel: those whose elements depend on
//! each other in both directions, and the data inputs of registers, whose statements together
//! become the clock's `always` block. Reads must be final, as `settle` leaves them.

use super::net::{Net, assigned, held, select};
use super::planted;
use crate::ir::{Design, Module, Pass, each_read};
use std::collections::{BTreeMap, BTreeSet};

/// The pass.
pub(super) struct Separate;

impl Pass<Design> for Separate {
    fn name(&self) -> &'static str {
        "separate"
    }

    fn apply(&self, design: &Design) -> Design {
        design.map_kernels(|module, body| {
            let groups = groups(design, module);
            let statements = |group: &Vec<Net>| {
                select(body, &|target| group.contains(&Net::of(&target.reference)))
            };
            module.with_kernel(groups.iter().flat_map(statements).collect())
        })
    }
}

/// The nets that a module assigns, those that stay together in one group.
pub(super) fn groups(design: &Design, module: &Module) -> Vec<Vec<Net>> {
    let body = module.statements();
    let held = held(design, module);
    let mut nets = assigned(body);
    nets.retain(|net| !held.contains(net));
    let mut order = Order { read: BTreeMap::new(), visited: BTreeSet::new(), done: Vec::new() };
    for net in &nets {
        let mut read = BTreeSet::new();
        each_read(&select(body, &|target| Net::of(&target.reference) == *net), &mut |reference| {
            let of = Net::of(reference);
            if nets.contains(&of) {
                read.insert(of);
            }
        });
        order.read.insert(*net, read);
    }
    if !planted!(Separate) {
        nets.iter().for_each(|net| order.visit(*net));
    } else {
        order.done.clone_from(&nets);
    }
    let mut groups = order.groups();
    groups.push(held);
    groups
}

struct Order {
    /// Which nets each net reads.
    read: BTreeMap<Net, BTreeSet<Net>>,
    visited: BTreeSet<Net>,
    /// The nets in order of dependence: each after those that it reads, except in a cycle.
    done: Vec<Net>,
}

impl Order {
    fn visit(&mut self, net: Net) {
        if self.visited.insert(net) {
            for read in self.read[&net].clone() {
                self.visit(read);
            }
            self.done.push(net);
        }
    }

    fn reached(&self, from: Net) -> BTreeSet<Net> {
        let mut seen = BTreeSet::from([from]);
        let mut open = vec![from];
        while let Some(net) = open.pop() {
            open.extend(self.read[&net].iter().filter(|next| seen.insert(**next)));
        }
        seen
    }

    /// Groups of nets that read each other, at the position of the last one.
    fn groups(&self) -> Vec<Vec<Net>> {
        let reached: BTreeMap<Net, BTreeSet<Net>> =
            self.done.iter().map(|net| (*net, self.reached(*net))).collect();
        let mut groups: Vec<Vec<Net>> = Vec::new();
        for (at, net) in self.done.iter().enumerate() {
            let both =
                |other: &&Net| reached[net].contains(*other) && reached[*other].contains(net);
            if !self.done[at + 1..].iter().any(|other| both(&other)) {
                groups.push(self.done.iter().filter(both).copied().collect());
            }
        }
        groups
    }
}
