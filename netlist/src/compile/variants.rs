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
use super::switch::{Assumption, Condition, Party, Settled, Switch};
use super::turns::{Group, Turns};
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
        let present = |term| self.value(observed, term);
        let same = |one, other| observed.are_same(one, other);
        specialise(self.program, self.gates, changed, &present, &same)
    }
}

/// A function to be compiled.
pub(super) struct Wish {
    pub(super) special: Special,
    /// The cycles for which it is compiled.
    pub(super) observed: Observed,
    /// The number of such cycles recently.
    pub(super) cycles: u64,
    /// What ran before them.
    pub(super) turns: Turns,
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
    /// The number of cycles for which it was compiled.
    cycles: u64,
    /// Cycles since functions were last compiled.
    pub(super) runs: u64,
    /// What ran before it took over, since then.
    pub(super) turns: Turns,
    /// Those that it refused.
    pub(super) refused: u64,
}

impl Function {
    /// Where its cycle with these changes is counted.
    fn group(&self, changed: u64) -> Group {
        match self.special.changed {
            ALL => Group::of(changed),
            own => Group::of(own),
        }
    }

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
    /// For some sets of changes, the functions that handle them.
    serving: [Serving; MEMO],
    switch: Switch,
    /// The function that ran last, if it left the buffer as it is.
    present: Option<usize>,
    /// What ran last, in the terms of [`Turns`].
    last: Group,
    /// The changes for which another function may be better than the present one.
    leaves: u64,
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
const MEMO: usize = 512;

/// Searches for one set of changes after which functions that refused it are tried again.
const AGAIN: u32 = 64;

/// The functions that handle a set of changes if their assumptions hold, one bit each.
#[derive(Clone, Copy, Default)]
struct Serving {
    /// The set; 0 for none, since nothing changed then.
    changed: u64,
    all: u32,
    /// Those that refused it when they were found last, and those that did so twice in a row: they
    /// expect what is rare with these changes, so that they are left out for a while.
    once: u32,
    twice: u32,
    searches: u32,
}

impl Serving {
    /// The functions to be tried in a search.
    #[inline]
    fn candidates(&mut self) -> u32 {
        self.searches += 1;
        if self.searches == AGAIN {
            (self.searches, self.twice) = (0, 0);
        }
        self.all & !self.twice
    }

    /// A function, as its bit, refused the set or did not.
    #[inline]
    fn note(&mut self, function: u32, refused: bool) {
        if refused {
            self.twice |= self.once & function;
            self.once |= function;
        } else if self.once & function != 0 {
            self.twice &= !function;
            self.once &= !function;
        }
    }
}

/// The place of a set among those that are cached.
fn place(changed: u64) -> usize {
    (changed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - MEMO.ilog2())) as usize
}

/// A function that is about to run.
pub(super) struct Found {
    /// Its index.
    pub(super) at: usize,
    pub(super) code: Code,
    /// It is the one for all changes.
    pub(super) general: bool,
    /// What ran before it.
    pub(super) before: Group,
}

impl Variants {
    /// Compiles the function for all changes.
    pub(super) fn new(name: &str, plan: Plan<'_>) -> Result<Self, CompileError> {
        let mut module = Module::new(name)?;
        let mut special = specialise(plan.program, plan.gates, ALL, &|_| None, &|_, _| false);
        let kept = (0..plan.program.terms.len()).filter(|at| plan.gates.kept[*at]);
        let kept = kept.map(|at| TermId { 0: at as u32 }).collect();
        special.keep(plan.program, plan.gates, &kept);
        let words = plan.layout.bytes as usize / 8;
        let (observed, turns) = (plan.observe(&[]), Turns::new(ALL));
        let wish = Wish { special, observed, cycles: 0, turns };
        let general = function(&mut module, words, plan, wish)?;
        Ok(Self {
            code: general.code,
            module,
            words,
            switch: Switch::new(&[general.party()], plan.options),
            functions: vec![general],
            serving: [Serving::default(); MEMO],
            present: None,
            last: Group::default(),
            leaves: ALL,
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
        if changed & self.leaves != 0 {
            return None;
        }
        self.stayed += 1;
        Some(self.code)
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
                function.turns.take(self.last);
                (self.present, self.code, self.leaves) = (Some(at), function.code, !function.stay);
            }
            function.runs += 1;
            let general = at + 1 == self.functions.len();
            let before = std::mem::replace(&mut self.last, self.functions[at].group(changed));
            return Found { at, code: self.code, general, before };
        }
        unreachable!("the last function serves all changes and assumes nothing")
    }

    /// The index of the function for all changes.
    pub(super) fn general(&self) -> usize {
        self.functions.len() - 1
    }

    /// The functions that handle these changes if their assumptions hold, one bit each, without
    /// those that would probably refuse.
    fn serving(&mut self, changed: u64) -> u32 {
        let place = place(changed);
        let known = &mut self.serving[place];
        if known.changed != changed {
            let mut all = 0;
            for (at, function) in self.functions.iter().enumerate() {
                let foreign = changed & !function.special.changed;
                #[cfg(test)]
                let careless = self.careless && changed & function.special.changed != 0;
                #[cfg(test)]
                let foreign = if careless { 0 } else { foreign };
                all |= u32::from(foreign == 0) << at;
            }
            *known = Serving { changed, all, ..Serving::default() };
        }
        known.candidates()
    }

    /// Notes whether the function that was found for these changes refused them.
    #[inline]
    pub(super) fn note(&mut self, changed: u64, at: usize, refused: bool) {
        let known = &mut self.serving[place(changed)];
        if known.changed == changed {
            known.note(1 << at, refused);
        }
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
        self.leaves = ALL;
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
                    let Wish { special, observed, turns, cycles } = wish;
                    Ok(Function { special, observed, turns, cycles, ..old.swap_remove(at) })
                }
                None => function(&mut self.module, self.words, plan, wish),
            };
            self.functions.extend(made);
        }
        for at in 0..self.functions.len() {
            let (before, [function, ..]) = self.functions.split_at_mut(at) else { continue };
            let Special { changed, cost, .. } = function.special;
            // Where a function is so much cheaper that switching to it pays, and common enough to
            // look for it in every cycle, it is searched for.
            let better = before.iter().filter(|other| {
                let spared = cost.saturating_sub(other.special.cost + CHANGE);
                other.cycles * u64::from(spared) > function.cycles * LOOK
            });
            let better = better.fold(0, |all, other| all | other.special.changed);
            function.stay = changed & !better;
        }
        self.functions.extend(general);
        for function in &mut self.functions {
            (function.runs, function.refused) = (0, 0);
            function.turns = Turns::new(function.special.changed);
        }
        self.serving = [Serving::default(); MEMO];
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

/// A function that costs so much less than the present one is worth a switch.
const CHANGE: u32 = 200;

/// Among functions ordered by cost, moves the most common one to the front, where it is found at
/// once, if that does not cost more in the cycles that a cheaper one would handle.
fn most_common_first(wishes: &mut [Wish]) {
    let common = (0..wishes.len()).max_by_key(|at| wishes[*at].cycles);
    let Some((first, cheaper)) = common.and_then(|at| wishes[..=at].split_last()) else { return };
    let served = cheaper.iter().filter(|wish| wish.special.changed & first.special.changed != 0);
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
    Wish { mut special, observed, turns, cycles }: Wish,
) -> Result<Function, CompileError> {
    if planted!(plan.options, Specialise) {
        special.assumed.clear();
    }
    if planted!(plan.options, Same) {
        special.same.clear();
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
        let condition = Condition::Is((at / 8, value.word(0)));
        Assumption { condition, support: plan.gates.of(*term) }
    });
    let same = special.same.iter().flat_map(|[one, other]| {
        let [first, second] =
            [one, other].map(|term| plan.place(*term).expect("what is kept stands somewhere") / 8);
        let shape = plan.program.term(*one);
        let bits = if shape.rows > 0 { shape.rows } else { shape.width };
        let support = plan.gates.of(*one) | plan.gates.of(*other);
        (0..bits.div_ceil(64)).map(move |word| Assumption {
            condition: Condition::Same(first + word, second + word),
            support,
        })
    });
    let assumed = assumed.chain(same);
    let settled = special.settled.iter().flat_map(|(keep, value, rows)| {
        let first = plan.layout.place(*keep) / 8;
        let words = (first..).zip(plan.layout.words(value, *rows));
        words.map(|word| Settled { keep: *keep, word })
    });
    let (assumed, settled) = (assumed.collect(), settled.collect());
    Ok(Function {
        special,
        observed,
        assumed,
        settled,
        code,
        stay: 0,
        cycles,
        runs: 0,
        turns,
        refused: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_that_refuses_twice_in_a_row_is_left_out_for_a_while() {
        let mut serving = Serving { changed: 1, all: 0b11, ..Serving::default() };
        for refused in [true, false, true] {
            assert_eq!(serving.candidates(), 0b11);
            serving.note(0b01, refused);
        }
        assert_eq!(serving.candidates(), 0b11);
        serving.note(0b01, true);
        let left_out = (4..AGAIN - 1).map(|_| serving.candidates());
        assert!(left_out.into_iter().all(|tried| tried == 0b10));
        assert_eq!(serving.candidates(), 0b11);
        serving.note(0b01, true);
        assert_eq!(serving.candidates(), 0b10);
        serving.note(0b01, false);
        assert_eq!(serving.candidates(), 0b11);
    }
}
