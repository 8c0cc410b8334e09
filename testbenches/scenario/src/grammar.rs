//! Common parts of the parsers of short texts: the place of an error, its words, and the nesting of
//! brackets. A text is a number, a program's line, a reference string, or the values of a sweep.

use std::borrow::Cow;

use winnow::Parser;
use winnow::error::{ErrMode, ModalResult, ParserError};
use winnow::stream::{LocatingSlice, Location, Stateful, Stream};

/// The text to be parsed; the state is the number of open brackets.
pub type Input<'t> = Stateful<LocatingSlice<&'t str>, usize>;

/// The result of a parser, or the error.
pub type Read<T> = ModalResult<T, Problem>;

/// An error in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its place, in bytes.
    pub at: usize,
    /// A sentence. Readers try one word after another: what none of them takes costs no allocation.
    pub message: Cow<'static, str>,
}

impl<I: Stream + Location> ParserError<I> for Problem {
    type Inner = Problem;

    fn from_input(input: &I) -> Problem {
        Problem { at: input.current_token_start(), message: "this cannot be read".into() }
    }

    fn into_inner(self) -> Result<Problem, Problem> {
        Ok(self)
    }
}

/// The position of the parser, in bytes.
pub fn place(input: &Input<'_>) -> usize {
    input.current_token_start()
}

/// An error that no other alternative can avoid.
///
/// # Errors
/// Always.
pub fn wrong<T>(at: usize, message: impl Into<Cow<'static, str>>) -> Read<T> {
    Err(ErrMode::Cut(Problem { at, message: message.into() }))
}

/// Applies a parser of winnow.
///
/// # Errors
/// The parser's.
pub fn take<'t, T>(
    input: &mut Input<'t>,
    mut parser: impl Parser<Input<'t>, T, ErrMode<Problem>>,
) -> Read<T> {
    parser.parse_next(input)
}

/// Parses the inside of brackets, which may be nested at most `deepest` times.
///
/// # Errors
/// Deeper nesting, and the parser's errors.
pub fn inside<'t, T>(
    input: &mut Input<'t>,
    deepest: usize,
    what: &str,
    parser: impl FnOnce(&mut Input<'t>) -> Read<T>,
) -> Read<T> {
    if input.state == deepest {
        return wrong(place(input), format!("{what} nested too deeply"));
    }
    input.state += 1;
    let inner = parser(input);
    input.state -= 1;
    inner
}

/// Parses a whole text.
///
/// # Errors
/// The error that ended it.
pub fn whole<'t, T>(
    text: &'t str,
    parser: impl FnOnce(&mut Input<'t>) -> Read<T>,
) -> Result<T, Problem> {
    let mut input = Stateful { input: LocatingSlice::new(text), state: 0 };
    parser(&mut input).map_err(|error| match error {
        ErrMode::Backtrack(problem) | ErrMode::Cut(problem) => problem,
        ErrMode::Incomplete(_) => Problem { at: text.len(), message: "it ends too soon".into() },
    })
}
