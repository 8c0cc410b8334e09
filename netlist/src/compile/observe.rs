//! What users can observe of an engine: registers, nets, sizes.

use super::Compiled;
use crate::ir::{MemoryId, NetId, NodeId, Op, RegisterId, Value};
use std::collections::HashMap;

/// Sizes of a compiled netlist.
#[derive(Clone, Debug)]
pub struct Statistics {
    /// Nodes of the netlist.
    pub nodes: usize,
    /// Terms of the program: live nodes, of which those in columns count once.
    pub terms: usize,
    /// Terms with rows.
    pub columns: usize,
    /// Terms that are not behind a guard.
    pub hot: usize,
    /// Terms that are kept from cycle to cycle.
    pub kept: usize,
    /// Registers and columns of registers.
    pub states: usize,
    /// Those behind a guard.
    pub guarded: usize,
    /// The buffer.
    pub bytes: usize,
    /// The functions so far: which sources may have changed, and the number of terms evaluated
    /// then.
    pub functions: Vec<(u64, u32)>,
}

impl Compiled {
    /// The sizes of what was compiled.
    pub fn statistics(&self) -> Statistics {
        let terms = &self.program.terms;
        Statistics {
            nodes: self.netlist.nodes.len(),
            terms: terms.len(),
            columns: terms.iter().filter(|term| term.rows > 0).count(),
            hot: self.gates.hot.iter().filter(|hot| **hot).count(),
            kept: self.gates.kept.iter().filter(|kept| **kept).count(),
            states: self.program.states.len(),
            guarded: self.program.states.iter().filter(|state| state.guard.is_some()).count(),
            bytes: self.layout.bytes as usize,
            functions: self.variants.statistics(),
        }
    }

    /// The present value of a register.
    pub fn register(&self, register: RegisterId) -> Value {
        let width = self.netlist.registers[register.0 as usize].width;
        let Some((state, row)) = self.program.places[register.0 as usize] else {
            return self.netlist.registers[register.0 as usize].init.clone();
        };
        let rows = self.program.state(state).rows;
        let at = self.layout.states[state.0 as usize];
        get_row(&self.buffer, at, width, row, rows, self.layout.lane)
    }

    /// The present word of a memory at an address; zero beyond its last word.
    pub fn word(&self, memory: MemoryId, address: u64) -> Value {
        let at = memory.0 as usize;
        let (width, bits) =
            (self.netlist.memories[at].width, self.netlist.memories[at].address_width);
        if address >> bits != 0 {
            return Value::zero(width);
        }
        get_word(&self.buffer, self.layout.contents[at], width, address)
    }

    /// The value of an output or watched net at the last [`Compiled::settle`] or
    /// [`Compiled::cycle`], of any width.
    pub fn watched(&self, net: NetId) -> Option<Value> {
        let slot = self.nets.get(&net)?;
        Some(self.number(8 * slot.word, self.netlist.node(self.netlist.net(net).node).width))
    }

    /// The value of any net for the present inputs and registers. Nets that are not watched are
    /// interpreted, which is slow.
    pub fn get(&self, net: NetId) -> Value {
        if !self.stale
            && let Some(value) = self.watched(net)
        {
            return value;
        }
        self.value(self.netlist.net(net).node)
    }

    fn value(&self, root: NodeId) -> Value {
        let mut known: HashMap<NodeId, Value> = HashMap::new();
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            if known.contains_key(&id) {
                continue;
            }
            let node = self.netlist.node(id);
            let value = match node.op {
                Op::Const(at) => self.netlist.constants[at.0 as usize].clone(),
                Op::Input(input) => self.number(self.layout.inputs[input.0 as usize], node.width),
                Op::Register(register) => self.register(register),
                Op::Memory(at) => self.number(self.layout.memories[at.0 as usize], node.width),
                op => {
                    let missing: Vec<NodeId> =
                        op.operands().filter(|operand| !known.contains_key(operand)).collect();
                    if !missing.is_empty() {
                        open.push(id);
                        open.extend(missing);
                        continue;
                    }
                    match op {
                        Op::Word(memory, address) => self.word(memory, known[&address].saturated()),
                        op => crate::ir::evaluate(op, node.width, |id| known.get(&id))
                            .expect("operands are known"),
                    }
                }
            };
            known.insert(id, value);
        }
        known.remove(&root).expect("the root was evaluated last")
    }

    fn number(&self, at: u32, width: u32) -> Value {
        Value::from_words(width, |word| self.buffer[at as usize / 8 + word])
    }
}

/// The word at an address below the number of words.
pub(super) fn get_word(buffer: &[u64], contents: u32, width: u32, address: u64) -> Value {
    let first = contents as usize / 8 + width.div_ceil(64) as usize * address as usize;
    Value::from_words(width, |word| buffer[first + word])
}

pub(super) fn get_row(
    buffer: &[u64],
    at: u32,
    width: u32,
    row: u32,
    rows: u32,
    lane: u32,
) -> Value {
    let first = at as usize / 8;
    if rows == 0 {
        return Value::from_words(width, |word| buffer[first + word]);
    }
    let bits = if width == 1 { 1 } else { 8 * lane as usize };
    let place = row as usize * bits;
    Value::new(width, buffer[first + place / 64] >> (place % 64))
}
