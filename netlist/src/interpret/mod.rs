//! Cycles by interpretation: every node, in order, every time. Simple, so that it is obviously
//! correct.

use crate::ir::{InputId, MemoryId, NetId, Netlist, Node, NodeId, Op, RegisterId, Value, evaluate};
use std::collections::HashMap;

/// A netlist with its present state.
///
/// ```text
/// set inputs, settle, get nets, step: one cycle
/// ```
#[derive(Clone, Debug)]
pub struct Interpreter<'a> {
    netlist: &'a Netlist,
    inputs: Vec<Value>,
    registers: Vec<Value>,
    memories: Vec<Contents>,
    values: Vec<Value>,
    /// Inputs or state changed since the values were computed.
    stale: bool,
}

#[derive(Clone, Debug)]
struct Contents {
    output: Value,
    words: HashMap<u64, Value>,
}

impl<'a> Interpreter<'a> {
    /// The state before the first edge, all inputs zero, settled.
    pub fn new(netlist: &'a Netlist) -> Self {
        let zero = |node: &Node| Value::zero(node.width);
        let mut new = Self {
            netlist,
            inputs: netlist.inputs.iter().map(|input| Value::zero(input.width)).collect(),
            registers: netlist.registers.iter().map(|register| register.init.clone()).collect(),
            memories: netlist
                .memories
                .iter()
                .map(|memory| Contents {
                    output: Value::zero(memory.width),
                    words: memory.init.iter().map(|(at, word)| (*at, word.clone())).collect(),
                })
                .collect(),
            values: netlist.nodes.iter().map(zero).collect(),
            stale: true,
        };
        new.settle();
        new
    }

    /// Presents a value at an input; takes effect with the next [`settle`](Self::settle) or
    /// [`step`](Self::step). Excess bits are dropped, missing ones zero. The clock input has no
    /// value of its own: `step` is its edge.
    pub fn set(&mut self, input: InputId, value: &Value) {
        let held = &mut self.inputs[input.0 as usize];
        *held = value.resize(held.width());
        self.stale = true;
    }

    /// Computes all nodes from inputs and state.
    pub fn settle(&mut self) {
        if !std::mem::take(&mut self.stale) {
            return;
        }
        for at in 0..self.netlist.nodes.len() {
            let Node { op, width } = self.netlist.nodes[at];
            let value = match op {
                Op::Const(id) => self.netlist.constants[id.0 as usize].clone(),
                Op::Input(id) => self.inputs[id.0 as usize].clone(),
                Op::Register(id) => self.registers[id.0 as usize].clone(),
                Op::Memory(id) => self.memories[id.0 as usize].output.clone(),
                Op::Word(id, address) => self.word(id, self.node(address).saturated()),
                op => {
                    let values = &self.values;
                    evaluate(op, width, |id| values.get(id.0 as usize))
                        .expect("every operand has a value")
                }
            };
            self.values[at] = value;
        }
    }

    /// Settles, then one rising edge, then settles again.
    pub fn step(&mut self) {
        self.settle();
        for (at, register) in self.netlist.registers.iter().enumerate() {
            self.registers[at] = self.values[register.next.0 as usize].clone();
        }
        for (at, memory) in self.netlist.memories.iter().enumerate() {
            // Old contents are read before they are overwritten.
            if let Some(read) = memory.read {
                let address = self.node(read.address).saturated();
                self.memories[at].output = self.word(MemoryId(at as u32), address);
            }
            if let Some(write) = memory.write
                && self.node(write.enable).any()
            {
                let (address, data) = (self.node(write.address).saturated(), write.data);
                let data = self.node(data).clone();
                self.memories[at].words.insert(address, data);
            }
        }
        self.stale = true;
        self.settle();
    }

    /// The value of a net, as of the last settling.
    pub fn get(&self, net: NetId) -> &Value {
        self.node(self.netlist.net(net).node)
    }

    /// The value of a node, as of the last settling.
    pub fn node(&self, node: NodeId) -> &Value {
        &self.values[node.0 as usize]
    }

    /// The present value of a register.
    pub fn register(&self, register: RegisterId) -> &Value {
        &self.registers[register.0 as usize]
    }

    /// A word of a memory.
    pub fn word(&self, memory: MemoryId, address: u64) -> Value {
        let width = self.netlist.memories[memory.0 as usize].width;
        let words = &self.memories[memory.0 as usize].words;
        words.get(&address).cloned().unwrap_or_else(|| Value::zero(width))
    }
}
