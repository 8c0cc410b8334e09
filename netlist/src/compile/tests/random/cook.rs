//! Makes nodes of a recipe's steps.

use super::{ADDRESS, Next, Rowed, Step, Stored};
use crate::ir::{
    ArrayRows, Column, Graph, MemoryId, Net, NetId, NetKind, NodeId, Op, Register, RegisterId,
    Rows, Type, Value,
};

/// A netlist under construction: pools of nodes to draw operands from.
pub(super) struct Cook {
    pub(super) graph: Graph,
    pub(super) registers: Vec<Register>,
    pub(super) nets: Vec<Net>,
}

impl Cook {
    pub(super) fn resized(&mut self, node: NodeId, width: u32) -> NodeId {
        self.graph.zero_extend(node, width)
    }

    pub(super) fn bit(&mut self, node: NodeId) -> NodeId {
        if self.graph.width(node) == 1 { node } else { self.graph.make(Op::Any(node), 1) }
    }

    pub(super) fn net(&mut self, path: String, node: NodeId, kind: NetKind, depth: u32) -> NetId {
        let ty = Type::Bits(self.graph.width(node));
        self.nets.push(Net { path, depth, kind, ty, node });
        NetId(self.nets.len() as u32 - 1)
    }

    pub(super) fn register(&mut self, path: String, next: &Next) -> NodeId {
        let width = u32::from(next.width);
        let id = RegisterId(self.registers.len() as u32);
        let node = self.graph.make(Op::Register(id), width);
        let init = Value::from_words(width, |at| next.init.rotate_left(at as u32));
        let ty = Type::Bits(width);
        self.registers.push(Register { path, ty, width, init, node, next: node });
        node
    }

    /// Words that are read at addresses from the pool, which they join.
    pub(super) fn words(&mut self, memory: Option<&Stored>, half: usize, pool: &mut Vec<NodeId>) {
        let Some(memory) = memory else { return };
        for at in &memory.words[half] {
            let address = self.resized(pool[*at as usize % pool.len()], ADDRESS);
            let width = u32::from(memory.width);
            pool.push(self.graph.make(Op::Word(MemoryId(0), address), width));
        }
    }

    /// The next value of the register that `own` reads.
    pub(super) fn next(&mut self, next: &Next, own: NodeId, pool: &[NodeId]) -> NodeId {
        let pick = |at: u16| pool[at as usize % pool.len()];
        let mut value = self.resized(pick(next.value), u32::from(next.width));
        for guard in next.guards.into_iter().flatten() {
            let test = self.bit(pick(guard));
            value = self.graph.make(Op::Mux(test, value, own), u32::from(next.width));
        }
        value
    }

    pub(super) fn step(&mut self, step: &Step, pool: &[NodeId]) -> NodeId {
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
            // Parts of one word side by side, sometimes neighbours.
            26 if wa > 2 => {
                let cut = 1 + u32::from(step.operands[1]) % (wa - 2);
                let gap = u32::from(step.operands[2] % 2);
                let (low, high) = (graph.slice(a, 0, cut), graph.slice(a, cut + gap, 1));
                graph.make(Op::Concat(high, low), cut + 1)
            }
            // A shift by a small number, since random amounts are rarely small.
            _ => {
                let amount = graph.number(7, u64::from(step.operands[1] % 130));
                let kind = if step.operands[2].is_multiple_of(2) { Op::Shl } else { Op::Shr };
                graph.make(kind(a, amount), wa)
            }
        }
    }

    /// Rows of equal children, their columns, and how the parent joins them.
    pub(super) fn array(&mut self, array: &Rowed, shared: &[NodeId]) -> (ArrayRows, Vec<NodeId>) {
        let rows = usize::from(array.rows);
        let count = array.registers.len();
        let mut own = Vec::new();
        for (at, next) in array.registers.iter().enumerate() {
            let name = |row| format!("rows[{row}].held{at}");
            let register = |row| {
                // Rows have distinct initial values.
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

    /// Priority choice among the rows, whether any row's bit is 1, and the disjunction of the rows'
    /// values whose bit is 1.
    pub(super) fn joined(&mut self, array: &Rowed, pools: &[Vec<NodeId>]) -> Vec<NodeId> {
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
        let mut all = self.graph.number(width, 0);
        for pool in pools {
            let test = self.bit(pool[bit]);
            let this = self.resized(pool[value], width);
            // Both spellings of it.
            all = if array.inverted {
                let none = self.graph.number(width, 0);
                let counted = self.graph.make(Op::Mux(test, this, none), width);
                self.graph.make(Op::Or(all, counted), width)
            } else {
                let with = self.graph.make(Op::Or(all, this), width);
                self.graph.make(Op::Mux(test, with, all), width)
            };
        }
        vec![chosen, any, all]
    }
}
