//! Verilog of a named configuration, written so that what lands on disk can be trusted.
//!
//! rust-hdl prints the modules; [`lint`] reads the text back and refuses the shapes that it is
//! known to print silently wrong; `settle` keeps half-finished values inside their blocks;
//! `header` says on top what the file is. With tools at hand,
//! [`checks`] lets Icarus Verilog, Verilator and Yosys read it as well. That the text *behaves*
//! like the Rust simulation is proved cycle by cycle in [`crate::cosim`].

pub mod checks;
mod file;
mod header;
mod keywords;
mod lint;
mod settle;
mod tokens;
pub mod tools;

pub use checks::{Verdict, check};
pub use lint::{Problem, lint};
pub use tools::ToolError;

use crate::engine::Config;
use std::path::{Path, PathBuf};

/// Why a configuration could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The printed text has a shape that is not what the hardware means: a defect of a block.
    #[error("the Verilog of `{config}` cannot be trusted: {}", list(.problems))]
    Untrusted {
        /// The configuration.
        config: &'static str,
        /// What was found, in the order of the text.
        problems: Vec<Problem>,
    },
    /// The file system refused.
    #[error("cannot write {}: {}", .path.display(), .source)]
    Write {
        /// What was to be written.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A tool rejected the file, or is missing where it must not be.
    #[error(transparent)]
    Tool(#[from] ToolError),
}

/// The first few problems in words.
fn list(problems: &[Problem]) -> String {
    const SHOWN: usize = 5;
    let mut shown: Vec<String> = problems.iter().take(SHOWN).map(Problem::to_string).collect();
    if problems.len() > SHOWN {
        shown.push(format!("and {} more", problems.len() - SHOWN));
    }
    shown.join("; ")
}

/// The text of the file for a configuration: header and modules, the top named after the
/// configuration. Identical from run to run.
///
/// # Errors
/// [`ExportError::Untrusted`] when the printed text fails [`lint`].
pub fn verilog(config: &Config) -> Result<String, ExportError> {
    let modules = config.verilog(config.name);
    let problems = lint(&modules);
    if !problems.is_empty() {
        return Err(ExportError::Untrusted { config: config.name, problems });
    }
    let modules = settle::settle(&modules);
    let modules: Vec<&str> = modules.trim().lines().map(str::trim_end).collect();
    Ok(format!("{}\n{}\n", header::header(config), modules.join("\n")))
}

/// Writes `directory/NAME.v` and returns its path. The directory is made if need be; the file
/// appears whole or not at all.
///
/// # Errors
/// [`ExportError::Untrusted`] as [`verilog`]; [`ExportError::Write`] when the directory cannot
/// be made or written, or the disk is full.
pub fn export(config: &Config, directory: &Path) -> Result<PathBuf, ExportError> {
    let text = verilog(config)?;
    let path = directory.join(format!("{}.v", config.name));
    file::write_whole(&path, &text)
        .map_err(|source| ExportError::Write { path: path.clone(), source })?;
    Ok(path)
}
