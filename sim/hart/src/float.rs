//! Floating-point arithmetic on register values: results, and the flags of `fflags`.
//!
//! The arithmetic is that of the crate `rustc_apfloat`. Added here is what it does not have or
//! leaves open: the square root, the one NaN that RISC-V produces, the flag NV for signalling NaNs,
//! the flag OF where the greatest finite number is the result, and tininess after rounding: a result
//! is tiny if it would be below the smallest normal number with an unbounded exponent, even if with
//! the exponent that there is it is rounded up to it.

use rustc_apfloat::ieee::{Double, IeeeFloat, Semantics, Single};
use rustc_apfloat::{Float, FloatConvert, Round, Status, StatusAnd};
use std::cmp::Ordering;

/// Bits of `fflags`.
pub(crate) const NX: u8 = 1;
pub(crate) const UF: u8 = 2;
pub(crate) const OF: u8 = 4;
pub(crate) const DZ: u8 = 8;
pub(crate) const NV: u8 = 16;

/// A result with the flags that it raises.
pub(crate) type Outcome = (u64, u8);

/// The formats F and D.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Precision {
    Single,
    Double,
}

/// Operations on two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
}

/// Comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compare {
    Equal,
    Less,
    LessOrEqual,
}

/// Integer formats of conversions: 32 and 64 bits, signed and unsigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Integer {
    W,
    Wu,
    L,
    Lu,
}

impl Integer {
    fn width(self) -> usize {
        if matches!(self, Integer::W | Integer::Wu) { 32 } else { 64 }
    }

    fn is_signed(self) -> bool {
        matches!(self, Integer::W | Integer::L)
    }
}

/// The rounding mode of an instruction or of `frm`; `None` if it is reserved.
pub(crate) fn rounding(mode: u8) -> Option<Round> {
    Some(match mode {
        0 => Round::NearestTiesToEven,
        1 => Round::TowardZero,
        2 => Round::TowardNegative,
        3 => Round::TowardPositive,
        4 => Round::NearestTiesToAway,
        _ => return None,
    })
}

/// Numbers of single or double precision whose exponent cannot underflow.
struct Wide<const PRECISION: usize>;

impl<const PRECISION: usize> Semantics for Wide<PRECISION> {
    const BITS: usize = PRECISION + Self::EXP_BITS;
    const EXP_BITS: usize = 15;
}

/// A format's numbers, with what this module needs of them.
trait Format: Float {
    /// The same significand, with more exponents.
    type Wide: Float;
    /// Bits of the significand after the point.
    const FRACTION: u32;
    /// The smallest normal number.
    const LEAST_NORMAL: u64;
    /// The greatest finite number.
    const GREATEST: u64;
    const SIGN: u64;
    /// The NaN that operations produce.
    const CANONICAL: u64;
    /// The bit that makes a NaN quiet.
    const QUIET: u64;

    fn of(bits: u64) -> Self {
        Self::from_bits(u128::from(bits))
    }
    fn bits(self) -> u64 {
        self.to_bits() as u64
    }
    fn wide(self) -> Self::Wide;
}

macro_rules! format {
    ($float:ty, $bits:literal, $fraction:literal) => {
        impl Format for $float {
            type Wide = IeeeFloat<Wide<{ $fraction + 1 }>>;
            const FRACTION: u32 = $fraction;
            const LEAST_NORMAL: u64 = 1 << $fraction;
            const GREATEST: u64 = Self::SIGN - Self::LEAST_NORMAL - 1;
            const SIGN: u64 = 1 << ($bits - 1);
            const QUIET: u64 = 1 << ($fraction - 1);
            const CANONICAL: u64 = Self::SIGN - Self::QUIET;

            fn wide(self) -> Self::Wide {
                self.convert(&mut false).value
            }
        }
    };
}
format!(Single, 32, 23);
format!(Double, 64, 52);

fn is_nan<T: Format>(bits: u64) -> bool {
    bits & (T::SIGN - 1) > T::SIGN - T::LEAST_NORMAL
}

fn is_signalling<T: Format>(bits: u64) -> bool {
    is_nan::<T>(bits) && bits & T::QUIET == 0
}

fn flags(status: Status) -> u8 {
    let pairs = [
        (Status::INEXACT, NX),
        (Status::UNDERFLOW, UF),
        (Status::OVERFLOW, OF),
        (Status::DIV_BY_ZERO, DZ),
        (Status::INVALID_OP, NV),
    ];
    pairs.into_iter().filter(|(bit, _)| status.contains(*bit)).fold(0, |all, (_, flag)| all | flag)
}

/// The outcome of a rounded operation. `again` does it once more without underflow.
fn rounded<T: Format>(result: StatusAnd<T>, again: impl FnOnce() -> T::Wide) -> Outcome {
    let (bits, mut flags) = (result.value.bits(), flags(result.status));
    if result.value.is_nan() {
        return (T::CANONICAL, flags);
    }
    // Only at the ends of the range is it unclear which side the exact result was on.
    let magnitude = bits & !T::SIGN;
    let least = magnitude == T::LEAST_NORMAL && flags & (NX | UF) == NX;
    let greatest = magnitude == T::GREATEST && flags & (NX | OF) == NX;
    if least || greatest {
        let order = again().absolute().partial_cmp(&T::of(magnitude).wide());
        flags |= match order {
            Some(Ordering::Less) if least => UF,
            Some(Ordering::Greater) if greatest => OF,
            _ => 0,
        };
    }
    (bits, flags)
}

/// Absolute value, under a name that both formats' traits have.
trait Absolute: Float {
    fn absolute(self) -> Self {
        if self.is_negative() { -self } else { self }
    }
}

impl<T: Float> Absolute for T {}

/// The outcome if an operand is a NaN.
fn of_nans<T: Format>(operands: &[u64]) -> Option<Outcome> {
    let signalling = operands.iter().any(|bits| is_signalling::<T>(*bits));
    let nan = operands.iter().any(|bits| is_nan::<T>(*bits));
    nan.then_some((T::CANONICAL, if signalling { NV } else { 0 }))
}

/// Calls a generic function for a format.
macro_rules! by_precision {
    ($precision:expr, $function:ident($($argument:expr),*)) => {
        match $precision {
            Precision::Single => $function::<Single>($($argument),*),
            Precision::Double => $function::<Double>($($argument),*),
        }
    };
}

/// Addition, subtraction, multiplication, division.
pub(crate) fn binary(p: Precision, operation: Binary, a: u64, b: u64, round: Round) -> Outcome {
    by_precision!(p, binary_of(operation, a, b, round))
}

fn binary_of<T: Format>(operation: Binary, a: u64, b: u64, round: Round) -> Outcome {
    fn compute<F: Float>(operation: Binary, a: F, b: F, round: Round) -> StatusAnd<F> {
        match operation {
            Binary::Add => a.add_r(b, round),
            Binary::Subtract => a.sub_r(b, round),
            Binary::Multiply => a.mul_r(b, round),
            Binary::Divide => a.div_r(b, round),
        }
    }
    of_nans::<T>(&[a, b]).unwrap_or_else(|| {
        let (a, b) = (T::of(a), T::of(b));
        let again = || compute(operation, a.wide(), b.wide(), round).value;
        rounded(compute(operation, a, b, round), again)
    })
}

/// `a * b + c`, rounded once.
pub(crate) fn fused(p: Precision, a: u64, b: u64, c: u64, round: Round) -> Outcome {
    by_precision!(p, fused_of(a, b, c, round))
}

fn fused_of<T: Format>(a: u64, b: u64, c: u64, round: Round) -> Outcome {
    let (x, y, z) = (T::of(a), T::of(b), T::of(c));
    let invalid = x.is_infinite() && y.is_zero() || x.is_zero() && y.is_infinite();
    if let Some((nan, flags)) = of_nans::<T>(&[a, b, c]) {
        // Infinity times zero is invalid even if a quiet NaN is added.
        return (nan, if invalid { NV } else { flags });
    }
    let again = || x.wide().mul_add_r(y.wide(), z.wide(), round).value;
    rounded(x.mul_add_r(y, z, round), again)
}

/// The square root.
pub(crate) fn root(p: Precision, a: u64, round: Round) -> Outcome {
    by_precision!(p, root_of(a, round))
}

fn root_of<T: Format>(a: u64, round: Round) -> Outcome {
    if let Some(outcome) = of_nans::<T>(&[a]) {
        return outcome;
    }
    let x = T::of(a);
    if x.is_zero() || x.is_infinite() && !x.is_negative() {
        return (a, 0);
    }
    if x.is_negative() {
        return (T::CANONICAL, NV);
    }
    // The operand is m * 2^e with the highest bit of m at bit 126 or 125, so that e is even.
    let (fraction, biased) = (a & (T::LEAST_NORMAL - 1), (a >> T::FRACTION) as i32);
    let m = if biased == 0 { fraction } else { fraction | T::LEAST_NORMAL };
    let least = 1 - (T::SIGN >> (T::FRACTION + 1)) as i32 + 1 - T::FRACTION as i32;
    let e = least + biased.max(1) - 1;
    let up = u128::from(m).leading_zeros() as i32 - 1;
    let up = up - ((e - up) & 1);
    let m = u128::from(m) << up;
    let q = m.isqrt();
    // Far more bits than the result has; one more stands for all that follow.
    let sticky = u128::from(q * q != m);
    let result = T::from_u128_r(q << 1 | sticky, round);
    (result.value.scalbn((e - up) / 2 - 1).bits(), flags(result.status))
}

/// The lesser or the greater number; a NaN only if both are. -0 is less than +0.
pub(crate) fn extreme(p: Precision, greater: bool, a: u64, b: u64) -> Outcome {
    by_precision!(p, extreme_of(greater, a, b))
}

fn extreme_of<T: Format>(greater: bool, a: u64, b: u64) -> Outcome {
    let invalid = is_signalling::<T>(a) || is_signalling::<T>(b);
    // Signs first, then magnitudes: numbers as their encodings are ordered.
    let key = |bits: u64| match bits & T::SIGN {
        0 => bits as i128,
        _ => -((bits & !T::SIGN) as i128) - 1,
    };
    let result = match (is_nan::<T>(a), is_nan::<T>(b)) {
        (true, true) => T::CANONICAL,
        (true, false) => b,
        (false, true) => a,
        _ if (key(a) > key(b)) == greater => a,
        _ => b,
    };
    (result, if invalid { NV } else { 0 })
}

/// A comparison: 1 if it is true.
pub(crate) fn compare(p: Precision, compare: Compare, a: u64, b: u64) -> Outcome {
    by_precision!(p, compare_of(compare, a, b))
}

fn compare_of<T: Format>(compare: Compare, a: u64, b: u64) -> Outcome {
    let Some(order) = T::of(a).partial_cmp(&T::of(b)) else {
        let quiet = compare == Compare::Equal && !is_signalling::<T>(a) && !is_signalling::<T>(b);
        return (0, if quiet { 0 } else { NV });
    };
    let result = match compare {
        Compare::Equal => order == Ordering::Equal,
        Compare::Less => order == Ordering::Less,
        Compare::LessOrEqual => order != Ordering::Greater,
    };
    (u64::from(result), 0)
}

/// The class of a number, as one bit of ten.
pub(crate) fn classify(p: Precision, a: u64) -> u64 {
    by_precision!(p, class_of(a))
}

fn class_of<T: Format>(a: u64) -> u64 {
    let x = T::of(a);
    let class = match () {
        () if is_signalling::<T>(a) => 8,
        () if is_nan::<T>(a) => 9,
        () if x.is_infinite() => 7,
        () if x.is_zero() => 4,
        () if x.is_denormal() => 5,
        () => 6,
    };
    // Negative ones are in the opposite order.
    1 << if class < 8 && x.is_negative() { 7 - class } else { class }
}

/// To an integer, saturated if it does not fit; 32-bit results are sign-extended.
pub(crate) fn to_integer(p: Precision, integer: Integer, a: u64, round: Round) -> Outcome {
    by_precision!(p, to_integer_of(integer, a, round))
}

fn to_integer_of<T: Format>(integer: Integer, a: u64, round: Round) -> Outcome {
    let (x, width) = (T::of(a), integer.width());
    let mut exact = false;
    let (value, status) = if integer.is_signed() {
        let result = x.to_i128_r(width, round, &mut exact);
        (result.value as u64, result.status)
    } else {
        let result = x.to_u128_r(width, round, &mut exact);
        (result.value as u64, result.status)
    };
    let invalid = is_nan::<T>(a) || status.contains(Status::INVALID_OP);
    let value = match (invalid, x.is_negative() && !is_nan::<T>(a), integer.is_signed()) {
        (false, ..) => value,
        (true, false, true) => u64::MAX >> (65 - width),
        (true, false, false) => u64::MAX,
        (true, true, true) => u64::MAX << (width - 1),
        (true, true, false) => 0,
    };
    let value = if width == 32 { value as i32 as u64 } else { value };
    let inexact = if status.contains(Status::INEXACT) { NX } else { 0 };
    (value, if invalid { NV } else { inexact })
}

/// From an integer.
pub(crate) fn from_integer(p: Precision, integer: Integer, value: u64, round: Round) -> Outcome {
    by_precision!(p, from_integer_of(integer, value, round))
}

fn from_integer_of<T: Format>(integer: Integer, value: u64, round: Round) -> Outcome {
    let value = match integer {
        Integer::W => i128::from(value as i32),
        Integer::Wu => i128::from(value as u32),
        Integer::L => i128::from(value as i64),
        Integer::Lu => i128::from(value),
    };
    let result = T::from_i128_r(value, round);
    (result.value.bits(), flags(result.status))
}

/// From one format to the other.
pub(crate) fn convert(from: Precision, a: u64, round: Round) -> Outcome {
    match from {
        Precision::Single => convert_of::<Single, Double>(a, round),
        Precision::Double => convert_of::<Double, Single>(a, round),
    }
}

fn convert_of<A, B: Format>(a: u64, round: Round) -> Outcome
where
    A: Format + FloatConvert<B> + FloatConvert<B::Wide>,
{
    if let Some((_, flags)) = of_nans::<A>(&[a]) {
        return (B::CANONICAL, flags);
    }
    let again = || FloatConvert::<B::Wide>::convert_r(A::of(a), round, &mut false).value;
    rounded::<B>(FloatConvert::<B>::convert_r(A::of(a), round, &mut false), again)
}

#[cfg(test)]
mod tests;
