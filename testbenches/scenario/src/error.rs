//! Errors in a scenario file, always with their place.

use std::ops::Range;

use super::place::Mistake;

/// A scenario file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct LoadError {
    /// The file, as the user named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// A sentence.
    pub message: String,
}

impl LoadError {
    /// An error at a byte range of the text; without one, at its beginning.
    pub fn at(
        file: &str,
        text: &str,
        span: Option<Range<usize>>,
        message: impl Into<String>,
    ) -> LoadError {
        let start = span.map_or(0, |span| span.start);
        let (line, column) = position(text, start);
        LoadError { file: file.to_owned(), line, column, message: message.into() }
    }

    /// An error in a file, its place found in the text.
    pub fn of(file: &str, text: &str, mistake: Mistake) -> LoadError {
        let (line, column) = mistake.place.position(text);
        LoadError { file: file.to_owned(), line, column, message: mistake.message }
    }
}

/// Line and column, from 1, of a byte offset. It reads the text up to there: for many offsets of one
/// text there is `Lines`.
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let before = &text[..end];
    looked_at(before);
    let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

/// The message of a reader of TOML, with the types of this program in plain words.
pub fn in_words(message: &str) -> String {
    let Some((before, expected)) = message.rsplit_once(", expected ") else {
        return message.to_owned();
    };
    let from_0 = |most: u64| format!("a whole number from 0 to {most}");
    let words = match expected {
        "u8" => from_0(u8::MAX.into()),
        "u16" => from_0(u16::MAX.into()),
        "u32" => from_0(u32::MAX.into()),
        "u64" | "usize" => "a whole number from 0 on".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a map" => "a table".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a string" => "a text".to_owned(),
        other if other.starts_with("struct ") => "a table".to_owned(),
        other => other.to_owned(),
    };
    format!("{before}, expected {words}")
}

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub(super) struct Lines(Vec<usize>);

impl Lines {
    /// Those of a text, which is read once.
    pub(super) fn of(text: &str) -> Lines {
        looked_at(text);
        Lines(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    /// The line of a byte offset, from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|begin| *begin <= offset)
    }
}

#[cfg(test)]
thread_local! {
    /// Bytes that were read to find lines, so that a test can count them.
    pub(super) static LOOKED_AT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// This text was read to find a line in it.
fn looked_at(text: &str) {
    #[cfg(test)]
    LOOKED_AT.set(LOOKED_AT.get() + text.len());
    let _ = text;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        assert_eq!(position("ab\ncd", 0), (1, 1));
        assert_eq!(position("ab\ncd", 4), (2, 2));
        assert_eq!(position("é=\nx", 3), (1, 3));
        assert_eq!(position("a", 99), (1, 2));
        assert_eq!(position("aé", 2), (1, 3));
    }

    #[test]
    fn types_are_in_plain_words() {
        for (message, words) in [
            ("invalid type: integer `4`, expected struct L1", "expected a table"),
            ("invalid value: integer `300`, expected u8", "expected a whole number from 0 to 255"),
            ("invalid type: string \"x\", expected usize", "expected a whole number from 0 on"),
            ("unknown field `x`, expected one of `a`, `b`", "expected one of `a`, `b`"),
            ("missing field `start`", "missing field `start`"),
        ] {
            assert!(in_words(message).ends_with(words), "{}", in_words(message));
        }
    }

    #[test]
    fn lines_are_those_of_positions() {
        for text in ["", "a", "ab\ncd", "\n\n", "é=\nx\n"] {
            let lines = Lines::of(text);
            for offset in 0..text.len() + 2 {
                assert_eq!(lines.line(offset), position(text, offset).0, "{offset} in {text:?}");
            }
        }
    }

    /// Twice the steps are twice the work: the text is not read again for each of them.
    #[test]
    fn a_long_file_is_read_once_for_all_its_lines() {
        use crate::load::{Body, Scenario};
        let step = "    { load = 0x1000 },\n";
        let looked_at = |steps: usize| {
            let text =
                format!("machine = {{ modes = \"sv39\" }}\nstep = [\n{}]\n", step.repeat(steps));
            LOOKED_AT.set(0);
            let scenario = Scenario::parse("long", "long.toml", &text).expect("it reads");
            let Body::Ports(_, read) = &scenario.body else { panic!("{:?}", scenario.body) };
            assert_eq!(read.last().map(|step| step.line), Some(steps + 2));
            (LOOKED_AT.get(), text.len())
        };
        for steps in [10, 500] {
            let (looked_at, length) = looked_at(steps);
            assert!(looked_at <= length, "{looked_at} bytes of {length} for {steps} steps");
        }
    }
}
