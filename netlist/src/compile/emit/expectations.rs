//! Expected values that are bits of one word are tested together.
//!
//! A function tests each value that it expects, and refuses if one differs; until then it has
//! changed nothing, so that neither their order nor their number matters.

use super::words;
use crate::ir::{Op, Value};
use crate::optimise::{Form, Program, Special, TermId};

/// Bits of a number, and the values that they must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expectation {
    /// The terms whose values these are.
    pub(super) of: Vec<TermId>,
    /// The number; a single bit is a number, too.
    pub(super) number: TermId,
    /// Its word.
    pub(super) word: usize,
    /// The bits of that word.
    pub(super) mask: u64,
    /// Their values.
    pub(super) bits: u64,
}

/// The tests of everything that a function expects.
pub(super) fn tests(special: &Special) -> Vec<Expectation> {
    together(&special.program, &special.expected)
}

fn together(program: &Program, expected: &[(TermId, Value)]) -> Vec<Expectation> {
    let mut tests: Vec<Expectation> = Vec::new();
    for (term, value) in expected {
        let own = test(program, *term, value.word(0));
        let same = |other: &&mut Expectation| {
            let both = other.mask & own.mask;
            (other.number, other.word) == (own.number, own.word)
                && other.bits & both == own.bits & both
        };
        match tests.iter_mut().find(same) {
            Some(other) => {
                other.mask |= own.mask;
                other.bits |= own.bits;
                other.of.extend(own.of);
            }
            None => tests.push(own),
        }
    }
    tests
}

/// The test of one value of few bits.
fn test(program: &Program, term: TermId, value: u64) -> Expectation {
    let shape = program.term(term);
    let own = |number: TermId, word: usize, mask: u64, bits: u64| Expectation {
        of: vec![term],
        number,
        word,
        mask,
        bits,
    };
    let ones = (1 << shape.width) - 1;
    match shape.form {
        Form::Op(Op::Slice(number, offset))
            if offset / 64 == (offset + shape.width - 1) / 64 && program.term(number).width > 1 =>
        {
            let at = offset % 64;
            own(number, offset as usize / 64, ones << at, value << at)
        }
        // No bit of those that are selected by a constant.
        Form::Op(Op::Any(selected)) if value == 0 && program.term(selected).width <= 64 => {
            let Form::Op(Op::And(a, b)) = program.term(selected).form else {
                return own(selected, 0, words::ones(program.term(selected).width, 0), 0);
            };
            match [(a, b), (b, a)].map(|(a, b)| (a, program.constant(b))) {
                [(number, Some(mask)), _] | [_, (number, Some(mask))] => {
                    own(number, 0, mask.word(0), 0)
                }
                _ => own(selected, 0, words::ones(program.term(selected).width, 0), 0),
            }
        }
        _ => own(term, 0, ones, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::{ConstId, InputId};

    #[test]
    fn bits_of_one_word_are_tested_together() {
        let mut program = Program::new(vec![Value::new(70, 0)]);
        let input = program.add(Form::Op(Op::Input(InputId(0))), 70, 0);
        let mut bit = |at| program.add(Form::Op(Op::Slice(input, at)), 1, 0);
        let (low, other, high) = (bit(3), bit(5), bit(66));
        let two = program.add(Form::Op(Op::Slice(input, 62)), 4, 0);
        let expected: Vec<(TermId, Value)> = [(low, 1), (other, 0), (high, 0), (two, 5)]
            .map(|(term, value): (TermId, u64)| (term, Value::new(program.term(term).width, value)))
            .into();
        let tests = together(&program, &expected);
        let found = tests.iter().map(|test| (test.number, test.word, test.mask, test.bits));
        // Bits in two words stay a test of their own.
        let wanted = [(input, 0, 1 << 3 | 1 << 5, 1 << 3), (input, 1, 1 << 2, 0), (two, 0, 15, 5)];
        assert_eq!(found.collect::<Vec<_>>(), wanted);
        assert_eq!(tests[0].of, [low, other]);
    }

    #[test]
    fn none_of_some_bits_is_a_test_of_these_bits() {
        let mut program = Program::new(vec![Value::new(8, 0x0c), Value::new(8, 0x30)]);
        let input = program.add(Form::Op(Op::Input(InputId(0))), 8, 0);
        let mut any = |at| {
            let mask = program.add(Form::Op(Op::Const(ConstId(at))), 8, 0);
            let some = program.add(Form::Op(Op::And(mask, input)), 8, 0);
            program.add(Form::Op(Op::Any(some)), 1, 0)
        };
        let (first, second) = (any(0), any(1));
        let zero = || Value::zero(1);
        let tests = together(&program, &[(first, zero()), (second, zero())]);
        assert_eq!(tests.len(), 1);
        assert_eq!((tests[0].number, tests[0].mask, tests[0].bits), (input, 0x3c, 0));
        // That there is one says nothing about each.
        let tests = together(&program, &[(first, Value::bit_of(true)), (second, zero())]);
        assert_eq!(tests[0].number, first);
        assert_eq!((tests[1].number, tests[1].mask, tests[1].bits), (input, 0x30, 0));
    }
}
