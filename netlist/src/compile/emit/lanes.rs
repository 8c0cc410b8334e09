//! Columns of lanes: 128-bit vectors, one after the other.

use super::{Emitter, Held, Offset, words};
use crate::ir::Op;
use crate::optimise::{Form, TermId};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Endianness, InstBuilder, MemFlagsData, Type, Value, types};
use std::collections::HashMap;

/// Values of one vector's rows.
pub(super) type Chunk = HashMap<(TermId, bool), Value>;

impl Emitter<'_, '_> {
    /// Rows in a vector.
    pub(super) fn lanes_per_vector(&self) -> u32 {
        16 / self.layout.lane
    }

    fn lane_type(&self) -> Type {
        if self.layout.lane == 4 { types::I32 } else { types::I64 }
    }

    pub(super) fn vector_type(&self) -> Type {
        if self.layout.lane == 4 { types::I32X4 } else { types::I64X2 }
    }

    /// A 1-bit column that is computed from lanes.
    pub(super) fn needs_lanes(&self, id: TermId) -> bool {
        let term = self.program.term(id);
        if term.rows == 0 || term.width != 1 || self.source(id).is_some() {
            return false;
        }
        let Form::Op(op) = term.form else { return false };
        if let Op::Equal(a, b) = op
            && self.decodes(a, b, term.rows)
        {
            return false;
        }
        op.operands().any(|operand| self.is_lanes(operand))
    }

    /// Computes all pending columns in one pass over the rows.
    pub(super) fn flush(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        let mut rows: Vec<u32> = pending.iter().map(|id| self.program.term(*id).rows).collect();
        rows.sort();
        rows.dedup();
        for rows in rows {
            let together: Vec<TermId> =
                pending.iter().copied().filter(|id| self.program.term(*id).rows == rows).collect();
            self.pass(&together, rows);
        }
    }

    fn pass(&mut self, columns: &[TermId], rows: u32) {
        let per_vector = self.lanes_per_vector();
        let mut compared: HashMap<TermId, Vec<Value>> = HashMap::new();
        for at in 0..rows.div_ceil(per_vector) {
            let mut chunk = Chunk::new();
            for id in columns {
                let lanes = self.lanes(*id, at, &mut chunk);
                if self.is_lanes(*id) {
                    let read = self.written_at(*id).filter(|_| self.source(*id).is_none());
                    let stores = self.stores.get(id).into_iter().flatten().map(|(place, _)| *place);
                    let mut places: Vec<Offset> = read.into_iter().chain(stores).collect();
                    places.dedup();
                    for place in places {
                        self.store(lanes, place + 16 * at);
                    }
                    continue;
                }
                compared.entry(*id).or_default().push(lanes);
            }
        }
        for id in columns {
            if self.is_lanes(*id) {
                self.written[id.0 as usize] = self.source(*id).is_none();
                self.branch.push(*id);
            } else if let Some(vectors) = compared.remove(id) {
                let mask = self.gathered(&vectors, rows);
                self.hold(*id, Held::Mask(mask));
            }
        }
    }

    /// A bit for each row of vectors whose lanes are all ones or zeros. Sixteen rows at a time are
    /// narrowed to bytes, whose bits are taken in one instruction.
    fn gathered(&mut self, vectors: &[Value], rows: u32) -> Vec<Value> {
        let (per_group, per_vector) = (self.layout.lane as usize, self.lanes_per_vector());
        let groups = vectors.chunks_exact(per_group);
        let rest = groups.remainder();
        let mut words: Vec<Option<Value>> = vec![None; words::count(rows)];
        let mut first = 0;
        for group in groups {
            let bytes = self.narrowed(group);
            self.place(&mut words, bytes, first);
            first += 16;
        }
        for vector in rest {
            self.place(&mut words, *vector, first);
            first += per_vector;
        }
        let words = words.into_iter().map(|word| word.expect("every word has rows")).collect();
        self.words().trim(words, rows)
    }

    /// Adds the bits of a vector's lanes, those of the rows from `first` on.
    fn place(&mut self, words: &mut [Option<Value>], vector: Value, first: u32) {
        let bits = self.build.ins().vhigh_bits(types::I64, vector);
        let bits = match first % 64 {
            0 => bits,
            place => self.build.ins().ishl_imm_u(bits, i64::from(place)),
        };
        let word = &mut words[first as usize / 64];
        *word = Some(match *word {
            None => bits,
            Some(word) => self.build.ins().bor(word, bits),
        });
    }

    /// Sixteen lanes that are all ones or zeros, as bytes.
    fn narrowed(&mut self, vectors: &[Value]) -> Value {
        let mut parts = vectors.to_vec();
        if self.layout.lane == 8 {
            // The lower half of each lane: words 0 and 2 of both vectors.
            let bytes = [0, 8, 16, 24].iter().flat_map(|first| *first..*first + 4).collect();
            let halves = self.build.func.dfg.immediates.push(bytes);
            let pairs = parts.chunks(2).map(|pair| {
                let flags = MemFlagsData::new().with_endianness(Endianness::Little);
                let [low, high] = [pair[0], pair[1]]
                    .map(|part| self.build.ins().bitcast(types::I8X16, flags, part));
                let both = self.build.ins().shuffle(low, high, halves);
                self.build.ins().bitcast(types::I32X4, flags, both)
            });
            parts = pairs.collect();
        }
        while parts.len() > 1 {
            let pairs = parts.chunks(2).map(|pair| self.build.ins().snarrow(pair[0], pair[1]));
            parts = pairs.collect();
        }
        parts[0]
    }

    /// Computes a column of lanes into some other place.
    pub(super) fn lanes_to(&mut self, column: TermId, place: u32) {
        let rows = self.program.term(column).rows;
        for at in 0..rows.div_ceil(self.lanes_per_vector()) {
            let lanes = self.lanes(column, at, &mut Chunk::new());
            self.store(lanes, place + 16 * at);
        }
    }

    /// The rows of vector `at` of a column (1-bit columns: all ones or zeros), or a single value
    /// for each of them.
    pub(super) fn lanes(&mut self, id: TermId, at: u32, chunk: &mut Chunk) -> Value {
        if let Some(value) = chunk.get(&(id, false)) {
            return *value;
        }
        let term = self.program.term(id);
        let value = if term.rows == 0 {
            return self.spread(id, false);
        } else if term.width > 1 {
            match (self.in_memory(id), term.form) {
                (Some(place), _) => self.load(self.vector_type(), place + 16 * at),
                (None, Form::Op(op)) => self.lane_operation(op, term.width, at, chunk),
                (None, form) => unreachable!("no such column of lanes: {form:?}"),
            }
        } else {
            match term.form {
                Form::Op(op) if self.held[id.0 as usize].is_none() && self.needs_lanes(id) => {
                    match self.in_memory(id) {
                        Some(_) => self.expanded(id, at),
                        None => self.lane_operation(op, 1, at, chunk),
                    }
                }
                _ => self.expanded(id, at),
            }
        };
        chunk.insert((id, false), value);
        value
    }

    /// The rows of vector `at` as numbers: bits become 0 and 1.
    pub(super) fn number_lanes(&mut self, id: TermId, at: u32, chunk: &mut Chunk) -> Value {
        let term = self.program.term(id);
        if term.width > 1 {
            return self.lanes(id, at, chunk);
        }
        if term.rows == 0 {
            return self.spread(id, true);
        }
        let ones = self.lanes(id, at, chunk);
        let one = self.spread_constant(1);
        self.build.ins().band(ones, one)
    }

    /// A single value in every lane; a bit as all ones unless it is to be a number.
    pub(super) fn spread(&mut self, id: TermId, as_number: bool) -> Value {
        if let Some(value) = self.spread.get(&(id, as_number)) {
            return *value;
        }
        let bit = self.program.term(id).width == 1;
        let mut word = self.get_words(id)[0];
        if bit && !as_number {
            word = self.build.ins().ineg(word);
        }
        let value = self.splat(word);
        self.spread.insert((id, as_number), value);
        value
    }

    pub(super) fn splat(&mut self, word: Value) -> Value {
        let lane = match self.layout.lane {
            4 => self.build.ins().ireduce(types::I32, word),
            _ => word,
        };
        let vector = self.vector_type();
        self.build.ins().splat(vector, lane)
    }

    pub(super) fn spread_constant(&mut self, number: u64) -> Value {
        if let Some(value) = self.constants.get(&number) {
            return *value;
        }
        let (lane, vector) = (self.lane_type(), self.vector_type());
        let number_there = self.lane_constant(number);
        let word = self.build.ins().iconst(lane, number_there);
        let value = self.build.ins().splat(vector, word);
        self.constants.insert(number, value);
        value
    }

    fn lane_constant(&self, number: u64) -> i64 {
        if self.layout.lane == 4 { i64::from(number as u32) } else { number as i64 }
    }

    /// A bit mask as lanes.
    fn expanded(&mut self, id: TermId, at: u32) -> Value {
        let first = at * self.lanes_per_vector();
        let word = self.get_words(id)[first as usize / 64];
        let word = match first % 64 {
            0 => word,
            place => self.build.ins().ushr_imm_u(word, i64::from(place)),
        };
        let all = self.splat(word);
        let mut own = self.spread_constant(1);
        let lane_type = self.lane_type();
        for lane in 1..self.lanes_per_vector() {
            let bit = self.build.ins().iconst(lane_type, 1 << lane);
            own = self.build.ins().insertlane(own, bit, lane as u8);
        }
        let bits = self.build.ins().band(all, own);
        self.build.ins().icmp(IntCC::Equal, bits, own)
    }
}
