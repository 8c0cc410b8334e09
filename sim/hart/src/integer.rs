//! Arithmetic of integer registers. Functions that end in `w` compute with the lower 32 bits and
//! sign-extend the result, those that end in `32` are RV32's multiplications.

fn word(value: u32) -> u64 {
    value as i32 as i64 as u64
}

macro_rules! operations {
    ($($name:ident($a:ident, $b:ident) = $result:expr;)*) => {
        $(#[inline(always)]
        pub(crate) fn $name($a: u64, $b: u64) -> u64 {
            $result
        })*
    };
}

/// Less than, of signed numbers.
#[inline(always)]
pub(crate) fn less(a: u64, b: u64) -> bool {
    (a as i64) < b as i64
}

operations! {
    add(a, b) = a.wrapping_add(b);
    sub(a, b) = a.wrapping_sub(b);
    sll(a, b) = a << (b & 63);
    slt(a, b) = u64::from(less(a, b));
    sltu(a, b) = u64::from(a < b);
    xor(a, b) = a ^ b;
    srl(a, b) = a >> (b & 63);
    sra(a, b) = (a as i64 >> (b & 63)) as u64;
    or(a, b) = a | b;
    and(a, b) = a & b;
    addw(a, b) = word((a as u32).wrapping_add(b as u32));
    subw(a, b) = word((a as u32).wrapping_sub(b as u32));
    sllw(a, b) = word((a as u32) << (b & 31));
    srlw(a, b) = word(a as u32 >> (b & 31));
    sraw(a, b) = word((a as i32 >> (b & 31)) as u32);
    mul(a, b) = a.wrapping_mul(b);
    mulh(a, b) = ((i128::from(a as i64) * i128::from(b as i64)) >> 64) as u64;
    mulhsu(a, b) = (i128::from(a as i64).wrapping_mul(i128::from(b)) >> 64) as u64;
    mulhu(a, b) = ((u128::from(a) * u128::from(b)) >> 64) as u64;
    div(a, b) = if b == 0 { u64::MAX } else { (a as i64).wrapping_div(b as i64) as u64 };
    divu(a, b) = a.checked_div(b).unwrap_or(u64::MAX);
    rem(a, b) = if b == 0 { a } else { (a as i64).wrapping_rem(b as i64) as u64 };
    remu(a, b) = a.checked_rem(b).unwrap_or(a);
    mulw(a, b) = word((a as u32).wrapping_mul(b as u32));
    divw(a, b) = match b as i32 {
        0 => u64::MAX,
        b => word((a as i32).wrapping_div(b) as u32),
    };
    divuw(a, b) = match b as u32 {
        0 => u64::MAX,
        b => word(a as u32 / b),
    };
    remw(a, b) = match b as i32 {
        0 => word(a as u32),
        b => word((a as i32).wrapping_rem(b) as u32),
    };
    remuw(a, b) = match b as u32 {
        0 => word(a as u32),
        b => word(a as u32 % b),
    };
    mulh32(a, b) = word(((i64::from(a as i32) * i64::from(b as i32)) >> 32) as u32);
    mulhsu32(a, b) = word(((i64::from(a as i32) * i64::from(b as u32)) >> 32) as u32);
    mulhu32(a, b) = word(((u64::from(a as u32) * u64::from(b as u32)) >> 32) as u32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_by_zero_and_overflow_have_results() {
        let (least, minus) = (1 << 63, u64::MAX);
        for (operation, a, b, result) in [
            (div as fn(u64, u64) -> u64, 7, 0, minus),
            (div, least, minus, least),
            (divu, 7, 0, minus),
            (rem, 7, 0, 7),
            (rem, least, minus, 0),
            (remu, 7, 0, 7),
            (divw, 7, 1 << 32, minus),
            (divw, 0x8000_0000, minus, 0xffff_ffff_8000_0000),
            (divuw, 0x1_0000_0007, 2, 3),
            (divuw, minus, 1, minus),
            (remw, 0x8000_0000, 0, 0xffff_ffff_8000_0000),
            (remw, 0x8000_0000, minus, 0),
            (remuw, minus, 0, minus),
        ] {
            assert_eq!(operation(a, b), result, "{a:#x} {b:#x}");
        }
    }

    #[test]
    fn upper_halves_of_products() {
        let minus = u64::MAX;
        for (operation, a, b, result) in [
            (mulh as fn(u64, u64) -> u64, minus, minus, 0),
            (mulhu, minus, minus, minus - 1),
            (mulhsu, minus, minus, minus),
            (mulhsu, 2, minus, 1),
            (mulh, 1 << 63, 1 << 63, 1 << 62),
            (mulh32, minus, minus, 0),
            (mulhu32, minus, minus, minus - 1),
            (mulhsu32, minus, minus, minus),
        ] {
            assert_eq!(operation(a, b), result, "{a:#x} {b:#x}");
        }
    }
}
