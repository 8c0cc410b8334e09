//! The functions of an engine: a general one for all changes, and some for common cases.
//!
//! Which sources change together, and which values the others have meanwhile, is known only when
//! the design runs. The engine begins with the general function; [`super::adapt`] finds common
//! cases and has smaller functions compiled for them ([`crate::optimise::specialise`]). Results do
//! not depend on which function ran: each evaluates at least what depends on a change, and is used
//! only while its assumptions hold.

use super::CompileError;
use super::call::Code;
use super::layout::{Layout, Offset};
use super::native::Module;
use super::sample::Observed;
use super::switch::{Assumption, Party, Settled, Switch};
use crate::ir::{InputId, MemoryId, Op};
use crate::optimise::{
    ALL, Form, Gates, Keep, Options, Program, Special, TermId, planted, specialise,
};
use std::collections::BTreeSet;

/// The results of the passes and the layout for a design.
#[derive(Clone, Copy)]
pub(super) struct Plan<'a> {
    pub(super) program: &'a Program,
    pub(super) gates: &'a Gates,
    pub(super) layout: &'a Layout,
    pub(super) options: &'a Options,
}

impl Plan<'_> {
    /// The place of a term whose value is kept from cycle to cycle.
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

/// A function to be compiled.
pub(super) struct Wish {
    pub(super) special: Special,
    /// The cycles for which it is compiled.
    pub(super) observed: Observed,
    /// The number of such cycles recently.
    pub(super) cycles: u64,
}

/// Machine code, and the conditions for its use.
pub(super) struct Function {
    pub(super) special: Special,
    pub(super) observed: Observed,
    /// What must hold before it runs after another one.
    assumed: Vec<Assumption>,
    /// What is stored before it runs after another one.
    settled: Vec<Settled>,
    pub(super) code: Code,
    /// The changes that it handles and no earlier function does.
    stay: u64,
    /// Cycles since functions were last compiled.
    pub(super) runs: u64,
    /// Those that it refused.
    pub(super) refused: u64,
}

impl Function {
    /// Its part in changes from function to function.
    fn party(&self) -> Party<'_> {
        let Special { changed, stores, places, .. } = &self.special;
        let columns = places.values().map(|whole| Keep::Term(*whole));
        let stored = stores.iter().map(|store| store.keep).chain(columns).collect();
        Party { changed: *changed, assumed: &self.assumed, settled: &self.settled, stored }
    }
}

/// Functions in ascending order of cost; the last one handles all changes.
pub(super) struct Variants {
    module: Module,
    words: usize,
    pub(super) functions: Vec<Function>,
    /// For some sets of changes, the functions that handle them, one bit each.
    serving: [(u64, u32); MEMO],
    switch: Switch,
    /// The function that ran last, if it left the buffer as it is.
    present: Option<usize>,
    /// The changes for which no other function is better than the present one.
    stay: u64,
    /// Cycles in which the present function was used at once.
    stayed: u64,
    code: Code,
    /// Planted defects for tests.
    #[cfg(test)]
    careless: bool,
    #[cfg(test)]
    forgetful: bool,
}

/// Number of sets of changes whose functions are cached.
const MEMO: usize = 128;

/// A function that is about to run.
pub(super) struct Found {
    /// Its index.
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
            switch: Switch::new(&[general.party()], plan.options),
            functions: vec![general],
            serving: [(0, 0); MEMO],
            present: None,
            stay: 0,
            stayed: 0,
            #[cfg(test)]
            careless: planted!(plan.options, Variants),
            #[cfg(test)]
            forgetful: planted!(plan.options, Refuse),
        })
    }

    /// The present function, if no other is better for these changes.
    #[inline]
    pub(super) fn at_once(&mut self, changed: u64) -> Option<Code> {
        let stays = changed & !self.stay == 0;
        self.stayed += u64::from(stays);
        stays.then_some(self.code)
    }

    /// The first function from this one on that handles these changes, ready to run; and whether it
    /// is the general one.
    pub(super) fn find(&mut self, from: usize, changed: u64, buffer: &mut [u64]) -> Found {
        if let Some(at) = self.present {
            self.functions[at].runs += std::mem::take(&mut self.stayed);
        }
        let mut serving = self.serving(changed) >> from << from;
        while serving != 0 {
            let at = serving.trailing_zeros() as usize;
            serving &= serving - 1;
            let function = &mut self.functions[at];
            if self.present != Some(at) {
                if !self.switch.enter(self.present, at, buffer) {
                    continue;
                }
                (self.present, self.code, self.stay) = (Some(at), function.code, function.stay);
            }
            function.runs += 1;
            return Found { at, code: self.code, general: at + 1 == self.functions.len() };
        }
        unreachable!("the last function serves all changes and assumes nothing")
    }

    /// The functions that handle these changes if their assumptions hold, one bit each.
    fn serving(&mut self, changed: u64) -> u32 {
        let place = changed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - MEMO.ilog2());
        let (known, serving) = self.serving[place as usize];
        if known == changed {
            return serving;
        }
        let mut serving = 0;
        for (at, function) in self.functions.iter().enumerate() {
            let foreign = changed & !function.special.changed;
            #[cfg(test)]
            let foreign =
                if self.careless && changed & function.special.changed != 0 { 0 } else { foreign };
            serving |= u32::from(foreign == 0) << at;
        }
        self.serving[place as usize] = (changed, serving);
        serving
    }

    /// The present function refused a cycle. Returns what counts as changed now, since the values
    /// that it left may be wrong.
    pub(super) fn refused(&mut self) -> u64 {
        let present = self.present.expect("it ran just now");
        let function = &mut self.functions[present];
        function.refused += 1;
        #[cfg(test)]
        if self.forgetful {
            return 0;
        }
        function.special.changed
    }

    /// The index after the present function's.
    pub(super) fn behind(&self) -> usize {
        self.present.map_or(0, |at| at + 1)
    }

    /// The buffer was replaced: nothing is known about it.
    pub(super) fn leave(&mut self) {
        self.present = None;
        self.stay = 0;
        self.switch.forget();
    }

    /// Replaces all functions but the general one, which must have run last. Those whose code would
    /// be the same as before keep it.
    pub(super) fn replace(&mut self, plan: Plan<'_>, mut wishes: Vec<Wish>) {
        // Stored values need others to be read, which must be stored in turn.
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
            // Without this function cycles are slower, but the same.
            let made = match same {
                Some(at) => {
                    let Wish { special, observed, .. } = wish;
                    Ok(Function { special, observed, ..old.swap_remove(at) })
                }
                None => function(&mut self.module, self.words, plan, wish),
            };
            self.functions.extend(made);
        }
        for at in 0..self.functions.len() {
            let (before, [function, ..]) = self.functions.split_at_mut(at) else { continue };
            let Special { changed, cost, .. } = function.special;
            // Only if an earlier function is so much cheaper that switching to it pays, it is
            // searched for.
            let better = |other: &Function| {
                other.special.changed & !changed == 0 && other.special.cost + CHANGE < cost
            };
            function.stay = if before.iter().any(better) { 0 } else { changed };
        }
        self.functions.extend(general);
        for function in &mut self.functions {
            (function.runs, function.refused) = (0, 0);
        }
        self.serving = [(0, 0); MEMO];
        let parties: Vec<_> = self.functions.iter().map(Function::party).collect();
        self.switch = Switch::new(&parties, plan.options);
        self.leave();
    }

    /// Each function's sources and cost.
    pub(super) fn statistics(&self) -> Vec<(u64, u32)> {
        let functions = self.functions.iter();
        functions.map(|function| (function.special.changed, function.special.cost)).collect()
    }
}

/// The cost of testing a function that cannot be used, in the unit of [`Special::cost`].
const LOOK: u64 = 10;

/// The cost of switching from one function to another.
pub(super) const CHANGE: u32 = 200;

/// Among functions ordered by cost, moves the most common one to the front, where it is found at
/// once, if that does not cost more in the cycles that a cheaper one would handle.
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
    let code = module.code(id, words);
    let assumed = special.assumed.iter().map(|(term, value)| {
        let at = plan.place(*term).expect("what is assumed stands somewhere");
        Assumption { word: (at / 8, value.word(0)), support: plan.gates.of(*term) }
    });
    let settled = special.settled.iter().flat_map(|(keep, value, rows)| {
        let first = plan.layout.place(*keep) / 8;
        let words = (first..).zip(plan.layout.words(value, *rows));
        words.map(|word| Settled { keep: *keep, word })
    });
    let (assumed, settled) = (assumed.collect(), settled.collect());
    Ok(Function { special, observed, assumed, settled, code, stay: 0, runs: 0, refused: 0 })
}
