//! One change as a line of text, as the crate `vcd` writes it.
//!
//! That crate formats a vector bit by bit through `core::fmt`, which takes nine tenths of the
//! time of a dump; the header is still its work, and the lines here are the same text.

use vcd::IdCode;

/// The digits of every byte.
static DIGITS: [[u8; 8]; 256] = digits();

const fn digits() -> [[u8; 8]; 256] {
    let mut all = [[b'0'; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut bit = 0;
        while bit < 8 {
            all[byte][bit] = b'0' + (byte >> (7 - bit) & 1) as u8;
            bit += 1;
        }
        byte += 1;
    }
    all
}

/// How the changes of one variable are written.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// A single bit has neither `b` nor a space.
    scalar: bool,
    /// The identifier and the end of the line.
    code: Box<[u8]>,
    /// The string that names the value, and the names.
    names: Option<(Box<[u8]>, Vec<String>)>,
}

impl Record {
    pub(super) fn new(width: u32, code: IdCode, names: Option<(IdCode, Vec<String>)>) -> Self {
        let scalar = width <= 1;
        let text = if scalar { format!("{code}\n") } else { format!(" {code}\n") };
        let names = names.map(|(code, names)| (format!(" {code}\n").into_bytes().into(), names));
        Self { scalar, code: text.into_bytes().into(), names }
    }

    /// Appends the change to a value, lowest word first. Leading zeros are left out.
    #[inline]
    pub(super) fn append(&self, line: &mut Vec<u8>, words: &[u64]) {
        if let Some((code, names)) = &self.names {
            line.push(b's');
            match names.get(words[0] as usize) {
                Some(name) => line.extend_from_slice(name.as_bytes()),
                None => decimal(line, words[0]),
            }
            line.extend_from_slice(code);
        }
        if self.scalar {
            line.push(b'0' + (words[0] & 1) as u8);
            line.extend_from_slice(&self.code);
            return;
        }
        line.push(b'b');
        let highest = words.iter().rposition(|word| *word != 0).unwrap_or(0);
        let top = words[highest];
        let count = (64 - top.leading_zeros()).max(1) as usize;
        let bytes = top.to_be_bytes();
        let skip = 8 - count.div_ceil(8);
        let first = &DIGITS[bytes[skip] as usize];
        line.extend_from_slice(&first[(8 - count % 8) % 8..]);
        for byte in &bytes[skip + 1..] {
            line.extend_from_slice(&DIGITS[*byte as usize]);
        }
        for word in words[..highest].iter().rev() {
            for byte in word.to_be_bytes() {
                line.extend_from_slice(&DIGITS[byte as usize]);
            }
        }
        line.extend_from_slice(&self.code);
    }
}

/// Appends a time.
pub(super) fn stamp(line: &mut Vec<u8>, time: u64) {
    line.push(b'#');
    decimal(line, time);
    line.push(b'\n');
}

fn decimal(line: &mut Vec<u8>, number: u64) {
    let (mut digits, mut at, mut rest) = ([0; 20], 20, number);
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    line.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use vcd::Value;

    /// What the crate writes for the bits from the highest that is 1.
    fn expected(width: u32, code: IdCode, words: &[u64]) -> Vec<u8> {
        let mut out = vcd::Writer::new(Vec::new());
        let bit = |at: u32| words[at as usize / 64] >> (at % 64) & 1 == 1;
        if width == 1 {
            out.change_scalar(code, bit(0)).unwrap();
        } else {
            let count = (1..width).rev().find(|at| bit(*at)).unwrap_or(0);
            out.change_vector(code, (0..=count).rev().map(|at| Value::from(bit(at)))).unwrap();
        }
        out.writer().clone()
    }

    proptest! {
        #[test]
        fn a_change_reads_as_the_crate_writes_it(
            width in 1..200_u32,
            words in proptest::collection::vec(prop_oneof![any::<u64>(), 0..300_u64], 4),
            code in 0..100_000_u32,
        ) {
            let value = crate::ir::Value::from_words(width, |at| words[at]);
            let words: Vec<u64> = (0..value.words()).map(|at| value.word(at)).collect();
            let code = IdCode::from(code);
            let mut line = Vec::new();
            Record::new(width, code, None).append(&mut line, &words);
            prop_assert_eq!(String::from_utf8(line), String::from_utf8(expected(width, code, &words)));
        }

        #[test]
        fn a_time_reads_as_the_crate_writes_it(time in any::<u64>()) {
            let mut out = vcd::Writer::new(Vec::new());
            out.timestamp(time).unwrap();
            let mut line = Vec::new();
            stamp(&mut line, time);
            prop_assert_eq!(&line, out.writer());
        }
    }

    #[test]
    fn a_named_value_has_its_name_before_it() {
        let names = vec!["Idle".to_owned(), "Wait".to_owned()];
        let record = Record::new(2, IdCode::from(1_u32), Some((IdCode::FIRST, names)));
        let mut line = Vec::new();
        record.append(&mut line, &[1]);
        record.append(&mut line, &[3]);
        assert_eq!(String::from_utf8(line).unwrap(), "sWait !\nb1 \"\ns3 !\nb11 \"\n");
    }
}
