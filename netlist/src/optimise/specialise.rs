//! Functions for some cycles only: unchanged values are read or known, not computed.
//!
//! A function is made for a set of changed sources. Proves: a term whose support does not meet that
//! set keeps its value; it need not be computed, since the function that last computed it kept it
//! in memory. Such a term of a few bits, say "the walker is idle", is moreover *assumed* to have
//! its present value, and what follows from it is folded away; the function is used only while its
//! assumptions hold. Each is checked when the function follows another one, and then no more: its
//! value cannot change without a change outside the set.
//!
//! A term of a few bits that may change, but did not in the sampled cycles, say "this port hits",
//! is *expected* to keep its value, and what follows is folded away, too. Proves: the function
//! computes the values that it expects before it takes the edge; if one differs, it refuses
//! ([`super::REFUSED`]). Until then it has changed no state and no memory, and of the kept values
//! only some that depend on its set. Gives: of 746 terms of the RV64 top, a cycle of hits evaluates
//! about 100.
//!
//! The general function, for all changes, is made in the same way, without values to read or to
//! assume.

use super::ALL;
use super::gate::Gates;
use super::program::{Form, Program, State, StateId, TermId};
use super::simplify::{Now, Why, not, simplify};
use crate::ir::{Op, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Wider values are read, not assumed, since they vary too much.
pub(super) const ASSUMED_BITS: u32 = 4;

/// The instructions that a memory takes at the edge, about.
const MEMORY: usize = 9;

/// A value that the function stores for others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keep {
    /// A watched net, by its index in [`Program::watched`].
    Watched(usize),
    /// A term of the whole program.
    Term(TermId),
}

/// A value that is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Store {
    /// The value, a term of [`Special::program`].
    pub term: TermId,
    /// The net or term with this value.
    pub keep: Keep,
    /// Rows to store, all equal if the term is a scalar.
    pub rows: u32,
}

/// A program for one set of changes.
#[derive(Clone, Debug)]
pub struct Special {
    /// Its terms. States and memories are those of the whole program, by number.
    pub program: Program,
    /// The sources that may have changed.
    pub changed: u64,
    /// The terms that every cycle evaluates, in order of evaluation.
    pub order: Vec<TermId>,
    /// Whether a term is among them; others are evaluated under a guard.
    pub hot: Vec<bool>,
    /// States that may change.
    pub states: Vec<StateId>,
    /// Memories that may be read or written.
    pub memories: Vec<usize>,
    /// The values stored in every cycle.
    pub stores: Vec<Store>,
    /// The values stored when the function is first used, since they never change while it is: the
    /// value of each row.
    pub settled: Vec<(Keep, Value, u32)>,
    /// Columns of lanes that are read by rows, and the term of the whole program whose place they
    /// use.
    pub places: BTreeMap<TermId, TermId>,
    /// Terms of the whole program, and the values that they must have.
    pub assumed: Vec<(TermId, Value)>,
    /// Pairs of terms of the whole program that must have the same value: a state, and what it would
    /// be written with.
    pub same: Vec<[TermId; 2]>,
    /// Terms with the values that they must have, or the function refuses.
    pub expected: Vec<(TermId, Value)>,
    /// Terms of the whole program that are read from the places where other functions keep them.
    pub reads: BTreeSet<TermId>,
    /// The approximate number of instructions.
    pub cost: u32,
    /// The replacement of each term of the whole program.
    now: Vec<Option<Now>>,
    /// Everything that may be assumed or expected, by bit.
    reasons: Vec<Reason>,
    /// The reasons for the selection of states and for their updates.
    why: Why,
}

/// Why a term counts as a constant.
#[derive(Clone, Debug)]
enum Reason {
    /// A term of the whole program did not change, and has this value.
    Assumed(TermId, Value),
    /// A term is expected to have this value, which depends on these other reasons.
    Expected(TermId, Value, Why),
}

/// Makes the function for these changes. `present` is the value of a term of few bits, if it may be
/// assumed or expected; `same` tells whether two terms may be assumed to have the same value.
pub fn specialise(
    whole: &Program,
    gates: &Gates,
    changed: u64,
    present: &dyn Fn(TermId) -> Option<Value>,
    same: &dyn Fn(TermId, TermId) -> bool,
) -> Special {
    let mut program = Program::new(whole.constants.clone());
    program.tables.clone_from(&whole.tables);
    let special = Special {
        program,
        changed,
        order: Vec::new(),
        hot: Vec::new(),
        states: Vec::new(),
        memories: Vec::new(),
        stores: Vec::new(),
        settled: Vec::new(),
        places: BTreeMap::new(),
        assumed: Vec::new(),
        same: Vec::new(),
        expected: Vec::new(),
        reads: BTreeSet::new(),
        cost: 0,
        now: vec![None; whole.terms.len()],
        reasons: Vec::new(),
        why: 0,
    };
    let mut make = Make { whole, gates, present, same, special };
    make.terms();
    make.memories();
    make.states();
    let mut special = make.special;
    special.keep(whole, gates, &BTreeSet::new());
    special
}

/// Whether a term with this support may have changed.
fn touched(changed: u64, support: u64) -> bool {
    changed == ALL || support & changed != 0
}

struct Make<'a> {
    whole: &'a Program,
    gates: &'a Gates,
    present: &'a dyn Fn(TermId) -> Option<Value>,
    same: &'a dyn Fn(TermId, TermId) -> bool,
    special: Special,
}

impl Make<'_> {
    fn touched(&self, support: u64) -> bool {
        touched(self.special.changed, support)
    }

    /// Computes the replacements of all terms that the roots need.
    fn terms(&mut self) {
        let mut needed = vec![false; self.whole.terms.len()];
        let mut need = |support: u64, root: TermId| {
            needed[root.0 as usize] |= touched(self.special.changed, support);
        };
        for state in &self.whole.states {
            let support = self.gates.of_state(state);
            state.guard.iter().chain([&state.next]).for_each(|root| need(support, *root));
        }
        for (at, memory) in self.whole.memories.iter().enumerate() {
            let support = self.gates.memory_support(self.whole, at);
            memory.ports().for_each(|root| need(support, root));
        }
        for root in self.whole.hot_roots() {
            need(self.gates.of(root), root);
        }
        for at in (0..needed.len()).rev() {
            if needed[at] && !self.is_frontier(at) {
                for operand in self.whole.terms[at].form.operands() {
                    needed[operand.0 as usize] = true;
                }
            }
        }
        for (at, needed) in needed.into_iter().enumerate() {
            if needed {
                self.special.now[at] = Some(self.term(at));
            }
        }
    }

    /// A term that did not change, and whose value can be read.
    fn is_frontier(&self, at: usize) -> bool {
        self.gates.hot[at] && !self.touched(self.gates.support[at])
    }

    fn term(&mut self, at: usize) -> Now {
        let term = self.whole.terms[at];
        let own = TermId { 0: at as u32 };
        let is_source = matches!(
            term.form,
            Form::State(_) | Form::Table(_) | Form::Op(Op::Const(_) | Op::Input(_) | Op::Memory(_))
        );
        let is_constant = matches!(term.form, Form::Table(_) | Form::Op(Op::Const(_)));
        let program = &mut self.special.program;
        if is_constant {
            return (program.add(term.form, term.width, term.rows), 0);
        }
        let stands = is_source || self.gates.hot[at];
        if stands && !touched(self.special.changed, self.gates.support[at]) {
            return self.assume(own).unwrap_or_else(|| {
                let form = if is_source { term.form } else { Form::Kept(own) };
                (self.special.program.add(form, term.width, term.rows), 0)
            });
        }
        if is_source {
            let now = (program.add(term.form, term.width, term.rows), 0);
            return self.expect(own, now);
        }
        let (mut why, mut next) = ([0; 3], 0);
        let form = term.form.map(|operand| {
            let (now, because) =
                self.special.now[operand.0 as usize].expect("operands stand before their users");
            why[next] = because;
            next += 1;
            now
        });
        // A column that is read by rows is in memory, at the place of the whole program's column.
        if let (Some(column), Some(new)) = (term.form.by_rows(), form.by_rows()) {
            self.special.places.insert(new, column);
        }
        let now = simplify(&mut self.special.program, form, term.width, why);
        self.expect(own, now)
    }

    /// A constant for a term that did not change, under the assumption that it keeps its value.
    fn assume(&mut self, own: TermId) -> Option<Now> {
        let term = self.whole.term(own);
        if term.width > ASSUMED_BITS || term.rows > 0 {
            return None;
        }
        let value = (self.present)(own)?;
        self.reason(Reason::Assumed(own, value.clone()), &value)
    }

    /// A constant for a term that may change, if the function is to expect its value. Terms that
    /// are computed only under a guard are excluded: checking them would compute them in every
    /// cycle.
    fn expect(&mut self, own: TermId, now: Now) -> Now {
        let term = self.whole.term(own);
        let known = self.special.program.constant(now.0).is_some();
        if term.width > ASSUMED_BITS || term.rows > 0 || known || !self.gates.hot[own.0 as usize] {
            return now;
        }
        let Some(value) = (self.present)(own) else { return now };
        self.reason(Reason::Expected(now.0, value.clone(), now.1), &value).unwrap_or(now)
    }

    /// A constant for a new reason, if there is a free bit.
    fn reason(&mut self, reason: Reason, value: &Value) -> Option<Now> {
        let at = self.special.reasons.len() as u32;
        let why = Why::checked_shl(1, at)?;
        self.special.reasons.push(reason);
        Some((self.special.program.constant_term(value), why))
    }

    fn now(&mut self, root: TermId) -> TermId {
        let (now, why) = self.special.now[root.0 as usize].expect("roots are needed");
        self.special.why |= why;
        now
    }

    fn memories(&mut self) {
        for (at, memory) in self.whole.memories.iter().enumerate() {
            let mut own = memory.clone();
            own.init = BTreeMap::new();
            own.term = None;
            if self.touched(self.gates.memory_support(self.whole, at)) {
                own.read_address = memory.read_address.map(|port| self.now(port));
                own.write = self.write(memory.write);
                if own.read_address.or(own.write.map(|write| write[0])).is_some() {
                    self.special.memories.push(at);
                }
            }
            self.special.program.memories.push(own);
        }
    }

    /// A write port, unless it is known that it does not write.
    fn write(&mut self, ports: Option<[TermId; 3]>) -> Option<[TermId; 3]> {
        let [enable, address, data] = ports?;
        let enable = self.now(enable);
        if self.special.program.constant(enable).is_some_and(|enable| !enable.any()) {
            return None;
        }
        Some([enable, self.now(address), self.now(data)])
    }

    fn states(&mut self) {
        for (at, state) in self.whole.states.iter().enumerate() {
            let mut own = State { init: Vec::new(), term: None, ..state.clone() };
            if self.touched(self.gates.of_state(state)) && self.update(state, &mut own) {
                self.special.states.push(StateId(at as u32));
            }
            self.special.program.states.push(own);
        }
    }

    /// The update of a state; `false` if it keeps its value.
    fn update(&mut self, state: &State, own: &mut State) -> bool {
        own.guard = state.guard.map(|guard| self.now(guard));
        match own.guard.and_then(|guard| self.special.program.constant(guard)) {
            Some(guard) if !guard.any() => return false,
            // Always written: two steps and two branches would cost more than the value. Columns of
            // lanes have no other way.
            Some(guard) if guard.all() && (state.rows == 0 || state.width == 1) => own.guard = None,
            _ => {}
        }
        own.next = self.now(state.next);
        let Some(term) = state.term else { return true };
        // The state itself may not have been needed by any term.
        if self.special.now[term.0 as usize].is_none() {
            self.special.now[term.0 as usize] = Some(self.term(term.0 as usize));
        }
        let (held, why) = self.special.now[term.0 as usize].expect("made just now");
        if held == own.next {
            self.special.why |= why;
            return false;
        }
        // The state did not change, and neither did what is written: once both are the same, it is
        // not written.
        let next = self.special.program.term(own.next);
        if let Form::Kept(kept) = next.form
            && next.rows == state.rows
            && own.guard.is_none()
            && (state.rows == 0 || state.width == 1)
            && !self.touched(self.gates.of(term))
            && (self.same)(term, kept)
        {
            self.special.why |= why;
            self.special.same.push([term, kept]);
            return false;
        }
        // A state bit with a known value changes if its next value differs, which is rare.
        let known = self.special.program.constant(held).map(Value::any);
        if let (Some(known), None, 1, 0) = (known, state.guard, state.width, state.rows) {
            self.special.why |= why;
            let flips = if known { not(&mut self.special.program, own.next) } else { own.next };
            own.guard = Some(flips);
            own.next = self.special.program.constant_term(&Value::bit_of(!known));
        }
        true
    }
}

impl Special {
    /// Decides which values are stored, given the terms of the whole program that functions read;
    /// and thereby what is evaluated, read, and assumed.
    pub fn keep(&mut self, whole: &Program, gates: &Gates, wanted: &BTreeSet<TermId>) {
        self.stores.clear();
        self.settled.clear();
        let mut why = self.why;
        let watched = whole.watched.iter().enumerate();
        let watched = watched.map(|(at, watched)| (Keep::Watched(at), watched.term));
        let kept = wanted.iter().map(|term| (Keep::Term(*term), *term));
        for (keep, term) in watched.chain(kept) {
            if !touched(self.changed, gates.of(term)) {
                continue;
            }
            let (now, because) = self.now[term.0 as usize].expect("what is kept is needed");
            why |= because;
            let rows = whole.term(term).rows;
            match self.program.constant(now) {
                Some(value) => self.settled.push((keep, value.clone(), rows)),
                None => self.stores.push(Store { term: now, keep, rows }),
            }
        }
        (self.assumed, self.expected) = self.reasons_for(why);
        self.arrange();
        let terms = self.assumed.iter().map(|(term, _)| *term);
        let kept = terms.filter(|term| {
            !matches!(
                whole.term(*term).form,
                Form::State(_) | Form::Op(Op::Input(_) | Op::Memory(_))
            )
        });
        self.reads = kept.collect();
        self.reads.extend(self.same.iter().map(|[_, kept]| *kept));
        let (mut open, mut seen) = (self.roots(true), vec![false; self.program.terms.len()]);
        while let Some(id) = open.pop() {
            if !std::mem::replace(&mut seen[id.0 as usize], true) {
                match self.program.term(id).form {
                    Form::Kept(term) => {
                        self.reads.insert(term);
                    }
                    form => open.extend(form.operands()),
                }
            }
        }
    }

    /// The assumptions and the expectations behind these reasons.
    #[expect(clippy::type_complexity, reason = "two lists of one kind")]
    fn reasons_for(&self, mut why: Why) -> (Vec<(TermId, Value)>, Vec<(TermId, Value)>) {
        let (mut assumed, mut expected) = (Vec::new(), Vec::new());
        // An expected term has only older reasons.
        for (at, reason) in self.reasons.iter().enumerate().rev() {
            if why >> at & 1 == 0 {
                continue;
            }
            match reason {
                Reason::Assumed(term, value) => assumed.push((*term, value.clone())),
                Reason::Expected(term, value, because) => {
                    why |= because;
                    expected.push((*term, value.clone()));
                }
            }
        }
        assumed.reverse();
        expected.reverse();
        (assumed, expected)
    }

    /// Whether two functions have the same code, if they were made from the same program.
    pub fn is_like(&self, other: &Special) -> bool {
        let updates = |special: &Special| -> Vec<(TermId, Option<TermId>)> {
            special.program.states.iter().map(|state| (state.next, state.guard)).collect()
        };
        (self.changed, &self.stores, &self.settled, &self.assumed, &self.order)
            == (other.changed, &other.stores, &other.settled, &other.assumed, &other.order)
            && (&self.expected, &self.same) == (&other.expected, &other.same)
            && self.program.terms == other.program.terms
            && self.program.constants == other.program.constants
            && (&self.states, &self.places) == (&other.states, &other.places)
            && updates(self) == updates(other)
    }

    /// The terms that the function computes: always, or under guards too.
    fn roots(&self, cold: bool) -> Vec<TermId> {
        let mut roots: Vec<TermId> = self.expected.iter().map(|expected| expected.0).collect();
        roots.extend(self.stores.iter().map(|store| store.term));
        for at in &self.memories {
            let memory = &self.program.memories[*at];
            roots.extend(memory.ports());
        }
        for id in &self.states {
            let state = self.program.state(*id);
            roots.push(state.guard.unwrap_or(state.next));
            if cold {
                roots.push(state.next);
            }
        }
        roots
    }

    /// Orders the terms that every cycle evaluates by their first use, which keeps live ranges
    /// short.
    fn arrange(&mut self) {
        self.hot = vec![false; self.program.terms.len()];
        self.order.clear();
        for root in self.roots(false) {
            let mut open = vec![(root, false)];
            while let Some((id, ready)) = open.pop() {
                if ready {
                    self.order.push(id);
                } else if !std::mem::replace(&mut self.hot[id.0 as usize], true) {
                    open.push((id, true));
                    let operands: Vec<TermId> = self.program.term(id).form.operands().collect();
                    let operands = operands.into_iter().rev();
                    open.extend(operands.map(|operand| (operand, false)));
                }
            }
        }
        let weight = |id: &TermId| {
            let term = self.program.term(*id);
            match term.form {
                Form::Op(Op::Const(_)) | Form::Table(_) => 0,
                Form::State(_) | Form::Kept(_) | Form::Op(Op::Input(_)) => 1,
                _ if term.width > 1 && term.rows > 0 => 1 + term.rows / 2,
                _ => 2,
            }
        };
        let more = self.stores.len() + self.expected.len() + MEMORY * self.memories.len();
        self.cost = self.order.iter().map(weight).sum::<u32>() + more as u32;
    }
}
