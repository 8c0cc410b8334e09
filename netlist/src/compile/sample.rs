//! Values of terms in sampled cycles.
//!
//! A sample is the buffer before an edge: inputs, states, outputs of memories, and small memories
//! that are read within the cycle. Everything else is evaluated from them here, as
//! [`crate::interpret`] does. Results of cycles do not depend on samples: they only decide which
//! functions are compiled.

use super::observe::{get_row, get_word};
use super::variants::Plan;
use crate::ir::{MemoryId, Op, Value, evaluate};
use crate::optimise::{Form, TermId};
use rustc_hash::FxBuildHasher;
use std::hash::{BuildHasher, Hash};

/// Wider values are not recorded.
const BITS: u32 = 7;
/// Not the same in all cycles, or unknown.
const UNKNOWN: u8 = u8::MAX;

/// What is known of each term in some cycles.
#[derive(Clone, Debug)]
pub(super) struct Observed {
    /// The value of a term of few bits, if it was the same in all cycles.
    numbers: Vec<u8>,
    /// A digest of its values in all cycles; 0 if they are unknown.
    digests: Vec<u64>,
}

impl Observed {
    /// The values on which both agree.
    pub(super) fn common(&self, other: &Observed) -> Observed {
        let numbers = self.numbers.iter().zip(&other.numbers);
        let numbers = numbers.map(|(a, b)| if a == b { *a } else { UNKNOWN });
        let digests = self.digests.iter().zip(&other.digests);
        let digests = digests.map(|(a, b)| match (a, b) {
            (0, _) | (_, 0) => 0,
            known => digest(known),
        });
        Observed { numbers: numbers.collect(), digests: digests.collect() }
    }

    /// Whether two terms had the same values, in all cycles.
    pub(super) fn are_same(&self, one: TermId, other: TermId) -> bool {
        let [one, other] = [one, other].map(|term| self.digests[term.0 as usize]);
        one == other && one != 0
    }
}

fn digest(of: impl Hash) -> u64 {
    FxBuildHasher.hash_one(of) | 1
}

impl Plan<'_> {
    /// The values of the terms that every cycle evaluates.
    pub(super) fn observe(&self, samples: &[Vec<u64>]) -> Observed {
        let mut values: Vec<Vec<Value>> = Vec::new();
        for at in 0..self.program.terms.len() {
            let known = self.gates.hot[at] && self.is_sampled(&values, at);
            values.push(if known { self.values(&values, samples, at) } else { Vec::new() });
        }
        let terms = self.program.terms.iter().zip(&values);
        let numbers = terms.map(|(term, values)| match values.split_first() {
            Some((first, rest))
                if term.rows == 0
                    && term.width <= BITS
                    && rest.iter().all(|one| one.word(0) == first.word(0)) =>
            {
                first.word(0) as u8
            }
            _ => UNKNOWN,
        });
        let digests =
            values.iter().map(|values| if values.is_empty() { 0 } else { digest(values) });
        Observed { numbers: numbers.collect(), digests: digests.collect() }
    }

    /// Whether a term depends on no memory that is too large for samples.
    fn is_sampled(&self, values: &[Vec<Value>], at: usize) -> bool {
        let form = self.program.terms[at].form;
        let held = match form {
            Form::Op(Op::Word(MemoryId(at), _)) => {
                self.layout.contents[at as usize] < self.layout.kept[0]
            }
            _ => true,
        };
        held && form.operands().all(|operand| !values[operand.0 as usize].is_empty())
    }

    /// The value of a term, if it was always the same.
    pub(super) fn value(&self, observed: &Observed, term: TermId) -> Option<Value> {
        let number = *observed.numbers.get(term.0 as usize)?;
        (number != UNKNOWN).then(|| Value::new(self.program.term(term).width, number.into()))
    }

    /// The values of a number, or of each row, in all samples.
    fn values(&self, values: &[Vec<Value>], samples: &[Vec<u64>], at: usize) -> Vec<Value> {
        let term = self.program.terms[at];
        let of = |id: TermId, sample: usize| {
            let rows = self.program.term(id).rows.max(1) as usize;
            &values[id.0 as usize][sample * rows..][..rows]
        };
        let row = |id: TermId, sample: usize, row: usize| {
            let rows = of(id, sample);
            &rows[if rows.len() == 1 { 0 } else { row }]
        };
        let place = self.place(TermId { 0: at as u32 });
        let rows = term.rows.max(1) as usize;
        let mut all = Vec::with_capacity(samples.len() * rows);
        for (sample, buffer) in samples.iter().enumerate() {
            match term.form {
                Form::State(_) | Form::Op(Op::Input(_) | Op::Memory(_)) => {
                    let (place, lane) = (place.expect("a source has one"), self.layout.lane);
                    let value = |row| get_row(buffer, place, term.width, row, term.rows, lane);
                    all.extend((0..rows as u32).map(value));
                }
                Form::Table(table) => all.extend_from_slice(&self.program.tables[table.0 as usize]),
                Form::Op(Op::Const(at)) => all.push(self.program.constants[at.0 as usize].clone()),
                Form::Op(Op::Word(MemoryId(at), address)) => {
                    let contents = self.layout.contents[at as usize];
                    let address = row(address, sample, 0).saturated();
                    all.push(get_word(buffer, contents, term.width, address));
                }
                Form::Op(op) => all.extend((0..rows).map(|at| {
                    let value = evaluate(op, term.width, |id| Some(row(id, sample, at)));
                    value.expect("operands are known")
                })),
                Form::Row(column, at) => all.push(row(column, sample, at as usize).clone()),
                Form::AnyRow(column) => {
                    all.push(Value::bit_of(of(column, sample).iter().any(Value::any)));
                }
                Form::AllRows(column) => {
                    all.push(Value::bit_of(of(column, sample).iter().all(Value::any)));
                }
                Form::Pick { mask, values, otherwise, highest } => {
                    let mut found =
                        of(mask, sample).iter().enumerate().filter(|(_, bit)| bit.any());
                    let found = if highest { found.next_back() } else { found.next() };
                    let found = found.map(|(at, _)| row(values, sample, at));
                    all.push(found.unwrap_or(row(otherwise, sample, 0)).clone());
                }
                Form::Gather { mask, values } => {
                    let rows = of(mask, sample).iter().enumerate().filter(|(_, bit)| bit.any());
                    let none = Value::zero(term.width);
                    all.push(rows.fold(none, |all, (at, _)| all.or(row(values, sample, at))));
                }
                Form::Kept(_) => unreachable!("not of the whole program"),
            }
        }
        all
    }
}
