//! Lowers a netlist to a program: one term for each live node and each live column.

use super::columns::{ColumnId, Columns, Part, Shape};
use super::program::{Form, MemoryState, Program, State, StateId, TermId, Watched};
use super::select::{Choice, Gathering, Reduction, choice, gathering, reduction};
use super::{Options, planted};
use crate::ir::{Netlist, NodeId, Op, RegisterId};

/// The origin of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Node(NodeId),
    Column(ColumnId),
}

impl From<Part> for Key {
    fn from(part: Part) -> Self {
        match part {
            Part::Single(node) => Key::Node(node),
            Part::Column(column) => Key::Column(column),
        }
    }
}

/// How a node is computed.
#[derive(Clone, Debug)]
pub(super) enum Plan {
    Source,
    Row(ColumnId, u32),
    Choice(Choice),
    Gathering(Gathering),
    Reduction(Reduction),
    Op,
}

/// Lowers the live part of a netlist. Outputs are watched, and the nets in `options.watch`.
pub(super) fn lower(netlist: &Netlist, columns: Columns<'_>, options: &Options) -> Program {
    let mut lower = Lower {
        netlist,
        options,
        nodes: vec![None; netlist.nodes.len()],
        lowered_columns: Vec::new(),
        columns,
        program: Program::new(netlist.constants.clone()),
    };
    lower.states();
    lower.memories();
    let outputs = netlist.outputs().map(|(id, _)| id);
    for net in outputs.chain(options.watch.iter().copied()) {
        let term = lower.term(Key::Node(netlist.net(net).node));
        lower.program.watched.push(Watched { net, term });
    }
    for net in &options.follow {
        let term = lower.term(Key::Node(netlist.net(*net).node));
        // A whole column is stored faster than its rows one by one.
        let place = match lower.program.term(term).form {
            Form::Row(column, row) => (column, row),
            _ => (term, 0),
        };
        lower.program.followed.insert(*net, place);
    }
    lower.finish()
}

/// The state of lowering.
pub(super) struct Lower<'a> {
    pub(super) netlist: &'a Netlist,
    pub(super) options: &'a Options,
    pub(super) columns: Columns<'a>,
    pub(super) program: Program,
    nodes: Vec<Option<TermId>>,
    lowered_columns: Vec<Option<TermId>>,
}

impl Lower<'_> {
    /// Numbers all states, then computes their next values.
    fn states(&mut self) {
        let registers = &self.netlist.registers;
        let mut places = vec![None; registers.len()];
        let mut nexts: Vec<(Vec<NodeId>, Vec<RegisterId>)> = Vec::new();
        for column in &self.columns.list {
            let Shape::Registers(rows) = &column.shape else { continue };
            let state = StateId(nexts.len() as u32);
            for (row, id) in rows.iter().enumerate() {
                places[id.0 as usize] = Some((state, row as u32));
            }
            nexts.push((
                rows.iter().map(|id| registers[id.0 as usize].next).collect(),
                rows.clone(),
            ));
        }
        let columns = nexts.len();
        for (at, register) in registers.iter().enumerate() {
            if places[at].is_none() {
                places[at] = Some((StateId(nexts.len() as u32), 0));
                nexts.push((vec![register.next], vec![RegisterId(at as u32)]));
            }
        }
        self.program.places = places;
        for (at, (next, rows)) in nexts.into_iter().enumerate() {
            let part = self.columns.find(&next).expect("next values of a column form one");
            let next = self.term(part.into());
            let init = rows.iter().map(|id| registers[id.0 as usize].init.clone());
            self.program.states.push(State {
                width: registers[rows[0].0 as usize].width,
                rows: if at < columns { rows.len() as u32 } else { 0 },
                init: init.collect(),
                term: None,
                next,
                guard: None,
            });
        }
    }

    fn memories(&mut self) {
        for memory in &self.netlist.memories {
            let read_address = memory.read.map(|read| self.term(Key::Node(read.address)));
            let write = memory.write.map(|write| {
                [write.enable, write.address, write.data].map(|port| self.term(Key::Node(port)))
            });
            self.program.memories.push(MemoryState {
                width: memory.width,
                address_width: memory.address_width,
                init: memory.init.clone(),
                term: None,
                read_address,
                write: write.filter(|_| !planted!(self.options, Dead)),
            });
        }
    }

    /// Records which terms read states and memories.
    fn finish(mut self) -> Program {
        for at in 0..self.program.terms.len() {
            match self.program.terms[at].form {
                Form::State(state) => {
                    self.program.states[state.0 as usize].term = Some(NodeId(at as u32));
                }
                Form::Op(Op::Memory(memory)) => {
                    self.program.memories[memory.0 as usize].term = Some(NodeId(at as u32));
                }
                _ => {}
            }
        }
        self.program
    }

    pub(super) fn done(&self, key: Key) -> Option<TermId> {
        match key {
            Key::Node(node) => self.nodes[node.0 as usize],
            Key::Column(column) => self.lowered_columns.get(column as usize).copied().flatten(),
        }
    }

    /// The term of a node or column, created after its operands. No recursion: logic may be deep.
    fn term(&mut self, root: Key) -> TermId {
        let mut open = vec![(root, None)];
        while let Some((key, plan)) = open.pop() {
            if self.done(key).is_some() {
                continue;
            }
            let plan = plan.unwrap_or_else(|| self.plan(key));
            let missing: Vec<Key> = self
                .needs(key, &plan)
                .into_iter()
                .filter(|key| self.done(*key).is_none())
                .collect();
            if missing.is_empty() {
                let term = self.make(key, &plan);
                self.record(key, term);
            } else {
                open.push((key, Some(plan)));
                open.extend(missing.into_iter().map(|key| (key, None)));
            }
        }
        self.done(root).expect("the root was made last")
    }

    fn record(&mut self, key: Key, term: TermId) {
        match key {
            Key::Node(node) => self.nodes[node.0 as usize] = Some(term),
            Key::Column(column) => {
                let count = self.columns.list.len().max(self.lowered_columns.len());
                self.lowered_columns.resize(count, None);
                self.lowered_columns[column as usize] = Some(term);
            }
        }
    }

    fn plan(&mut self, key: Key) -> Plan {
        let Key::Node(node) = key else { return Plan::Op };
        if let Some((column, row)) = self.columns.of(node) {
            return Plan::Row(column, row);
        }
        match self.netlist.node(node).op {
            Op::Const(_) | Op::Input(_) | Op::Memory(_) | Op::Register(_) => Plan::Source,
            Op::Mux(..) => match choice(self.netlist, &mut self.columns, node) {
                Some(choice) => Plan::Choice(choice),
                None => self.gathering(node),
            },
            Op::Or(..) | Op::And(..) => {
                match reduction(self.netlist, &self.columns, node, self.spare()) {
                    Some(reduction) => Plan::Reduction(reduction),
                    None => self.gathering(node),
                }
            }
            _ => Plan::Op,
        }
    }

    fn gathering(&mut self, node: NodeId) -> Plan {
        match gathering(self.netlist, &mut self.columns, node) {
            Some(gathering) => Plan::Gathering(gathering),
            None => Plan::Op,
        }
    }

    /// How many rows a reduction may lack: none.
    fn spare(&self) -> usize {
        if planted!(self.options, Reduction) { usize::MAX / 2 } else { 0 }
    }

    fn needs(&self, key: Key, plan: &Plan) -> Vec<Key> {
        match (key, plan) {
            (_, Plan::Source) => Vec::new(),
            (_, Plan::Row(column, _)) => vec![Key::Column(*column)],
            (_, Plan::Choice(choice)) => {
                vec![Key::Column(choice.mask), choice.values.into(), Key::Node(choice.otherwise)]
            }
            (_, Plan::Gathering(gathering)) => {
                let none = Key::Node(gathering.none);
                vec![Key::Column(gathering.mask), gathering.values.into(), none]
            }
            (_, Plan::Reduction(reduction)) => {
                let columns = reduction.columns.iter().map(|(column, _)| Key::Column(*column));
                columns.chain(reduction.rest.iter().map(|node| Key::Node(*node))).collect()
            }
            (Key::Node(node), Plan::Op) => {
                self.netlist.node(node).op.operands().map(Key::Node).collect()
            }
            (Key::Column(column), Plan::Op) => match &self.columns.list[column as usize].shape {
                Shape::Op(_, parts) => parts.iter().map(|part| Key::from(*part)).collect(),
                _ => Vec::new(),
            },
        }
    }
}
