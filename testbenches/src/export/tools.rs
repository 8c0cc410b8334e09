//! Third-party tools: where they are, and how a missing one is handled.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A tool that runs longer has hung, like a simulator in a loop without delay.
const LONGEST: Duration = Duration::from_secs(300);

/// An error of a third-party tool.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// It is not installed.
    #[error("tool {tool} missing; `make setup` installs it")]
    Missing {
        /// The command's name.
        tool: &'static str,
    },
    /// It is there but cannot be started, or its files cannot be handled.
    #[error("{tool} cannot be run: {source}")]
    Io {
        /// The command's name.
        tool: &'static str,
        /// The reason.
        source: std::io::Error,
    },
    /// It ran and failed.
    #[error("{tool} failed ({status}):\n{output}")]
    Failed {
        /// The command's name.
        tool: &'static str,
        /// Its exit status.
        status: String,
        /// The last lines of its output.
        output: String,
    },
    /// It did not end in time.
    #[error("{tool} did not end within {seconds} s")]
    Endless {
        /// The command's name.
        tool: &'static str,
        /// The time limit.
        seconds: u64,
    },
    /// It ran, and reported a problem.
    #[error("{tool}: {message}")]
    Objected {
        /// The command's name.
        tool: &'static str,
        /// Its message.
        message: String,
    },
}

/// The path of an installed tool.
pub fn find(tool: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(tool)).find(|file| file.is_file())
}

/// Whether a missing tool is a failure instead of a skip, as on machines that set `CI=true`.
pub fn required() -> bool {
    std::env::var_os("CI").is_some_and(|value| value == "true")
}

/// Whether a test that needs `tool` can run. If the tool is missing, prints *skipped*.
///
/// # Panics
/// If the tool is missing and [`required`].
#[allow(clippy::print_stderr)] // Tests have no other way to say that they did nothing.
pub fn or_skip(tool: &'static str) -> bool {
    let found = find(tool).is_some();
    assert!(found || !required(), "tool {tool} missing, and CI=true requires it");
    if !found {
        eprintln!("skipped: tool {tool} missing");
    }
    found
}

/// Runs a tool in a directory and returns what it printed, standard output first.
///
/// # Errors
/// [`ToolError`] if it is missing, cannot be started, or ends with a non-zero status.
pub fn run(tool: &'static str, directory: &Path, arguments: &[&str]) -> Result<String, ToolError> {
    let program = find(tool).ok_or(ToolError::Missing { tool })?;
    run_program(tool, &program, directory, arguments)
}

/// As [`run`], for a program that a tool built.
///
/// # Errors
/// As [`run`], except that the program is not searched for.
pub fn run_program(
    tool: &'static str,
    program: &Path,
    directory: &Path,
    arguments: &[&str],
) -> Result<String, ToolError> {
    let io = |source| ToolError::Io { tool, source };
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(io)?;
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let until = Instant::now() + LONGEST;
    let mut said = String::new();
    for output in [stdout, stderr] {
        match output.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(text) => said.push_str(&text),
            Err(_) => {
                child.kill().map_err(io)?;
                child.wait().map_err(io)?;
                return Err(ToolError::Endless { tool, seconds: LONGEST.as_secs() });
            }
        }
    }
    let status = child.wait().map_err(io)?;
    if status.success() {
        return Ok(said);
    }
    let lines: Vec<&str> = said.lines().collect();
    let output = lines[lines.len().saturating_sub(20)..].join("\n");
    Err(ToolError::Failed { tool, status: status.to_string(), output })
}

/// Reads a pipe to its end on a thread of its own.
fn collect(pipe: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // A broken pipe ends the output, which is then as complete as it can be.
            let _ = pipe.read_to_end(&mut bytes);
        }
        // The receiver may have stopped waiting.
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}
