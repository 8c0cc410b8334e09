//! An access as one checks it by hand: the segment, the limit, the rights, the sum.

use machine::contiguous::{Descriptor, Request, Shape};
use model::isa::Access;

/// How base and limit come to the answer, in one line.
pub(super) fn how(registers: &[Option<Descriptor>], shape: Shape, request: &Request) -> String {
    let (number, offset) = (request.va / shape.span(), request.va % shape.span());
    let start = format!("segment {number}, offset {offset}");
    let register = usize::try_from(number).ok().and_then(|number| registers.get(number));
    let Some(Some(Descriptor { base, limit, rights })) = register else {
        return format!("{start}: there is no such segment");
    };
    let last = offset + u64::from(request.bytes) - 1;
    // Of a segment that grows downwards the end counts: the byte before the base is the last.
    let (is_inside, within) = if rights.down {
        let from_end = shape.span() - offset;
        let is_inside = from_end <= *limit && last < shape.span();
        (is_inside, format!("{from_end} from the end, of which {limit} are in it"))
    } else {
        let is_inside = last < *limit;
        let sign = if is_inside { "<" } else { "is not <" };
        (is_inside, format!("{last} {sign} limit {limit}"))
    };
    if !is_inside {
        return format!("{start}: {within}");
    }
    let allowed = match request.access {
        Access::Fetch => rights.execute,
        Access::Load | Access::CacheBlock => rights.read,
        Access::Store => rights.write,
    };
    if !allowed || (request.user && !rights.user) {
        let letter = |is: bool, letter| if is { letter } else { '-' };
        let letters =
            [letter(rights.read, 'r'), letter(rights.write, 'w'), letter(rights.execute, 'x')];
        let letters: String = letters.into_iter().collect();
        let who = if rights.user { "" } else { ", and no user" };
        return format!("{start}: {within}; but it allows {letters} only{who}");
    }
    match rights.down {
        true => format!("{start}: {within}; base {base} - {}", shape.span() - offset),
        false => format!("{start}: {within}; base {base} + {offset}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use machine::contiguous::{Rights, golden};

    const SHAPE: Shape = Shape { segments: 4, offset_bits: 12 };

    #[test]
    fn the_words_come_to_the_golden_answer() {
        let rights = |write, down| Rights { read: true, write, execute: false, user: true, down };
        let registers = [
            Some(Descriptor { base: 0x8000, limit: 0x800, rights: rights(false, false) }),
            Some(Descriptor { base: 0x7000, limit: 0x800, rights: rights(true, true) }),
            None,
        ];
        for va in 0..4 * 0x1000 {
            for (access, bytes) in [(Access::Load, 1), (Access::Load, 8), (Access::Store, 2)] {
                let request = Request { va, bytes, access, user: true };
                let answer = golden::translate(&registers, SHAPE, &request);
                let said = how(&registers, SHAPE, &request);
                let number = |text: &str| text.parse::<u64>().expect("a number");
                let sum = said.split("; base ").nth(1).map(|sum| match sum.split_once(" + ") {
                    Some((base, more)) => number(base) + number(more),
                    None => {
                        let (base, less) = sum.split_once(" - ").expect("a sum");
                        number(base) - number(less)
                    }
                });
                assert_eq!(sum, answer.ok(), "{said}");
            }
        }
    }
}
