//! The compiler's input: terms over scalars and over the rows of an array.

use crate::ir::{ConstId, MemoryId, NetId, NodeId, Op, Value};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Names a [`Term`] in [`Program::terms`]. The type is shared with the netlist's nodes so that
/// a term can hold an [`Op`] whose operands are terms.
pub type TermId = NodeId;

/// Names a [`State`] in [`Program::states`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateId(pub u32);

/// Names a constant column in [`Program::tables`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TableId(pub u32);

/// One value of a cycle: a number, or one number for each row of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Term {
    /// What it computes.
    pub form: Form,
    /// Bits of the number, or of each row's.
    pub width: u32,
    /// Rows; 0 for a single number.
    pub rows: u32,
}

/// What a [`Term`] computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// An operation. In a column it is done row by row, and single operands serve all rows.
    /// Never [`Op::Register`].
    Op(Op),
    /// A register's present value, or a column of them.
    State(StateId),
    /// A constant for each row.
    Table(TableId),
    /// The value of this term of another program, whose code keeps it in memory.
    Kept(TermId),
    /// One row of a column.
    Row(TermId, u32),
    /// Some row of a 1-bit column is 1.
    AnyRow(TermId),
    /// All rows of a 1-bit column are 1.
    AllRows(TermId),
    /// The row of `values` (a column, or one number for all rows) that is the highest or lowest
    /// whose bit in `mask` is 1; `otherwise` if there is none.
    Pick {
        /// 1-bit column.
        mask: TermId,
        /// Column or single.
        values: TermId,
        /// Single.
        otherwise: TermId,
        /// The highest such row wins, else the lowest.
        highest: bool,
    },
    /// The disjunction of the rows of `values` (a column, or one number for all rows) whose bit in
    /// `mask` is 1; zero if there is none.
    Gather {
        /// 1-bit column.
        mask: TermId,
        /// Column or single.
        values: TermId,
    },
}

impl Form {
    /// Its name in dumps and statistics.
    pub fn name(self) -> &'static str {
        match self {
            Form::Op(op) => op.name(),
            Form::State(_) => "state",
            Form::Table(_) => "table",
            Form::Kept(_) => "kept",
            Form::Row(..) => "row",
            Form::AnyRow(_) => "any_row",
            Form::AllRows(_) => "all_rows",
            Form::Pick { .. } => "pick",
            Form::Gather { .. } => "gather",
        }
    }

    /// The column of which it reads single rows.
    pub fn by_rows(self) -> Option<TermId> {
        match self {
            Form::Row(column, _)
            | Form::Pick { values: column, .. }
            | Form::Gather { values: column, .. } => Some(column),
            _ => None,
        }
    }

    /// The terms that it uses.
    pub fn operands(self) -> impl Iterator<Item = TermId> {
        let (count, operands) = match self {
            Form::Op(op) => {
                let mut list = [NodeId(0); 3];
                let mut count = 0;
                for operand in op.operands() {
                    list[count] = operand;
                    count += 1;
                }
                (count, list)
            }
            Form::State(_) | Form::Table(_) | Form::Kept(_) => (0, [NodeId(0); 3]),
            Form::Row(column, _) | Form::AnyRow(column) | Form::AllRows(column) => (1, [column; 3]),
            Form::Pick { mask, values, otherwise, .. } => (3, [mask, values, otherwise]),
            Form::Gather { mask, values } => (2, [mask, values, values]),
        };
        operands.into_iter().take(count)
    }

    /// The same form over other operands, requested in the order of [`Form::operands`].
    pub fn map(self, mut f: impl FnMut(TermId) -> TermId) -> Form {
        match self {
            Form::Op(op) => Form::Op(op.map(f)),
            Form::State(_) | Form::Table(_) | Form::Kept(_) => self,
            Form::Row(column, row) => Form::Row(f(column), row),
            Form::AnyRow(column) => Form::AnyRow(f(column)),
            Form::AllRows(column) => Form::AllRows(f(column)),
            Form::Pick { mask, values, otherwise, highest } => {
                Form::Pick { mask: f(mask), values: f(values), otherwise: f(otherwise), highest }
            }
            Form::Gather { mask, values } => Form::Gather { mask: f(mask), values: f(values) },
        }
    }
}

/// A register, or a column of registers.
#[derive(Clone, Debug)]
pub struct State {
    /// Bits of each.
    pub width: u32,
    /// Rows; 0 for a single register.
    pub rows: u32,
    /// Values before the first edge, row by row.
    pub init: Vec<Value>,
    /// The term that reads it, if there is one.
    pub term: Option<TermId>,
    /// Its value after the edge.
    pub next: TermId,
    /// A condition without which it keeps its value: a single bit, or a 1-bit column.
    pub guard: Option<TermId>,
}

/// A memory, as in [`crate::ir::Memory`].
#[derive(Clone, Debug)]
pub struct MemoryState {
    /// Bits of one word.
    pub width: u32,
    /// Bits of an address.
    pub address_width: u32,
    /// Words that are not zero at first.
    pub init: BTreeMap<u64, Value>,
    /// The term that reads the output, if there is one.
    pub term: Option<TermId>,
    /// Address read at the edge, if the memory has a registered output.
    pub read_address: Option<TermId>,
    /// Enable, address, data.
    pub write: Option<[TermId; 3]>,
}

impl MemoryState {
    /// The terms that the edge needs.
    pub fn ports(&self) -> impl Iterator<Item = TermId> {
        self.write.into_iter().flatten().chain(self.read_address)
    }
}

/// A net whose value is kept for the observer.
#[derive(Clone, Copy, Debug)]
pub struct Watched {
    /// The net.
    pub net: NetId,
    /// Its value.
    pub term: TermId,
}

/// A netlist, rearranged for speed. Operands of a term come before it.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The terms.
    pub terms: Vec<Term>,
    /// Values of [`Op::Const`].
    pub constants: Vec<Value>,
    /// Values of [`Form::Table`].
    pub tables: Vec<Vec<Value>>,
    /// Registers.
    pub states: Vec<State>,
    /// Memories; [`Op::Memory`] and [`Op::Word`] name one.
    pub memories: Vec<MemoryState>,
    /// The nets that the observer reads.
    pub watched: Vec<Watched>,
    /// The term of each followed net, and its row in a column.
    pub followed: BTreeMap<NetId, (TermId, u32)>,
    /// For each register of the netlist: its state, and its row there.
    pub places: Vec<Option<(StateId, u32)>>,
    known: FxHashMap<Term, TermId>,
}

impl Program {
    /// A program without terms over these constants.
    pub fn new(constants: Vec<Value>) -> Self {
        Self { constants, ..Self::default() }
    }

    /// The term with this id.
    pub fn term(&self, id: TermId) -> Term {
        self.terms[id.0 as usize]
    }

    /// The state with this id.
    pub fn state(&self, id: StateId) -> &State {
        &self.states[id.0 as usize]
    }

    /// The memory with this id.
    pub fn memory(&self, id: MemoryId) -> &MemoryState {
        &self.memories[id.0 as usize]
    }

    /// The value of a constant term.
    pub fn constant(&self, id: TermId) -> Option<&Value> {
        match self.term(id).form {
            Form::Op(Op::Const(at)) => Some(&self.constants[at.0 as usize]),
            _ => None,
        }
    }

    /// Returns an equal existing term, or a new one.
    pub fn add(&mut self, form: Form, width: u32, rows: u32) -> TermId {
        let term = Term { form, width, rows };
        *self.known.entry(term).or_insert_with(|| {
            self.terms.push(term);
            NodeId(self.terms.len() as u32 - 1)
        })
    }

    /// If a term is the word of a memory at a constant address: the memory, and that address. Its
    /// value is in the memory, so that an observer needs no other place.
    pub fn cell(&self, id: TermId) -> Option<(MemoryId, u64)> {
        let Form::Op(Op::Word(memory, address)) = self.term(id).form else { return None };
        Some((memory, self.constant(address)?.to_u64()?))
    }

    /// A constant.
    pub fn constant_term(&mut self, value: &Value) -> TermId {
        let known = self.constants.iter().position(|constant| constant == value);
        let at = known.unwrap_or_else(|| {
            self.constants.push(value.clone());
            self.constants.len() - 1
        });
        self.add(Form::Op(Op::Const(ConstId(at as u32))), value.width(), 0)
    }

    /// The terms that every cycle must compute: watched and followed nets, ports of memories, and
    /// the next values of states without a guard; for states with one, the guards.
    pub fn hot_roots(&self) -> Vec<TermId> {
        let mut roots: Vec<TermId> = self.watched.iter().map(|watched| watched.term).collect();
        let followed = self.followed.values().map(|(term, _)| *term);
        roots.extend(followed.filter(|term| self.cell(*term).is_none()));
        for memory in &self.memories {
            roots.extend(memory.ports());
        }
        roots.extend(self.states.iter().map(|state| state.guard.unwrap_or(state.next)));
        roots
    }
}
