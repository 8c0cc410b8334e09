//! The syntax of reference strings.
//!
//! ```text
//! 7,0,1,2,0,3          pages, loaded one after the other
//! 3w 4r                a store to page 3, a load of page 4
//! 1..100 100..1w       both ends included, in that direction; all of it stores
//! 200 x (0..49)        what is in the brackets, 200 times
//! 1 2 t 0              a timer tick between the accesses
//! ```

use winnow::combinator::{opt, peek};
use winnow::token::{any, none_of, one_of, take_while};

use scenario::grammar::{Input, Problem, Read, inside, place, take, whole, wrong};

/// The maximum number of steps of a string.
pub const MOST_STEPS: u64 = 1 << 22;
/// The maximum nesting of brackets.
const DEEPEST: usize = 32;

/// One reference, or a tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// An access to a page.
    Reference {
        /// Its number, as written.
        page: u64,
        /// It stores.
        store: bool,
    },
    /// The timer interrupts.
    Tick,
}

/// A string with an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {problem}")]
pub struct StringError {
    /// Counted from 1, in characters.
    pub column: usize,
    /// The error at this column.
    pub problem: String,
}

/// Parses a reference string.
///
/// # Errors
/// [`StringError`] at the first error; also for strings without a reference and for strings of more
/// than [`MOST_STEPS`] steps.
pub fn parse(text: &str) -> Result<Vec<Step>, StringError> {
    let read = |input: &mut Input<'_>| {
        let steps = list(input)?;
        if take(input, opt(any))?.is_some() {
            return wrong(place(input) - 1, "there is no `(` for this `)`");
        }
        if steps.is_empty() {
            return wrong(0, "the string is empty; write pages, as in 7,0,1,2");
        }
        Ok(steps)
    };
    whole(text, read).map_err(|Problem { at, message }| StringError {
        column: text[..at].chars().count() + 1,
        problem: message.into_owned(),
    })
}

/// Parses a list of pages, such as `0,3,5..7`.
///
/// # Errors
/// As [`parse`]; marks of stores, and ticks, are errors.
pub fn pages(text: &str) -> Result<Vec<u64>, StringError> {
    if let Some((before, _)) = text.chars().enumerate().find(|(_, c)| "rRwWtT".contains(*c)) {
        let problem = "only numbers belong here, as in 0,3,5..7".to_owned();
        return Err(StringError { column: before + 1, problem });
    }
    let steps = parse(text)?.into_iter();
    Ok(steps
        .filter_map(|step| if let Step::Reference { page, .. } = step { Some(page) } else { None })
        .collect())
}

/// Everything up to the end or to a closing bracket.
fn list(input: &mut Input<'_>) -> Read<Vec<Step>> {
    let mut steps = Vec::new();
    loop {
        let at = place(input);
        let between =
            take(input, take_while(0.., |c: char| c.is_whitespace() || ",;".contains(c)))?;
        if between.matches([',', ';']).count() > 1 {
            return wrong(at, "a page is missing between two commas");
        }
        if take(input, peek(opt(none_of([')']))))?.is_none() {
            return Ok(steps);
        }
        let at = place(input);
        let item = item(input)?;
        if (steps.len() + item.len()) as u64 > MOST_STEPS {
            return too_long(at);
        }
        steps.extend(item);
    }
}

fn too_long<T>(at: usize) -> Read<T> {
    wrong(at, format!("the string has more than {MOST_STEPS} references from here on"))
}

/// A page, a range, a tick, something repeated, or something in brackets.
fn item(input: &mut Input<'_>) -> Read<Vec<Step>> {
    let at = place(input);
    if take(input, opt('('))?.is_some() {
        let steps = inside(input, DEEPEST, "brackets are", list)?;
        return match take(input, opt(')'))? {
            Some(_) => Ok(steps),
            None => wrong(at, "this `(` is never closed"),
        };
    }
    if take(input, opt((one_of(['t', 'T']), opt("ick"))))?.is_some() {
        return Ok(vec![Step::Tick]);
    }
    let first = number(input)?;
    match take(input, opt((blanks, one_of(['x', 'X', '*']), blanks)))? {
        Some(_) => repeated(input, at, first),
        None => range(input, at, first),
    }
}

fn blanks<'t>(input: &mut Input<'t>) -> Read<&'t str> {
    take(input, take_while(0.., char::is_whitespace))
}

fn repeated(input: &mut Input<'_>, at: usize, times: u64) -> Read<Vec<Step>> {
    if take(input, opt(peek(any)))?.is_none() {
        return wrong(at, format!("{times} times what?"));
    }
    let steps = inside(input, DEEPEST, "repetitions are", item)?;
    if times == 0 {
        return wrong(at, "0 repetitions have no effect");
    }
    if times.saturating_mul(steps.len() as u64) > MOST_STEPS {
        return too_long(at);
    }
    Ok(steps.repeat(times as usize))
}

fn range(input: &mut Input<'_>, at: usize, from: u64) -> Read<Vec<Step>> {
    let dots = place(input);
    let to = match take(input, take_while(0.., '.'))?.len() {
        0 => from,
        2 => {
            take(input, opt('='))?;
            number(input)?
        }
        _ => return wrong(dots, "a range is written 1..5"),
    };
    let store = match take(input, opt(one_of(['w', 'W', 'r', 'R'])))? {
        Some(mark) => "wW".contains(mark),
        None => {
            let next = take(input, opt(peek(any)))?;
            if let Some(c) = next.filter(|c| c.is_alphanumeric() || ".-".contains(*c)) {
                let problem = format!("`{c}` does not belong to a page; 3w stores, 3r loads");
                return wrong(place(input), problem);
            }
            false
        }
    };
    if from.abs_diff(to) >= MOST_STEPS {
        return too_long(at);
    }
    let reference = |page| Step::Reference { page, store };
    Ok(match from <= to {
        true => (from..=to).map(reference).collect(),
        false => (to..=from).rev().map(reference).collect(),
    })
}

fn number(input: &mut Input<'_>) -> Read<u64> {
    let at = place(input);
    let digits = take(input, take_while(0.., |c: char| c.is_ascii_digit() || c == '_'))?;
    let digits = digits.replace('_', "");
    if !digits.is_empty() {
        let number = digits.parse();
        return number.or_else(|_| wrong(at, format!("{digits} does not fit into 64 bits")));
    }
    match take(input, opt(any))? {
        Some(c) => {
            wrong(at, format!("`{c}` is not a page; pages are whole numbers, as in 7,0,1,2"))
        }
        None => wrong(at, "a page is missing"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> String {
        match parse(text) {
            Ok(steps) => steps
                .iter()
                .map(|step| match step {
                    Step::Reference { page, store: false } => page.to_string(),
                    Step::Reference { page, store: true } => format!("{page}w"),
                    Step::Tick => "t".to_owned(),
                })
                .collect::<Vec<_>>()
                .join(" "),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn strings_read_as_people_write_them() {
        assert_eq!(read("7,0,1,2"), "7 0 1 2");
        assert_eq!(read(" 7  0;1 , 2w\n3R"), "7 0 1 2w 3");
        assert_eq!(read("1..3 3..1w"), "1 2 3 3w 2w 1w");
        assert_eq!(read("2x(0..1, 5w) 2 x 7"), "0 1 5w 0 1 5w 7 7");
        assert_eq!(read("2x2x9"), "9 9 9 9");
        assert_eq!(read("1 t 2,tick,3"), "1 t 2 t 3");
        assert_eq!(read("18446744073709551615"), "18446744073709551615");
    }

    #[test]
    fn mistakes_are_said_with_their_column() {
        for (text, said) in [
            ("", "column 1: the string is empty; write pages, as in 7,0,1,2"),
            (" , ", "column 1: the string is empty; write pages, as in 7,0,1,2"),
            ("1,,2", "column 2: a page is missing between two commas"),
            ("1,q", "column 3: `q` is not a page; pages are whole numbers, as in 7,0,1,2"),
            ("1,-2", "column 3: `-` is not a page; pages are whole numbers, as in 7,0,1,2"),
            ("1,2k", "column 4: `k` does not belong to a page; 3w stores, 3r loads"),
            ("1.5.2", "column 2: a range is written 1..5"),
            ("1.5", "column 2: a range is written 1..5"),
            ("1...5", "column 2: a range is written 1..5"),
            ("1..5.", "column 5: `.` does not belong to a page; 3w stores, 3r loads"),
            ("1..", "column 4: a page is missing"),
            ("3x", "column 1: 3 times what?"),
            ("0x(1)", "column 1: 0 repetitions have no effect"),
            ("(1", "column 1: this `(` is never closed"),
            ("1)", "column 2: there is no `(` for this `)`"),
            ("99999999999999999999", "column 1: 99999999999999999999 does not fit into 64 bits"),
            (
                "0..99999999999",
                "column 1: the string has more than 4194304 references from here on",
            ),
            (
                "1000000x1000000x1",
                "column 1: the string has more than 4194304 references from here on",
            ),
        ] {
            assert_eq!(read(text), said, "{text}");
        }
        assert!(read(&"(".repeat(100_000)).contains("deep"));
        assert!(read(&"2x".repeat(100_000)).contains("deep"));
        assert_eq!(pages("0,5..6"), Ok(vec![0, 5, 6]));
        for wrong in ["1w", "1r", "1.5", "2 t 3"] {
            assert!(pages(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_or_refused(text in "[0-9xtw.,()r ]{0,40}") {
            let _ = parse(&text);
        }
    }
}
