//! Reference strings as people write them.
//!
//! ```text
//! 7,0,1,2,0,3          pages, loaded one after the other
//! 3w 4r                a store to page 3, a load of page 4
//! 1..100 100..1w       both ends included, in that direction; all of it stores
//! 200 x (0..49)        what is in the brackets, 200 times
//! 1 2 t 0              a timer tick between the accesses
//! ```

/// The longest string that is run.
pub const MOST_STEPS: u64 = 1 << 22;
/// The deepest brackets.
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

/// A string that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {problem}")]
pub struct StringError {
    /// Counted from 1, in characters.
    pub column: usize,
    /// What is wrong there.
    pub problem: String,
}

/// Reads a reference string.
///
/// # Errors
/// [`StringError`] at the first mistake; also for strings without a reference and for strings of
/// more than [`MOST_STEPS`] steps.
pub fn parse(text: &str) -> Result<Vec<Step>, StringError> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let steps = reader.list()?;
    if reader.at < reader.text.len() {
        return Err(reader.error(reader.at, "there is no `(` for this `)`"));
    }
    if steps.is_empty() {
        return Err(reader.error(0, "the string is empty; write pages, as in 7,0,1,2"));
    }
    Ok(steps)
}

/// Reads a list of pages, such as `0,3,5..7`.
///
/// # Errors
/// As [`parse`]; marks of stores and ticks have no place here.
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

struct Reader<'t> {
    text: &'t str,
    /// In bytes.
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn error(&self, at: usize, problem: impl Into<String>) -> StringError {
        StringError { column: self.text[..at].chars().count() + 1, problem: problem.into() }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn skip(&mut self, is_skipped: impl Fn(char) -> bool) {
        let rest = &self.text[self.at..];
        self.at += rest.find(|c| !is_skipped(c)).unwrap_or(rest.len());
    }

    /// Everything up to the end or to a closing bracket.
    fn list(&mut self) -> Result<Vec<Step>, StringError> {
        let mut steps = Vec::new();
        loop {
            self.skip(|c| c.is_whitespace() || c == ',' || c == ';');
            if self.peek().is_none_or(|c| c == ')') {
                return Ok(steps);
            }
            let at = self.at;
            let item = self.item()?;
            if (steps.len() + item.len()) as u64 > MOST_STEPS {
                return Err(self.too_long(at));
            }
            steps.extend(item);
        }
    }

    fn too_long(&self, at: usize) -> StringError {
        self.error(at, format!("the string has more than {MOST_STEPS} references from here on"))
    }

    /// A page, a range, a tick, something repeated, or something in brackets.
    fn item(&mut self) -> Result<Vec<Step>, StringError> {
        match self.peek() {
            Some('(') => self.bracket(),
            Some('t' | 'T') => {
                self.at += 1;
                self.skip(|c| "ick".contains(c));
                Ok(vec![Step::Tick])
            }
            _ => {
                let at = self.at;
                let first = self.number()?;
                let end = self.at;
                self.skip(char::is_whitespace);
                match self.peek() {
                    Some('x' | 'X' | '*') => self.repeated(at, first),
                    _ => {
                        self.at = end;
                        self.range(at, first)
                    }
                }
            }
        }
    }

    fn bracket(&mut self) -> Result<Vec<Step>, StringError> {
        let at = self.at;
        if self.depth == DEEPEST {
            return Err(self.error(at, "brackets this deep are not read"));
        }
        self.at += 1;
        self.depth += 1;
        let steps = self.list()?;
        self.depth -= 1;
        if self.peek() != Some(')') {
            return Err(self.error(at, "this `(` is never closed"));
        }
        self.at += 1;
        Ok(steps)
    }

    fn repeated(&mut self, at: usize, times: u64) -> Result<Vec<Step>, StringError> {
        self.at += 1;
        self.skip(char::is_whitespace);
        if self.peek().is_none() {
            return Err(self.error(at, format!("{times} times what?")));
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error(at, "repetitions this deep are not read"));
        }
        let steps = self.item()?;
        self.depth -= 1;
        if times == 0 {
            return Err(self.error(at, "0 times is never"));
        }
        if times.saturating_mul(steps.len() as u64) > MOST_STEPS {
            return Err(self.too_long(at));
        }
        Ok(steps.repeat(times as usize))
    }

    fn range(&mut self, at: usize, from: u64) -> Result<Vec<Step>, StringError> {
        let mut to = from;
        if self.peek() == Some('.') {
            let dots = self.at;
            self.skip(|c| c == '.');
            if self.at - dots != 2 {
                return Err(self.error(dots, "a range is written 1..5"));
            }
            self.at += usize::from(self.peek() == Some('='));
            to = self.number()?;
        }
        let store = match self.peek() {
            Some('w' | 'W') => {
                self.at += 1;
                true
            }
            Some('r' | 'R') => {
                self.at += 1;
                false
            }
            Some(c) if c.is_alphanumeric() || c == '.' || c == '-' => {
                let problem = format!("`{c}` does not belong to a page; 3w stores, 3r loads");
                return Err(self.error(self.at, problem));
            }
            _ => false,
        };
        if from.abs_diff(to) >= MOST_STEPS {
            return Err(self.too_long(at));
        }
        let reference = |page| Step::Reference { page, store };
        Ok(match from <= to {
            true => (from..=to).map(reference).collect(),
            false => (to..=from).rev().map(reference).collect(),
        })
    }

    fn number(&mut self) -> Result<u64, StringError> {
        let at = self.at;
        self.skip(|c| c.is_ascii_digit() || c == '_');
        let digits: String = self.text[at..self.at].chars().filter(|c| *c != '_').collect();
        if digits.is_empty() {
            let problem = match self.peek() {
                Some(c) => format!("`{c}` is no page; pages are whole numbers, as in 7,0,1,2"),
                None => "a page is missing".to_owned(),
            };
            return Err(self.error(at, problem));
        }
        digits.parse().map_err(|_| self.error(at, format!("{digits} does not fit into 64 bits")))
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
            ("1,q", "column 3: `q` is no page; pages are whole numbers, as in 7,0,1,2"),
            ("1,-2", "column 3: `-` is no page; pages are whole numbers, as in 7,0,1,2"),
            ("1,2k", "column 4: `k` does not belong to a page; 3w stores, 3r loads"),
            ("1.5.2", "column 2: a range is written 1..5"),
            ("1.5", "column 2: a range is written 1..5"),
            ("1...5", "column 2: a range is written 1..5"),
            ("1..5.", "column 5: `.` does not belong to a page; 3w stores, 3r loads"),
            ("1..", "column 4: a page is missing"),
            ("3x", "column 1: 3 times what?"),
            ("0x(1)", "column 1: 0 times is never"),
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
