//! The real binary, as the tests of the command run it: standard output, standard error, status.

use std::path::Path;
use std::process::Output;

use assert_cmd::cargo::cargo_bin_cmd;
use serde_json::Value;

/// What has ended, and has not panicked.
pub(crate) fn finished(output: &Output) -> (String, String, i32) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert!(!error.contains("panicked"), "{error}");
    (out, error, output.status.code().expect("no signal"))
}

/// Runs `pagewalk`.
pub(crate) fn pagewalk(arguments: &[&str]) -> (String, String, i32) {
    within::pagewalk(Path::new("."), arguments)
}

/// The output of a run without a difference or an error.
pub(crate) fn sound(arguments: &[&str]) -> String {
    within::sound(Path::new("."), arguments)
}

/// The same, as JSON.
pub(crate) fn json(arguments: &[&str]) -> Value {
    within::json(Path::new("."), arguments)
}

/// The same in a folder.
pub(crate) mod within {
    use super::{Path, Value, cargo_bin_cmd, finished};

    pub(crate) fn pagewalk(folder: &Path, arguments: &[&str]) -> (String, String, i32) {
        let mut command = cargo_bin_cmd!("pagewalk");
        let output = command.current_dir(folder).args(arguments).output();
        finished(&output.expect("the binary starts"))
    }

    pub(crate) fn sound(folder: &Path, arguments: &[&str]) -> String {
        let (out, error, status) = pagewalk(folder, arguments);
        assert_eq!(status, 0, "{arguments:?}: {error}");
        out
    }

    pub(crate) fn json(folder: &Path, arguments: &[&str]) -> Value {
        serde_json::from_str(&sound(folder, arguments)).expect("JSON")
    }
}
