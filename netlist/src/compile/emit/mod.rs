//! One function of machine code from a program.
//!
//! | file | emits |
//! |---|---|
//! | `node`, `words` | operations on single numbers, of one word or several |
//! | `shift` | shifts and bit accesses by amounts known only at run time |
//! | `column` | columns of one bit as masks; selection by a mask |
//! | `lanes`, `lane_operation` | columns of numbers as vectors |
//! | `expectations` | which values that a function expects are tested together |
//! | `commit`, `rows` | the clock edge: states, memories and columns take their next values |

mod column;
mod commit;
mod expectations;
mod lane_operation;
mod lanes;
mod node;
mod rows;
mod shift;
mod words;

use super::layout::{Layout, Offset};
use crate::ir::{InputId, MemoryId, Op};
use crate::optimise::{Form, Gates, Program, REFUSED, Special, TermId};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, MemFlagsData, Type, Value, types};
use cranelift_frontend::FunctionBuilder;
use expectations::Expectation;
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
    special: &'a Special,
    program: &'a Program,
    gates: &'a Gates,
    layout: &'a Layout,
    build: FunctionBuilder<'f>,
    /// The buffer.
    base: Value,
    /// The places of values that other functions or the observer read, and their number of rows.
    stores: HashMap<TermId, Vec<(Offset, u32)>>,
    held: Vec<Option<Held>>,
    /// Stored columns that this function has written.
    written: Vec<bool>,
    /// Columns that the next loop over rows will compute.
    pending: Vec<TermId>,
    /// The block that ends the function when it refuses.
    refuse: Option<Block>,
    /// Single values spread over a vector.
    spread: HashMap<(TermId, bool), Value>,
    /// Whether a mask has a row, and the highest or lowest one: used by several choices.
    found: HashMap<(TermId, Option<bool>), Value>,
    /// Values computed in the present branch, to be dropped at its end.
    branch: Vec<TermId>,
    constants: BTreeMap<u64, Value>,
}

impl<'a, 'f> Emitter<'a, 'f> {
    /// Emits the body of `fn(buffer, commit) -> changed`.
    ///
    /// It evaluates the nets that the program needs in every cycle, stores outputs and kept values,
    /// and takes the clock edge; the function for all changes only if `commit` is not 0. The result
    /// is the mask of states and memories that the edge changed. Or it is [`REFUSED`]: an assumption
    /// does not hold, and no state has changed.
    pub(super) fn function(
        special: &'a Special,
        gates: &'a Gates,
        layout: &'a Layout,
        mut build: FunctionBuilder<'f>,
    ) -> FunctionBuilder<'f> {
        let entry = build.create_block();
        build.append_block_params_for_function_params(entry);
        build.switch_to_block(entry);
        let (base, commit) = (build.block_params(entry)[0], build.block_params(entry)[1]);
        let count = special.program.terms.len();
        let mut stores: HashMap<TermId, Vec<(Offset, u32)>> = HashMap::new();
        for store in &special.stores {
            let place = (layout.place(store.keep), store.rows);
            stores.entry(store.term).or_default().push(place);
        }
        let mut emitter = Emitter {
            special,
            program: &special.program,
            gates,
            layout,
            build,
            base,
            stores,
            held: vec![None; count],
            written: vec![false; count],
            pending: Vec::new(),
            refuse: None,
            spread: HashMap::new(),
            found: HashMap::new(),
            branch: Vec::new(),
            constants: BTreeMap::new(),
        };
        let mut tests = expectations::tests(special);
        for term in &special.order {
            emitter.define(*term);
            // The first of those that one test covers brings it.
            while let Some(at) = tests.iter().position(|test| test.of.contains(term)) {
                emitter.expect(&tests.swap_remove(at));
            }
        }
        emitter.flush();
        emitter.edge(commit);
        emitter.end_refusal();
        emitter.build.seal_all_blocks();
        emitter.build
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

    /// A column whose rows are in lanes.
    fn is_lanes(&self, term: TermId) -> bool {
        let term = self.program.term(term);
        term.rows > 0 && term.width > 1
    }

    /// The place of a source's value.
    fn source(&self, term: TermId) -> Option<Offset> {
        match self.program.term(term).form {
            Form::State(state) => Some(self.layout.states[state.0 as usize]),
            Form::Table(table) => Some(self.layout.tables[table.0 as usize]),
            Form::Kept(term) => self.layout.slot(term),
            Form::Op(Op::Input(InputId(at))) => Some(self.layout.inputs[at as usize]),
            Form::Op(Op::Memory(MemoryId(at))) => Some(self.layout.memories[at as usize]),
            _ => None,
        }
    }

    /// The place of the term, if it is in memory at this point.
    fn in_memory(&self, term: TermId) -> Option<Offset> {
        if let Some(at) = self.source(term) {
            return Some(at);
        }
        if self.written[term.0 as usize] { self.written_at(term) } else { None }
    }

    /// The place of a computed column of lanes, if it must be stored.
    fn written_at(&self, term: TermId) -> Option<Offset> {
        let read = self.special.places.get(&term).and_then(|whole| self.layout.slot(*whole));
        read.or_else(|| self.stores.get(&term).map(|places| places[0].0))
    }

    /// Refuses if bits of a word do not have their expected values.
    fn expect(&mut self, test: &Expectation) {
        let go_on = self.build.create_block();
        let refuse = *self.refuse.get_or_insert_with(|| self.build.create_block());
        let (then, otherwise) = if test.bits == 0 { (refuse, go_on) } else { (go_on, refuse) };
        let tested = if self.program.term(test.number).width == 1 {
            self.get_bit(test.number)
        } else {
            let word = self.get_words(test.number)[test.word];
            let whole = words::ones(self.program.term(test.number).width, test.word);
            let bits = match test.mask == whole {
                true => word,
                false => self.build.ins().band_imm_u(word, test.mask as i64),
            };
            match test.bits {
                0 => bits,
                value => self.build.ins().icmp_imm_u(IntCC::Equal, bits, value as i64),
            }
        };
        self.build.ins().brif(tested, then, &[], otherwise, &[]);
        self.build.switch_to_block(go_on);
    }

    /// Emits the refusing end of the function, if it can refuse.
    fn end_refusal(&mut self) {
        let Some(refuse) = self.refuse else { return };
        self.build.set_cold_block(refuse);
        self.build.switch_to_block(refuse);
        let refused = self.words().number(REFUSED);
        self.build.ins().return_(&[refused]);
    }

    /// Evaluates a term, whose operands are known, unless a loop over rows will do so later.
    fn define(&mut self, term: TermId) {
        if self.is_lanes(term) {
            let stored = self.stores.contains_key(&term);
            if stored || self.source(term).is_none() && self.written_at(term).is_some() {
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

    /// Remembers a value, in memory too if it is to be stored.
    fn hold(&mut self, term: TermId, held: Held) {
        for (place, rows) in self.stores.get(&term).cloned().unwrap_or_default() {
            self.store_rows(term, &held, place, rows);
        }
        self.held[term.0 as usize] = Some(held);
        self.branch.push(term);
    }

    /// Stores a number or a 1-bit column; with `rows`, a number for each row of a column.
    fn store_rows(&mut self, term: TermId, held: &Held, at: Offset, rows: u32) {
        let shape = self.program.term(term);
        self.held[term.0 as usize] = Some(held.clone());
        match (rows, shape.rows, shape.width) {
            (0, ..) | (_, 1.., _) => self.store_held(held, at),
            (_, 0, 1) => {
                let mask = Held::Mask(self.mask(term, rows));
                self.store_held(&mask, at);
            }
            _ => {
                let vector = self.spread(term, false);
                for chunk in 0..rows.div_ceil(self.lanes_per_vector()) {
                    self.store(vector, at + 16 * chunk);
                }
            }
        }
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

    /// Drops the values computed in a branch, which no other code may use.
    fn leave_branch(&mut self) {
        for term in std::mem::take(&mut self.branch) {
            self.held[term.0 as usize] = None;
            self.written[term.0 as usize] = false;
        }
        self.spread.clear();
        self.found.clear();
        self.constants.clear();
    }
}
