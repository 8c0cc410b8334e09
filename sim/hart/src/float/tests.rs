//! Arithmetic against the host's, and the cases in which formats end.

use super::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const NEAR: Round = Round::NearestTiesToEven;

/// Numbers whose exponents are close enough for sums to be interesting, and any others.
fn draw(random: &mut ChaCha8Rng) -> u64 {
    let bits: u64 = random.random();
    match random.random_range(0..4) {
        0 => bits,
        1 => bits & !(0x7ff << 52) | random.random_range(0..2) << 52,
        _ => bits & !(0x7ff << 52) | random.random_range(0x3f0..0x410) << 52,
    }
}

fn single(random: &mut ChaCha8Rng) -> u64 {
    let bits: u32 = random.random();
    u64::from(match random.random_range(0..4) {
        0 => bits,
        1 => bits & !(0xff << 23) | random.random_range(0..2) << 23,
        _ => bits & !(0xff << 23) | random.random_range(0x70..0x90) << 23,
    })
}

/// What the host computes, with the NaN of RISC-V. A NaN is recognised by its bits, whatever becomes of
/// comparisons in optimised code.
fn double(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits << 1 > 0x7ff << 53 { 0x7ff8_0000_0000_0000 } else { bits }
}

/// The same in single precision.
fn float(value: f32) -> u64 {
    let bits = value.to_bits();
    u64::from(if bits << 1 > 0xff << 24 { 0x7fc0_0000 } else { bits })
}

#[test]
fn results_are_those_of_the_host() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    for _ in 0..20_000 {
        let [a, b, c] = [(); 3].map(|()| draw(&mut random));
        let [x, y, z] = [a, b, c].map(f64::from_bits);
        let p = Precision::Double;
        assert_eq!(binary(p, Binary::Add, a, b, NEAR).0, double(x + y), "{a:#x} + {b:#x}");
        assert_eq!(binary(p, Binary::Subtract, a, b, NEAR).0, double(x - y), "{a:#x} - {b:#x}");
        assert_eq!(binary(p, Binary::Multiply, a, b, NEAR).0, double(x * y), "{a:#x} * {b:#x}");
        assert_eq!(binary(p, Binary::Divide, a, b, NEAR).0, double(x / y), "{a:#x} / {b:#x}");
        assert_eq!(fused(p, a, b, c, NEAR).0, double(x.mul_add(y, z)), "{a:#x} {b:#x} {c:#x}");
        assert_eq!(root(p, a, NEAR).0, double(x.sqrt()), "root of {a:#x}");
        assert_eq!(convert(p, a, NEAR).0, float(x as f32), "{a:#x}");
        assert_eq!(from_integer(p, Integer::L, a, NEAR).0, double(a as i64 as f64), "{a:#x}");
        assert_eq!(from_integer(p, Integer::Lu, a, NEAR).0, double(a as f64), "{a:#x}");
        let [a, b, c] = [(); 3].map(|()| single(&mut random));
        let [x, y, z] = [a, b, c].map(|bits| f32::from_bits(bits as u32));
        let p = Precision::Single;
        assert_eq!(binary(p, Binary::Add, a, b, NEAR).0, float(x + y), "{a:#x} + {b:#x}");
        assert_eq!(binary(p, Binary::Multiply, a, b, NEAR).0, float(x * y), "{a:#x} * {b:#x}");
        assert_eq!(binary(p, Binary::Divide, a, b, NEAR).0, float(x / y), "{a:#x} / {b:#x}");
        assert_eq!(fused(p, a, b, c, NEAR).0, float(x.mul_add(y, z)), "{a:#x} {b:#x} {c:#x}");
        assert_eq!(root(p, a, NEAR).0, float(x.sqrt()), "root of {a:#x}");
        assert_eq!(convert(p, a, NEAR).0, double(f64::from(x)), "{a:#x}");
        if !x.is_nan() {
            // Rust's conversions saturate as RISC-V's do.
            let round = Round::TowardZero;
            assert_eq!(to_integer(p, Integer::W, a, round).0, x as i32 as u64, "{a:#x}");
            assert_eq!(to_integer(p, Integer::Wu, a, round).0, x as u32 as i32 as u64, "{a:#x}");
            assert_eq!(to_integer(p, Integer::L, a, round).0, x as i64 as u64, "{a:#x}");
            assert_eq!(to_integer(p, Integer::Lu, a, round).0, x as u64, "{a:#x}");
        }
    }
}

#[test]
fn flags_at_the_ends_of_the_range() {
    let (least, greatest) = (0x0080_0000, 0x7f7f_ffff);
    let (half, one, below_one, above_one) = (0x3f00_0000, 0x3f80_0000, 0x3f7f_ffff, 0x3f80_0001);
    let infinity = 0x7f80_0000;
    let p = Precision::Single;
    let (up, zero) = (Round::TowardPositive, Round::TowardZero);
    for (operation, a, b, round, expected) in [
        // Tiny after rounding, though rounded to the smallest normal number: with one bit less
        // below it, or not.
        (Binary::Multiply, least, below_one, NEAR, (least, UF | NX)),
        (Binary::Multiply, least + 1, below_one, NEAR, (least, NX)),
        (Binary::Multiply, least, half, NEAR, (least / 2, 0)),
        (Binary::Multiply, least, below_one, zero, (least - 1, UF | NX)),
        (Binary::Multiply, 1, half, NEAR, (0, UF | NX)),
        (Binary::Multiply, 1, half, up, (1, UF | NX)),
        // Overflow to the greatest number, and the greatest number without overflow.
        (Binary::Multiply, greatest, above_one, NEAR, (infinity, OF | NX)),
        (Binary::Multiply, greatest, above_one, zero, (greatest, OF | NX)),
        (Binary::Subtract, greatest, one, up, (greatest, NX)),
        (Binary::Add, greatest, one, up, (infinity, OF | NX)),
        (Binary::Add, greatest, one, zero, (greatest, NX)),
        (Binary::Divide, one, 0, NEAR, (infinity, DZ)),
        (Binary::Divide, 0, 0, NEAR, (0x7fc0_0000, NV)),
        (Binary::Subtract, infinity, infinity, NEAR, (0x7fc0_0000, NV)),
        (Binary::Add, 0x7f80_0001, one, NEAR, (0x7fc0_0000, NV)),
        (Binary::Add, 0xffff_ffff, one, NEAR, (0x7fc0_0000, 0)),
        // Zeros by the rounding mode.
        (Binary::Subtract, one, one, NEAR, (0, 0)),
        (Binary::Subtract, one, one, Round::TowardNegative, (1 << 31, 0)),
    ] {
        let found = binary(p, operation, a, b, round);
        assert_eq!(found, expected, "{operation:?} {a:#x} {b:#x} {round:?}");
    }
    // Infinity times zero, and a quiet NaN.
    assert_eq!(fused(p, infinity, 0, 0x7fc0_0000, NEAR), (0x7fc0_0000, NV));
}

#[test]
fn roots_comparisons_classes_and_integers() {
    let p = Precision::Double;
    let (one, nan, signalling) = (0x3ff0 << 48, 0x7ff8 << 48, 0x7ff0_0000_0000_0001);
    let (zero, minus) = (0, 1 << 63);
    for (a, round, expected) in [
        (one, NEAR, (one, 0)),
        (minus, NEAR, (minus, 0)),
        (one | minus, NEAR, (nan, NV)),
        (1, NEAR, (0x1e60 << 48, 0)),
        // The root of 2, down and up.
        (0x4000 << 48, Round::TowardZero, (0x3ff6_a09e_667f_3bcc, NX)),
        (0x4000 << 48, Round::TowardPositive, (0x3ff6_a09e_667f_3bcd, NX)),
    ] {
        assert_eq!(root(p, a, round), expected, "{a:#x}");
    }
    for (comparison, a, b, expected) in [
        (Compare::Equal, zero, minus, (1, 0)),
        (Compare::Less, minus, zero, (0, 0)),
        (Compare::LessOrEqual, one, one, (1, 0)),
        (Compare::Equal, nan, one, (0, 0)),
        (Compare::Equal, signalling, one, (0, NV)),
        (Compare::Less, nan, one, (0, NV)),
    ] {
        assert_eq!(compare(p, comparison, a, b), expected, "{comparison:?} {a:#x} {b:#x}");
    }
    for (greater, a, b, expected) in [
        (false, zero, minus, (minus, 0)),
        (true, minus, zero, (zero, 0)),
        (false, nan, one, (one, 0)),
        (true, signalling, one, (one, NV)),
        (true, nan, nan, (nan, 0)),
    ] {
        assert_eq!(extreme(p, greater, a, b), expected, "{greater} {a:#x} {b:#x}");
    }
    let numbers =
        [0xfff0 << 48, one | minus, minus | 1, minus, 0, 1, one, 0x7ff0 << 48, signalling, nan];
    for (bit, number) in numbers.into_iter().enumerate() {
        assert_eq!(classify(p, number), 1 << bit, "{number:#x}");
    }
    let half = 0x3fe0 << 48;
    for (integer, a, round, expected) in [
        (Integer::W, half, NEAR, (0, NX)),
        (Integer::W, half, Round::NearestTiesToAway, (1, NX)),
        (Integer::Wu, half | minus, Round::TowardZero, (0, NX)),
        (Integer::Wu, one | minus, NEAR, (0, NV)),
        (Integer::W, nan, NEAR, (0x7fff_ffff, NV)),
        (Integer::Lu, nan | minus, NEAR, (u64::MAX, NV)),
        (Integer::Wu, 0x7ff0 << 48, NEAR, (u64::MAX, NV)),
        (Integer::L, 0xfff0 << 48, NEAR, (1 << 63, NV)),
        (Integer::W, 0xc1e0 << 48, NEAR, (0xffff_ffff_8000_0000, 0)),
    ] {
        assert_eq!(to_integer(p, integer, a, round), expected, "{integer:?} {a:#x}");
    }
}
