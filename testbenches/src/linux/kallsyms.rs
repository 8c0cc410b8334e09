//! The kernel's own table of its symbols, found in a raw image that says nowhere where it is.
//!
//! A kernel that prints names in stack traces keeps them in read-only data, packed: 256 tokens stand
//! for frequent strings, and a name is a length and as many tokens; its first letter is the symbol's
//! type. The parts of the table, all aligned to 8 bytes:
//!
//! | part | is |
//! |---|---|
//! | number | of symbols, 32 bits |
//! | names | of all symbols, by address |
//! | markers | where in the names every 256th begins, 32 bits each |
//! | tokens | 256 strings, each with a zero at its end |
//! | index | where in the tokens each begins, 16 bits each |
//! | offsets | of each symbol's address from the base, 32 bits each, ascending |
//! | base | an address of 64 bits |
//!
//! Since Linux 6.4 they stand in this order. Before, offsets and base came first.
//!
//! The index is what is found first: 256 numbers that ascend from 0, and directly in front of it
//! strings whose ends are where the numbers say. All else follows from it, forwards and backwards,
//! and each part is checked against the others.

/// Every so many symbols have a marker.
const MARKED: usize = 256;
/// The number of tokens.
const TOKENS: usize = 256;
/// More symbols than any kernel has: keeps a search in arbitrary data short.
const MOST: usize = 4 << 20;

/// All symbols of an image by address: `None` if there is no table, or none of this form.
pub(super) fn find(image: &[u8]) -> Option<Vec<(u64, String)>> {
    let last = image.len().checked_sub(2 * TOKENS)?;
    (0..=last).step_by(8).find_map(|at| {
        // Most places fail here: the first token begins at 0, the second a little later.
        if image[at] != 0 || image[at + 1] != 0 || image[at + 2] < 2 || image[at + 3] != 0 {
            return None;
        }
        Table::at(image, at)?.symbols()
    })
}

struct Table<'a> {
    image: &'a [u8],
    tokens: Vec<&'a [u8]>,
    /// Where the tokens begin, and where their index ends.
    from: usize,
    to: usize,
}

impl<'a> Table<'a> {
    /// A table whose index is here.
    fn at(image: &'a [u8], index: usize) -> Option<Self> {
        let starts: Vec<usize> = (0..TOKENS)
            .map(|token| Some(half(image, index + 2 * token)?.into()))
            .collect::<Option<_>>()?;
        // A token has a letter and its end, and is not long.
        if !starts.windows(2).all(|pair| (2..=64).contains(&pair[1].wrapping_sub(pair[0]))) {
            return None;
        }
        // The tokens end less than 8 bytes in front of the index: the space between is zero, as is
        // the end of the last one.
        let gap = image[..index].iter().rev().take(8).take_while(|byte| **byte == 0).count();
        let last = *starts.last()?;
        (1..=gap).find_map(|zeros| {
            // Some of the zeros belong to the last token: one.
            let end = index - zeros;
            let letters = image[..end].iter().rev().take(64).take_while(|byte| **byte != 0).count();
            let from = end.checked_sub(letters)?.checked_sub(last)?;
            let mut bounds = starts.iter().skip(1).map(|start| from + start - 1).chain([end]);
            let whole = bounds.clone().all(|bound| image[bound] == 0);
            if !whole || from % 4 != 0 || letters == 0 {
                return None;
            }
            let tokens: Vec<&[u8]> = starts
                .iter()
                .map(|start| &image[from + start..bounds.next().unwrap_or(end)])
                .collect();
            let one = tokens.iter().all(|token| !token.contains(&0));
            one.then(|| Table { image, tokens, from, to: index + 2 * TOKENS })
        })
    }

    /// All symbols by address.
    fn symbols(&self) -> Option<Vec<(u64, String)>> {
        let (start, names) = self.names()?;
        let addresses = self.behind(names.len()).or_else(|| self.in_front(start, names.len()))?;
        Some(addresses.into_iter().zip(names).collect())
    }

    /// Where the table's number of symbols is, and their names.
    fn names(&self) -> Option<(usize, Vec<String>)> {
        // Backwards from the tokens: the markers, which fall to 0. A zero of alignment may come
        // first, and is no marker unless there is but one.
        let aligned = usize::from(word(self.image, self.from.checked_sub(4)?)? == 0);
        (0..=aligned).rev().find_map(|skipped| {
            let end = self.from - 4 * skipped;
            let mut first = end.checked_sub(4)?;
            while word(self.image, first)? != 0 {
                let before = first.checked_sub(4)?;
                if word(self.image, before)? >= word(self.image, first)? {
                    return None;
                }
                first = before;
            }
            let markers: Vec<usize> = (first..end)
                .step_by(4)
                .map(|at| Some(word(self.image, at)? as usize))
                .collect::<Option<_>>()?;
            // In front of them the names, which are at least as long as the last marker says, and at
            // most 256 long ones longer.
            let nearest = first.checked_sub(markers.last()? + 8)?;
            let farthest = nearest.saturating_sub(MARKED * 2 * TOKENS);
            let fit = |count: usize| count.div_ceil(MARKED) == markers.len() && count <= MOST;
            (farthest..=nearest).rev().filter(|at| at % 8 == 0).find_map(|at| {
                let count = word(self.image, at)? as usize;
                if !fit(count) || count == 0 || word(self.image, at + 4)? != 0 {
                    return None;
                }
                Some((at, self.decode(at + 8, count, &markers, first)?))
            })
        })
    }

    /// `count` names from here on, which are marked so and end in front of `end`.
    fn decode(
        &self,
        from: usize,
        count: usize,
        markers: &[usize],
        end: usize,
    ) -> Option<Vec<String>> {
        let mut at = from;
        let mut names = Vec::with_capacity(count);
        for index in 0..count {
            if index % MARKED == 0 && markers.get(index / MARKED) != Some(&(at - from)) {
                return None;
            }
            let mut length = usize::from(*self.image.get(at)?);
            at += 1;
            if length >= 0x80 {
                length = length & 0x7f | usize::from(*self.image.get(at)?) << 7;
                at += 1;
            }
            if length == 0 || at + length > end {
                return None;
            }
            let packed = &self.image[at..at + length];
            let bytes: Vec<u8> =
                packed.iter().flat_map(|token| self.tokens[usize::from(*token)]).copied().collect();
            at += length;
            // The first letter is the type.
            let name = String::from_utf8(bytes).ok()?;
            names.push(name.get(1..).filter(|name| !name.is_empty())?.to_owned());
        }
        (end - at < 8).then_some(names)
    }

    /// The addresses, if offsets and base are behind the index.
    fn behind(&self, count: usize) -> Option<Vec<u64>> {
        let base = (self.to + 4 * count).next_multiple_of(8);
        addresses(self.image, self.to, count, base)
    }

    /// The addresses, if base and offsets are in front of the number.
    fn in_front(&self, number: usize, count: usize) -> Option<Vec<u64>> {
        let base = number.checked_sub(8)?;
        addresses(self.image, base.checked_sub((4 * count).next_multiple_of(8))?, count, base)
    }
}

/// Offsets must ascend, and the base be a kernel's: in the upper half.
fn addresses(image: &[u8], from: usize, count: usize, base: usize) -> Option<Vec<u64>> {
    let base = u64::from(word(image, base)?) | u64::from(word(image, base + 4)?) << 32;
    let offsets: Vec<u32> =
        (0..count).map(|index| word(image, from + 4 * index)).collect::<Option<_>>()?;
    let fit = offsets.is_sorted() && base >> 63 == 1;
    fit.then(|| offsets.into_iter().map(|offset| base.wrapping_add(offset.into())).collect())
}

fn word(image: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(image.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn half(image: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(image.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: u64 = 0xffff_ffff_8000_0000;

    fn align(bytes: &mut Vec<u8>) {
        bytes.resize(bytes.len().next_multiple_of(8), 0);
    }

    /// `count` symbols, some with names longer than 127 tokens; the table somewhere in an image, in
    /// the order before 6.4 or the present one.
    fn image(count: usize, old: bool) -> (Vec<u8>, Vec<(u64, String)>) {
        let symbols: Vec<(u64, String)> = (0..count)
            .map(|index| {
                let long = if index % 100 == 7 { "_long".repeat(40) } else { String::new() };
                (BASE + 24 * index as u64, format!("function_{index}{long}"))
            })
            .collect();
        // Letters stand for themselves; two tokens are longer; the others are never used.
        let tokens: Vec<String> = (0..=255_u8)
            .map(|byte| match byte {
                1 => "function_".to_owned(),
                2 => "long".to_owned(),
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' => char::from(byte).to_string(),
                other => format!("?{other}"),
            })
            .collect();
        let (mut names, mut markers) = (Vec::new(), Vec::new());
        for (index, (_, name)) in symbols.iter().enumerate() {
            if index % MARKED == 0 {
                markers.extend((names.len() as u32).to_le_bytes());
            }
            let packed = format!("T{name}").replace("function_", "\x01").replace("long", "\x02");
            let length = packed.len();
            if length < 0x80 {
                names.push(length as u8);
            } else {
                names.extend([length as u8 | 0x80, (length >> 7) as u8]);
            }
            names.extend(packed.bytes());
        }
        let mut strings = Vec::new();
        let mut index = Vec::new();
        for token in &tokens {
            index.extend((strings.len() as u16).to_le_bytes());
            strings.extend(token.bytes().chain([0]));
        }
        let offsets: Vec<u8> =
            symbols.iter().flat_map(|(va, _)| ((va - BASE) as u32).to_le_bytes()).collect();
        let place = [offsets, BASE.to_le_bytes().to_vec()];
        let number = (count as u32).to_le_bytes().to_vec();
        let mut parts = vec![number, names, markers, strings, index];
        if old {
            parts.splice(0..0, place);
        } else {
            parts.extend(place);
        }
        // Something that could be mistaken for the beginning of an index comes before.
        let mut image: Vec<u8> = (0..4096_u32).flat_map(|n| (n % 7).to_le_bytes()).collect();
        for part in parts {
            align(&mut image);
            image.extend(part);
        }
        image.extend([0x55; 100]);
        (image, symbols)
    }

    #[test]
    fn tables_of_all_sizes_in_both_orders_are_found() {
        for count in [1, 2, 255, 256, 257, 511, 512, 513, 1000] {
            for old in [false, true] {
                let (image, symbols) = image(count, old);
                assert_eq!(find(&image), Some(symbols), "{count} {old}");
            }
        }
    }

    #[test]
    fn a_damaged_table_is_none() {
        let (image, _) = image(600, false);
        assert!(find(&image).is_some());
        let base = image.len() - 108;
        let number = 4096 * 4;
        // An offset that falls, a base below, another number of symbols, a broken name.
        for (at, byte) in [(base - 98, 0xff), (base + 7, 0), (number + 1, 9), (number + 8, 0)] {
            let mut image = image.clone();
            image[at] = byte;
            assert!(find(&image).is_none(), "{at:#x}");
        }
    }

    #[test]
    fn data_without_a_table_and_parts_of_one_are_none() {
        let (image, _) = image(300, false);
        let end = image.len() - 100;
        for length in (0..end).step_by(97).chain([end - 1]) {
            assert_eq!(find(&image[..length]), None, "{length}");
        }
        for byte in [0, 1, 0xff] {
            assert_eq!(find(&vec![byte; 100_000]), None);
        }
    }
}
