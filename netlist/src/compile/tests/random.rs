//! Random netlists: recipes that shrink.

mod cook;

use crate::ir::{
    Graph, Input, InputId, Memory, MemoryId, NetKind, Netlist, NodeId, Op, Read, Type, Types,
    Value, Write,
};
use cook::Cook;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Bits of an address of a memory.
const ADDRESS: u32 = 3;

/// One operation over what exists already; all numbers are taken modulo what they index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    kind: u8,
    operands: [u16; 3],
    width: u8,
}

/// The next value of a register.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Next {
    width: u8,
    init: u64,
    value: u16,
    /// Conditions under which it does not keep its value; without any it always takes the next one.
    guards: [Option<u16>; 2],
}

/// An array of equal children: the same steps, register and shared signals in every row.
#[derive(Clone, Debug)]
pub(crate) struct Rowed {
    rows: u8,
    steps: Vec<Step>,
    registers: Vec<Next>,
    /// The step whose values form a priority chain, the bit that selects, and the order.
    pick: [u16; 2],
    descending: bool,
    inverted: bool,
    /// A row that is omitted when the rows' bits are joined.
    omitted: Option<u8>,
}

/// A memory: the ports, and the addresses of words that are read within the cycle.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    read: Option<u16>,
    write: [u16; 3],
    words: [Vec<u16>; 2],
    width: u8,
}

/// The recipe of a netlist.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    inputs: Vec<u8>,
    registers: Vec<Next>,
    steps: Vec<Step>,
    array: Option<Rowed>,
    memory: Option<Stored>,
    seed: u64,
}

fn width() -> impl Strategy<Value = u8> {
    prop_oneof![3 => Just(1_u8), 3 => 2..=33_u8, 2 => 60..=68_u8, 1 => 120..=130_u8]
}

fn step() -> impl Strategy<Value = Step> {
    (0..27_u8, any::<[u16; 3]>(), width()).prop_map(|(kind, operands, width)| Step {
        kind,
        operands,
        width,
    })
}

fn next() -> impl Strategy<Value = Next> {
    (width(), any::<u64>(), any::<u16>(), any::<[Option<u16>; 2]>())
        .prop_map(|(width, init, value, guards)| Next { width, init, value, guards })
}

fn rowed() -> impl Strategy<Value = Rowed> {
    let rows = prop_oneof![2..=9_u8, Just(16_u8), Just(64_u8), Just(70_u8)];
    let narrow = next().prop_map(|next| Next { width: next.width.min(60), ..next });
    let join = (any::<[u16; 2]>(), any::<bool>(), any::<bool>(), any::<Option<u8>>());
    (rows, vec(step(), 1..12), vec(narrow, 1..4), join).prop_map(
        |(rows, steps, registers, (pick, descending, inverted, omitted))| Rowed {
            rows,
            steps,
            registers,
            pick,
            descending,
            inverted,
            omitted,
        },
    )
}

/// Few words, so that most of them are read and written.
fn stored() -> impl Strategy<Value = Stored> {
    let words = || vec(any::<u16>(), 0..3);
    let width = prop_oneof![1 => Just(1_u8), 2 => 2..=8_u8, 2 => Just(70_u8)];
    (any::<Option<u16>>(), any::<[u16; 3]>(), [words(), words()], width)
        .prop_map(|(read, write, words, width)| Stored { read, write, words, width })
}

/// Any netlist.
pub(crate) fn recipe() -> impl Strategy<Value = Recipe> {
    let parts = (vec(width(), 1..5), vec(next(), 0..5), vec(step(), 1..25));
    let memory = prop_oneof![1 => Just(None), 1 => stored().prop_map(Some)];
    (parts, proptest::option::of(rowed()), memory, any::<u64>()).prop_map(
        |((inputs, registers, steps), array, memory, seed)| Recipe {
            inputs,
            registers,
            steps,
            array,
            memory,
            seed,
        },
    )
}

impl Recipe {
    /// The netlist; every node of the top's pool is an output or a local.
    pub(crate) fn netlist(&self) -> Netlist {
        self.netlist_of(Graph::new())
    }

    /// The netlist, its nodes made by this graph.
    pub(crate) fn netlist_of(&self, graph: Graph) -> Netlist {
        let mut cook = Cook { graph, registers: Vec::new(), nets: Vec::new() };
        let mut inputs = Vec::new();
        let mut pool = Vec::new();
        for (at, width) in self.inputs.iter().enumerate() {
            let width = u32::from(*width);
            let node = cook.graph.make(Op::Input(InputId(at as u32)), width);
            let (name, ty) = (format!("in{at}"), Type::Bits(width));
            inputs.push(Input { name, ty, width, node: Some(node) });
            pool.push(node);
        }
        let own: Vec<NodeId> = self
            .registers
            .iter()
            .enumerate()
            .map(|(at, next)| cook.register(format!("held{at}"), next))
            .collect();
        pool.extend(&own);
        let memory = self.memory.as_ref();
        let output = memory
            .filter(|memory| memory.read.is_some())
            .map(|memory| cook.graph.make(Op::Memory(MemoryId(0)), u32::from(memory.width)));
        pool.extend(output);
        for step in &self.steps[..self.steps.len() / 2] {
            let node = cook.step(step, &pool);
            pool.push(node);
        }
        cook.words(memory, 0, &mut pool);
        let array = self.array.as_ref().map(|array| cook.array(array, &pool));
        let mut arrays = Vec::new();
        if let Some((rows, joined)) = array {
            arrays.push(rows);
            pool.extend(joined);
        }
        cook.words(memory, 1, &mut pool);
        for step in &self.steps[self.steps.len() / 2..] {
            let node = cook.step(step, &pool);
            pool.push(node);
        }
        for (at, next) in self.registers.iter().enumerate() {
            cook.registers[at].next = cook.next(next, own[at], &pool);
        }
        let memories = self.memories(&mut cook, output, &pool);
        for (at, node) in pool.iter().enumerate() {
            let kind =
                if at % 3 == 0 || at + 3 > pool.len() { NetKind::Output } else { NetKind::Local };
            cook.net(format!("pool{at}"), *node, kind, 0);
        }
        let (nodes, constants) = cook.graph.into_parts();
        Netlist {
            name: "random".into(),
            nodes,
            constants,
            inputs,
            clock: None,
            registers: cook.registers,
            memories,
            nets: cook.nets,
            arrays,
            types: Types::default(),
        }
    }

    fn memories(&self, cook: &mut Cook, output: Option<NodeId>, pool: &[NodeId]) -> Vec<Memory> {
        let Some(memory) = &self.memory else { return Vec::new() };
        let width = u32::from(memory.width);
        let pick = |at: u16| pool[at as usize % pool.len()];
        let [enable, address, data] = memory.write.map(pick);
        let read = output
            .zip(memory.read)
            .map(|(node, address)| Read { node, address: cook.resized(pick(address), ADDRESS) });
        let write = Write {
            enable: cook.bit(enable),
            address: cook.resized(address, ADDRESS),
            data: cook.resized(data, width),
        };
        let init = BTreeMap::from([(2, Value::from_words(width, |_| self.seed))]);
        let (path, ty) = ("memory".to_owned(), Type::Bits(width));
        let (address_width, write) = (ADDRESS, Some(write));
        vec![Memory { path, ty, width, address_width, init, read, write }]
    }

    /// Values of inputs: corner cases as often as others, and often no change at all. In every
    /// other stretch of cycles only one input changes.
    pub(crate) fn stimulus(&self, netlist: &Netlist) -> impl FnMut(u64, usize) -> Option<Value> {
        let widths: Vec<u32> = netlist.inputs.iter().map(|input| input.width).collect();
        let mut state = self.seed | 1;
        let mut roll = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        move |cycle, at| match roll() % 8 {
            _ if cycle / 5 % 2 == 1 && cycle as usize / 10 % widths.len() != at => None,
            0..=2 => None,
            3 => Some(Value::zero(widths[at])),
            4 => Some(Value::ones(widths[at])),
            5 => Some(Value::new(widths[at], roll() % 8)),
            _ => {
                let word = roll();
                Some(Value::from_words(widths[at], |at| word.rotate_left(17 * at as u32)))
            }
        }
    }
}
