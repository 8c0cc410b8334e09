//! The values of a module's wires during symbolic execution.

use super::wires::Wire;
use crate::ir::{Graph, NodeId, Op, Value};
use std::collections::BTreeMap;

/// The value of a wire at some point of the kernel.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// Its value; bits never assigned are arbitrary.
    pub(super) node: Option<NodeId>,
    /// One for every bit that is assigned on all paths to here.
    pub(super) assigned: Value,
}

/// What a branch changed.
pub(super) type Changes = BTreeMap<Wire, Slot>;

/// All slots, and a journal to undo changes.
pub(super) struct State {
    slots: Vec<Slot>,
    journal: Vec<(Wire, Slot)>,
}

impl State {
    pub(super) fn new(widths: impl Iterator<Item = u32>) -> Self {
        let empty = |width| Slot { node: None, assigned: Value::zero(width) };
        Self { slots: widths.map(empty).collect(), journal: Vec::new() }
    }

    pub(super) fn slot(&self, wire: Wire) -> &Slot {
        &self.slots[wire as usize]
    }

    pub(super) fn write(&mut self, wire: Wire, slot: Slot) {
        let before = std::mem::replace(&mut self.slots[wire as usize], slot);
        self.journal.push((wire, before));
    }

    /// The journal's present length.
    pub(super) fn mark(&self) -> usize {
        self.journal.len()
    }

    /// Undoes all changes since a mark and returns them.
    pub(super) fn take_back(&mut self, mark: usize) -> Changes {
        let mut changes = Changes::new();
        while self.journal.len() > mark {
            let Some((wire, before)) = self.journal.pop() else { break };
            let after = std::mem::replace(&mut self.slots[wire as usize], before);
            changes.entry(wire).or_insert(after);
        }
        changes
    }

    /// Merges the slots after the two branches of a conditional.
    pub(super) fn merge(
        &self,
        graph: &mut Graph,
        test: NodeId,
        mut then: Changes,
        mut otherwise: Changes,
    ) -> Changes {
        let mut wires: Vec<Wire> = then.keys().chain(otherwise.keys()).copied().collect();
        wires.sort_unstable();
        wires.dedup();
        let mut merged = Changes::new();
        for wire in wires {
            let before = self.slot(wire);
            let yes = then.remove(&wire).unwrap_or_else(|| before.clone());
            let no = otherwise.remove(&wire).unwrap_or_else(|| before.clone());
            let assigned = yes.assigned.and(&no.assigned);
            let node = match (yes.node, no.node) {
                (Some(yes), Some(no)) => {
                    let width = graph.width(yes);
                    Some(graph.make(Op::Mux(test, yes, no), width))
                }
                // The other branch leaves it arbitrary.
                (one, other) => one.or(other),
            };
            merged.insert(wire, Slot { node, assigned });
        }
        merged
    }

    pub(super) fn apply(&mut self, changes: Changes) {
        for (wire, slot) in changes {
            self.write(wire, slot);
        }
    }
}
