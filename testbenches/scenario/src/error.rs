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

/// Line and column, from 1, of a byte offset.
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    let before: Vec<char> =
        text.char_indices().take_while(|(at, _)| *at < offset).map(|(_, c)| c).collect();
    let line = before.iter().filter(|c| **c == '\n').count() + 1;
    let column = before.iter().rev().take_while(|c| **c != '\n').count() + 1;
    (line, column)
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
    }
}
