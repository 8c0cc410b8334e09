//! Separates the statements of each signal from those of all others, in an order in which every
//! signal is assigned before it is read.
//!
//! Two kinds of signals stay together, in the order of the kernel: those that depend on each other
//! in both directions, directly or through child blocks, and the data inputs of registers, whose
//! statements together become the clock's `always` block. Reads must be final, as `settle` leaves
//! them.
//!
//! Signals may depend on each other through child blocks only by different elements, or only in
//! different branches, without a combinational loop. The order of the kernel shows that there is
//! none; separate statements would hide it.

use super::loops::{Paths, paths};
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
        let paths = paths(design);
        design.map_kernels(|module, body| {
            let statements = |group: Group| {
                select(body, &|target| group.nets.contains(&Net::of(&target.reference)))
            };
            let groups = groups(design, module, &paths).into_iter();
            module.with_kernel(groups.flat_map(statements).collect())
        })
    }
}

/// Nets whose statements stay together.
pub(super) struct Group {
    pub(super) nets: Vec<Net>,
    pub(super) reason: Reason,
}

/// Why nets stay together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// They read each other, or there is only one.
    Reads,
    /// They depend on each other by way of child blocks.
    Children,
    /// They are data inputs of registers.
    Registers,
}

/// The nets that a module assigns, in groups that stay together; the data inputs of registers are
/// the last group. `paths`: those of every module.
pub(super) fn groups(design: &Design, module: &Module, paths: &[Paths]) -> Vec<Group> {
    let body = module.statements();
    let held = held(design, module);
    let mut nets = assigned(body);
    nets.retain(|net| !held.contains(net));
    let mut order = Order { read: BTreeMap::new(), visited: BTreeSet::new(), done: Vec::new() };
    let mut direct = BTreeMap::new();
    for net in &nets {
        let (mut read, mut through) = (BTreeSet::new(), BTreeSet::new());
        each_read(&select(body, &|target| Net::of(&target.reference) == *net), &mut |reference| {
            match Net::of(reference) {
                of if nets.contains(&of) => {
                    read.insert(of);
                }
                Net::Child(id, output) => {
                    let children = module.instance(id).modules.iter();
                    let inputs = children.filter_map(|child| paths[child.0 as usize].get(&output));
                    let inputs = inputs.flatten().map(|input| Net::Child(id, *input));
                    through.extend(inputs.filter(|input| nets.contains(input)));
                }
                Net::Own(_) => {}
            }
        });
        through.extend(&read);
        direct.insert(*net, read);
        order.read.insert(*net, through);
    }
    if !planted!(Separate) {
        nets.iter().for_each(|net| order.visit(*net));
    } else {
        order.done.clone_from(&nets);
    }
    let groups = order.groups();
    order.read = direct;
    let of = |nets: Vec<Net>| {
        let reads_all = |net| {
            let reached = order.reached(net);
            nets.iter().all(|other| reached.contains(other))
        };
        let by_reads = nets.iter().all(|net| reads_all(*net));
        Group { reason: if by_reads { Reason::Reads } else { Reason::Children }, nets }
    };
    let registers = Group { nets: held, reason: Reason::Registers };
    groups.into_iter().map(of).chain([registers]).collect()
}

struct Order {
    /// Which nets each net depends on.
    read: BTreeMap<Net, BTreeSet<Net>>,
    visited: BTreeSet<Net>,
    /// The nets in order of dependence: each after those that it depends on, except in a cycle.
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

    /// Groups of nets that depend on each other, at the position of the last one.
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
