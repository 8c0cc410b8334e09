//! Columns of lanes: 128-bit vectors, one after the other.

use super::{Emitter, Held, words};
use crate::ir::Op;
use crate::optimise::{Form, StateId, TermId};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{BlockArg, InstBuilder, MemFlagsData, Type, Value, types};
use std::collections::HashMap;

/// Values of one vector's rows.
type Chunk = HashMap<(TermId, bool), Value>;

impl Emitter<'_, '_> {
    /// Rows in a vector.
    fn lanes_per_vector(&self) -> u32 {
        16 / self.layout.lane
    }

    fn lane_type(&self) -> Type {
        if self.layout.lane == 4 { types::I32 } else { types::I64 }
    }

    fn vector_type(&self) -> Type {
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
        let mut masks: HashMap<TermId, Vec<Option<Value>>> = HashMap::new();
        for at in 0..rows.div_ceil(per_vector) {
            let mut chunk = Chunk::new();
            for id in columns {
                let lanes = self.lanes(*id, at, &mut chunk);
                if self.is_lanes(*id) {
                    let slot = self.layout.slot(*id).expect("pending columns of lanes are stored");
                    self.store(lanes, slot + 16 * at);
                    continue;
                }
                let bits = self.build.ins().vhigh_bits(types::I64, lanes);
                let first = at * per_vector;
                let place = first % 64;
                let bits = if place == 0 {
                    bits
                } else {
                    self.build.ins().ishl_imm_u(bits, i64::from(place))
                };
                let mask = masks.entry(*id).or_insert_with(|| vec![None; words::count(rows)]);
                let word = mask[first as usize / 64];
                mask[first as usize / 64] = Some(match word {
                    None => bits,
                    Some(word) => self.build.ins().bor(word, bits),
                });
            }
        }
        for id in columns {
            if self.is_lanes(*id) {
                self.written[id.0 as usize] = true;
                self.branch.push(*id);
            } else if let Some(mask) = masks.remove(id) {
                let mask = mask.into_iter().map(|word| word.expect("every word has rows"));
                let mask = mask.collect();
                let mask = self.words().trim(mask, rows);
                self.hold(*id, Held::Mask(mask));
            }
        }
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
    fn lanes(&mut self, id: TermId, at: u32, chunk: &mut Chunk) -> Value {
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
    fn number_lanes(&mut self, id: TermId, at: u32, chunk: &mut Chunk) -> Value {
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
    fn spread(&mut self, id: TermId, as_number: bool) -> Value {
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

    fn splat(&mut self, word: Value) -> Value {
        let lane = match self.layout.lane {
            4 => self.build.ins().ireduce(types::I32, word),
            _ => word,
        };
        let vector = self.vector_type();
        self.build.ins().splat(vector, lane)
    }

    fn spread_constant(&mut self, number: u64) -> Value {
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

    /// An operation on vectors. [`crate::optimise`] builds columns of these only.
    fn lane_operation(&mut self, op: Op, width: u32, at: u32, chunk: &mut Chunk) -> Value {
        let ones = words::ones(width, 0);
        match op {
            Op::Not(a) => {
                let (a, mask) = (self.lanes(a, at, chunk), self.spread_constant(ones));
                self.build.ins().bxor(a, mask)
            }
            Op::And(a, b) => {
                let (a, b) = (self.lanes(a, at, chunk), self.lanes(b, at, chunk));
                self.build.ins().band(a, b)
            }
            Op::Or(a, b) => {
                let (a, b) = (self.lanes(a, at, chunk), self.lanes(b, at, chunk));
                self.build.ins().bor(a, b)
            }
            Op::Xor(a, b) => {
                let (a, b) = (self.lanes(a, at, chunk), self.lanes(b, at, chunk));
                self.build.ins().bxor(a, b)
            }
            Op::Add(a, b) | Op::Sub(a, b) => {
                let (a, b) = (self.lanes(a, at, chunk), self.lanes(b, at, chunk));
                let sum = match op {
                    Op::Add(..) => self.build.ins().iadd(a, b),
                    _ => self.build.ins().isub(a, b),
                };
                let mask = self.spread_constant(ones);
                self.build.ins().band(sum, mask)
            }
            Op::Mux(test, a, b) => {
                let test = self.lanes(test, at, chunk);
                let (a, b) = (self.lanes(a, at, chunk), self.lanes(b, at, chunk));
                self.build.ins().bitselect(test, a, b)
            }
            Op::Equal(a, b) => {
                let (a, b) = (self.lanes(a, at, chunk), self.lanes(b, at, chunk));
                self.build.ins().icmp(IntCC::Equal, a, b)
            }
            // Columns of order have a spare sign bit.
            Op::Less(a, b) => {
                let (a, b) = (self.lanes(a, at, chunk), self.lanes(b, at, chunk));
                self.build.ins().icmp(IntCC::SignedLessThan, a, b)
            }
            Op::Any(a) => {
                let (a, zero) = (self.lanes(a, at, chunk), self.spread_constant(0));
                self.build.ins().icmp(IntCC::NotEqual, a, zero)
            }
            Op::All(a) => {
                let full = words::ones(self.program.term(a).width, 0);
                let (a, full) = (self.lanes(a, at, chunk), self.spread_constant(full));
                self.build.ins().icmp(IntCC::Equal, a, full)
            }
            Op::Slice(a, offset) if width == 1 => {
                let a = self.lanes(a, at, chunk);
                let bit = self.spread_constant(1 << offset);
                let bits = self.build.ins().band(a, bit);
                self.build.ins().icmp(IntCC::Equal, bits, bit)
            }
            Op::Slice(a, offset) => {
                let a = self.lanes(a, at, chunk);
                let amount = self.build.ins().iconst(types::I32, i64::from(offset));
                let moved = self.build.ins().ushr(a, amount);
                let mask = self.spread_constant(ones);
                self.build.ins().band(moved, mask)
            }
            Op::Concat(high, low) => {
                let split = self.program.term(low).width;
                let high = self.number_lanes(high, at, chunk);
                let low = self.number_lanes(low, at, chunk);
                let amount = self.build.ins().iconst(types::I32, i64::from(split));
                let high = self.build.ins().ishl(high, amount);
                self.build.ins().bor(high, low)
            }
            Op::ZeroExtend(a) => self.number_lanes(a, at, chunk),
            _ => unreachable!("no column is built of this: {}", op.name()),
        }
    }

    /// Moves the shadow of a guarded column into it; returns a bit: some row differs.
    pub(super) fn move_rows(&mut self, id: StateId, guard: TermId, shadow: u32) -> Value {
        let state = self.program.state(id);
        let place = self.layout.states[id.0 as usize];
        let single = self.program.term(state.next).rows == 0;
        if self.program.term(guard).rows > 0 {
            return self.move_marked(guard, place, shadow, single);
        }
        let single = single.then(|| {
            let word = self.load(types::I64, shadow);
            self.splat(word)
        });
        let mut differ = self.spread_constant(0);
        for at in 0..state.rows.div_ceil(self.lanes_per_vector()) {
            let old = self.load(self.vector_type(), place + 16 * at);
            let new = match single {
                Some(single) => single,
                None => self.load(self.vector_type(), shadow + 16 * at),
            };
            self.store(new, place + 16 * at);
            let here = self.build.ins().bxor(old, new);
            differ = self.build.ins().bor(differ, here);
        }
        self.any_lane(differ)
    }

    /// Moves the rows whose bit in `guard` is 1, one after the other.
    fn move_marked(&mut self, guard: TermId, place: u32, shadow: u32, single: bool) -> Value {
        let mut differs = self.words().bit(false);
        let value = single.then(|| self.load(types::I64, shadow));
        for (number, word) in self.get_words(guard).into_iter().enumerate() {
            let (test, body, after) =
                (self.build.create_block(), self.build.create_block(), self.build.create_block());
            let rest = self.build.append_block_param(test, types::I64);
            let seen = self.build.append_block_param(test, types::I8);
            self.build.ins().jump(test, &[BlockArg::Value(word), BlockArg::Value(differs)]);
            self.build.switch_to_block(test);
            self.build.ins().brif(rest, body, &[], after, &[]);
            self.build.switch_to_block(body);
            let row = self.build.ins().ctz(rest);
            let row = self.build.ins().iadd_imm_u(row, 64 * number as i64);
            let new = match value {
                Some(value) => value,
                None => self.load_row(shadow, row),
            };
            let old = self.load_row(place, row);
            let address = self.lane_address(row);
            match self.layout.lane {
                4 => self.build.ins().istore32(MemFlagsData::trusted(), new, address, place as i32),
                _ => self.build.ins().store(MemFlagsData::trusted(), new, address, place as i32),
            };
            let differ = self.build.ins().icmp(IntCC::NotEqual, old, new);
            let seen_now = self.build.ins().bor(seen, differ);
            let less = self.build.ins().iadd_imm_s(rest, -1);
            let rest = self.build.ins().band(rest, less);
            self.build.ins().jump(test, &[BlockArg::Value(rest), BlockArg::Value(seen_now)]);
            self.build.switch_to_block(after);
            differs = seen;
        }
        differs
    }
}
