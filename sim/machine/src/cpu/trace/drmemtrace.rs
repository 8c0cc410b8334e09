//! What DynamoRIO's tool `view` prints of a drmemtrace.
//!
//! ```text
//! <--record#-> <--instr#->: <---tid---> <record details>        a heading: passed over
//!      12       5:   901 <marker: timestamp 13321>              passed over
//!      13       6:   901 ifetch       3 byte(s) @ 0x0401ab70 48 89 e7   mov %rsp -> %rdi
//!      14       6:   901 read         8 byte(s) @ 0x1ffefffe28 by PC 0x0401ab70
//!      15       6:   901 write        8 byte(s) @ 0x1ffefffe28 by PC 0x0401ab70
//! ```
//!
//! Flushes, prefetches, instructions that were not fetched again, and the rest of a long
//! instruction's bytes are passed over, too. All threads are one program.

use super::words::{Parsed, Problem, Word, Words};
use model::isa::Access::{Fetch, Load, Store};

/// Lines without a record begin like one of these.
const HEADINGS: [&str; 4] = ["Output format:", "<--record#->", "-----", "View tool results:"];

/// A line.
pub(super) fn view(line: &[u8]) -> Parsed {
    let text = line.trim_ascii_start();
    if HEADINGS.iter().any(|heading| text.starts_with(heading.as_bytes())) || is_sum(text) {
        return Ok(None);
    }
    let mut words = Words::of(line);
    prefix(&mut words)?;
    let Some(name) = words.next() else { return Ok(None) };
    let kind = match name.text {
        b"ifetch" => Fetch,
        b"read" => Load,
        b"write" => Store,
        _ => return Ok(None),
    };
    let size = words.want("the size")?;
    for sign in ["byte(s)", "@"] {
        let word = words.want(&format!("`{sign}`"))?;
        if word.text != sign.as_bytes() {
            return word.wrong(&format!("not `{sign}`"));
        }
    }
    let va = words.want("the address")?.address()?;
    let access = size.sized(kind, va, 10)?;
    Ok((!text.trim_ascii_end().ends_with(b"non-fetched instruction")).then_some(access))
}

/// Takes the number of the record, which may be absent, of the instruction, and of the thread.
fn prefix(words: &mut Words<'_>) -> Result<(), Problem> {
    let mut word = number(words.want("the record")?)?;
    if !word.text.ends_with(b":") {
        word = number(words.want("the instruction")?)?;
    }
    if !word.text.ends_with(b":") {
        return word.wrong("no number of an instruction, as in `7 4: 901`");
    }
    words.want("the thread").map(drop)
}

/// A number, perhaps with a colon.
fn number(word: Word<'_>) -> Result<Word<'_>, Problem> {
    let digits = word.text.strip_suffix(b":").unwrap_or(word.text);
    let sound = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    if sound { Ok(word) } else { word.wrong("no number of a record, as in `7 4: 901`") }
}

/// The last line: the number of instructions.
fn is_sum(text: &[u8]) -> bool {
    text.trim_ascii_end().ends_with(b": total instructions")
}
