//! What booting Linux costs: in QEMU, on our hardware, on the same hart without hardware, and with
//! the exported Verilog in Verilator.
//!
//! All boot the same kernel, firmware and files with the same device tree, in turn; what is compared
//! is CPU time, as the median of what each round gives.
//!
//! | file | does |
//! |---|---|
//! | `entrant` | what is measured |
//! | `course` | one boot of one of them |
//! | `replay` | Verilator in the hardware's place |
//! | `report` | the table, and its targets |

mod course;
mod entrant;
mod replay;
mod report;

pub use entrant::Entrant;
pub use report::{BootReport, BootRow};

use std::path::PathBuf;

use super::BenchError;
use crate::export::ToolError;
use crate::linux::{ReferenceError, packages};
use course::Course;

/// How much of a boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// Without the kernel's tests of itself.
    Lean,
    /// With everything.
    Default,
}

impl Length {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Length::Lean => "lean",
            Length::Default => "default",
        }
    }
}

/// The measurements to make.
#[derive(Clone, Debug)]
pub struct BootOptions {
    /// The folder with kernel, Busybox and firmware.
    pub folder: PathBuf,
    /// How much of a boot.
    pub length: Length,
    /// The number of measurements of each, in turn; the median counts. It is odd.
    pub rounds: u32,
    /// Steps of the kernel, from its first instruction on, in which Verilator is measured.
    pub part: u64,
    /// A missing tool is an error instead of a note.
    pub required: bool,
}

/// A boot that did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum BootBenchError {
    /// There is nothing to boot.
    #[error(
        "{0} does not have Debian's kernel, Busybox and firmware; `pagewalk linux {0}` fetches them"
    )]
    Folder(String),
    /// A file cannot be read.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// The kernel is none.
    #[error("{0}: {1}")]
    Image(String, crate::linux::ImageError),
    /// The first file system cannot be made.
    #[error(transparent)]
    Initramfs(#[from] crate::linux::InitramfsError),
    /// The computer cannot be built.
    #[error(transparent)]
    Plan(#[from] crate::boot::BootError),
    /// QEMU cannot be measured.
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    /// It ended otherwise than by turning the power off.
    #[error("{what} did not boot: {how}; the console ended with\n{last}")]
    Ended {
        /// What was measured.
        what: &'static str,
        /// How it ended.
        how: String,
        /// The last lines of the console.
        last: String,
    },
    /// Two runs of the same differ.
    #[error("{what}: {counted} in a round, {before} in the one before; they are deterministic")]
    Varies {
        /// What was measured.
        what: &'static str,
        /// What was counted.
        counted: String,
        /// What was counted before.
        before: String,
    },
}

/// Measures every entrant; `progress` is as in [`run`](super::run). What was measured in full before
/// an interruption is in the report.
///
/// # Errors
/// [`BenchError`]. A missing tool is noted in the report, unless it is required.
pub fn boots(
    options: &BootOptions,
    progress: &mut dyn FnMut(&str) -> bool,
) -> Result<BootReport, BenchError> {
    let folder = options.folder.display().to_string();
    let packages = packages::kept(&options.folder).ok_or(BootBenchError::Folder(folder))?;
    let mut report = BootReport::new(options, &packages);
    let mut ended = false;
    let mut go_on = |what: &str| {
        ended |= !progress(what);
        if ended { Err(BenchError::Interrupted) } else { Ok(()) }
    };
    match measure(options, &packages, &mut report, &mut go_on) {
        // A tool fails when it is interrupted; that is not an error of its own.
        Err(error)
            if !matches!(error, BenchError::Interrupted) && go_on("a step failed").is_ok() =>
        {
            Err(error)
        }
        _ => Ok(report),
    }
}

fn measure(
    options: &BootOptions,
    packages: &crate::linux::Packages,
    report: &mut BootReport,
    go_on: &mut super::GoOn<'_>,
) -> Result<(), BenchError> {
    let mut course = Course::new(options, packages)?;
    let mut entrants = Entrant::of(options.length).to_vec();
    for round in 1..=options.rounds {
        let mut missing = Vec::new();
        for &entrant in &entrants {
            let name = entrant.name();
            let mut go_on = || go_on(&format!("{name}, round {round} of {}", options.rounds));
            go_on()?;
            match course.run(entrant, &mut go_on) {
                Ok(run) => report.add(entrant, run)?,
                Err(error) => match missing_tool(&error).filter(|_| !options.required) {
                    Some(tool) => {
                        report.lacks(entrant, &tool);
                        missing.push(entrant);
                    }
                    None => return Err(error),
                },
            }
        }
        entrants.retain(|entrant| !missing.contains(entrant));
    }
    Ok(())
}

/// The tool without which a measurement failed.
fn missing_tool(error: &BenchError) -> Option<String> {
    match error {
        BenchError::Tool(ToolError::Missing { tool }) => Some((*tool).to_owned()),
        BenchError::Boot(error) => match &**error {
            BootBenchError::Reference(ReferenceError::Missing) => {
                Some("qemu-system-riscv64".to_owned())
            }
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_files_is_an_error_that_says_what_to_do() {
        let home = tempfile::tempdir().expect("a folder");
        let options = BootOptions {
            folder: home.path().to_owned(),
            length: Length::Lean,
            rounds: 1,
            part: 1000,
            required: false,
        };
        let error = boots(&options, &mut |_| true).expect_err("nothing is there").to_string();
        assert!(error.contains("`pagewalk linux "), "{error}");
    }

    #[test]
    fn only_missing_tools_are_left_out() {
        let qemu = BenchError::from(BootBenchError::from(ReferenceError::Missing));
        assert_eq!(missing_tool(&qemu).as_deref(), Some("qemu-system-riscv64"));
        let verilator = BenchError::from(ToolError::Missing { tool: "verilator" });
        assert_eq!(missing_tool(&verilator).as_deref(), Some("verilator"));
        assert_eq!(missing_tool(&BenchError::Interrupted), None);
    }
}
