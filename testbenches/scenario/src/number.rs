//! Numbers in scenario files: TOML integers, or strings with an expression.
//!
//! A string is for what a TOML integer cannot express: addresses of 64 bits, and quantities that
//! depend on the machine that the scenario runs on, as `"2 + levels * L"`. Operators, weakest
//! first: `|`, `<<`, `+ -`, `*`, unary `-`; parentheses; names of [`Variables`].

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use winnow::Parser;
use winnow::ascii::multispace0;
use winnow::combinator::Infix::Left;
use winnow::combinator::{alt, dispatch, expression, opt, preceded};
use winnow::token::any;

use crate::grammar::{Input, Read, place, take, whole, wrong};
use crate::operand::{self, Operands};

/// The values of the names in a number, in one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variables {
    /// `L`: cycles from an accepted memory request to its response.
    pub latency: u64,
    /// `levels`: page-table levels of the scheme.
    pub levels: u64,
    /// `va_bits`: translated bits of a virtual address.
    pub va_bits: u64,
    /// `entries`: lines of each TLB.
    pub entries: u64,
    /// `delay`: cycles from the acceptance of a request to its answer, if it needs no walk.
    pub delay: u64,
}

impl Variables {
    const NAMES: &'static str = "L, levels, va_bits, entries, delay";

    /// Every name with its value.
    pub(super) fn named(&self) -> [(&'static str, u64); 5] {
        [
            ("L", self.latency),
            ("levels", self.levels),
            ("va_bits", self.va_bits),
            ("entries", self.entries),
            ("delay", self.delay),
        ]
    }

    fn get(&self, name: Name) -> i128 {
        i128::from(match name {
            Name::Latency => self.latency,
            Name::Levels => self.levels,
            Name::VaBits => self.va_bits,
            Name::Entries => self.entries,
            Name::Delay => self.delay,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Latency,
    Levels,
    VaBits,
    Entries,
    Delay,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Expression {
    Literal(i128),
    Variable(Name),
    Negate(Box<Expression>),
    Binary(char, Box<Expression>, Box<Expression>),
}

/// A number as written in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    text: String,
    expression: Expression,
}

impl Number {
    /// Parses an expression. The error is a sentence.
    pub fn parse(text: &str) -> Result<Number, String> {
        let read = |input: &mut Input<'_>| {
            let number = number(input)?;
            match take(input, preceded(multispace0, opt(any)))? {
                None => Ok(number),
                Some(c) => wrong(place(input), format!("unexpected `{c}` in the number `{text}`")),
            }
        };
        whole(text, read).map_err(|problem| problem.message.into_owned())
    }

    /// The value in one run, which may be negative.
    ///
    /// # Errors
    /// A sentence, if the value needs more than 64 bits.
    pub fn exact(&self, variables: &Variables) -> Result<i128, String> {
        let fits = i128::from(i64::MIN)..=i128::from(u64::MAX);
        let value = evaluate(&self.expression, variables).filter(|value| fits.contains(value));
        value.ok_or_else(|| format!("`{}` does not fit 64 bits", self.text))
    }

    /// A count, time or size in one run.
    ///
    /// # Errors
    /// A sentence, if it is negative or needs more than 64 bits.
    pub fn count(&self, variables: &Variables) -> Result<u64, String> {
        match u64::try_from(self.exact(variables)?) {
            Ok(count) => Ok(count),
            Err(_) => Err(format!("`{}` is negative, and no count is", self.text)),
        }
    }

    /// A word of the machine's width in one run: an address or a register's contents. A negative
    /// one is in two's complement.
    ///
    /// # Errors
    /// A sentence, if the value needs more bits than the machine has.
    pub fn word(&self, variables: &Variables) -> Result<u64, String> {
        let value = self.exact(variables)?;
        if variables.va_bits > 32 {
            // Truncation is the two's complement that is wanted.
            return Ok(value as u64);
        }
        // 32 bits, or 64 with all upper ones equal to bit 31, as RV64 writes them.
        let extended = i128::from(i32::MIN)..=i128::from(u32::MAX);
        let upper = i128::from(u64::MAX) + 1;
        if extended.contains(&value) || (upper + i128::from(i32::MIN)..upper).contains(&value) {
            return Ok(u64::from(value as u32));
        }
        Err(format!("`{}` does not fit 32 bits", self.text))
    }

    /// A physical address in one run: 34 bits on RV32, 56 on RV64.
    ///
    /// # Errors
    /// A sentence, if the value is not such an address.
    pub fn physical(&self, variables: &Variables) -> Result<u64, String> {
        let bits = if variables.va_bits == 32 { 34 } else { 56 };
        match self.count(variables)? {
            pa if pa >> bits == 0 => Ok(pa),
            _ => {
                Err(format!("`{}` has more than the {bits} bits of a physical address", self.text))
            }
        }
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Number {
        Number { text: value.to_string(), expression: Expression::Literal(i128::from(value)) }
    }
}

fn evaluate(expression: &Expression, variables: &Variables) -> Option<i128> {
    Some(match expression {
        Expression::Literal(value) => *value,
        Expression::Variable(name) => variables.get(*name),
        Expression::Negate(inner) => evaluate(inner, variables)?.checked_neg()?,
        Expression::Binary(operator, left, right) => {
            let (left, right) = (evaluate(left, variables)?, evaluate(right, variables)?);
            match operator {
                '|' => left | right,
                '<' => {
                    // A shift by 127 would make a number negative.
                    let places = u32::try_from(right).ok().filter(|places| *places < 127)?;
                    left.checked_mul(1 << places)?
                }
                '+' => left.checked_add(right)?,
                '-' => left.checked_sub(right)?,
                _ => left.checked_mul(right)?,
            }
        }
    })
}

/// A number inside a longer text: it ends at the first character that cannot continue it.
pub(super) fn number(input: &mut Input<'_>) -> Read<Number> {
    let outer = std::mem::take(&mut input.state);
    let (expression, text) = take(input, calculation.with_taken())?;
    input.state = outer;
    Ok(Number { text: text.trim().to_owned(), expression })
}

/// Operands with operators between them, the weakest binding last.
fn calculation(input: &mut Input<'_>) -> Read<Expression> {
    let mut sign = preceded(multispace0, alt(("|", "<<", "+", "-", "*")));
    let infix = dispatch! { sign;
        "|" => Left(1, |_, left, right| Ok(binary('|', left, right))),
        "<<" => Left(2, |_, left, right| Ok(binary('<', left, right))),
        "+" => Left(3, |_, left, right| Ok(binary('+', left, right))),
        "-" => Left(3, |_, left, right| Ok(binary('-', left, right))),
        _ => Left(4, |_, left, right| Ok(binary('*', left, right))),
    };
    take(input, expression(operand).infix(infix))
}

fn binary(operator: char, left: Expression, right: Expression) -> Expression {
    Expression::Binary(operator, Box::new(left), Box::new(right))
}

fn operand(input: &mut Input<'_>) -> Read<Expression> {
    let negate = |operand| Expression::Negate(Box::new(operand));
    let (nested, expected, word) = ("the number is", "a number", value);
    operand::operand(input, &Operands { nested, expected, calculation, negate, word })
}

/// A name or digits. The error is a sentence.
fn value(word: &str) -> Result<Expression, String> {
    if operand::is_literal(word) {
        return operand::literal(word).map(Expression::Literal);
    }
    Ok(Expression::Variable(match word {
        "L" => Name::Latency,
        "levels" => Name::Levels,
        "va_bits" => Name::VaBits,
        "entries" => Name::Entries,
        "delay" => Name::Delay,
        _ => return Err(format!("`{word}` is not a number; names are {}", Variables::NAMES)),
    }))
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Number, D::Error> {
        struct NumberVisitor;
        impl Visitor<'_> for NumberVisitor {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or a string that calculates one")
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Number, E> {
                u64::try_from(value)
                    .map(Number::from)
                    .map_err(|_| E::custom(format!("`{value}` is negative; write it as a string")))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Number, E> {
                Ok(Number::from(value))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
                Number::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(NumberVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MACHINE: Variables =
        Variables { latency: 10, levels: 3, va_bits: 39, entries: 8, delay: 0 };

    fn value(text: &str) -> Result<u64, String> {
        Number::parse(text)?.word(&MACHINE)
    }

    #[test]
    fn what_a_number_stands_for_bounds_it() {
        let number = |text: &str| Number::parse(text).unwrap();
        let narrow = Variables { levels: 2, va_bits: 32, ..MACHINE };
        assert_eq!(number("3 - 3").count(&MACHINE), Ok(0));
        let negative = number("2 - 3").count(&MACHINE);
        assert_eq!(negative, Err("`2 - 3` is negative, and no count is".to_owned()));
        assert_eq!(number("0xffff_ffff_ffff_ffff").count(&MACHINE), Ok(u64::MAX));
        for minus_2_gib in ["-(1 << va_bits - 1)", "0xffff_ffff_8000_0000", "0x8000_0000"] {
            assert_eq!(number(minus_2_gib).word(&narrow), Ok(0x8000_0000), "{minus_2_gib}");
        }
        for wide in ["1 << 32", "-(1 << 31) - 1", "0xffff_ffff_7fff_ffff", "1 << 63"] {
            let said = format!("`{wide}` does not fit 32 bits");
            assert_eq!(number(wide).word(&narrow), Err(said));
            assert!(number(wide).word(&MACHINE).is_ok(), "{wide}");
        }
        assert_eq!(number("(1 << 34) - 1").physical(&narrow), Ok(0x3_ffff_ffff));
        assert!(number("1 << 34").physical(&narrow).is_err());
        assert!(number("1 << 56").physical(&MACHINE).is_err());
        for sum in [
            "(1 << 63) * 4",
            "(1 << 64) - 1 + 1",
            "1 << 127",
            "(1 << 126) * 4 * 4",
            "2 * -(1 << 63)",
        ] {
            let said = format!("`{sum}` does not fit 64 bits");
            assert_eq!(number(sum).word(&MACHINE), Err(said));
        }
        for literal in [
            "340282366920938463463374607431768211456",
            "0x1_0000_0000_0000_0000_0000_0000_0000_0000",
        ] {
            assert_eq!(Number::parse(literal), Err(format!("`{literal}` does not fit 64 bits")));
        }
    }

    #[test]
    fn brackets_nest_64_deep_and_no_deeper() {
        let nested = |depth| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(value(&nested(64)), Ok(1));
        assert!(value(&nested(65)).is_err());
        assert_eq!(value(&("-".repeat(64) + "1")), Ok(1));
        assert!(value(&("-".repeat(65) + "1")).is_err());
    }

    #[test]
    fn expressions_bind_as_in_arithmetic() {
        assert_eq!(value("2 + levels * L"), Ok(32));
        assert_eq!(value("(2 + levels) * L - 1"), Ok(49));
        assert_eq!(value("1 << va_bits - 1"), Ok(1 << 38));
        assert_eq!(value("1 | 1 << 4"), Ok(17));
        assert_eq!(value("10 - 3 - 2"), Ok(5));
        assert_eq!(value("-(1 << 38)"), Ok(0xffff_ffc0_0000_0000));
        assert_eq!(value("0xffff_ffff_8000_0000"), Ok(0xffff_ffff_8000_0000));
        assert_eq!(value("entries + 0b11"), Ok(11));
    }

    #[test]
    fn nonsense_is_a_sentence() {
        for text in ["", "1 +", "0xzz", "levles", "1 < 2", "(1", "1)", "2 3", "1 << 200", "-é"] {
            assert!(value(text).is_err(), "{text}");
        }
        assert!(value(&"(".repeat(100_000)).is_err());
        assert!(value(&"-".repeat(100_000)).is_err());
        assert!(value("0xffff_ffff_ffff_ffff + 1").is_err());
    }
}
