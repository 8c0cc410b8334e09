//! Operands of what a text calculates: numbers of a file and expressions of a program.
//!
//! An operand is a literal (`12`, `0x1_000`, `0b11`), a name, something in parentheses, or one of these
//! after a `-`.

use std::num::IntErrorKind;

use winnow::ascii::multispace0;
use winnow::combinator::{opt, preceded};
use winnow::token::{any, one_of, take_while};

use crate::grammar::{Input, Read, inside, place, take, wrong};

/// More brackets and signs than this are an error, and would exhaust the stack.
const DEEPEST: usize = 64;

/// The operands of a kind of calculation.
pub(crate) struct Operands<T> {
    /// The calculation, as the beginning of a sentence: `the number is`.
    pub(crate) nested: &'static str,
    /// What an operand is where there is none: `a number`.
    pub(crate) expected: &'static str,
    /// What is in parentheses.
    pub(crate) calculation: fn(&mut Input<'_>) -> Read<T>,
    /// What `-` makes of an operand.
    pub(crate) negate: fn(T) -> T,
    /// A word: a literal, as it begins with a digit, or a name. The error is a sentence.
    pub(crate) word: fn(&str) -> Result<T, String>,
}

/// The operand that the text goes on with.
pub(crate) fn operand<T>(input: &mut Input<'_>, of: &Operands<T>) -> Read<T> {
    take(input, multispace0)?;
    let at = place(input);
    match take(input, opt(one_of(['-', '('])))? {
        Some('-') => inside(input, DEEPEST, of.nested, |input| operand(input, of)).map(of.negate),
        Some(_) => {
            let inner = inside(input, DEEPEST, of.nested, of.calculation)?;
            match take(input, opt(preceded(multispace0, ')')))? {
                Some(_) => Ok(inner),
                None => wrong(place(input), "a `)` is missing"),
            }
        }
        None => match take(input, take_while(0.., |c: char| c.is_alphanumeric() || c == '_'))? {
            "" => match take(input, opt(any))? {
                Some(c) => wrong(at, format!("found `{c}` where {} is expected", of.expected)),
                None => wrong(at, format!("{} is missing", of.expected)),
            },
            word => (of.word)(word).or_else(|message| wrong(at, message)),
        },
    }
}

/// Whether a word is a literal, and no name.
pub(crate) fn is_literal(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
}

/// The value of a literal. The error is a sentence.
pub(crate) fn literal(word: &str) -> Result<i128, String> {
    let digits = word.replace('_', "");
    let parsed = match digits.split_at_checked(2) {
        Some(("0x", hex)) => i128::from_str_radix(hex, 16),
        Some(("0b", bits)) => i128::from_str_radix(bits, 2),
        _ => digits.parse(),
    };
    parsed.map_err(|error| match error.kind() {
        IntErrorKind::PosOverflow => format!("`{word}` does not fit 64 bits"),
        _ => format!("`{word}` is not a number"),
    })
}
