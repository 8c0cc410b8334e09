//! What the values of some nodes say about those that they are made of: if a conjunction is 1, both
//! of its operands are; if an operand of a disjunction that is 1 is known to be 0, the other is 1.

use super::{Bit, Cones};
use crate::ir::{NodeId, Op, Value};
use std::collections::BTreeMap;

/// The bits, by their places, that are known if these nodes have these values.
pub(super) fn implied(cones: &Cones<'_>, nodes: &[(NodeId, Value)]) -> BTreeMap<u32, bool> {
    let mut search = Search { cones, known: BTreeMap::new(), open: Vec::new() };
    for (node, value) in nodes {
        for at in 0..value.width() {
            search.learn(*node, at, value.bit(at));
        }
    }
    while let Some((node, at, value)) = search.open.pop() {
        search.follow(node, at, value);
    }
    search.known
}

struct Search<'a> {
    cones: &'a Cones<'a>,
    known: BTreeMap<u32, bool>,
    open: Vec<(NodeId, u32, bool)>,
}

impl Search<'_> {
    fn place(&self, node: NodeId, at: u32) -> u32 {
        self.cones.first[node.0 as usize] + at
    }

    fn learn(&mut self, node: NodeId, at: u32, value: bool) {
        let place = self.place(node, at);
        if self.known.insert(place, value).is_none() {
            self.open.push((node, at, value));
        }
    }

    fn known(&self, node: NodeId, at: u32) -> Option<bool> {
        let place = self.place(node, at);
        match self.cones.bits[place as usize] {
            Bit::Known(value) => Some(value),
            _ => self.known.get(&place).copied(),
        }
    }

    /// What a bit of a node says about the node's operands.
    fn follow(&mut self, node: NodeId, at: u32, value: bool) {
        match self.cones.netlist.node(node).op {
            Op::Not(a) => self.learn(a, at, !value),
            Op::And(a, b) => self.joined([a, b], at, value),
            Op::Or(a, b) => self.disjoined([a, b], at, value),
            Op::Mux(test, then, otherwise) => match self.known(test, 0) {
                Some(true) => self.learn(then, at, value),
                Some(false) => self.learn(otherwise, at, value),
                None => {
                    // The side that has another value is not taken.
                    if self.known(then, at) == Some(!value) {
                        self.learn(test, 0, false);
                        self.learn(otherwise, at, value);
                    } else if self.known(otherwise, at) == Some(!value) {
                        self.learn(test, 0, true);
                        self.learn(then, at, value);
                    }
                }
            },
            Op::Slice(a, offset) => self.learn(a, offset + at, value),
            Op::Concat(high, low) => {
                let own = self.cones.netlist.node(low).width;
                if at < own {
                    self.learn(low, at, value);
                } else {
                    self.learn(high, at - own, value);
                }
            }
            Op::ZeroExtend(a) if at < self.cones.netlist.node(a).width => self.learn(a, at, value),
            Op::All(a) if value => self.every(a, true),
            Op::Any(a) if !value => self.every(a, false),
            Op::All(a) | Op::Any(a) if self.cones.netlist.node(a).width == 1 => {
                self.learn(a, 0, value);
            }
            Op::Equal(a, b) if self.cones.netlist.node(a).width == 1 => {
                for (one, other) in [(a, b), (b, a)] {
                    if let Some(known) = self.known(one, 0) {
                        self.learn(other, 0, known == value);
                    }
                }
            }
            Op::Xor(a, b) => {
                for (one, other) in [(a, b), (b, a)] {
                    if let Some(known) = self.known(one, at) {
                        self.learn(other, at, known != value);
                    }
                }
            }
            _ => {}
        }
    }

    fn joined(&mut self, operands: [NodeId; 2], at: u32, value: bool) {
        let [a, b] = operands;
        if value {
            self.learn(a, at, true);
            self.learn(b, at, true);
        } else {
            for (one, other) in [(a, b), (b, a)] {
                if self.known(one, at) == Some(true) {
                    self.learn(other, at, false);
                }
            }
        }
    }

    fn disjoined(&mut self, operands: [NodeId; 2], at: u32, value: bool) {
        let [a, b] = operands;
        if !value {
            self.learn(a, at, false);
            self.learn(b, at, false);
        } else {
            for (one, other) in [(a, b), (b, a)] {
                if self.known(one, at) == Some(false) {
                    self.learn(other, at, true);
                }
            }
        }
    }

    fn every(&mut self, node: NodeId, value: bool) {
        for at in 0..self.cones.netlist.node(node).width {
            self.learn(node, at, value);
        }
    }
}
