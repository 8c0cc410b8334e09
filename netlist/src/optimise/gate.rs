//! Change gating: which terms depend on which sources.
//!
//! Every source (input, state, memory) owns a bit of a 64-bit mask; of more than 63 some share one
//! (`sources`). A term's *support* is the union of the bits of the sources that it reads, directly or
//! not. If no source of a term has changed since the term was last evaluated, its value has not
//! changed either: a cycle evaluates only terms whose support meets the mask of changed sources,
//! and if that mask is empty, nothing at all (quiescence).
//!
//! A term that is evaluated in some cycles and read in others keeps its value in memory:
//! [`Gates::kept`].

use super::program::{Form, Program, State, TermId};
use super::sources::Sources;
use super::{Options, planted};
use crate::ir::{InputId, MemoryId, Op};

/// All sources changed.
pub const ALL: u64 = u64::MAX;

/// A bit of no source: the result of a function that refused the cycle and did nothing.
pub const REFUSED: u64 = 1 << 63;

/// Supports, and the terms that must be remembered.
#[derive(Clone, Debug, Default)]
pub struct Gates {
    /// The bit of each input.
    pub inputs: Vec<u64>,
    /// The bit of each state.
    pub states: Vec<u64>,
    /// The bit of each memory: its output, and its contents if they are read within the cycle.
    pub memories: Vec<u64>,
    /// The support of each term.
    pub support: Vec<u64>,
    /// Evaluated in every cycle in which its support changed; other terms only under a guard.
    pub hot: Vec<bool>,
    /// Its value is kept in memory from cycle to cycle.
    pub kept: Vec<bool>,
}

impl Gates {
    /// Computes supports and kept terms of a program with so many inputs.
    pub fn new(program: &Program, inputs: usize, options: &Options) -> Self {
        let mut gates = Gates::default();
        let sources = Sources::new(program, inputs);
        let bits = |of: &[usize]| of.iter().map(|bit| 1 << bit).collect();
        gates.inputs = bits(&sources.inputs);
        gates.states = bits(&sources.states);
        gates.memories = bits(&sources.memories);
        for term in &program.terms {
            let own = match term.form {
                Form::Op(Op::Input(InputId(at))) => gates.inputs[at as usize],
                Form::Op(Op::Word(..)) if planted!(options, Words) => 0,
                Form::Op(Op::Memory(MemoryId(at)) | Op::Word(MemoryId(at), _)) => {
                    gates.memories[at as usize]
                }
                Form::State(at) if planted!(options, Gates) && at.0 == 0 => 0,
                Form::State(at) => gates.states[at.0 as usize],
                _ => 0,
            };
            let below = term.form.operands().map(|operand| gates.support[operand.0 as usize]);
            let support = below.fold(own, |all, one| all | one);
            gates.support.push(support);
        }
        gates.mark(program);
        gates
    }

    /// The support of a term.
    pub fn of(&self, term: TermId) -> u64 {
        self.support[term.0 as usize]
    }

    /// The support of a state's update.
    pub fn of_state(&self, state: &State) -> u64 {
        self.of(state.next) | state.guard.map_or(0, |guard| self.of(guard))
    }

    /// The support of a memory's output and contents. A write that was done once more would change
    /// nothing, but what is read at the edge depends on the contents.
    pub fn memory_support(&self, program: &Program, at: usize) -> u64 {
        let memory = &program.memories[at];
        let own = memory.read_address.map_or(0, |_| self.memories[at]);
        memory.ports().fold(own, |all, port| all | self.of(port))
    }

    fn mark(&mut self, program: &Program) {
        let count = program.terms.len();
        (self.hot, self.kept) = (vec![false; count], vec![false; count]);
        for root in program.hot_roots() {
            self.hot[root.0 as usize] = true;
        }
        // `cold[t]`: the union of the supports of t's users under guards and at memories.
        let mut cold: Vec<Option<u64>> = vec![None; count];
        for state in &program.states {
            if let Some(guard) = state.guard {
                let support = self.of_state(state);
                self.meet(&mut cold, guard.0 as usize, support);
                self.meet(&mut cold, state.next.0 as usize, support);
            }
        }
        for (at, memory) in program.memories.iter().enumerate() {
            let support = self.memory_support(program, at);
            for port in memory.ports() {
                self.meet(&mut cold, port.0 as usize, support);
            }
        }
        for at in (0..count).rev() {
            let term = program.terms[at];
            let operands = || term.form.operands().map(|operand| operand.0 as usize);
            if self.hot[at] {
                for operand in operands() {
                    self.hot[operand] = true;
                    self.kept[operand] |= self.support[operand] != self.support[at];
                }
            }
            // Under a guard, hot values are read.
            if let Some(support) = cold[at].filter(|_| !self.hot[at]) {
                for operand in operands() {
                    self.meet(&mut cold, operand, support);
                }
            }
        }
        for (term, _) in program.followed.values() {
            self.kept[term.0 as usize] |= program.cell(*term).is_none();
        }
        for at in 0..count {
            let source = matches!(
                program.terms[at].form,
                Form::State(_)
                    | Form::Table(_)
                    | Form::Op(Op::Input(_) | Op::Memory(_) | Op::Const(_))
            );
            self.kept[at] &= self.hot[at] && !source;
        }
    }

    /// A guarded value with this support reads term `at`.
    fn meet(&mut self, cold: &mut [Option<u64>], at: usize, support: u64) {
        self.kept[at] |= self.support[at] != support;
        // Where supports differ, every term below differs from one of the two, and is kept for it.
        let all = cold[at].map_or(support, |before| before | support);
        self.kept[at] |= cold[at].is_some_and(|before| before != support);
        cold[at] = Some(all);
    }
}
