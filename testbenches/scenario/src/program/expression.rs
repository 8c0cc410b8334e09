//! Expressions of a program: numbers, names of `let` and of loops, what the machine has.
//!
//! Operators, weakest first: `<<`, `+ -`, `* / %`, unary `-`; parentheses.

use std::collections::BTreeMap;

use winnow::ascii::multispace0;
use winnow::combinator::Infix::Left;
use winnow::combinator::{alt, dispatch, expression as infixed, preceded};

use crate::grammar::{Input, Read, take};
use crate::number::Variables;
use crate::operand::{self, Operands};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Shift,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// An expression as it is written; or, where names are places of variables, ready to calculate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expression<N = String> {
    Number(i64),
    Name(N),
    Negate(Box<Expression<N>>),
    Binary(Operator, Box<Expression<N>>, Box<Expression<N>>),
}

/// An expression whose variables are numbered.
pub(super) type Formula = Expression<usize>;

/// The names that an expression may use.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Those of `let`, with their values, and those of the machine.
    pub(super) known: BTreeMap<String, i64>,
    /// Those of the loops around it, the outermost first.
    pub(super) loops: Vec<String>,
}

impl Names {
    /// What the machine has: as in the numbers of scenarios.
    pub(super) fn of(variables: &Variables) -> Names {
        let known = variables
            .named()
            .map(|(name, value)| (name.to_owned(), i64::try_from(value).unwrap_or(i64::MAX)));
        Names { known: known.into(), loops: Vec::new() }
    }

    /// Resolves the names of an expression.
    ///
    /// # Errors
    /// A sentence: one of them means nothing here.
    pub(super) fn resolve(&self, expression: &Expression) -> Result<Formula, String> {
        Ok(match expression {
            Expression::Number(number) => Formula::Number(*number),
            Expression::Name(name) => {
                let place = self.loops.iter().rposition(|known| known == name);
                match (place, self.known.get(name)) {
                    (Some(place), _) => Formula::Name(place),
                    (None, Some(value)) => Formula::Number(*value),
                    (None, None) => return Err(self.unknown(name)),
                }
            }
            Expression::Negate(inner) => Formula::Negate(Box::new(self.resolve(inner)?)),
            Expression::Binary(operator, left, right) => {
                let (left, right) = (self.resolve(left)?, self.resolve(right)?);
                Formula::Binary(*operator, Box::new(left), Box::new(right))
            }
        })
    }

    /// The value of an expression that no loop changes.
    ///
    /// # Errors
    /// As [`Names::resolve`] and [`Formula::value`].
    pub(super) fn value(&self, expression: &Expression) -> Result<i64, String> {
        let outside = Names { known: self.known.clone(), loops: Vec::new() };
        outside.resolve(expression)?.value(&[])
    }

    fn unknown(&self, name: &str) -> String {
        let known = self.loops.iter().chain(self.known.keys());
        let known: Vec<_> = known.map(String::as_str).collect();
        format!("`{name}` means nothing here; names are {}", known.join(", "))
    }
}

impl Formula {
    /// The value, given those of the variables.
    ///
    /// # Errors
    /// A sentence: it does not fit 64 bits, or something is divided by 0.
    pub(super) fn value(&self, variables: &[i64]) -> Result<i64, String> {
        let (operator, left, right) = match self {
            Formula::Number(number) => return Ok(*number),
            Formula::Name(place) => return Ok(variables.get(*place).copied().unwrap_or_default()),
            Formula::Negate(inner) => {
                let inner = inner.value(variables)?;
                return inner
                    .checked_neg()
                    .ok_or_else(|| format!("-({inner}) does not fit 64 bits"));
            }
            Formula::Binary(operator, left, right) => (operator, left, right),
        };
        let (left, right) = (left.value(variables)?, right.value(variables)?);
        let (sign, value) = match operator {
            Operator::Shift => {
                let places = u32::try_from(right).ok().filter(|places| *places < 63);
                ("<<", places.and_then(|places| left.checked_mul(1 << places)))
            }
            Operator::Add => ("+", left.checked_add(right)),
            Operator::Subtract => ("-", left.checked_sub(right)),
            Operator::Multiply => ("*", left.checked_mul(right)),
            Operator::Divide if right == 0 => return Err(format!("{left} is divided by 0")),
            Operator::Remainder if right == 0 => return Err(format!("{left} is divided by 0")),
            // Rounded down, so that places of a grid continue below 0.
            Operator::Divide => ("/", left.checked_div_euclid(right)),
            Operator::Remainder => ("%", left.checked_rem_euclid(right)),
        };
        value.ok_or_else(|| format!("{left} {sign} {right} does not fit 64 bits"))
    }
}

/// An expression inside a longer text: it ends at the first character that cannot continue it.
pub(super) fn expression(input: &mut Input<'_>) -> Read<Expression> {
    let outer = std::mem::take(&mut input.state);
    let read = calculation(input);
    input.state = outer;
    read
}

fn calculation(input: &mut Input<'_>) -> Read<Expression> {
    let mut sign = preceded(multispace0, alt(("<<", "+", "-", "*", "/", "%")));
    let infix = dispatch! { sign;
        "<<" => Left(1, |_, left, right| Ok(binary(Operator::Shift, left, right))),
        "+" => Left(2, |_, left, right| Ok(binary(Operator::Add, left, right))),
        "-" => Left(2, |_, left, right| Ok(binary(Operator::Subtract, left, right))),
        "*" => Left(3, |_, left, right| Ok(binary(Operator::Multiply, left, right))),
        "/" => Left(3, |_, left, right| Ok(binary(Operator::Divide, left, right))),
        _ => Left(3, |_, left, right| Ok(binary(Operator::Remainder, left, right))),
    };
    take(input, infixed(operand).infix(infix))
}

fn binary(operator: Operator, left: Expression, right: Expression) -> Expression {
    Expression::Binary(operator, Box::new(left), Box::new(right))
}

fn operand(input: &mut Input<'_>) -> Read<Expression> {
    let negate = |operand| Expression::Negate(Box::new(operand));
    let (nested, expected) = ("the expression is", "a number or a name");
    operand::operand(input, &Operands { nested, expected, calculation, negate, word })
}

/// A name or digits. The error is a sentence.
fn word(word: &str) -> Result<Expression, String> {
    if !operand::is_literal(word) {
        return Ok(Expression::Name(word.to_owned()));
    }
    let number = i64::try_from(operand::literal(word)?);
    number.map(Expression::Number).map_err(|_| format!("`{word}` does not fit 64 bits"))
}
