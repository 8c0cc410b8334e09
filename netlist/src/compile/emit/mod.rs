//! One function of machine code from a program.
//!
//! | file | emits |
//! |---|---|
//! | `node`, `words` | operations on single numbers, of one word or several |
//! | `shift` | shifts and bit accesses by amounts known only at run time |
//! | `column` | columns of one bit as masks; selection by a mask |
//! | `lanes`, `lane_operation` | columns of numbers as vectors |
//! | `commit`, `rows` | the clock edge: states, memories and columns take their next values |

mod column;
mod commit;
mod lane_operation;
mod lanes;
mod node;
mod rows;
mod shift;
mod words;

use super::layout::{Layout, Offset};
use crate::ir::{InputId, MemoryId, Op};
use crate::optimise::{ALL, Form, Gates, Program, TermId};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Type, Value, types};
use cranelift_frontend::FunctionBuilder;
use std::collections::{BTreeMap, HashMap};
use words::{WordOps, Words};

/// A value in registers.
#[derive(Clone, Debug)]
enum Held {
    /// One bit, as a byte that is 0 or 1.
    Bit(Value),
    /// A number of more than one bit.
    Words(Words),
    /// A 1-bit column, a bit a row; bits beyond the rows are zero.
    Mask(Words),
}

/// Emits one function. See [`Emitter::function`].
pub(super) struct Emitter<'a, 'f> {
    program: &'a Program,
    gates: &'a Gates,
    layout: &'a Layout,
    build: FunctionBuilder<'f>,
    /// The buffer.
    base: Value,
    /// Sources that may have changed: other terms are read, not evaluated.
    changed: u64,
    held: Vec<Option<Held>>,
    /// Stored columns that this function has written.
    written: Vec<bool>,
    /// Columns that the next loop over rows will compute.
    pending: Vec<TermId>,
    /// Single values spread over a vector.
    spread: HashMap<(TermId, bool), Value>,
    /// What was computed since the present branch began, to be forgotten at its end.
    branch: Vec<TermId>,
    constants: BTreeMap<u64, Value>,
}

impl<'a, 'f> Emitter<'a, 'f> {
    /// Emits the body of `fn(buffer, commit) -> changed`.
    ///
    /// It evaluates every hot term whose support meets `changed`, stores kept terms and watched
    /// nets, and, if `commit` is not 0, takes the clock edge; the result is the mask of states
    /// and memories that the edge changed.
    pub(super) fn function(
        program: &'a Program,
        gates: &'a Gates,
        layout: &'a Layout,
        mut build: FunctionBuilder<'f>,
        changed: u64,
    ) -> FunctionBuilder<'f> {
        let entry = build.create_block();
        build.append_block_params_for_function_params(entry);
        build.switch_to_block(entry);
        let (base, commit) = (build.block_params(entry)[0], build.block_params(entry)[1]);
        let count = program.terms.len();
        let mut emitter = Emitter {
            program,
            gates,
            layout,
            build,
            base,
            changed,
            held: vec![None; count],
            written: vec![false; count],
            pending: Vec::new(),
            spread: HashMap::new(),
            branch: Vec::new(),
            constants: BTreeMap::new(),
        };
        for at in 0..count {
            let term = TermId { 0: at as u32 };
            if gates.hot[at] && emitter.is_active(term) {
                emitter.define(term);
            }
        }
        emitter.flush();
        emitter.store_watched();
        emitter.edge(commit);
        emitter.build.seal_all_blocks();
        emitter.build
    }

    /// Whether a hot term is evaluated in this function.
    fn is_active(&self, term: TermId) -> bool {
        self.is_touched(self.gates.of(term))
    }

    /// Whether something with this support may have changed.
    fn is_touched(&self, support: u64) -> bool {
        self.changed == ALL || support & self.changed != 0
    }

    fn words(&mut self) -> WordOps<'_, 'f> {
        WordOps { build: &mut self.build }
    }

    fn flags() -> MemFlagsData {
        MemFlagsData::trusted()
    }

    fn load(&mut self, ty: Type, at: Offset) -> Value {
        self.build.ins().load(ty, Self::flags(), self.base, at as i32)
    }

    fn store(&mut self, value: Value, at: Offset) {
        self.build.ins().store(Self::flags(), value, self.base, at as i32);
    }

    fn load_words(&mut self, at: Offset, count: usize) -> Words {
        (0..count).map(|word| self.load(types::I64, at + 8 * word as u32)).collect()
    }

    /// Loads a number or a 1-bit column.
    fn load_held(&mut self, term: TermId, at: Offset) -> Held {
        let term = self.program.term(term);
        match (term.width, term.rows) {
            (1, 0) => Held::Bit(self.load(types::I8, at)),
            (width, 0) => Held::Words(self.load_words(at, words::count(width))),
            (_, rows) => Held::Mask(self.load_words(at, words::count(rows))),
        }
    }

    /// Stores a number or a 1-bit column. The bytes above a single bit stay zero.
    fn store_held(&mut self, held: &Held, at: Offset) {
        match held {
            Held::Bit(bit) => self.store(*bit, at),
            Held::Words(words) | Held::Mask(words) => {
                for (number, word) in words.iter().enumerate() {
                    self.store(*word, at + 8 * number as u32);
                }
            }
        }
    }

    /// A column whose rows stand in lanes.
    fn is_lanes(&self, term: TermId) -> bool {
        let term = self.program.term(term);
        term.rows > 0 && term.width > 1
    }

    /// Where a source's value stands.
    fn source(&self, term: TermId) -> Option<Offset> {
        match self.program.term(term).form {
            Form::State(state) => Some(self.layout.states[state.0 as usize]),
            Form::Table(table) => Some(self.layout.tables[table.0 as usize]),
            Form::Op(Op::Input(InputId(at))) => Some(self.layout.inputs[at as usize]),
            Form::Op(Op::Memory(MemoryId(at))) => Some(self.layout.memories[at as usize]),
            _ => None,
        }
    }

    /// Whether the term stands in memory at this point, and where.
    fn in_memory(&self, term: TermId) -> Option<Offset> {
        if let Some(at) = self.source(term) {
            return Some(at);
        }
        let index = term.0 as usize;
        let read = self.gates.hot[index] && !self.is_active(term);
        if read || self.written[index] { self.layout.slot(term) } else { None }
    }

    /// Evaluates a term, whose operands are known, unless a loop over rows will do it later.
    fn define(&mut self, term: TermId) {
        if self.is_lanes(term) {
            if self.source(term).is_none() && self.layout.slot(term).is_some() {
                self.pending.push(term);
            }
            return;
        }
        if self.needs_lanes(term) {
            self.pending.push(term);
            return;
        }
        let held = self.evaluate(term);
        self.hold(term, held);
    }

    /// Remembers a value, in memory too if it is kept.
    fn hold(&mut self, term: TermId, held: Held) {
        if self.source(term).is_none()
            && let Some(slot) = self.layout.slot(term)
        {
            self.store_held(&held, slot);
        }
        self.held[term.0 as usize] = Some(held);
        self.branch.push(term);
    }

    /// The value of a number or 1-bit column.
    fn get(&mut self, term: TermId) -> Held {
        if let Some(held) = &self.held[term.0 as usize] {
            return held.clone();
        }
        if self.pending.contains(&term) {
            self.flush();
            return self.get(term);
        }
        let held = match self.in_memory(term) {
            Some(at) => self.load_held(term, at),
            None => self.evaluate(term),
        };
        self.held[term.0 as usize] = Some(held.clone());
        self.branch.push(term);
        held
    }

    /// The value of a number, as words.
    fn get_words(&mut self, term: TermId) -> Words {
        match self.get(term) {
            Held::Bit(bit) => vec![self.words().widen(bit)],
            Held::Words(words) | Held::Mask(words) => words,
        }
    }

    /// The value of a single bit.
    fn get_bit(&mut self, term: TermId) -> Value {
        match self.get(term) {
            Held::Bit(bit) => bit,
            Held::Words(words) | Held::Mask(words) => self.words().lowest(words[0]),
        }
    }

    /// Forgets what a branch computed, which no other code may use.
    fn leave_branch(&mut self) {
        for term in std::mem::take(&mut self.branch) {
            self.held[term.0 as usize] = None;
            self.written[term.0 as usize] = false;
        }
        self.spread.clear();
        self.constants.clear();
    }

    fn store_watched(&mut self) {
        for at in 0..self.program.watched.len() {
            let term = self.program.watched[at].term;
            if self.is_active(term) {
                let held = self.get(term);
                self.store_held(&held, self.layout.watched[at]);
            }
        }
    }
}
