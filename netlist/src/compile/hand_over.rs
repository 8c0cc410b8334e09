//! One engine continues from the state of another of the same netlist.

use super::Compiled;
use crate::ir::{RegisterId, Value};

impl Compiled {
    /// Takes over inputs, registers and memories of another engine of the same netlist, independent
    /// of its passes and watched nets.
    ///
    /// # Panics
    /// If the netlists differ in size.
    pub fn continue_from(&mut self, other: &Compiled) {
        let sizes = |engine: &Compiled| {
            let netlist = &engine.netlist;
            (netlist.inputs.len(), netlist.registers.len(), netlist.memories.len())
        };
        assert_eq!(sizes(self), sizes(other), "engines of one netlist");
        self.reset();
        for at in 0..self.netlist.inputs.len() {
            let words = self.netlist.inputs[at].width.div_ceil(64).max(1) as usize;
            self.copy(other, self.layout.inputs[at], other.layout.inputs[at], words);
        }
        for at in 0..self.netlist.registers.len() {
            let id = RegisterId(at as u32);
            let value = other.register(id);
            self.put_register(id, &value);
        }
        for at in 0..self.netlist.memories.len() {
            let memory = &self.netlist.memories[at];
            let words = memory.width.div_ceil(64) as usize;
            let all = words << memory.address_width;
            if memory.read.is_some() {
                self.copy(other, self.layout.memories[at], other.layout.memories[at], words);
            }
            self.copy(other, self.layout.contents[at], other.layout.contents[at], all);
        }
    }

    fn copy(&mut self, other: &Compiled, to: u32, from: u32, words: usize) {
        let (to, from) = (to as usize / 8, from as usize / 8);
        self.buffer[to..to + words].copy_from_slice(&other.buffer[from..from + words]);
    }

    fn put_register(&mut self, register: RegisterId, value: &Value) {
        let Some((state, row)) = self.program.places[register.0 as usize] else { return };
        let first = self.layout.states[state.0 as usize] as usize / 8;
        if self.program.state(state).rows == 0 {
            for at in 0..value.words() {
                self.buffer[first + at] = value.word(at);
            }
            return;
        }
        let bits = if value.width() == 1 { 1 } else { 8 * self.layout.lane as usize };
        let place = row as usize * bits;
        let mask = u64::MAX >> (64 - bits) << (place % 64);
        let word = &mut self.buffer[first + place / 64];
        *word = *word & !mask | value.word(0) << (place % 64);
    }
}
