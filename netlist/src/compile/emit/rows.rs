//! Columns of lanes take their next values.

use super::Emitter;
use crate::optimise::{StateId, TermId};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{BlockArg, InstBuilder, Value, types};

impl Emitter<'_, '_> {
    /// Moves the shadow of a guarded column into it; returns a bit: whether some row differs.
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
                4 => self.build.ins().istore32(Self::flags(), new, address, place as i32),
                _ => self.build.ins().store(Self::flags(), new, address, place as i32),
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
