//! The functions of an engine: one for all changes, and some for what is common.
//!
//! Which sources change together, and what the others are meanwhile, is known only when the design
//! runs. The engine begins with the function for all changes; [`super::adapt`] finds out what is
//! common and has smaller functions made for it ([`crate::optimise::specialise`]). Results do not
//! depend on which function ran: each evaluates at least what depends on a change, and serves only
//! while what it assumes holds.

use super::CompileError;
use super::call::Code;
use super::layout::{Layout, Offset};
use super::native::Module;
use crate::ir::{InputId, MemoryId, Op, Value};
#[cfg(test)]
use crate::optimise::planted;
use crate::optimise::{ALL, Form, Gates, Options, Program, Special, TermId, specialise};
use std::collections::BTreeSet;

/// What the passes and the layout say of a design.
#[derive(Clone, Copy)]
pub(super) struct Plan<'a> {
    pub(super) program: &'a Program,
    pub(super) gates: &'a Gates,
    pub(super) layout: &'a Layout,
    pub(super) options: &'a Options,
}

impl Plan<'_> {
    /// Where a term stands whose value is kept from cycle to cycle.
    pub(super) fn place(&self, term: TermId) -> Option<Offset> {
        match self.program.term(term).form {
            Form::State(state) => Some(self.layout.states[state.0 as usize]),
            Form::Op(Op::Input(InputId(at))) => Some(self.layout.inputs[at as usize]),
            Form::Op(Op::Memory(MemoryId(at))) => Some(self.layout.memories[at as usize]),
            _ => self.layout.slot(term),
        }
    }

    /// The function for these changes, when everything else is as in `values`, a copy of the
    /// buffer.
    pub(super) fn specialise(&self, changed: u64, values: &[u64]) -> Special {
        let present = |term| {
            let word = self.place(term)? as usize / 8;
            Some(Value::new(self.program.term(term).width, values[word]))
        };
        specialise(self.program, self.gates, changed, &present, self.options)
    }

    /// Whether all that a function assumes is so in `values`.
    pub(super) fn holds(&self, special: &Special, values: &[u64]) -> bool {
        special.assumed.iter().all(|(term, value)| {
            self.place(*term).is_some_and(|at| values[at as usize / 8] == value.word(0))
        })
    }
}

/// Machine code, and when it serves.
pub(super) struct Function {
    pub(super) special: Special,
    /// Words of the buffer, and what must stand there when it takes over; the one that failed
    /// last is the first.
    assumed: Vec<(u32, u64)>,
    /// What is stored when it takes over.
    settled: Vec<(u32, u64)>,
    pub(super) code: Code,
    /// Cycles since functions were last made, but those in which it was found at once.
    pub(super) runs: u64,
}

impl Function {
    fn holds(&mut self, buffer: &[u64]) -> bool {
        let fails = |(word, value): &(u32, u64)| buffer[*word as usize] != *value;
        match self.assumed.iter().position(fails) {
            Some(at) => {
                self.assumed.swap(0, at);
                false
            }
            None => true,
        }
    }
}

/// Functions, cheapest first; the last one serves all changes.
pub(super) struct Variants {
    module: Module,
    words: usize,
    pub(super) functions: Vec<Function>,
    /// The function that ran last, if it left the buffer as it is.
    present: Option<usize>,
    /// The changes that the first function serves, while it is the present one; else none.
    first: u64,
    code: Code,
    /// A mistake for tests to find.
    #[cfg(test)]
    careless: bool,
}

impl Variants {
    /// Compiles the function for all changes.
    pub(super) fn new(name: &str, plan: Plan<'_>) -> Result<Self, CompileError> {
        let mut module = Module::new(name)?;
        let mut special = specialise(plan.program, plan.gates, ALL, &|_| None, plan.options);
        let kept = (0..plan.program.terms.len()).filter(|at| plan.gates.kept[*at]);
        let kept = kept.map(|at| TermId { 0: at as u32 }).collect();
        special.keep(plan.program, plan.gates, &kept);
        let words = plan.layout.bytes as usize / 8;
        let general = function(&mut module, words, plan, special)?;
        Ok(Self {
            code: general.code,
            module,
            words,
            functions: vec![general],
            present: None,
            first: 0,
            #[cfg(test)]
            careless: planted!(plan.options, Variants),
        })
    }

    /// The cheapest function that serves these changes, about to run; and whether none but the
    /// one for all changes does.
    #[inline]
    pub(super) fn enter(&mut self, changed: u64, buffer: &mut [u64]) -> (Code, bool) {
        if changed & !self.first == 0 {
            return (self.code, false);
        }
        self.search(changed, buffer)
    }

    fn search(&mut self, changed: u64, buffer: &mut [u64]) -> (Code, bool) {
        for at in 0..self.functions.len() {
            let general = at + 1 == self.functions.len();
            let function = &mut self.functions[at];
            let foreign = changed & !function.special.changed;
            #[cfg(test)]
            let foreign =
                if self.careless && changed & function.special.changed != 0 { 0 } else { foreign };
            if foreign != 0 || self.present != Some(at) && !function.holds(buffer) {
                continue;
            }
            function.runs += 1;
            if self.present != Some(at) {
                for (word, value) in &function.settled {
                    buffer[*word as usize] = *value;
                }
                self.present = Some(at);
                self.first = if at == 0 && !general { function.special.changed } else { 0 };
            }
            self.code = function.code;
            return (self.code, general);
        }
        unreachable!("the last function serves all changes and assumes nothing")
    }

    /// The buffer is another one: nothing is known of it.
    pub(super) fn leave(&mut self) {
        self.present = None;
        self.first = 0;
    }

    /// Replaces all functions but the one for all changes, which must have run last. Those whose
    /// code would be the same as before keep it.
    pub(super) fn replace(&mut self, plan: Plan<'_>, mut specials: Vec<Special>) {
        // What is stored makes more be read, which must be stored in turn.
        let mut wanted: BTreeSet<TermId> = plan.program.followed.values().map(|at| at.0).collect();
        wanted.retain(|term| plan.gates.kept[term.0 as usize]);
        loop {
            let before = wanted.len();
            for special in &mut specials {
                special.keep(plan.program, plan.gates, &wanted);
            }
            wanted.extend(specials.iter().flat_map(|special| special.reads.iter().copied()));
            if wanted.len() == before {
                break;
            }
        }
        specials.sort_by_key(|special| special.cost);
        let mut old = std::mem::take(&mut self.functions);
        let general = old.pop();
        for special in specials {
            let same = old.iter().position(|function| function.special.is_like(&special));
            // Without it cycles are slower, but the same.
            let made = match same {
                Some(at) => Ok(Function { special, runs: 0, ..old.swap_remove(at) }),
                None => function(&mut self.module, self.words, plan, special),
            };
            self.functions.extend(made);
        }
        self.functions.extend(general);
        self.functions.iter_mut().for_each(|function| function.runs = 0);
        self.leave();
    }

    /// Each function's sources and cost.
    pub(super) fn statistics(&self) -> Vec<(u64, u32)> {
        let functions = self.functions.iter();
        functions.map(|function| (function.special.changed, function.special.cost)).collect()
    }
}

fn function(
    module: &mut Module,
    words: usize,
    plan: Plan<'_>,
    special: Special,
) -> Result<Function, CompileError> {
    #[cfg(test)]
    let mut special = special;
    #[cfg(test)]
    if planted!(plan.options, Keep) {
        special.stores.retain(|store| !matches!(store.keep, crate::optimise::Keep::Term(_)));
    }
    #[cfg(test)]
    if planted!(plan.options, Settled) {
        special.settled.clear();
    }
    let id = module.compile(&special, plan.gates, plan.layout)?;
    let code = Code::new(module, id, words);
    let assumed = special.assumed.iter().map(|(term, value)| {
        let at = plan.place(*term).expect("what is assumed stands somewhere");
        (at / 8, value.word(0))
    });
    let settled = special.settled.iter().flat_map(|(keep, value, rows)| {
        let first = plan.layout.place(*keep) / 8;
        let words = plan.layout.words(value, *rows).into_iter();
        words.enumerate().map(move |(at, word)| (first + at as u32, word))
    });
    let (assumed, settled) = (assumed.collect(), settled.collect());
    Ok(Function { special, assumed, settled, code, runs: 0 })
}
