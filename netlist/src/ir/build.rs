//! Construction of nodes: folded, shared, in order.

use super::fold;
use super::{ConstId, Node, NodeId, Op, Value};
use std::collections::HashMap;

/// Nodes under construction. Operands come before their users; each node is folded as far as local
/// rules allow, and shared with any equal node.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    constants: Vec<Value>,
    known: HashMap<Node, NodeId>,
    known_constants: HashMap<Value, ConstId>,
    /// A planted defect for tests.
    #[cfg(test)]
    plant: Option<crate::optimise::Plant>,
    /// Nodes are created exactly as requested, for comparison.
    #[cfg(test)]
    plain: bool,
}

/// Whether a defect is planted in a graph; never, outside of tests.
macro_rules! planted_in {
    ($graph:expr, $plant:ident) => {{
        #[cfg(test)]
        let planted = $graph.is_planted(crate::optimise::Plant::$plant);
        #[cfg(not(test))]
        let planted = false;
        planted
    }};
}
pub(super) use planted_in;

#[cfg(test)]
impl Graph {
    /// A graph that neither folds nor shares.
    pub(crate) fn plain() -> Self {
        Self { plain: true, ..Self::default() }
    }

    /// A graph with a planted defect.
    pub(crate) fn with_mistake(plant: crate::optimise::Plant) -> Self {
        Self { plant: Some(plant), ..Self::default() }
    }

    pub(super) fn is_planted(&self, plant: crate::optimise::Plant) -> bool {
        self.plant == Some(plant)
    }
}

impl Graph {
    /// An empty graph.
    pub fn new() -> Self {
        Self::default()
    }

    /// The node with this id.
    pub fn node(&self, id: NodeId) -> Node {
        self.nodes[id.0 as usize]
    }

    /// Bits of a node.
    pub fn width(&self, id: NodeId) -> u32 {
        self.node(id).width
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The value of a constant node.
    pub fn constant(&self, id: NodeId) -> Option<&Value> {
        match self.node(id).op {
            Op::Const(at) => Some(&self.constants[at.0 as usize]),
            _ => None,
        }
    }

    /// A constant.
    pub fn value(&mut self, value: Value) -> NodeId {
        let width = value.width();
        let at = *self.known_constants.entry(value).or_insert_with_key(|value| {
            self.constants.push(value.clone());
            ConstId(self.constants.len() as u32 - 1)
        });
        self.share(Op::Const(at), width)
    }

    /// A constant from a small number.
    pub fn number(&mut self, width: u32, number: u64) -> NodeId {
        self.value(Value::new(width, number))
    }

    /// Returns the node of an operation: an equal existing node, a simpler equivalent, or a new
    /// node.
    ///
    /// Operand widths must be as [`Op`] says.
    pub fn make(&mut self, op: Op, width: u32) -> NodeId {
        #[cfg(test)]
        if self.plain {
            self.nodes.push(Node { op, width });
            return NodeId(self.nodes.len() as u32 - 1);
        }
        match fold::simplify(self, op, width) {
            Some(simpler) => simpler,
            None => self.share(op, width),
        }
    }

    /// Inverts all bits.
    pub fn not(&mut self, a: NodeId) -> NodeId {
        let width = self.width(a);
        self.make(Op::Not(a), width)
    }

    /// Bits of a node; bits that do not exist are zero.
    pub fn slice(&mut self, a: NodeId, offset: u32, width: u32) -> NodeId {
        let have = self.width(a);
        if offset >= have {
            return self.number(width, 0);
        }
        let exist = width.min(have - offset);
        let part = self.make(Op::Slice(a, offset), exist);
        self.zero_extend(part, width)
    }

    /// Zero-extends, truncates or leaves as it is.
    pub fn zero_extend(&mut self, a: NodeId, width: u32) -> NodeId {
        match self.width(a).cmp(&width) {
            std::cmp::Ordering::Less => self.make(Op::ZeroExtend(a), width),
            std::cmp::Ordering::Equal => a,
            std::cmp::Ordering::Greater => self.make(Op::Slice(a, 0), width),
        }
    }

    /// Sign-extends, truncates or leaves as it is.
    pub fn sign_extend(&mut self, a: NodeId, width: u32) -> NodeId {
        if self.width(a) < width {
            self.make(Op::SignExtend(a), width)
        } else {
            self.zero_extend(a, width)
        }
    }

    /// Some bits of `base` replaced by `part`.
    pub fn insert(&mut self, base: NodeId, offset: u32, part: NodeId) -> NodeId {
        let (have, put) = (self.width(base), self.width(part));
        let mut result = part;
        if offset > 0 {
            let low = self.slice(base, 0, offset);
            result = self.make(Op::Concat(result, low), offset + put);
        }
        if offset + put < have {
            let high = self.slice(base, offset + put, have - offset - put);
            result = self.make(Op::Concat(high, result), have);
        }
        result
    }

    /// The nodes and the constants.
    pub fn into_parts(self) -> (Vec<Node>, Vec<Value>) {
        (self.nodes, self.constants)
    }

    fn share(&mut self, op: Op, width: u32) -> NodeId {
        let node = Node { op, width };
        *self.known.entry(node).or_insert_with(|| {
            self.nodes.push(node);
            NodeId(self.nodes.len() as u32 - 1)
        })
    }
}
