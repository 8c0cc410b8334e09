//! The flat layer: nodes, state, names.

use super::{Node, NodeId, Op, Type, Types, Value};
use std::collections::BTreeMap;

/// Names an [`Input`] in [`Netlist::inputs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InputId(pub u32);

/// Names a [`Register`] in [`Netlist::registers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RegisterId(pub u32);

/// Names a [`Memory`] in [`Netlist::memories`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MemoryId(pub u32);

/// Names a [`Net`] in [`Netlist::nets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NetId(pub u32);

/// A flat, levelised, single-clock design.
#[derive(Clone, Debug)]
pub struct Netlist {
    /// Name of the top module.
    pub name: String,
    /// Operands come before their users; no two are equal; each reaches a root or a net.
    pub nodes: Vec<Node>,
    /// Values of [`Op::Const`]; no two are equal.
    pub constants: Vec<Value>,
    /// Inputs of the design in order of declaration, the clock included.
    pub inputs: Vec<Input>,
    /// The clock, absent if the design is combinational.
    pub clock: Option<InputId>,
    /// All registers.
    pub registers: Vec<Register>,
    /// All memories.
    pub memories: Vec<Memory>,
    /// A name for every port, local and register of every block: outer blocks first, in order of
    /// declaration. Several nets may name one node.
    pub nets: Vec<Net>,
    /// Arrays of equal children, outer ones first.
    pub arrays: Vec<ArrayRows>,
    /// Enumerations and structures.
    pub types: Types,
}

impl Netlist {
    /// The node with this id.
    pub fn node(&self, id: NodeId) -> Node {
        self.nodes[id.0 as usize]
    }

    /// The value of a node that is a constant.
    pub fn constant(&self, id: NodeId) -> Option<&Value> {
        match self.node(id).op {
            Op::Const(at) => Some(&self.constants[at.0 as usize]),
            _ => None,
        }
    }

    /// The net with this path, e.g. `machine.state.q` or `rows[3].hit`.
    pub fn net_named(&self, path: &str) -> Option<NetId> {
        let at = self.nets.iter().position(|net| net.path == path)?;
        Some(NetId(at as u32))
    }

    /// The net with this id.
    pub fn net(&self, id: NetId) -> &Net {
        &self.nets[id.0 as usize]
    }

    /// The input with this name.
    pub fn input_named(&self, name: &str) -> Option<InputId> {
        let at = self.inputs.iter().position(|input| input.name == name)?;
        Some(InputId(at as u32))
    }

    /// The design's outputs, as nets.
    pub fn outputs(&self) -> impl Iterator<Item = (NetId, &Net)> {
        let numbered = self.nets.iter().enumerate();
        numbered
            .map(|(at, net)| (NetId(at as u32), net))
            .filter(|(_, net)| net.kind == NetKind::Output && net.depth == 0)
    }

    /// The nodes that a cycle must compute for state and outputs: next values of registers, ports
    /// of memories, outputs. Other nets are for observers only.
    pub fn roots(&self) -> Vec<NodeId> {
        let mut roots: Vec<NodeId> = self.registers.iter().map(|register| register.next).collect();
        for memory in &self.memories {
            roots.extend(memory.read.map(|read| read.address));
            if let Some(write) = memory.write {
                roots.extend([write.enable, write.address, write.data]);
            }
        }
        roots.extend(self.outputs().map(|(_, net)| net.node));
        roots
    }

    /// Renames all uses of nodes outside [`Netlist::nodes`], after a pass has renumbered the nodes.
    /// `f` is called only for nodes that are roots or nets.
    pub fn rename(&mut self, f: impl Fn(NodeId) -> NodeId) {
        for node in self.inputs.iter_mut().filter_map(|input| input.node.as_mut()) {
            *node = f(*node);
        }
        for register in &mut self.registers {
            register.node = f(register.node);
            register.next = f(register.next);
        }
        for memory in &mut self.memories {
            if let Some(read) = &mut memory.read {
                read.node = f(read.node);
                read.address = f(read.address);
            }
            if let Some(write) = &mut memory.write {
                write.enable = f(write.enable);
                write.address = f(write.address);
                write.data = f(write.data);
            }
        }
        for net in &mut self.nets {
            net.node = f(net.node);
        }
    }

    /// The longest path to each node, in operations: 0 for constants, inputs and state.
    pub fn levels(&self) -> Vec<u32> {
        let mut levels: Vec<u32> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let below = node.op.operands().map(|operand| levels[operand.0 as usize] + 1).max();
            levels.push(below.unwrap_or(0));
        }
        levels
    }
}

/// An input of the design.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name; `name[i]` for an element of an array of ports.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Bits.
    pub width: u32,
    /// The node that reads it. Absent if a pass found that nothing needs it.
    pub node: Option<NodeId>,
}

/// A register. All take their next value at the same edge.
#[derive(Clone, Debug)]
pub struct Register {
    /// Path of the register block, e.g. `machine.state`.
    pub path: String,
    /// Its type.
    pub ty: Type,
    /// Bits.
    pub width: u32,
    /// Value before the first edge.
    pub init: Value,
    /// The node that reads it.
    pub node: NodeId,
    /// Its value after the edge.
    pub next: NodeId,
}

/// A memory with at most one synchronous read port and one write port. At the edge the output takes
/// what the memory held at the address read *before* the write of that edge. Any number of
/// [`super::Op::Word`] read it in the cycle itself.
#[derive(Clone, Debug)]
pub struct Memory {
    /// Path of the memory block.
    pub path: String,
    /// Type of one word.
    pub ty: Type,
    /// Bits of one word.
    pub width: u32,
    /// Bits of an address; there are `2^address_width` words.
    pub address_width: u32,
    /// Words that are not zero at first, by address.
    pub init: BTreeMap<u64, Value>,
    /// The read port with a registered output.
    pub read: Option<Read>,
    /// The write port.
    pub write: Option<Write>,
}

/// The synchronous read port of a [`Memory`].
#[derive(Clone, Copy, Debug)]
pub struct Read {
    /// The node that reads the registered output; zero before the first edge.
    pub node: NodeId,
    /// Address read.
    pub address: NodeId,
}

/// The write port of a [`Memory`].
#[derive(Clone, Copy, Debug)]
pub struct Write {
    /// One bit: write at this edge.
    pub enable: NodeId,
    /// Address written.
    pub address: NodeId,
    /// Word written.
    pub data: NodeId,
}

/// The role of a net in its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NetKind {
    /// An input port.
    Input,
    /// An output port.
    Output,
    /// A local signal.
    Local,
}

/// A name for a node.
#[derive(Clone, Debug)]
pub struct Net {
    /// Rust path from the top, e.g. `queue.rows[3].held_key.q`.
    pub path: String,
    /// Blocks above it: 0 for the top's own signals.
    pub depth: u32,
    /// Port or local.
    pub kind: NetKind,
    /// Its type, for display.
    pub ty: Type,
    /// Its value.
    pub node: NodeId,
}

/// An array of equal children: its registers and nets by rows.
///
/// Every column lists, row by row, the same register or net of each child (`held_key`, `hit`). A
/// pass that finds the nodes of a column to be one expression over columns may compute it as a
/// loop.
#[derive(Clone, Debug)]
pub struct ArrayRows {
    /// Path of the array, e.g. `queue.rows`.
    pub path: String,
    /// Name of the children's module.
    pub module: String,
    /// Number of children.
    pub rows: u32,
    /// The registers and nets of each child, in order of declaration, including those of its own
    /// children.
    pub columns: Vec<Column>,
}

/// One column of [`ArrayRows`].
#[derive(Clone, Debug)]
pub struct Column {
    /// Path inside the child, e.g. `held_key` or `decoder.mask`.
    pub path: String,
    /// The rows.
    pub rows: Rows,
}

/// The rows of a [`Column`]; element i belongs to child i.
#[derive(Clone, Debug)]
pub enum Rows {
    /// Registers.
    Registers(Vec<RegisterId>),
    /// Nets.
    Nets(Vec<NetId>),
}
