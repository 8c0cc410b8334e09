//! Random netlists: recipes that shrink.

use crate::ir::{
    ArrayRows, Column, Graph, Input, InputId, Memory, MemoryId, Net, NetId, NetKind, Netlist,
    NodeId, Op, Register, RegisterId, Rows, Type, Types, Value, Write,
};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// One operation over what exists already; all numbers are taken modulo what they index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    kind: u8,
    operands: [u16; 3],
    width: u8,
}

/// How a register takes its next value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Next {
    width: u8,
    init: u64,
    value: u16,
    /// Conditions under which it does not keep its value; none: it always takes it.
    guards: [Option<u16>; 2],
}

/// Equal children: the same steps, register and shared signals in every row.
#[derive(Clone, Debug)]
pub(crate) struct Rowed {
    rows: u8,
    steps: Vec<Step>,
    registers: Vec<Next>,
    /// Which step's values are joined into a priority chain, by which bit, and in which order.
    pick: [u16; 2],
    descending: bool,
    inverted: bool,
    /// A row that is left out when the rows' bits are joined.
    omitted: Option<u8>,
}

/// A netlist to be.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    inputs: Vec<u8>,
    registers: Vec<Next>,
    steps: Vec<Step>,
    array: Option<Rowed>,
    memory: Option<[u16; 4]>,
    seed: u64,
}

fn width() -> impl Strategy<Value = u8> {
    prop_oneof![3 => Just(1_u8), 3 => 2..=33_u8, 2 => 60..=68_u8, 1 => 120..=130_u8]
}

fn step() -> impl Strategy<Value = Step> {
    (0..26_u8, any::<[u16; 3]>(), width()).prop_map(|(kind, operands, width)| Step {
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

/// Any netlist.
pub(crate) fn recipe() -> impl Strategy<Value = Recipe> {
    let parts = (vec(width(), 1..5), vec(next(), 0..5), vec(step(), 1..25));
    let memory = prop_oneof![2 => Just(None), 1 => any::<[u16; 4]>().prop_map(Some)];
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

/// A netlist under construction: pools of nodes to draw operands from.
struct Cook {
    graph: Graph,
    registers: Vec<Register>,
    nets: Vec<Net>,
}

impl Cook {
    fn resized(&mut self, node: NodeId, width: u32) -> NodeId {
        self.graph.zero_extend(node, width)
    }

    fn bit(&mut self, node: NodeId) -> NodeId {
        if self.graph.width(node) == 1 { node } else { self.graph.make(Op::Any(node), 1) }
    }

    fn net(&mut self, path: String, node: NodeId, kind: NetKind, depth: u32) -> NetId {
        let ty = Type::Bits(self.graph.width(node));
        self.nets.push(Net { path, depth, kind, ty, node });
        NetId(self.nets.len() as u32 - 1)
    }

    fn register(&mut self, path: String, next: &Next) -> NodeId {
        let width = u32::from(next.width);
        let id = RegisterId(self.registers.len() as u32);
        let node = self.graph.make(Op::Register(id), width);
        let init = Value::from_words(width, |at| next.init.rotate_left(at as u32));
        let ty = Type::Bits(width);
        self.registers.push(Register { path, ty, width, init, node, next: node });
        node
    }

    /// The next value of the register that `own` reads.
    fn next(&mut self, next: &Next, own: NodeId, pool: &[NodeId]) -> NodeId {
        let pick = |at: u16| pool[at as usize % pool.len()];
        let mut value = self.resized(pick(next.value), u32::from(next.width));
        for guard in next.guards.into_iter().flatten() {
            let test = self.bit(pick(guard));
            value = self.graph.make(Op::Mux(test, value, own), u32::from(next.width));
        }
        value
    }

    fn step(&mut self, step: &Step, pool: &[NodeId]) -> NodeId {
        let [a, b, c] = step.operands.map(|at| pool[at as usize % pool.len()]);
        let (wa, wb) = (self.graph.width(a), self.graph.width(b));
        let width = u32::from(step.width);
        let same = self.resized(b, wa);
        let graph = &mut self.graph;
        match step.kind {
            0 => graph.not(a),
            1 => graph.make(Op::And(a, same), wa),
            2 => graph.make(Op::Or(a, same), wa),
            3 => graph.make(Op::Xor(a, same), wa),
            4 => graph.make(Op::Add(a, same), wa),
            5 => graph.make(Op::Sub(a, same), wa),
            6 => graph.make(Op::Mul(a, same), wa),
            7 => graph.make(Op::Shl(a, b), wa),
            8 => graph.make(Op::Shr(a, b), wa),
            9 | 24 => graph.make(Op::Equal(a, same), 1),
            10 => graph.make(Op::Less(a, same), 1),
            11 => graph.make(Op::SignedLess(a, same), 1),
            12 | 25 => {
                let test = self.bit(c);
                self.graph.make(Op::Mux(test, a, same), wa)
            }
            13 => graph.slice(a, u32::from(step.operands[1]) % wa, width),
            14 if wa + wb <= 130 => graph.make(Op::Concat(a, b), wa + wb),
            15 => graph.zero_extend(a, width),
            16 => graph.sign_extend(a, width),
            17 => graph.make(Op::Extract(a, b), width),
            18 => {
                let bit = self.bit(c);
                self.graph.make(Op::InsertBit(a, b, bit), wa)
            }
            19 => graph.make(Op::All(a), 1),
            20 => graph.make(Op::Any(a), 1),
            21 => graph.make(Op::Parity(a), 1),
            22 => graph.number(width, u64::from(step.operands[0])),
            // A shift by a small number, which random amounts seldom are.
            _ => {
                let amount = graph.number(7, u64::from(step.operands[1] % 130));
                let kind = if step.operands[2] % 2 == 0 { Op::Shl } else { Op::Shr };
                graph.make(kind(a, amount), wa)
            }
        }
    }

    /// Rows of equal children, their columns, and what the parent makes of them.
    fn array(&mut self, array: &Rowed, shared: &[NodeId]) -> (ArrayRows, Vec<NodeId>) {
        let rows = usize::from(array.rows);
        let count = array.registers.len();
        let mut own = Vec::new();
        for (at, next) in array.registers.iter().enumerate() {
            let name = |row| format!("rows[{row}].held{at}");
            let register = |row| {
                // Rows differ from the beginning.
                let init = next.init.rotate_left(7 * row as u32);
                self.register(name(row), &Next { init, ..*next })
            };
            own.push((0..rows).map(register).collect::<Vec<_>>());
        }
        let first = self.registers.len() - rows * count;
        let mut pools = Vec::new();
        let mut columns = Vec::new();
        for row in 0..rows {
            let number = self.graph.number(7, row as u64);
            let mut pool: Vec<NodeId> = own.iter().map(|column| column[row]).collect();
            pool.push(number);
            pool.extend(shared.iter().copied().take(4));
            for step in &array.steps {
                let node = self.step(step, &pool);
                pool.push(node);
            }
            for (at, next) in array.registers.iter().enumerate() {
                let value = self.next(next, own[at][row], &pool);
                self.registers[first + at * rows + row].next = value;
            }
            pools.push(pool);
        }
        for at in 0..count {
            let ids = (0..rows).map(|row| RegisterId((first + at * rows + row) as u32)).collect();
            columns.push(Column { path: format!("held{at}"), rows: Rows::Registers(ids) });
        }
        for at in pools[0].len() - array.steps.len()..pools[0].len() {
            let path = |row| format!("rows[{row}].step{at}");
            let mut ids = Vec::new();
            for (row, pool) in pools.iter().enumerate() {
                ids.push(self.net(path(row), pool[at], NetKind::Local, 1));
            }
            columns.push(Column { path: format!("step{at}"), rows: Rows::Nets(ids) });
        }
        let joined = self.joined(array, &pools);
        let (path, module) = ("rows".to_owned(), "Row".to_owned());
        (ArrayRows { path, module, rows: rows as u32, columns }, joined)
    }

    /// Priority choice among the rows, and whether any row's bit is 1.
    fn joined(&mut self, array: &Rowed, pools: &[Vec<NodeId>]) -> Vec<NodeId> {
        let size = pools[0].len();
        let [bit, value] = array.pick.map(|at| at as usize % size);
        let width = self.graph.width(pools[0][value]);
        let mut chosen = self.graph.number(width, 5);
        let mut any = self.graph.number(1, 0);
        let mut order: Vec<&Vec<NodeId>> = pools.iter().collect();
        if array.descending {
            order.reverse();
        }
        for pool in order {
            let test = self.bit(pool[bit]);
            let this = self.resized(pool[value], width);
            let (yes, no) = if array.inverted { (chosen, this) } else { (this, chosen) };
            chosen = self.graph.make(Op::Mux(test, yes, no), width);
        }
        for (row, pool) in pools.iter().enumerate() {
            if array.omitted.is_none_or(|omitted| usize::from(omitted) % pools.len() != row) {
                let test = self.bit(pool[bit]);
                any = self.graph.make(Op::Or(any, test), 1);
            }
        }
        vec![chosen, any]
    }
}

impl Recipe {
    /// The netlist; every node of the top's pool is an output or a local.
    pub(crate) fn netlist(&self) -> Netlist {
        let mut cook = Cook { graph: Graph::new(), registers: Vec::new(), nets: Vec::new() };
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
        let memory = self.memory.map(|_| cook.graph.make(Op::Memory(MemoryId(0)), 70));
        pool.extend(memory);
        for step in &self.steps[..self.steps.len() / 2] {
            let node = cook.step(step, &pool);
            pool.push(node);
        }
        let array = self.array.as_ref().map(|array| cook.array(array, &pool));
        let mut arrays = Vec::new();
        if let Some((rows, joined)) = array {
            arrays.push(rows);
            pool.extend(joined);
        }
        for step in &self.steps[self.steps.len() / 2..] {
            let node = cook.step(step, &pool);
            pool.push(node);
        }
        for (at, next) in self.registers.iter().enumerate() {
            cook.registers[at].next = cook.next(next, own[at], &pool);
        }
        let memories = self.memories(&mut cook, memory, &pool);
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

    fn memories(&self, cook: &mut Cook, node: Option<NodeId>, pool: &[NodeId]) -> Vec<Memory> {
        let (Some(node), Some(ports)) = (node, self.memory) else { return Vec::new() };
        let [read, enable, address, data] = ports.map(|at| pool[at as usize % pool.len()]);
        let read_address = cook.resized(read, 3);
        let write = Write {
            enable: cook.bit(enable),
            address: cook.resized(address, 3),
            data: cook.resized(data, 70),
        };
        let init = BTreeMap::from([(2, Value::from_words(70, |_| self.seed))]);
        let (path, ty) = ("memory".to_owned(), Type::Bits(70));
        vec![Memory {
            path,
            ty,
            width: 70,
            address_width: 3,
            init,
            node,
            read_address,
            write: Some(write),
        }]
    }

    /// Values of inputs: corners as often as anything, and often no change at all.
    pub(crate) fn stimulus(&self, netlist: &Netlist) -> impl FnMut(u64, usize) -> Option<Value> {
        let widths: Vec<u32> = netlist.inputs.iter().map(|input| input.width).collect();
        let mut state = self.seed | 1;
        let mut roll = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        move |_, at| match roll() % 8 {
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
