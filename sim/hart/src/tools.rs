//! Third-party tools that tests use, if they are there.

use std::path::Path;
use std::process::Command;

/// Whether a tool is there. If not, says that the test is skipped.
///
/// # Panics
/// If it is missing where `CI=true` requires every tool.
#[allow(clippy::print_stderr)] // Tests have no other way to say that they did nothing.
pub(crate) fn or_skip(tool: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(tool).is_file());
    let required = std::env::var_os("CI").is_some_and(|value| value == "true");
    assert!(found || !required, "tool {tool} missing, and CI=true requires it");
    if !found {
        eprintln!("skipped: tool {tool} missing");
    }
    found
}

/// What a tool prints on its standard output.
pub(crate) fn output(tool: &str, folder: &Path, arguments: &[&str]) -> String {
    let done = Command::new(tool).args(arguments).current_dir(folder).output().unwrap();
    let errors = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{tool} {arguments:?}: {errors}");
    String::from_utf8(done.stdout).unwrap()
}
