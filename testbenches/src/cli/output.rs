//! Standard output and standard error, without panics when the reader has closed the pipe.

use std::io::{self, Write};

use serde::Serialize;

/// Writes a text to standard output.
///
/// # Errors
/// Among others, when the pipe is closed, which `main` treats as the end.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| {
        io::Error::new(error.kind(), format!("standard output cannot be written: {error}"))
    })
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
    let _ = writeln!(io::stderr().lock(), "{text}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn a_cause_is_told_once() {
        let read = |text: &'static str| Err::<(), _>(io::Error::other(text));
        let plain = read("no such file").context("a.trace").unwrap_err();
        assert_eq!(told(&plain), "a.trace: no such file");
        let said = read("no such file").context("a.trace: no such file").unwrap_err();
        assert_eq!(told(&said.context("rv64_linux")), "rv64_linux: a.trace: no such file");
    }
}
