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
use super::sample::Observed;
use crate::ir::{InputId, MemoryId, Op};
use crate::optimise::{
    ALL, Form, Gates, Keep, Options, Program, Special, TermId, planted, specialise,
};
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

    /// The function for these changes, in cycles like those that were observed.
    pub(super) fn specialise(&self, changed: u64, observed: &Observed) -> Special {
        specialise(self.program, self.gates, changed, &|term| self.value(observed, term))
    }
}

/// A function that is to be made.
pub(super) struct Wish {
    pub(super) special: Special,
    /// The cycles for which it is made.
    pub(super) observed: Observed,
    /// How many such cycles there were of late.
    pub(super) cycles: u64,
}

/// Machine code, and when it serves.
pub(super) struct Function {
    pub(super) special: Special,
    pub(super) observed: Observed,
    /// Words of the buffer, and what must stand there when it takes over; the one that failed
    /// last is the first.
    assumed: Vec<(u32, u64)>,
    /// What is stored when it takes over.
    settled: Vec<(u32, u64)>,
    pub(super) code: Code,
    /// Cycles since functions were last made, but those in which it was found at once.
    pub(super) runs: u64,
    /// Those that it refused.
    pub(super) refused: u64,
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
    /// Mistakes for tests to find.
    #[cfg(test)]
    careless: bool,
    #[cfg(test)]
    forgetful: bool,
}

/// A function that is about to run.
pub(super) struct Found {
    /// Its place.
    pub(super) at: usize,
    pub(super) code: Code,
    /// It is the one for all changes.
    pub(super) general: bool,
}

impl Variants {
    /// Compiles the function for all changes.
    pub(super) fn new(name: &str, plan: Plan<'_>) -> Result<Self, CompileError> {
        let mut module = Module::new(name)?;
        let mut special = specialise(plan.program, plan.gates, ALL, &|_| None);
        let kept = (0..plan.program.terms.len()).filter(|at| plan.gates.kept[*at]);
        let kept = kept.map(|at| TermId { 0: at as u32 }).collect();
        special.keep(plan.program, plan.gates, &kept);
        let words = plan.layout.bytes as usize / 8;
        let wish = Wish { special, observed: plan.observe(&[]), cycles: 0 };
        let general = function(&mut module, words, plan, wish)?;
        Ok(Self {
            code: general.code,
            module,
            words,
            functions: vec![general],
            present: None,
            first: 0,
            #[cfg(test)]
            careless: planted!(plan.options, Variants),
            #[cfg(test)]
            forgetful: planted!(plan.options, Refuse),
        })
    }

    /// The first function, if it is the present one and serves these changes.
    #[inline]
    pub(super) fn at_once(&self, changed: u64) -> Option<Code> {
        (changed & !self.first == 0).then_some(self.code)
    }

    /// The first function from this one on that serves these changes, about to run; and whether
    /// it is the one for all changes.
    pub(super) fn find(&mut self, from: usize, changed: u64, buffer: &mut [u64]) -> Found {
        for at in from..self.functions.len() {
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
            return Found { at, code: self.code, general };
        }
        unreachable!("the last function serves all changes and assumes nothing")
    }

    /// A function refused a cycle. Returns what counts as changed now, for what it left may be
    /// wrong.
    pub(super) fn refused(&mut self, at: usize) -> u64 {
        let function = &mut self.functions[at];
        function.refused += 1;
        #[cfg(test)]
        if self.forgetful {
            return 0;
        }
        function.special.changed
    }

    /// The buffer is another one: nothing is known of it.
    pub(super) fn leave(&mut self) {
        self.present = None;
        self.first = 0;
    }

    /// Replaces all functions but the one for all changes, which must have run last. Those whose
    /// code would be the same as before keep it.
    pub(super) fn replace(&mut self, plan: Plan<'_>, mut wishes: Vec<Wish>) {
        // What is stored makes more be read, which must be stored in turn.
        let mut wanted: BTreeSet<TermId> = plan.program.followed.values().map(|at| at.0).collect();
        wanted.retain(|term| plan.gates.kept[term.0 as usize]);
        loop {
            let before = wanted.len();
            for wish in &mut wishes {
                wish.special.keep(plan.program, plan.gates, &wanted);
            }
            wanted.extend(wishes.iter().flat_map(|wish| wish.special.reads.iter().copied()));
            if wanted.len() == before {
                break;
            }
        }
        wishes.sort_by_key(|wish| wish.special.cost);
        most_common_first(&mut wishes);
        let mut old = std::mem::take(&mut self.functions);
        let general = old.pop();
        for wish in wishes {
            let same = old.iter().position(|function| function.special.is_like(&wish.special));
            // Without it cycles are slower, but the same.
            let made = match same {
                Some(at) => {
                    let Wish { special, observed, .. } = wish;
                    Ok(Function { special, observed, ..old.swap_remove(at) })
                }
                None => function(&mut self.module, self.words, plan, wish),
            };
            self.functions.extend(made);
        }
        self.functions.extend(general);
        for function in &mut self.functions {
            (function.runs, function.refused) = (0, 0);
        }
        self.leave();
    }

    /// Each function's sources and cost.
    pub(super) fn statistics(&self) -> Vec<(u64, u32)> {
        let functions = self.functions.iter();
        functions.map(|function| (function.special.changed, function.special.cost)).collect()
    }
}

/// What it costs to look at a function that does not serve, in the unit of [`Special::cost`].
const LOOK: u64 = 10;

/// Of functions by cost, moves the most common one to the front, where it is found at once, if
/// that does not cost more in the cycles that a cheaper one would serve.
fn most_common_first(wishes: &mut [Wish]) {
    let common = (0..wishes.len()).max_by_key(|at| wishes[*at].cycles);
    let Some((first, cheaper)) = common.and_then(|at| wishes[..=at].split_last()) else { return };
    let served = cheaper.iter().filter(|wish| wish.special.changed & !first.special.changed == 0);
    let more = |wish: &Wish| wish.cycles * u64::from(first.special.cost - wish.special.cost);
    if served.map(more).sum::<u64>() < first.cycles * LOOK {
        let count = cheaper.len() + 1;
        wishes[..count].rotate_right(1);
    }
}

fn function(
    module: &mut Module,
    words: usize,
    plan: Plan<'_>,
    Wish { mut special, observed, .. }: Wish,
) -> Result<Function, CompileError> {
    if planted!(plan.options, Specialise) {
        special.assumed.clear();
    }
    if planted!(plan.options, Expect) {
        special.expected.clear();
    }
    if planted!(plan.options, Keep) {
        special.stores.retain(|store| !matches!(store.keep, Keep::Term(_)));
    }
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
    Ok(Function { special, observed, assumed, settled, code, runs: 0, refused: 0 })
}
