//! Standard output and standard error, without panics when the reader has closed the pipe.
//!
//! While a dashboard has the terminal, what is to be printed there is kept, and printed afterwards in
//! the same order. Pipes and files are written at once.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// Writes a text to standard output.
///
/// # Errors
/// Among others, when the pipe is closed, which `main` treats as the end.
pub(crate) fn print(text: &str) -> io::Result<()> {
    write(text.as_bytes()).map_err(|error| {
        io::Error::new(error.kind(), format!("standard output cannot be written: {error}"))
    })
}

/// Writes bytes to standard output.
///
/// # Errors
/// As [`print`].
pub(crate) fn write(bytes: &[u8]) -> io::Result<()> {
    if keep(bytes, false, || io::stdout().is_terminal()) {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush())
}

/// What waits for the end of a dashboard, and whether it is for standard error; if one is there.
type Kept = Option<Vec<(Vec<u8>, bool)>>;

static KEPT: Mutex<Kept> = Mutex::new(None);

fn kept() -> MutexGuard<'static, Kept> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps bytes if a dashboard is there and their stream is a terminal.
fn keep(bytes: &[u8], is_error: bool, is_terminal: impl FnOnce() -> bool) -> bool {
    let mut kept = kept();
    let Some(kept) = kept.as_mut().filter(|_| is_terminal()) else { return false };
    match kept.last_mut() {
        Some((last, same)) if *same == is_error => last.extend_from_slice(bytes),
        _ => kept.push((bytes.to_owned(), is_error)),
    }
    true
}

/// From now on keeps what is for a terminal.
pub(crate) fn hold() {
    kept().get_or_insert_default();
}

/// Prints what was kept, and keeps nothing any more.
pub(crate) fn release() {
    let kept = kept().take();
    for (bytes, is_error) in kept.into_iter().flatten() {
        // If the terminal is gone, there is nowhere to report it.
        let _ = match is_error {
            true => io::stderr().write_all(&bytes),
            false => io::stdout().write_all(&bytes).and_then(|()| io::stdout().flush()),
        };
    }
}

/// Writes a value to standard output as JSON.
///
/// # Errors
/// As [`print`].
pub(crate) fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(print(&text)?)
}

/// Reports an error on standard error, in one line with its causes.
pub(crate) fn error(error: &anyhow::Error) {
    note(&format!("error: {}", told(error)));
}

/// An error and its causes, apart from those that it says itself.
pub(crate) fn told(error: &anyhow::Error) -> String {
    error.chain().fold(String::new(), |text, cause| {
        let cause = cause.to_string();
        match text.as_str() {
            "" => cause,
            _ if text.ends_with(&cause) => text,
            _ => format!("{text}: {cause}"),
        }
    })
}

/// Writes to standard error; if that fails, there is nowhere to report it.
pub(crate) fn note(text: &str) {
    let line = format!("{text}\n");
    if !keep(line.as_bytes(), true, || io::stderr().is_terminal()) {
        let _ = io::stderr().lock().write_all(line.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    /// The streams of a test are no terminals, so it says that they are.
    #[test]
    fn what_is_kept_stays_in_order() {
        assert!(!keep(b"lost", false, || true), "nothing is kept without a dashboard");
        hold();
        for (text, is_error) in [("a", false), ("b", false), ("c", true), ("d", false)] {
            assert!(keep(text.as_bytes(), is_error, || true));
        }
        assert!(!keep(b"to a pipe", false, || false));
        let kept = kept().take().expect("it is kept");
        let texts = kept.iter().map(|(bytes, error)| (bytes.as_slice(), *error));
        let expected: [(&[u8], bool); 3] = [(b"ab", false), (b"c", true), (b"d", false)];
        assert_eq!(texts.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_cause_is_told_once() {
        let read = |text: &'static str| Err::<(), _>(io::Error::other(text));
        let plain = read("no such file").context("a.trace").unwrap_err();
        assert_eq!(told(&plain), "a.trace: no such file");
        let said = read("no such file").context("a.trace: no such file").unwrap_err();
        assert_eq!(told(&said.context("rv64_linux")), "rv64_linux: a.trace: no such file");
    }
}
