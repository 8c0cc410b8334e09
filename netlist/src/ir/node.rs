//! Nodes of the flat layer.

use super::{InputId, MemoryId, RegisterId};

/// Names a [`Node`] in [`super::Netlist::nodes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// Names a value in [`super::Netlist::constants`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConstId(pub u32);

/// One operation and the width of its result. Results are unsigned numbers below `2^width`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    /// What it computes.
    pub op: Op,
    /// Bits of the result, at least 1.
    pub width: u32,
}

/// What a [`Node`] computes; `w` is its width. Operands have width `w` unless stated otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Op {
    /// A constant.
    Const(ConstId),
    /// An input of the design.
    Input(InputId),
    /// A register's present value.
    Register(RegisterId),
    /// A memory's registered output.
    Memory(MemoryId),
    /// The word that a memory holds at this address, in the present cycle.
    Word(MemoryId, NodeId),
    /// Bitwise.
    Not(NodeId),
    /// Bitwise.
    And(NodeId, NodeId),
    /// Bitwise.
    Or(NodeId, NodeId),
    /// Bitwise.
    Xor(NodeId, NodeId),
    /// Wraps.
    Add(NodeId, NodeId),
    /// Wraps.
    Sub(NodeId, NodeId),
    /// Wraps.
    Mul(NodeId, NodeId),
    /// Shift by an amount of any width; zero if it is at least `w`.
    Shl(NodeId, NodeId),
    /// Shift by an amount of any width; zero if it is at least `w`.
    Shr(NodeId, NodeId),
    /// `w` = 1; operands of one width.
    Equal(NodeId, NodeId),
    /// `w` = 1; operands of one width, unsigned.
    Less(NodeId, NodeId),
    /// `w` = 1; operands of one width, two's complement.
    SignedLess(NodeId, NodeId),
    /// The second operand if the first (1 bit) is 1, else the third.
    Mux(NodeId, NodeId, NodeId),
    /// Bits `offset .. offset + w` of a wider operand; all of them exist.
    Slice(NodeId, u32),
    /// High part, low part: `w` is the sum of their widths.
    Concat(NodeId, NodeId),
    /// A narrower operand with zeros above.
    ZeroExtend(NodeId),
    /// A narrower operand with copies of its highest bit above.
    SignExtend(NodeId),
    /// `w` bits of the first operand (any width) from the offset in the second (any width);
    /// bits that do not exist are zero.
    Extract(NodeId, NodeId),
    /// The first operand with the bit numbered by the second (any width) replaced by the third
    /// (1 bit); unchanged if there is no such bit.
    InsertBit(NodeId, NodeId, NodeId),
    /// `w` = 1: all bits are 1; any operand width.
    All(NodeId),
    /// `w` = 1: some bit is 1; any operand width.
    Any(NodeId),
    /// `w` = 1: the number of ones is odd; any operand width.
    Parity(NodeId),
}

impl Op {
    /// The operands, in order.
    pub fn operands(self) -> impl Iterator<Item = NodeId> {
        let (count, operands) = self.split();
        operands.into_iter().take(count)
    }

    /// The same operation over other operands.
    pub fn map(self, mut f: impl FnMut(NodeId) -> NodeId) -> Op {
        match self {
            Op::Const(_) | Op::Input(_) | Op::Register(_) | Op::Memory(_) => self,
            Op::Word(memory, a) => Op::Word(memory, f(a)),
            Op::Not(a) => Op::Not(f(a)),
            Op::And(a, b) => Op::And(f(a), f(b)),
            Op::Or(a, b) => Op::Or(f(a), f(b)),
            Op::Xor(a, b) => Op::Xor(f(a), f(b)),
            Op::Add(a, b) => Op::Add(f(a), f(b)),
            Op::Sub(a, b) => Op::Sub(f(a), f(b)),
            Op::Mul(a, b) => Op::Mul(f(a), f(b)),
            Op::Shl(a, b) => Op::Shl(f(a), f(b)),
            Op::Shr(a, b) => Op::Shr(f(a), f(b)),
            Op::Equal(a, b) => Op::Equal(f(a), f(b)),
            Op::Less(a, b) => Op::Less(f(a), f(b)),
            Op::SignedLess(a, b) => Op::SignedLess(f(a), f(b)),
            Op::Mux(a, b, c) => Op::Mux(f(a), f(b), f(c)),
            Op::Slice(a, offset) => Op::Slice(f(a), offset),
            Op::Concat(a, b) => Op::Concat(f(a), f(b)),
            Op::ZeroExtend(a) => Op::ZeroExtend(f(a)),
            Op::SignExtend(a) => Op::SignExtend(f(a)),
            Op::Extract(a, b) => Op::Extract(f(a), f(b)),
            Op::InsertBit(a, b, c) => Op::InsertBit(f(a), f(b), f(c)),
            Op::All(a) => Op::All(f(a)),
            Op::Any(a) => Op::Any(f(a)),
            Op::Parity(a) => Op::Parity(f(a)),
        }
    }

    fn split(self) -> (usize, [NodeId; 3]) {
        let mut operands = [NodeId(0); 3];
        let mut count = 0;
        self.map(|operand| {
            operands[count] = operand;
            count += 1;
            operand
        });
        (count, operands)
    }

    /// The operation's name in prints and statistics.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
