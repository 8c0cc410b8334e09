//! 1-bit columns as bit masks; rows of columns; selection by a mask.

use super::{Emitter, Held, words};
use crate::ir::Op;
use crate::optimise::{Form, TermId};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{BlockArg, InstBuilder, Value, types};

impl Emitter<'_, '_> {
    /// A 1-bit column from 1-bit operands, all rows of a word at once.
    pub(super) fn mask_operation(&mut self, op: Op, rows: u32) -> Held {
        let mut operands = Vec::new();
        if let Op::And(a, b) = op
            && let Some((a, inner)) = self.inverted(a, b)
        {
            let (a, inner) = (self.mask(a, rows), self.mask(inner, rows));
            return Held::Mask(self.words().zip(&a, &inner, |ins, a, b| ins.band_not(a, b)));
        }
        if let Op::Equal(a, b) = op
            && let Some(index) = self.decoded(a, b, rows)
        {
            return Held::Mask(self.decode(index, rows));
        }
        for operand in op.operands() {
            operands.push(self.mask(operand, rows));
        }
        let ops = &mut self.words();
        let result = match (op, operands.as_slice()) {
            (Op::Not(_), [a]) => ops.not(a, rows),
            (Op::And(..), [a, b]) => ops.zip(a, b, |ins, a, b| ins.band(a, b)),
            (Op::Or(..), [a, b]) => ops.zip(a, b, |ins, a, b| ins.bor(a, b)),
            (Op::Xor(..), [a, b]) => ops.zip(a, b, |ins, a, b| ins.bxor(a, b)),
            (Op::Equal(..), [a, b]) => {
                let differ = ops.zip(a, b, |ins, a, b| ins.bxor(a, b));
                ops.not(&differ, rows)
            }
            (Op::Mux(..), [test, a, b]) => {
                let kept = ops.zip(b, test, |ins, b, test| ins.band_not(b, test));
                let taken = ops.zip(a, test, |ins, a, test| ins.band(a, test));
                ops.zip(&taken, &kept, |ins, a, b| ins.bor(a, b))
            }
            _ => unreachable!("no column is built of this: {}", op.name()),
        };
        Held::Mask(result)
    }

    /// A 1-bit column, or a single bit for all its rows.
    pub(super) fn mask(&mut self, term: TermId, rows: u32) -> Vec<Value> {
        if self.program.term(term).rows > 0 {
            return self.get_words(term);
        }
        let bit = self.get_words(term)[0];
        let all = self.build.ins().ineg(bit);
        let count = words::count(rows);
        self.words().trim(vec![all; count], rows)
    }

    /// `Equal(index, 0 1 2 ..)`: which operand is the index.
    pub(super) fn decodes(&self, a: TermId, b: TermId, rows: u32) -> bool {
        self.decoded(a, b, rows).is_some()
    }

    fn decoded(&self, a: TermId, b: TermId, rows: u32) -> Option<TermId> {
        for (index, table) in [(a, b), (b, a)] {
            if self.is_row_number(table) && self.program.term(index).rows == 0 && rows <= 64 {
                return Some(index);
            }
        }
        None
    }

    /// Whether each row of a column holds its row number.
    fn is_row_number(&self, column: TermId) -> bool {
        let Form::Table(table) = self.program.term(column).form else { return false };
        let table = &self.program.tables[table.0 as usize];
        table.iter().enumerate().all(|(row, value)| value.to_u64() == Some(row as u64))
    }

    /// Whether each row of a column of at most 64 holds one bit, at its row number: which rows are
    /// in a mask is then the mask itself as a number.
    fn is_row_bit(&self, column: TermId) -> bool {
        let Form::Table(table) = self.program.term(column).form else { return false };
        let table = &self.program.tables[table.0 as usize];
        table.len() <= 64
            && table.iter().enumerate().all(|(row, value)| value.to_u64() == Some(1 << row))
    }

    /// One bit, at the index.
    fn decode(&mut self, index: TermId, rows: u32) -> Vec<Value> {
        let index = self.get_words(index);
        let one = self.words().number(1);
        self.words().shl(&[one], &index, rows)
    }

    /// One row of a column.
    pub(super) fn row(&mut self, column: TermId, row: u32) -> Held {
        if self.is_lanes(column) {
            let place = self.column_place(column);
            let lane = self.layout.lane;
            return Held::Words(vec![self.load_lane(self.base, place + lane * row)]);
        }
        let mask = self.get_words(column);
        Held::Bit({
            let word = mask[row as usize / 64];
            let word = self.build.ins().ushr_imm_u(word, i64::from(row % 64));
            self.words().lowest(word)
        })
    }

    /// The place of a column of lanes; it is computed first if necessary.
    fn column_place(&mut self, column: TermId) -> u32 {
        if let Some(place) = self.in_memory(column) {
            return place;
        }
        self.flush();
        self.in_memory(column).expect("a column that is read by rows is stored")
    }

    fn load_lane(&mut self, base: Value, at: u32) -> Value {
        match self.layout.lane {
            4 => self.build.ins().uload32(Self::flags(), base, at as i32),
            _ => self.build.ins().load(types::I64, Self::flags(), base, at as i32),
        }
    }

    /// Reads the lane with this number from the column at `place`.
    pub(super) fn load_row(&mut self, place: u32, row: Value) -> Value {
        let address = self.lane_address(row);
        self.load_lane(address, place)
    }

    pub(super) fn lane_address(&mut self, row: Value) -> Value {
        let shift = i64::from(self.layout.lane.trailing_zeros());
        let offset = self.build.ins().ishl_imm_u(row, shift);
        self.build.ins().iadd(self.base, offset)
    }

    /// See [`Form::Pick`].
    pub(super) fn pick(
        &mut self,
        mask: TermId,
        values: TermId,
        otherwise: TermId,
        highest: bool,
    ) -> Held {
        let column = mask;
        let mask = self.get_words(column);
        let found = self.some_row(column, &mask);
        let picked = if self.program.term(values).rows == 0 {
            self.get(values)
        } else if self.is_row_number(values) {
            Held::Words(vec![self.found_row(column, &mask, highest)])
        } else if self.is_lanes(values) {
            let place = self.column_place(values);
            let row = self.found_row(column, &mask, highest);
            Held::Words(vec![self.load_row(place, row)])
        } else {
            let row = self.found_row(column, &mask, highest);
            let bits = self.get_words(values);
            let size = 64 * bits.len() as u32;
            let word = self.words().extract(&bits, &[row], size, 1);
            Held::Bit(self.build.ins().ireduce(types::I8, word[0]))
        };
        let otherwise = self.get(otherwise);
        match (picked, otherwise) {
            (Held::Bit(a), Held::Bit(b)) => Held::Bit(self.build.ins().select(found, a, b)),
            (Held::Words(a), Held::Words(b)) => Held::Words(self.words().select(found, &a, &b)),
            (picked, _) => unreachable!("operands of one width: {picked:?}"),
        }
    }

    /// See [`Form::Gather`]. Row by row, from the lowest on: in most cycles there is at most one.
    pub(super) fn gather(&mut self, mask: TermId, values: TermId) -> Held {
        let computed = self.is_row_number(values) || self.is_row_bit(values);
        let place = self.is_lanes(values).then(|| match computed {
            true => None,
            false => Some(self.column_place(values)),
        });
        let words = self.get_words(mask);
        if self.is_row_bit(values) {
            return Held::Words(words);
        }
        if let (Some(None), [word]) = (place, words.as_slice()) {
            return Held::Words(vec![self.gather_numbers(*word)]);
        }
        let Some(place) = place else {
            // One number for all rows.
            let (found, all) = (self.some_row(mask, &words), self.get_words(values));
            let zero = self.words().number(0);
            let none = vec![zero; all.len()];
            return Held::Words(self.words().select(found, &all, &none));
        };
        let zero = self.words().number(0);
        Held::Words(vec![self.gather_rows(&words, place, zero)])
    }

    /// The row numbers in a mask of one word: without a loop if there is at most one.
    fn gather_numbers(&mut self, word: Value) -> Value {
        let (several, after) = (self.build.create_block(), self.build.create_block());
        let gathered = self.build.append_block_param(after, types::I64);
        let less = self.build.ins().iadd_imm_s(word, -1);
        let rest = self.build.ins().band(word, less);
        let first = self.build.ins().ctz(word);
        // No row: 64.
        let first = self.build.ins().band_imm_u(first, 63);
        self.build.ins().brif(rest, several, &[], after, &[BlockArg::Value(first)]);
        self.build.set_cold_block(several);
        self.build.switch_to_block(several);
        let all = self.gather_rows(&[rest], None, first);
        self.build.ins().jump(after, &[BlockArg::Value(all)]);
        self.build.switch_to_block(after);
        gathered
    }

    /// `Or` of the lanes at `place`, or of the row numbers, of the rows in a mask, and of a number.
    fn gather_rows(&mut self, words: &[Value], place: Option<u32>, mut gathered: Value) -> Value {
        for (number, word) in words.iter().enumerate() {
            let (test, body, after) =
                (self.build.create_block(), self.build.create_block(), self.build.create_block());
            let rest = self.build.append_block_param(test, types::I64);
            let so_far = self.build.append_block_param(test, types::I64);
            self.build.ins().jump(test, &[BlockArg::Value(*word), BlockArg::Value(gathered)]);
            self.build.switch_to_block(test);
            self.build.ins().brif(rest, body, &[], after, &[]);
            self.build.switch_to_block(body);
            let row = self.build.ins().ctz(rest);
            let row = self.build.ins().iadd_imm_u(row, 64 * number as i64);
            let value = match place {
                Some(place) => self.load_row(place, row),
                None => row,
            };
            let with = self.build.ins().bor(so_far, value);
            let less = self.build.ins().iadd_imm_s(rest, -1);
            let rest = self.build.ins().band(rest, less);
            self.build.ins().jump(test, &[BlockArg::Value(rest), BlockArg::Value(with)]);
            self.build.switch_to_block(after);
            gathered = so_far;
        }
        gathered
    }

    /// Whether some row of a mask, which has these words, is 1.
    pub(super) fn some_row(&mut self, column: TermId, mask: &[Value]) -> Value {
        if let Some(known) = self.found.get(&(column, None)) {
            return *known;
        }
        let some = self.words().any(mask);
        self.found.insert((column, None), some);
        some
    }

    /// The number of the highest or lowest row in a mask, which has these words; some row if
    /// there is none.
    fn found_row(&mut self, column: TermId, mask: &[Value], highest: bool) -> Value {
        if let Some(known) = self.found.get(&(column, Some(highest))) {
            return *known;
        }
        let found = self.find_row(mask, highest);
        self.found.insert((column, Some(highest)), found);
        found
    }

    fn find_row(&mut self, mask: &[Value], highest: bool) -> Value {
        let numbered: Vec<(usize, Value)> = mask.iter().copied().enumerate().collect();
        let mut found = self.words().number(0);
        let order: Vec<_> = if highest { numbered } else { numbered.into_iter().rev().collect() };
        let single = mask.len() == 1;
        for (at, word) in order {
            let here = if highest {
                // Setting the lowest bit is harmless: it selects the row that is taken if there is
                // none.
                let some = self.build.ins().bor_imm_u(word, 1);
                let zeros = self.build.ins().clz(some);
                let top = self.words().number(64 * at as u64 + 63);
                self.build.ins().isub(top, zeros)
            } else {
                let top = self.words().number(1 << 63);
                let some = self.build.ins().bor(word, top);
                let zeros = self.build.ins().ctz(some);
                self.build.ins().iadd_imm_u(zeros, 64 * at as i64)
            };
            if single && highest {
                return here;
            }
            let zero = self.words().number(0);
            let any = self.build.ins().icmp(IntCC::NotEqual, word, zero);
            found = self.build.ins().select(any, here, found);
        }
        found
    }
}
