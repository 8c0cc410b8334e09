//! The place of everything in the one flat buffer of words.

use crate::ir::{MemoryId, Netlist, Op, Value};
use crate::optimise::{Form, Gates, Keep, Program, TermId};

/// Byte offset into the buffer.
pub(super) type Offset = u32;

/// Places of inputs, states, memories and kept values. A number takes whole 64-bit words; a 1-bit
/// column takes one bit per row, another column one lane per row.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// Inputs of the design.
    pub(super) inputs: Vec<Offset>,
    /// States.
    pub(super) states: Vec<Offset>,
    /// Next values of guarded states, until all are known.
    pub(super) shadows: Vec<Option<Offset>>,
    /// Outputs of memories; 0 for a memory without one.
    pub(super) memories: Vec<Offset>,
    /// Contents of memories. Small ones that are read within the cycle are among the sources, of
    /// which samples are taken.
    pub(super) contents: Vec<Offset>,
    /// Constant columns.
    pub(super) tables: Vec<Offset>,
    /// Watched nets, in the program's order.
    pub(super) watched: Vec<Offset>,
    /// Kept terms, and columns that are read row by row.
    pub(super) slots: Vec<Option<Offset>>,
    /// The range of the kept terms.
    pub(super) kept: [Offset; 2],
    /// Bytes of a lane: 4 or 8.
    pub(super) lane: u32,
    /// Bytes in all.
    pub(super) bytes: u32,
}

/// Allocates places.
struct Room {
    used: u64,
    lane: u32,
}

/// Memories with more bytes are not part of samples.
const SAMPLED: u64 = 8192;

/// The largest buffer, in bytes.
const LIMIT: u64 = 1 << 30;

impl Room {
    fn take(&mut self, bytes: u64, align: u64) -> Option<Offset> {
        let at = self.used.next_multiple_of(align);
        self.used = at.checked_add(bytes)?.next_multiple_of(8);
        (self.used <= LIMIT).then_some(at as Offset)
    }

    fn number(&mut self, width: u32) -> Option<Offset> {
        self.take(8 * u64::from(width.div_ceil(64)), 8)
    }

    /// A number, or a column of them; columns of lanes are padded to whole vectors.
    fn value(&mut self, width: u32, rows: u32) -> Option<Offset> {
        match (width, rows) {
            (width, 0) => self.number(width),
            (1, rows) => self.number(rows),
            (_, rows) => self.take(u64::from(rows * self.lane).next_multiple_of(16), 16),
        }
    }
}

impl Layout {
    /// Allocates places for everything; `None` if it needs more than a gigabyte.
    pub(super) fn new(netlist: &Netlist, program: &Program, gates: &Gates) -> Option<Self> {
        let terms = program.terms.iter().map(|term| (term.rows, term.width));
        let states = program.states.iter().map(|state| (state.rows, state.width));
        let wide = terms.chain(states).any(|(rows, width)| rows > 0 && width > 32);
        let lane = if wide { 8 } else { 4 };
        let mut layout = Layout { lane, ..Layout::default() };
        let mut room = Room { used: 0, lane };
        for input in &netlist.inputs {
            layout.inputs.push(room.number(input.width)?);
        }
        for state in &program.states {
            layout.states.push(room.value(state.width, state.rows)?);
        }
        for memory in &program.memories {
            layout.memories.push(match memory.read_address {
                Some(_) => room.number(memory.width)?,
                None => 0,
            });
        }
        layout.contents = vec![0; program.memories.len()];
        let mut large = Vec::new();
        let read = words_read(program);
        for (at, memory) in program.memories.iter().enumerate() {
            let words = 1_u64.checked_shl(memory.address_width).filter(|words| *words <= LIMIT)?;
            let bytes = words * 8 * u64::from(memory.width.div_ceil(64));
            match read[at] && bytes <= SAMPLED {
                true => layout.contents[at] = room.take(bytes, 8)?,
                false => large.push((at, bytes)),
            }
        }
        for watched in &program.watched {
            layout.watched.push(room.number(program.term(watched.term).width)?);
        }
        let stored = stored(program, gates);
        layout.slots = vec![None; program.terms.len()];
        // Values that change together are adjacent.
        let mut order: Vec<usize> = (0..stored.len()).filter(|at| stored[*at]).collect();
        order.sort_by_key(|at| gates.support[*at]);
        layout.kept[0] = room.used as u32;
        for at in order {
            let term = program.terms[at];
            layout.slots[at] = Some(room.value(term.width, term.rows)?);
        }
        layout.kept[1] = room.used as u32;
        for table in &program.tables {
            let width = table.first().map_or(1, Value::width);
            layout.tables.push(room.value(width, table.len() as u32)?);
        }
        for state in &program.states {
            let next = program.term(state.next);
            // A bit without a guard may get one at a place where its value is known.
            let bit = (state.width, state.rows) == (1, 0);
            layout.shadows.push(match bit || state.guard.is_some() {
                true => Some(room.value(next.width, next.rows)?),
                false => None,
            });
        }
        for (at, bytes) in large {
            layout.contents[at] = room.take(bytes, 8)?;
        }
        layout.bytes = room.used as u32;
        Some(layout)
    }

    /// The place in which a function leaves a value.
    pub(super) fn place(&self, keep: Keep) -> Offset {
        match keep {
            Keep::Watched(at) => self.watched[at],
            Keep::Term(term) => self.slot(term).expect("only kept terms are read by others"),
        }
    }

    /// The buffer's words for a number (`rows` = 0), or for a column with it in each row.
    pub(super) fn words(&self, value: &Value, rows: u32) -> Vec<u64> {
        if rows == 0 {
            return (0..value.words()).map(|at| value.word(at)).collect();
        }
        let bits = if value.width() == 1 { 1 } else { 8 * self.lane as usize };
        let mut words = vec![0; (rows as usize * bits).div_ceil(64)];
        for place in (0..rows as usize).map(|row| row * bits) {
            words[place / 64] |= value.word(0) << (place % 64);
        }
        words
    }

    /// The place of a term that is stored.
    pub(super) fn slot(&self, term: TermId) -> Option<Offset> {
        self.slots[term.0 as usize]
    }
}

/// For each memory, whether it is read within the cycle.
fn words_read(program: &Program) -> Vec<bool> {
    let mut read = vec![false; program.memories.len()];
    for term in &program.terms {
        if let Form::Op(Op::Word(MemoryId(at), _)) = term.form {
            read[at as usize] = true;
        }
    }
    read
}

/// Terms that are kept, and computed columns of lanes that are read row by row.
fn stored(program: &Program, gates: &Gates) -> Vec<bool> {
    let mut stored = gates.kept.clone();
    for term in &program.terms {
        let Some(column) = term.form.by_rows() else { continue };
        let read = program.term(column);
        let computed = matches!(read.form, Form::Op(_));
        stored[column.0 as usize] |= computed && read.rows > 0 && read.width > 1;
    }
    stored
}
