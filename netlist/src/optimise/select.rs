//! Selections: how a parent combines its rows.
//!
//! Proves: a chain of muxes whose tests are all rows of one 1-bit column, in order, yields the
//! value of the first row with a 1; a tree of `Or` (`And`) over all rows of a column tests whether
//! some row (every row) is 1; a disjunction of values, each of which counts only if its row of a
//! 1-bit column is 1, is the disjunction of the values of the rows with a 1. Gives: a priority
//! choice among N rows as one count of zeros and one load, a wide `Or` as one comparison, and a
//! one-hot selection as a loop over the rows with a 1, of which there is hardly ever more than one.

use super::columns::{ColumnId, Columns, MIN_ROWS, Part};
use crate::ir::{Netlist, NodeId, Op, Value};
use std::collections::BTreeMap;

/// A priority choice.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    /// 1-bit column: whether the row is a candidate.
    pub(super) mask: ColumnId,
    /// A row is a candidate if its bit is 0.
    pub(super) inverted: bool,
    /// The values of the rows.
    pub(super) values: Part,
    /// The value if no row is a candidate.
    pub(super) otherwise: NodeId,
    /// The highest candidate wins.
    pub(super) highest: bool,
}

/// One step of a chain: the row, its value, and the rest of the chain.
struct Link {
    row: u32,
    value: NodeId,
    rest: NodeId,
}

/// The priority choice that begins at a mux, if there is one.
pub(super) fn choice(netlist: &Netlist, columns: &mut Columns<'_>, head: NodeId) -> Option<Choice> {
    let Op::Mux(test, then, otherwise) = netlist.node(head).op else { return None };
    let (mask, first) = columns.of(test)?;
    let rows = columns.list[mask as usize].members.len();
    if columns.list[mask as usize].width != 1 {
        return None;
    }
    // The chain continues if the next test is the adjacent row.
    let follows = |node: NodeId| match netlist.node(node).op {
        Op::Mux(test, ..) => {
            columns.of(test).is_some_and(|(column, row)| column == mask && row.abs_diff(first) == 1)
        }
        _ => false,
    };
    let inverted = match (follows(then), follows(otherwise)) {
        (false, true) => false,
        (true, false) => true,
        _ => return None,
    };
    let link = |node: NodeId| -> Option<Link> {
        let Op::Mux(test, then, otherwise) = netlist.node(node).op else { return None };
        let (_, row) = columns.of(test).filter(|(column, _)| *column == mask)?;
        let (value, rest) = if inverted { (otherwise, then) } else { (then, otherwise) };
        Some(Link { row, value, rest })
    };
    let highest = first != 0;
    let mut values = vec![head; rows];
    let mut at = head;
    for step in 0..rows as u32 {
        let link = link(at)?;
        let expected = if highest { rows as u32 - 1 - step } else { step };
        if link.row != expected {
            return None;
        }
        values[link.row as usize] = link.value;
        at = link.rest;
    }
    let values = columns.find(&values)?;
    Some(Choice { mask, inverted, values, otherwise: at, highest })
}

/// A disjunction of the values of rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gathering {
    /// 1-bit column: whether the row counts.
    pub(super) mask: ColumnId,
    /// The values of the rows.
    pub(super) values: Part,
    /// Zero: the value if no row counts.
    pub(super) none: NodeId,
}

/// The disjunction that ends at a node, if there is one over at least half the rows of a column.
pub(super) fn gathering(
    netlist: &Netlist,
    columns: &mut Columns<'_>,
    root: NodeId,
) -> Option<Gathering> {
    let width = netlist.node(root).width;
    if !(2..=64).contains(&width) {
        return None;
    }
    let is_zero = |id| netlist.constant(id).is_some_and(|value| !value.any());
    let (mut open, mut zero) = (vec![root], None);
    let mut found: Vec<(ColumnId, u32, NodeId)> = Vec::new();
    while let Some(id) = open.pop() {
        let (test, value) = match netlist.node(id).op {
            Op::Or(a, b) => {
                open.extend([a, b]);
                continue;
            }
            Op::Mux(test, value, none) if is_zero(none) => {
                zero = Some(none);
                (test, value)
            }
            // The rest, to which the row adds its value; or to which it adds all bits.
            Op::Mux(test, with, rest) => {
                open.push(rest);
                match netlist.node(with).op {
                    Op::Or(a, b) if a == rest => (test, b),
                    Op::Or(a, b) if b == rest => (test, a),
                    Op::Const(_) if netlist.constant(with).is_some_and(Value::all) => (test, with),
                    _ => return None,
                }
            }
            _ => return None,
        };
        let (column, row) = columns.of(test)?;
        found.push((column, row, value));
        if found.len() + open.len() > LEAVES {
            return None;
        }
    }
    let (mask, ..) = *found.first()?;
    let column = &columns.list[mask as usize];
    let rows = column.members.len();
    if column.width != 1 || rows < MIN_ROWS || 2 * found.len() < rows {
        return None;
    }
    let none = zero?;
    let mut values = vec![none; rows];
    let mut seen = vec![false; rows];
    for (column, row, value) in found {
        if column != mask || std::mem::replace(&mut seen[row as usize], true) {
            return None;
        }
        values[row as usize] = value;
    }
    let values = columns.find(&values)?;
    Some(Gathering { mask, values, none })
}

/// An `Or` or `And` over rows.
#[derive(Clone, Debug)]
pub(super) struct Reduction {
    /// Whole columns, and whether their bits are inverted first.
    pub(super) columns: Vec<(ColumnId, bool)>,
    /// Other operands.
    pub(super) rest: Vec<NodeId>,
}

/// Trees with more leaves are left unchanged.
const LEAVES: usize = 1024;

/// A 1-bit `Or` or `And` as a reduction, if it covers a column except for `spare` rows.
pub(super) fn reduction(
    netlist: &Netlist,
    columns: &Columns<'_>,
    root: NodeId,
    spare: usize,
) -> Option<Reduction> {
    let node = netlist.node(root);
    if node.width != 1 {
        return None;
    }
    let inner = |op: Op| match (node.op, op) {
        (Op::Or(..), Op::Or(a, b)) | (Op::And(..), Op::And(a, b)) => Some([a, b]),
        _ => None,
    };
    let mut open: Vec<NodeId> = inner(node.op)?.into();
    let mut leaves = Vec::new();
    while let Some(id) = open.pop() {
        match inner(netlist.node(id).op) {
            // A row of a column is not decomposed.
            Some(operands) if columns.of(id).is_none() => open.extend(operands),
            _ => leaves.push(id),
        }
        if leaves.len() + open.len() > LEAVES {
            return None;
        }
    }
    leaves.sort();
    leaves.dedup();
    let mut groups: BTreeMap<(ColumnId, bool), Vec<NodeId>> = BTreeMap::new();
    let mut rest = Vec::new();
    for leaf in leaves {
        let inverted = match netlist.node(leaf).op {
            Op::Not(a) => columns.of(a).map(|(column, _)| (column, true)),
            _ => None,
        };
        let group = columns.of(leaf).map(|(column, _)| (column, false)).or(inverted);
        match group {
            Some(group) => groups.entry(group).or_default().push(leaf),
            None => rest.push(leaf),
        }
    }
    let mut whole = Vec::new();
    for (group, leaves) in groups {
        let rows = columns.list[group.0 as usize].members.len();
        if leaves.len() + spare >= rows && rows >= MIN_ROWS {
            whole.push(group);
        } else {
            rest.extend(leaves);
        }
    }
    (!whole.is_empty()).then_some(Reduction { columns: whole, rest })
}
