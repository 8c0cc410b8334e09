//! One engine continues from the state of another of the same netlist, at once or much later.

use super::Compiled;
use crate::ir::{Netlist, RegisterId, Value};
use rustc_hash::FxHasher;
use std::fmt::{self, Write};
use std::hash::Hasher;
use std::ops::Range;

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

    /// Inputs, registers and memories, independent of passes and watched nets; the first word tells
    /// the netlist.
    pub fn state(&self) -> Vec<u64> {
        let mut words = vec![self.netlist.fingerprint()];
        let (inputs, memories) = self.places();
        for place in inputs {
            words.extend_from_slice(&self.buffer[place]);
        }
        for at in 0..self.netlist.registers.len() {
            let value = self.register(RegisterId(at as u32));
            words.extend((0..value.words()).map(|at| value.word(at)));
        }
        for place in memories {
            words.extend_from_slice(&self.buffer[place]);
        }
        words
    }

    /// Continues from what [`Compiled::state`] gave. False, with nothing changed, if it is of another
    /// netlist.
    #[must_use]
    pub fn restore(&mut self, words: &[u64]) -> bool {
        let Some((&fingerprint, mut words)) = words.split_first() else { return false };
        let (inputs, memories) = self.places();
        let registers = self.netlist.registers.iter();
        let registers = registers.map(|register| Value::zero(register.width).words());
        let needed: usize = inputs.iter().chain(&memories).map(Range::len).chain(registers).sum();
        if fingerprint != self.netlist.fingerprint() || words.len() != needed {
            return false;
        }
        self.reset();
        let mut take = |count| {
            let (taken, rest) = words.split_at(count);
            words = rest;
            taken
        };
        for place in inputs {
            self.buffer[place.clone()].copy_from_slice(take(place.len()));
        }
        for at in 0..self.netlist.registers.len() {
            let width = self.netlist.registers[at].width;
            let words = take(Value::zero(width).words());
            self.put_register(RegisterId(at as u32), &Value::from_words(width, |at| words[at]));
        }
        for place in memories {
            self.buffer[place.clone()].copy_from_slice(take(place.len()));
        }
        true
    }

    /// The places of inputs, and of outputs and contents of memories.
    fn places(&self) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
        let range = |at: u32, words: usize| at as usize / 8..at as usize / 8 + words;
        let inputs = self.netlist.inputs.iter().zip(&self.layout.inputs);
        let inputs = inputs.map(|(input, at)| range(*at, input.width.div_ceil(64).max(1) as usize));
        let mut memories = Vec::new();
        for (at, memory) in self.netlist.memories.iter().enumerate() {
            let words = memory.width.div_ceil(64) as usize;
            if memory.read.is_some() {
                memories.push(range(self.layout.memories[at], words));
            }
            memories.push(range(self.layout.contents[at], words << memory.address_width));
        }
        (inputs.collect(), memories)
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

impl Netlist {
    /// A number that two netlists share only if they are equal, but for chance.
    pub fn fingerprint(&self) -> u64 {
        let mut text = Hashed(FxHasher::default());
        // It cannot fail: no part of it does.
        let _ = write!(text, "{self:?}");
        text.0.finish()
    }
}

/// Text that is hashed as it is written.
struct Hashed(FxHasher);

impl Write for Hashed {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}
