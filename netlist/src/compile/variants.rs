//! The functions of an engine: one for all changes, and one for each common set of changes.
//!
//! Which sources change together is known only when the design runs. The engine begins with the
//! function that evaluates everything, counts which sources had changed, and compiles a smaller
//! function for a set that has become common. Results do not depend on which function ran: each
//! evaluates at least what depends on a change.

use super::CompileError;
use super::call::Code;
use super::layout::Layout;
use super::native::Module;
#[cfg(test)]
use crate::optimise::planted;
use crate::optimise::{ALL, Gates, Options, Program};

/// Cycles that are counted in all; then the choice of functions is final.
const COUNTED: u32 = 200_000;
/// Functions at most.
const MOST: usize = 10;
/// Sets that are counted at the same time.
const SETS: usize = 32;

struct Function {
    /// The sources that may have changed.
    changed: u64,
    /// Terms that it evaluates.
    cost: u32,
    code: Code,
}

/// Functions, cheapest first; the last one serves all changes.
pub(super) struct Variants {
    module: Module,
    words: usize,
    functions: Vec<Function>,
    seen: Vec<(u64, u32)>,
    /// Cycles with one set of changes before a function is compiled for it.
    common: u32,
    /// Cycles that are still to be counted.
    budget: u32,
    /// A mistake for tests to find.
    #[cfg(test)]
    careless: bool,
}

impl Variants {
    /// Compiles the function for all changes.
    pub(super) fn new(
        name: &str,
        program: &Program,
        gates: &Gates,
        layout: &Layout,
        options: &Options,
    ) -> Result<Self, CompileError> {
        let common = options.common;
        let mut variants = Self {
            module: Module::new(name)?,
            words: layout.bytes as usize / 8,
            functions: Vec::new(),
            seen: Vec::new(),
            common: common.unwrap_or(0),
            budget: if common.is_some() { COUNTED } else { 0 },
            #[cfg(test)]
            careless: planted!(options, Variants),
        };
        variants.compile(program, gates, layout, ALL)?;
        Ok(variants)
    }

    /// The cheapest function that serves these changes, and whether to count them.
    #[inline]
    pub(super) fn choose(&self, changed: u64) -> (Code, bool) {
        for function in &self.functions {
            #[cfg(test)]
            if self.careless && changed & function.changed != 0 {
                return (function.code, self.budget > 0 && changed != function.changed);
            }
            if changed & !function.changed == 0 {
                return (function.code, self.budget > 0 && changed != function.changed);
            }
        }
        unreachable!("the last function serves all changes")
    }

    /// Each function's sources and cost.
    pub(super) fn statistics(&self) -> Vec<(u64, u32)> {
        self.functions.iter().map(|function| (function.changed, function.cost)).collect()
    }

    /// Counts a set of changes; when it has become common, compiles a function for it.
    #[cold]
    pub(super) fn count(
        &mut self,
        changed: u64,
        program: &Program,
        gates: &Gates,
        layout: &Layout,
    ) {
        self.budget -= 1;
        let known = self.seen.iter().position(|(set, _)| *set == changed);
        let at = known.unwrap_or_else(|| self.forget());
        self.seen[at].0 = changed;
        self.seen[at].1 += 1;
        if self.seen[at].1 != self.common || self.functions.len() == MOST {
            return;
        }
        let served = self.functions.iter().find(|function| changed & !function.changed == 0);
        let present = served.map_or(u32::MAX, |function| function.cost);
        // A tenth less is worth a function.
        if cost(program, gates, changed) < present - present / 10 {
            // Without it the cycle is slower, but the same.
            self.compile(program, gates, layout, changed).unwrap_or_default();
        }
    }

    /// A free place among the sets that are counted; if there is none, that of the rarest set,
    /// which is no longer counted.
    fn forget(&mut self) -> usize {
        if self.seen.len() < SETS {
            self.seen.push((0, 0));
            return self.seen.len() - 1;
        }
        let rarest = (0..SETS).min_by_key(|at| self.seen[*at].1).unwrap_or(0);
        self.seen[rarest].1 = 0;
        rarest
    }

    fn compile(
        &mut self,
        program: &Program,
        gates: &Gates,
        layout: &Layout,
        changed: u64,
    ) -> Result<(), CompileError> {
        let id = self.module.compile(program, gates, layout, changed)?;
        let code = Code::new(&self.module, id, self.words);
        let cost = cost(program, gates, changed);
        // The one for all changes stays last.
        let others = self.functions.len().saturating_sub(1);
        let at = self.functions[..others].partition_point(|function| function.cost <= cost);
        self.functions.insert(at, Function { changed, cost, code });
        Ok(())
    }
}

/// Instructions, roughly, to evaluate what depends on these sources.
fn cost(program: &Program, gates: &Gates, changed: u64) -> u32 {
    let active = |at: usize| gates.hot[at] && (changed == ALL || gates.support[at] & changed != 0);
    let weight = |at: usize| {
        let term = program.terms[at];
        if term.width > 1 { 1 + term.rows / 2 } else { 1 }
    };
    (0..program.terms.len()).filter(|at| active(*at)).map(weight).sum()
}
