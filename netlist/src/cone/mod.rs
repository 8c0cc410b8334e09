//! What each bit of a design depends on, if something about its inputs and state is known.
//!
//! Every node is evaluated once, bit by bit, over values that are not known: a bit is 0 or 1, or
//! equal to a bit of an input or of the state, or some function of certain sources. What a known bit
//! decides does not count: a choice whose test is known depends on one side only. So the sources of a
//! bit are a superset of those that can change it, as long as what was assumed holds.
//!
//! | file | does |
//! |---|---|
//! | `bits` | each operation over bits of which something is known |
//! | `imply` | what the values of some nodes say about those that they are made of |
//! | `sets` | sets of sources |

mod bits;
mod imply;
mod sets;

use crate::ir::{InputId, MemoryId, Netlist, NodeId, Op, RegisterId, Value};
use sets::{SetId, Sets};
use std::collections::BTreeMap;

/// What bits depend on. The low bits of an input may be a source of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// An input's low bits, where they are a source of their own.
    Low(InputId),
    /// An input; where its low bits are a source of their own, the others.
    Input(InputId),
    /// A register.
    Register(RegisterId),
    /// A memory's registered output.
    Output(MemoryId),
    /// A memory's words.
    Words(MemoryId),
}

/// A bit of an input, a register or a memory's output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Leaf {
    /// The input, register or memory; never [`Source::Low`].
    pub of: Source,
    /// Its bit.
    pub bit: u32,
}

/// What is known of a bit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bit {
    /// Its value.
    Known(bool),
    /// It is equal to a leaf.
    Leaf(Leaf),
    /// A function of these sources.
    Of(SetId),
}

/// What is assumed.
#[derive(Clone, Debug, Default)]
pub struct Assumed {
    /// Values of inputs.
    pub inputs: BTreeMap<InputId, Value>,
    /// Values of registers.
    pub registers: BTreeMap<RegisterId, Value>,
    /// Registers of which some bits, from the first on, are those of an input from the second on.
    pub copies: BTreeMap<RegisterId, Vec<Copy>>,
    /// Values of nodes, and what follows from them for those that they are made of.
    pub nodes: Vec<(NodeId, Value)>,
    /// The number of low bits of inputs that are a source of their own.
    pub low: BTreeMap<InputId, u32>,
}

/// Bits of a register that are bits of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copy {
    /// The first bit of the register.
    pub at: u32,
    /// How many there are.
    pub bits: u32,
    /// The input.
    pub input: InputId,
    /// The first bit of the input.
    pub from: u32,
}

/// The bits of all nodes of a netlist.
pub struct Cones<'a> {
    netlist: &'a Netlist,
    /// The place of a node's lowest bit.
    first: Vec<u32>,
    bits: Vec<Bit>,
    sets: Sets,
    sources: Vec<Source>,
    numbers: BTreeMap<Source, usize>,
    assumed: &'a Assumed,
}

impl<'a> Cones<'a> {
    /// Evaluates a netlist.
    pub fn new(netlist: &'a Netlist, assumed: &'a Assumed) -> Self {
        let sources = sources(netlist);
        let mut first = Vec::with_capacity(netlist.nodes.len() + 1);
        let mut count = 0;
        for node in &netlist.nodes {
            first.push(count);
            count += node.width;
        }
        first.push(count);
        let mut cones = Self {
            netlist,
            first,
            bits: Vec::with_capacity(count as usize),
            sets: Sets::new(sources.len()),
            numbers: sources.iter().enumerate().map(|(at, source)| (*source, at)).collect(),
            sources,
            assumed,
        };
        cones.evaluate(&BTreeMap::new());
        if !assumed.nodes.is_empty() {
            let implied = imply::implied(&cones, &assumed.nodes);
            cones.bits.clear();
            cones.evaluate(&implied);
        }
        cones
    }

    /// Evaluates all nodes; the bits of some, by their places, are given.
    fn evaluate(&mut self, given: &BTreeMap<u32, bool>) {
        for at in 0..self.netlist.nodes.len() {
            let node = self.netlist.nodes[at];
            self.operation(node.op, node.width);
            let (from, to) = (self.first[at], self.first[at + 1]);
            debug_assert_eq!(self.bits.len(), to as usize);
            for (&place, &value) in given.range(from..to) {
                self.bits[place as usize] = Bit::Known(value);
            }
        }
    }

    /// The bits of a node, the lowest first.
    pub(crate) fn bits(&self, node: NodeId) -> &[Bit] {
        let at = node.0 as usize;
        &self.bits[self.first[at] as usize..self.first[at + 1] as usize]
    }

    /// The value of a node, if all of its bits are known.
    pub fn value(&self, node: NodeId) -> Option<Value> {
        value(self.bits(node))
    }

    /// The leaf that a bit of a node is equal to.
    pub fn leaf(&self, node: NodeId, bit: u32) -> Option<Leaf> {
        match self.bits(node).get(bit as usize) {
            Some(Bit::Leaf(leaf)) => Some(*leaf),
            _ => None,
        }
    }

    /// The value of a bit of a node, if it is known.
    pub fn known(&self, node: NodeId, bit: u32) -> Option<bool> {
        match self.bits(node).get(bit as usize) {
            Some(Bit::Known(value)) => Some(*value),
            _ => None,
        }
    }

    /// What some bits of a node depend on, in ascending order.
    pub fn sources(
        &mut self,
        node: NodeId,
        counts: impl Fn(u32, Option<Leaf>) -> bool,
    ) -> Vec<Source> {
        let mut all = Sets::EMPTY;
        for at in 0..self.netlist.node(node).width {
            let bit = self.bits(node)[at as usize];
            let leaf = if let Bit::Leaf(leaf) = bit { Some(leaf) } else { None };
            if counts(at, leaf) {
                let set = self.set(bit);
                all = self.sets.union(all, set);
            }
        }
        self.sets.sources(all).map(|at| self.sources[at]).collect()
    }

    /// The sources of a bit.
    fn set(&mut self, bit: Bit) -> SetId {
        match bit {
            Bit::Known(_) => Sets::EMPTY,
            Bit::Of(set) => set,
            Bit::Leaf(Leaf { of, bit }) => {
                let source = match of {
                    Source::Input(input)
                        if self.assumed.low.get(&input).is_some_and(|low| bit < *low) =>
                    {
                        Source::Low(input)
                    }
                    other => other,
                };
                self.sets.single(self.numbers[&source])
            }
        }
    }

    /// A leaf, or what is known of it.
    pub(crate) fn source(&self, of: Source, bit: u32) -> Bit {
        let known = match of {
            Source::Input(input) => self.assumed.inputs.get(&input),
            Source::Register(register) => self.assumed.registers.get(&register),
            _ => None,
        };
        if let Some(value) = known {
            return Bit::Known(value.bit(bit));
        }
        if let Source::Register(register) = of
            && let Some(copies) = self.assumed.copies.get(&register)
            && let Some(copy) = copies.iter().find(|copy| bit.wrapping_sub(copy.at) < copy.bits)
        {
            return self.source(Source::Input(copy.input), copy.from + bit - copy.at);
        }
        Bit::Leaf(Leaf { of, bit })
    }

    /// A memory's source.
    fn words(&mut self, memory: MemoryId) -> SetId {
        self.sets.single(self.numbers[&Source::Words(memory)])
    }
}

fn value(bits: &[Bit]) -> Option<Value> {
    let mut words = vec![0_u64; bits.len().div_ceil(64)];
    for (at, bit) in bits.iter().enumerate() {
        match bit {
            Bit::Known(value) => words[at / 64] |= u64::from(*value) << (at % 64),
            _ => return None,
        }
    }
    Some(Value::from_words(bits.len() as u32, |at| words[at]))
}

fn sources(netlist: &Netlist) -> Vec<Source> {
    let inputs = (0..netlist.inputs.len() as u32).map(InputId);
    let inputs = inputs.flat_map(|input| [Source::Low(input), Source::Input(input)]);
    let registers = (0..netlist.registers.len() as u32).map(RegisterId).map(Source::Register);
    let memories = (0..netlist.memories.len() as u32).map(MemoryId);
    let memories = memories.flat_map(|memory| [Source::Output(memory), Source::Words(memory)]);
    inputs.chain(registers).chain(memories).collect()
}

impl Op {
    /// Whether it reads an input or the state.
    fn is_source(self) -> bool {
        matches!(self, Op::Const(_) | Op::Input(_) | Op::Register(_) | Op::Memory(_))
    }
}
