//! Columns: equal rows of an array become one value with many rows.
//!
//! Proves: the nodes of a column are one operation whose operands are, row by row, again a column,
//! a constant of each row, or one node for all rows. A register column's registers have next values
//! that form a column too. So computing the column computes exactly its nodes, one for each row.
//! Gives: SIMD compares over arrays instead of straight-line code for every row, and 1-bit columns
//! as bit masks, one instruction for 64 rows.

use crate::ir::{Netlist, NodeId, Op, RegisterId, Rows};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Names a [`Column`] in [`Columns::list`].
pub(super) type ColumnId = u32;

/// Fewer rows than this stay single nodes.
pub(super) const MIN_ROWS: usize = 4;

/// The kind of a column's operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// One node for all rows.
    Single(NodeId),
    /// Row by row.
    Column(ColumnId),
}

/// The kind of a column.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// Registers, in order of rows.
    Registers(Vec<RegisterId>),
    /// Constants.
    Table,
    /// An operation; its operands are the parts.
    Op(Op, Vec<Part>),
}

/// Equal nodes, one per row.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// Bits of each.
    pub(super) width: u32,
    /// Their kind.
    pub(super) shape: Shape,
    /// The nodes, row by row.
    pub(super) members: Vec<NodeId>,
}

/// The columns of a netlist, found on demand.
pub(super) struct Columns<'a> {
    netlist: &'a Netlist,
    /// All columns.
    pub(super) list: Vec<Column>,
    known: HashMap<Vec<NodeId>, Option<ColumnId>>,
    /// The column and the row of a node.
    of_node: HashMap<NodeId, (ColumnId, u32)>,
    signatures: Vec<u64>,
}

/// Expressions deeper than this are not compared row by row.
const DEPTH: u32 = 200;

impl<'a> Columns<'a> {
    /// The columns of all arrays; registers whose next values do not form a column stay single.
    pub(super) fn new(netlist: &'a Netlist) -> Self {
        let mut candidates = candidates(netlist);
        loop {
            let mut columns = Self::with_registers(netlist, &candidates);
            let holds = |columns: &mut Self, registers: &Vec<RegisterId>| {
                let next = registers.iter().map(|id| netlist.registers[id.0 as usize].next);
                columns.find(&next.collect::<Vec<_>>()).is_some()
            };
            let before = candidates.len();
            candidates.retain(|registers| holds(&mut columns, registers));
            if candidates.len() == before {
                columns.find_nets();
                return columns;
            }
        }
    }

    /// No columns at all.
    pub(super) fn none(netlist: &'a Netlist) -> Self {
        Self::with_registers(netlist, &[])
    }

    fn with_registers(netlist: &'a Netlist, candidates: &[Vec<RegisterId>]) -> Self {
        let mut columns = Self {
            netlist,
            list: Vec::new(),
            known: HashMap::new(),
            of_node: HashMap::new(),
            signatures: Vec::new(),
        };
        let mut group: HashMap<RegisterId, usize> = HashMap::new();
        for (at, registers) in candidates.iter().enumerate() {
            group.extend(registers.iter().map(|id| (*id, at)));
        }
        columns.sign(&group);
        for registers in candidates {
            let first = &netlist.registers[registers[0].0 as usize];
            let members = registers.iter().map(|id| netlist.registers[id.0 as usize].node);
            let members: Vec<NodeId> = members.collect();
            columns.add(first.width, Shape::Registers(registers.clone()), members);
        }
        columns
    }

    /// Gives every node a hash that is equal for the rows of a column.
    fn sign(&mut self, group: &HashMap<RegisterId, usize>) {
        for node in &self.netlist.nodes {
            let mut hash = DefaultHasher::new();
            (node.width, node.op.name()).hash(&mut hash);
            match node.op {
                Op::Input(id) => id.hash(&mut hash),
                Op::Memory(id) | Op::Word(id, _) => id.hash(&mut hash),
                Op::Register(id) => match group.get(&id) {
                    Some(column) => column.hash(&mut hash),
                    None => (id, "single").hash(&mut hash),
                },
                Op::Slice(_, offset) => offset.hash(&mut hash),
                _ => {}
            }
            let mut below: Vec<u64> =
                node.op.operands().map(|operand| self.signatures[operand.0 as usize]).collect();
            if commutes(node.op) {
                below.sort();
            }
            below.hash(&mut hash);
            self.signatures.push(hash.finish());
        }
    }

    fn find_nets(&mut self) {
        for array in &self.netlist.arrays {
            for column in &array.columns {
                if let Rows::Nets(nets) = &column.rows {
                    let nodes: Vec<NodeId> =
                        nets.iter().map(|id| self.netlist.net(*id).node).collect();
                    if nodes.len() >= MIN_ROWS {
                        self.find(&nodes);
                    }
                }
            }
        }
    }

    fn add(&mut self, width: u32, shape: Shape, members: Vec<NodeId>) -> ColumnId {
        let id = self.list.len() as ColumnId;
        if !matches!(shape, Shape::Table) {
            for (row, node) in members.iter().enumerate() {
                self.of_node.entry(*node).or_insert((id, row as u32));
            }
        }
        self.known.insert(members.clone(), Some(id));
        self.list.push(Column { width, shape, members });
        id
    }

    /// The column and the row of a node, tables excluded.
    pub(super) fn of(&self, node: NodeId) -> Option<(ColumnId, u32)> {
        self.of_node.get(&node).copied()
    }

    /// What these nodes, one per row, have in common; `None` if that is too little.
    pub(super) fn find(&mut self, rows: &[NodeId]) -> Option<Part> {
        self.find_below(rows, DEPTH)
    }

    fn find_below(&mut self, rows: &[NodeId], depth: u32) -> Option<Part> {
        if rows.iter().all(|node| *node == rows[0]) {
            return Some(Part::Single(rows[0]));
        }
        if let Some(known) = self.known.get(rows) {
            return known.map(Part::Column);
        }
        let found = if depth == 0 { None } else { self.build(rows, depth - 1) };
        if found.is_none() {
            self.known.insert(rows.to_vec(), None);
        }
        found.map(Part::Column)
    }

    fn build(&mut self, rows: &[NodeId], depth: u32) -> Option<ColumnId> {
        let first = self.netlist.node(rows[0]);
        let alike = |id: &NodeId| {
            let node = self.netlist.node(*id);
            node.width == first.width && node.op.name() == first.op.name()
        };
        if first.width > 64 || !rows.iter().all(alike) {
            return None;
        }
        match first.op {
            Op::Const(_) => {
                return Some(self.add(first.width, Shape::Table, rows.to_vec()));
            }
            Op::Input(_) | Op::Memory(_) | Op::Word(..) | Op::Register(_) => return None,
            Op::Slice(_, offset) => {
                let same = |id: &NodeId| matches!(self.netlist.node(*id).op, Op::Slice(_, other) if other == offset);
                if !rows.iter().all(same) {
                    return None;
                }
            }
            _ => {}
        }
        let wanted: Vec<u64> =
            first.op.operands().map(|operand| self.signatures[operand.0 as usize]).collect();
        let mut operands: Vec<Vec<NodeId>> = vec![Vec::new(); wanted.len()];
        for row in rows {
            let op = self.netlist.node(*row).op;
            let mut own: Vec<NodeId> = op.operands().collect();
            if commutes(op) && self.signatures[own[0].0 as usize] != wanted[0] {
                own.swap(0, 1);
            }
            for (column, node) in operands.iter_mut().zip(own) {
                column.push(node);
            }
        }
        let mut parts = Vec::new();
        for column in &operands {
            parts.push(self.find_below(column, depth)?);
        }
        let widths: Vec<u32> =
            operands.iter().map(|column| self.netlist.node(column[0]).width).collect();
        let parallel = operands.iter().zip(&widths).all(|(column, width)| {
            column.iter().all(|node| self.netlist.node(*node).width == *width)
        });
        (parallel && is_supported(first.op, first.width, &widths))
            .then(|| self.add(first.width, Shape::Op(first.op, parts), rows.to_vec()))
    }
}

/// Register columns of arrays, those with more rows first; a register belongs to one column.
fn candidates(netlist: &Netlist) -> Vec<Vec<RegisterId>> {
    let mut found: Vec<Vec<RegisterId>> = Vec::new();
    for array in &netlist.arrays {
        for column in &array.columns {
            let Rows::Registers(registers) = &column.rows else { continue };
            let width = |id: &RegisterId| netlist.registers[id.0 as usize].width;
            let even = registers.iter().all(|id| width(id) == width(&registers[0]));
            if registers.len() >= MIN_ROWS && even && width(&registers[0]) <= 64 {
                found.push(registers.clone());
            }
        }
    }
    found.sort_by_key(|registers| std::cmp::Reverse(registers.len()));
    let mut taken: Vec<RegisterId> = Vec::new();
    found.retain(|registers| {
        let free = registers.iter().all(|id| !taken.contains(id));
        if free {
            taken.extend(registers);
        }
        free
    });
    found
}

fn commutes(op: Op) -> bool {
    matches!(op, Op::And(..) | Op::Or(..) | Op::Xor(..) | Op::Add(..) | Op::Mul(..) | Op::Equal(..))
}

/// Operations that the compiler supports on bit masks, or on vectors of lanes.
fn is_supported(op: Op, width: u32, operands: &[u32]) -> bool {
    if operands.iter().any(|width| *width > 64) {
        return false;
    }
    match op {
        Op::Not(_) | Op::And(..) | Op::Or(..) | Op::Xor(..) | Op::Mux(..) | Op::Equal(..) => true,
        Op::Add(..) | Op::Sub(..) | Op::Slice(..) | Op::Concat(..) | Op::ZeroExtend(_) => {
            width > 1 || matches!(op, Op::Slice(..))
        }
        Op::Any(_) | Op::All(_) => operands[0] > 1,
        // A lane has 32 or 64 bits; with one to spare, unsigned order equals signed order.
        Op::Less(..) => operands[0] > 1 && operands[0] != 32 && operands[0] != 64,
        _ => false,
    }
}
