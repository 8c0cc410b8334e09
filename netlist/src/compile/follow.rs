//! Which nets changed, from cycle to cycle.
//!
//! Every value that is followed is somewhere in the engine's buffer: registers and inputs in their
//! own places, computed values where the code stores them whenever it evaluates them
//! ([`crate::optimise::Options::follow`]). A follower keeps a copy of those words and compares.
//! What cannot have changed is not even compared: words are grouped by the sources on which they
//! depend, and a group without a changed source is skipped; while nothing changes at all, a cycle
//! costs one test.
//!
//! They are compared at two moments. Registers and memory outputs hold a cycle's values before its
//! edge, so they are compared before the code runs. Computed values are stored by the code that
//! also takes the edge, so they are compared after it.

use super::Compiled;
use super::words::{Place, Words};
use crate::ir::{InputId, MemoryId, NetId, Op, Value};
use crate::optimise::{ALL, Form, TermId};

/// A net, or a field of one, that is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    /// The net.
    pub net: NetId,
    /// The field's lowest bit; 0 for the whole net.
    pub offset: u32,
    /// Bits of the field.
    pub width: u32,
}

/// The values of an engine's fields when they were last compared. Made by [`Compiled::follower`],
/// used by [`Compiled::cycle_following`] of the same engine.
#[derive(Clone, Debug)]
pub struct Follower {
    /// Registers and memory outputs.
    held: Words,
    /// Inputs and computed values.
    settled: Words,
    constants: Vec<(usize, Value)>,
    /// Edges of the engine when it was last compared; `None`: never.
    edges: Option<u64>,
}

impl Follower {
    /// Forgets all values: the next cycle reports every field.
    pub fn forget(&mut self) {
        self.edges = None;
    }
}

impl Compiled {
    /// Follows fields of nets that were compiled to be followed
    /// ([`crate::optimise::Options::follow`]); `None` if one was not.
    pub fn follower(&self, fields: &[Field]) -> Option<Follower> {
        let (mut held, mut settled, mut constants) = (Vec::new(), Vec::new(), Vec::new());
        for (at, field) in fields.iter().enumerate() {
            let (term, row) = *self.program.followed.get(&field.net)?;
            if let Some(value) = self.constant(term, row) {
                constants.push((at, value.extract(u64::from(field.offset), field.width)));
                continue;
            }
            let (is_held, byte, bits) = self.stands(term)?;
            let bit = 8 * byte as usize + bits * row as usize + field.offset as usize;
            let support = self.gates.of(term);
            let place = Place { field: at, bit, width: field.width, support };
            if is_held { &mut held } else { &mut settled }.push(place);
        }
        let (held, settled) = (Words::new(held), Words::new(settled));
        Some(Follower { held, settled, constants, edges: None })
    }

    /// Whether changes of a net can be followed.
    pub fn follows(&self, net: NetId) -> bool {
        self.program.followed.contains_key(&net)
    }

    /// As [`Compiled::cycle`], and calls `report` with the index and value (lowest word first) of
    /// each of the follower's fields that differs from the last followed cycle; the first time with
    /// every field. Values are those of this cycle, before its edge. The order of reports within a
    /// cycle is not specified.
    pub fn cycle_following(
        &mut self,
        follower: &mut Follower,
        mut report: impl FnMut(usize, &[u64]),
    ) {
        let first = follower.edges.is_none();
        // A follower that missed an edge does not know what changed there.
        let known = follower.edges == Some(self.edges);
        let changed = if known { self.changed } else { ALL };
        if first {
            for (field, value) in &follower.constants {
                let words: Vec<u64> = (0..value.words()).map(|at| value.word(at)).collect();
                report(*field, &words);
            }
        }
        if changed != 0 {
            follower.held.compare(&self.buffer, changed, first, &mut report);
            self.cycle();
            follower.settled.compare(&self.buffer, changed, first, &mut report);
        }
        follower.edges = Some(self.edges);
    }

    /// The value of a constant, or of a row of constants.
    fn constant(&self, term: TermId, row: u32) -> Option<Value> {
        match self.program.term(term).form {
            Form::Table(table) => Some(self.program.tables[table.0 as usize][row as usize].clone()),
            _ => self.program.constant(term).cloned(),
        }
    }

    /// Whether a term holds its value over the edge, its byte offset, and the number of bits of
    /// each of its rows there.
    fn stands(&self, term: TermId) -> Option<(bool, u32, usize)> {
        let layout = &self.layout;
        if let Some((MemoryId(at), address)) = self.program.cell(term) {
            let size = u64::from(self.program.memories[at as usize].width.div_ceil(64));
            let byte = u64::from(layout.contents[at as usize]) + 8 * size * address;
            return Some((true, u32::try_from(byte).ok()?, 64));
        }
        let (held, byte) = match self.program.term(term).form {
            Form::State(state) => (true, layout.states[state.0 as usize]),
            Form::Op(Op::Memory(MemoryId(at))) => (true, layout.memories[at as usize]),
            Form::Op(Op::Input(InputId(at))) => (false, layout.inputs[at as usize]),
            _ => (false, layout.slot(term)?),
        };
        let bits = if self.program.term(term).width == 1 { 1 } else { 8 * layout.lane as usize };
        Some((held, byte, bits))
    }
}
