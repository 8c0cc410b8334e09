//! Numbers of a fixed width.

use std::cmp::Ordering;
use std::fmt;

/// An unsigned number below `2^width`, of any width.
///
/// Arithmetic wraps at the width. Operands of binary operations must have equal widths, except
/// shift amounts; this is checked in debug builds.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value {
    width: u32,
    low: u64,
    /// Words above the lowest; empty up to 64 bits, so that small values need no allocation.
    high: Vec<u64>,
}

impl Value {
    /// The low `width` bits of a number.
    pub fn new(width: u32, number: u64) -> Self {
        Self::from_words(width, |at| if at == 0 { number } else { 0 })
    }

    /// Zero.
    pub fn zero(width: u32) -> Self {
        Self::new(width, 0)
    }

    /// All ones.
    pub fn ones(width: u32) -> Self {
        Self::from_words(width, |_| u64::MAX)
    }

    /// One bit.
    pub fn bit_of(bit: bool) -> Self {
        Self::new(1, u64::from(bit))
    }

    /// The low `width` bits of words, lowest word first.
    #[inline]
    pub fn from_words(width: u32, word: impl Fn(usize) -> u64) -> Self {
        if width <= 64 {
            let low = u64::MAX.checked_shr(64 - width).map_or(0, |mask| word(0) & mask);
            return Self { width, low, high: Vec::new() };
        }
        let masked = |at: usize| {
            let used = width as usize - 64 * at;
            if used >= 64 { word(at) } else { word(at) & ((1_u64 << used) - 1) }
        };
        Self { width, low: masked(0), high: (1..words_of(width)).map(masked).collect() }
    }

    /// Digits of a number in base 2 or 16, most significant first; `None` if some character is
    /// not a digit or the number has more than `width` bits.
    pub fn parse(width: u32, digits: &str, base: u32) -> Option<Self> {
        let step = base.ilog2();
        let mut value = Value::zero(width.max(1) + step);
        for digit in digits.chars() {
            let digit = digit.to_digit(base)?;
            value = value.shl(u64::from(step)).or(&Value::new(value.width, u64::from(digit)));
            if value.shr(u64::from(width)).any() {
                return None;
            }
        }
        (!digits.is_empty()).then(|| value.resize(width))
    }

    /// Bits.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Word `at`, lowest first; zero above the highest.
    #[inline]
    pub fn word(&self, at: usize) -> u64 {
        if at == 0 { self.low } else { self.high.get(at - 1).copied().unwrap_or(0) }
    }

    /// Number of 64-bit words.
    pub fn words(&self) -> usize {
        words_of(self.width).max(1)
    }

    /// The number, if it is below `2^64`.
    pub fn to_u64(&self) -> Option<u64> {
        self.high.iter().all(|word| *word == 0).then_some(self.low)
    }

    /// The number, if it is below `2^128`.
    pub fn to_u128(&self) -> Option<u128> {
        let fits = self.high.iter().skip(1).all(|word| *word == 0);
        fits.then(|| u128::from(self.word(1)) << 64 | u128::from(self.low))
    }

    /// The number; `u64::MAX` if it is larger. Suitable for shift amounts and indices.
    pub fn saturated(&self) -> u64 {
        self.to_u64().unwrap_or(u64::MAX)
    }

    /// Bit `at`; zero above the highest.
    pub fn bit(&self, at: u32) -> bool {
        self.word(at as usize / 64) >> (at % 64) & 1 == 1
    }

    /// Some bit is 1.
    pub fn any(&self) -> bool {
        self.low != 0 || self.high.iter().any(|word| *word != 0)
    }

    /// All bits are 1.
    pub fn all(&self) -> bool {
        *self == Self::ones(self.width)
    }

    /// The number of ones is odd.
    pub fn parity(&self) -> bool {
        let ones: u32 = (0..self.words()).map(|at| self.word(at).count_ones()).sum();
        ones % 2 == 1
    }

    fn zip(&self, other: &Self, op: impl Fn(u64, u64) -> u64) -> Self {
        debug_assert_eq!(self.width, other.width, "operands of one width");
        Self::from_words(self.width, |at| op(self.word(at), other.word(at)))
    }

    /// Bitwise inversion.
    pub fn not(&self) -> Self {
        Self::from_words(self.width, |at| !self.word(at))
    }

    /// Bitwise and.
    pub fn and(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    /// Bitwise or.
    pub fn or(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    /// Bitwise exclusive or.
    pub fn xor(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a ^ b)
    }

    fn add_carry(&self, other: &Self, mut carry: bool) -> Self {
        debug_assert_eq!(self.width, other.width, "operands of one width");
        let mut words = Vec::with_capacity(self.words());
        for at in 0..self.words() {
            let (sum, first) = self.word(at).overflowing_add(other.word(at));
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            carry = first || second;
            words.push(sum);
        }
        Self::from_words(self.width, |at| words[at])
    }

    /// Sum.
    pub fn add(&self, other: &Self) -> Self {
        if self.high.is_empty() {
            return Self::new(self.width, self.low.wrapping_add(other.low));
        }
        self.add_carry(other, false)
    }

    /// Difference.
    pub fn sub(&self, other: &Self) -> Self {
        if self.high.is_empty() {
            return Self::new(self.width, self.low.wrapping_sub(other.low));
        }
        self.add_carry(&other.not(), true)
    }

    /// Product.
    pub fn mul(&self, other: &Self) -> Self {
        let mut product = Self::zero(self.width);
        for at in (0..other.width).filter(|at| other.bit(*at)) {
            product = product.add(&self.shl(u64::from(at)));
        }
        product
    }

    /// Left shift; zero if the amount is at least the width.
    pub fn shl(&self, amount: u64) -> Self {
        if amount >= u64::from(self.width) {
            return Self::zero(self.width);
        }
        let (words, bits) = (amount as usize / 64, amount % 64);
        Self::from_words(self.width, |at| {
            let Some(from) = at.checked_sub(words) else { return 0 };
            let below = if bits > 0 && from > 0 { self.word(from - 1) >> (64 - bits) } else { 0 };
            self.word(from) << bits | below
        })
    }

    /// Right shift; zero if the amount is at least the width.
    pub fn shr(&self, amount: u64) -> Self {
        if amount >= u64::from(self.width) {
            return Self::zero(self.width);
        }
        self.shifted_to(amount, self.width)
    }

    fn shifted_to(&self, amount: u64, width: u32) -> Self {
        let (words, bits) = (amount as usize / 64, amount % 64);
        Self::from_words(width, |at| {
            let above = if bits > 0 { self.word(at + words + 1) << (64 - bits) } else { 0 };
            self.word(at + words) >> bits | above
        })
    }

    /// `width` bits from `offset`; bits that do not exist are zero.
    pub fn extract(&self, offset: u64, width: u32) -> Self {
        if offset >= u64::from(self.width) {
            return Self::zero(width);
        }
        self.shifted_to(offset, width)
    }

    /// Concatenation: this above `low`.
    pub fn concat(&self, low: &Self) -> Self {
        let width = self.width + low.width;
        low.resize(width).or(&self.resize(width).shl(u64::from(low.width)))
    }

    /// Zero-extended or truncated.
    pub fn resize(&self, width: u32) -> Self {
        Self::from_words(width, |at| self.word(at))
    }

    /// Sign-extended or truncated.
    pub fn sign_resize(&self, width: u32) -> Self {
        let extended = self.resize(width);
        if width <= self.width || self.width == 0 || !self.bit(self.width - 1) {
            return extended;
        }
        extended.or(&Self::ones(width).shl(u64::from(self.width)))
    }

    /// With bit `at` replaced; unchanged if there is no such bit.
    pub fn insert_bit(&self, at: u64, bit: bool) -> Self {
        if at >= u64::from(self.width) {
            return self.clone();
        }
        let mask = Self::new(self.width, 1).shl(at);
        if bit { self.or(&mask) } else { self.and(&mask.not()) }
    }

    /// Order as unsigned numbers.
    pub fn compare(&self, other: &Self) -> Ordering {
        let words = self.words().max(other.words());
        let order = (0..words).rev().map(|at| self.word(at).cmp(&other.word(at)));
        order.fold(Ordering::Equal, Ordering::then)
    }

    /// Order as two's complement numbers.
    pub fn signed_compare(&self, other: &Self) -> Ordering {
        let sign = |value: &Self| value.width > 0 && value.bit(value.width - 1);
        sign(other).cmp(&sign(self)).then_with(|| self.compare(other))
    }
}

fn words_of(width: u32) -> usize {
    width.div_ceil(64) as usize
}

impl fmt::LowerHex for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = (self.width.div_ceil(4)).max(1);
        for digit in (0..digits).rev() {
            write!(f, "{:x}", self.extract(u64::from(4 * digit), 4).low)?;
        }
        Ok(())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}'h{self:x}", self.width)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
