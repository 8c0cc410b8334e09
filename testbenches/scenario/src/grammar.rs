//! What the readers of short texts share: where a problem is, in which words, and how deep
//! brackets go. A text is a number, a program's line, a reference string, the values of a sweep.

use winnow::Parser;
use winnow::error::{ErrMode, ModalResult, ParserError};
use winnow::stream::{LocatingSlice, Location, Stateful, Stream};

/// A text that is being read; the state is how many brackets are open.
pub type Input<'t> = Stateful<LocatingSlice<&'t str>, usize>;

/// What is read, or what is wrong.
pub type Read<T> = ModalResult<T, Problem>;

/// Something that is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Its place, in bytes.
    pub at: usize,
    /// A sentence.
    pub message: String,
}

impl<I: Stream + Location> ParserError<I> for Problem {
    type Inner = Problem;

    fn from_input(input: &I) -> Problem {
        Problem { at: input.current_token_start(), message: "this cannot be read".to_owned() }
    }

    fn into_inner(self) -> Result<Problem, Problem> {
        Ok(self)
    }
}

/// The place that is read next, in bytes.
pub fn place(input: &Input<'_>) -> usize {
    input.current_token_start()
}

/// A problem that no other way of reading the text mends.
///
/// # Errors
/// Always.
pub fn wrong<T>(at: usize, message: impl Into<String>) -> Read<T> {
    Err(ErrMode::Cut(Problem { at, message: message.into() }))
}

/// Reads with a parser of winnow.
///
/// # Errors
/// The parser's.
pub fn take<'t, T>(
    input: &mut Input<'t>,
    mut parser: impl Parser<Input<'t>, T, ErrMode<Problem>>,
) -> Read<T> {
    parser.parse_next(input)
}

/// Reads what stands inside of something, which may go on so only `deepest` times.
///
/// # Errors
/// What is nested deeper, and the parser's.
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

/// Reads a whole text.
///
/// # Errors
/// The problem that ended it.
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
