//! Numbers of the syntax tree. Their fields are private, so they are parsed from their printed
//! form.

use crate::check::Problem;
use crate::ir::Value;
use rust_hdl::prelude::VerilogLiteral;

/// A literal: its number and whether its source was a `bool`.
#[derive(Clone, Debug)]
pub(super) struct Literal {
    magnitude: Value,
    negative: bool,
    pub(super) is_bool: bool,
    text: String,
}

impl Literal {
    pub(super) fn new(literal: &VerilogLiteral) -> Result<Self, Problem> {
        let text = format!("{literal:x}");
        Self::parse(&text).ok_or_else(|| Problem::unsupported(format!("the literal {text}")))
    }

    /// Reads `width'hdigits` and `width'bdigits`, as rust-hdl prints them.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (width, digits) = text.trim().split_once('\'')?;
        let (base, digits) = match digits.strip_prefix('b') {
            Some(binary) => (2, binary),
            None => (16, digits.strip_prefix('h')?),
        };
        let (negative, digits) = match digits.strip_prefix('-') {
            Some(magnitude) => (true, magnitude),
            None => (false, digits),
        };
        let bits = 4 * u32::try_from(digits.len()).ok()?;
        let magnitude = Value::parse(bits, digits, base)?;
        let negative = negative && magnitude.any();
        Some(Self { magnitude, negative, is_bool: width == "1", text: text.to_owned() })
    }

    /// The number, if it is not negative and below `2^64`.
    pub(super) fn as_u64(&self) -> Option<u64> {
        self.magnitude.to_u64().filter(|_| !self.negative)
    }

    /// The low bits; for values that rust-hdl itself prints wider than their type.
    pub(super) fn truncated(&self, width: u32) -> Value {
        let low = self.magnitude.resize(width);
        if self.negative { Value::zero(width).sub(&low) } else { low }
    }

    /// The number in a type, by rust-hdl's rules: above 32 bits excess bits are dropped, up to
    /// 32 they are an error.
    pub(super) fn fit(&self, width: u32, signed: bool) -> Result<Value, Problem> {
        let fits = if self.negative {
            let one = Value::new(self.magnitude.width(), 1);
            !self.magnitude.sub(&one).shr(u64::from(width) - 1).any()
        } else {
            !self.magnitude.shr(u64::from(width)).any()
        };
        // A negative number in an unsigned type is an i32 literal that overflowed.
        if (self.negative && !signed) || (!fits && width <= 32) {
            return Err(Problem::LiteralTooLarge { literal: self.text.clone(), width });
        }
        Ok(self.truncated(width))
    }
}

/// Reads an integer literal of Rust, as written in a pattern.
pub(super) fn rust_integer(text: &str) -> Option<u64> {
    let plain: String = text.chars().filter(|c| *c != '_' && *c != ' ').collect();
    let suffixes = ["usize", "u128", "u64", "u32", "u16", "u8", "i32", "i64"];
    let plain = suffixes.iter().find_map(|s| plain.strip_suffix(s)).unwrap_or(&plain);
    let based = |prefix, base| plain.strip_prefix(prefix).map(|d| u64::from_str_radix(d, base));
    let parsed = based("0x", 16).or_else(|| based("0b", 2)).or_else(|| based("0o", 8));
    parsed.unwrap_or_else(|| plain.parse()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_fit_by_the_rules_of_rust_hdl() {
        let small = Literal::new(&VerilogLiteral::from(200_u32)).expect("a literal");
        assert_eq!(small.fit(8, false), Ok(Value::new(8, 200)));
        assert!(small.fit(7, false).is_err(), "128 and above do not fit in 7 bits");
        let large = Literal::new(&VerilogLiteral::from(u64::MAX)).expect("a literal");
        assert_eq!(large.fit(44, false), Ok(Value::ones(44)));
        let negative = Literal::new(&VerilogLiteral::from(-512_i32)).expect("a literal");
        assert!(negative.fit(44, false).is_err(), "an i32 that overflowed");
        assert_eq!(negative.fit(16, true), Ok(Value::new(16, 0xfe00)));
    }

    #[test]
    fn digits_are_not_taken_for_the_base() {
        let literal = Literal::new(&VerilogLiteral::from(0xb1_u32)).expect("a literal");
        assert_eq!(literal.as_u64(), Some(0xb1));
        assert_eq!(Literal::parse("3'b101").expect("a literal").as_u64(), Some(5));
        assert_eq!(Literal::parse("8'hb").expect("a literal").as_u64(), Some(11));
    }

    #[test]
    fn integer_patterns_read_as_rust_reads_them() {
        assert_eq!(rust_integer("0x1_f"), Some(31));
        assert_eq!(rust_integer("7usize"), Some(7));
        assert_eq!(rust_integer("x"), None);
    }
}
