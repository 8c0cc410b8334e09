//! Verilog of a named configuration, in files that are either complete or absent.
//!
//! The netlist compiler prints the modules ([`netlist::print`]). Cosimulation proves, cycle by
//! cycle, that the text *behaves* like the Rust simulation.
//!
//! | file | does |
//! |---|---|
//! | `describe` | gives modules and ports the doc comments of their source |
//! | `header` | the header comment of the file |
//! | [`segment`] | the same for the segmentation unit |
//! | [`shim`] | the same for the shims |
//! | `file` | writes files that appear whole or not at all |
//! | [`checks`], [`tools`] | let Icarus Verilog, Verilator and Yosys read the text, where they are installed |

pub mod checks;
mod describe;
mod file;
mod header;
pub mod segment;
pub mod shim;
pub mod tools;

pub use checks::{Verdict, check};
pub(crate) use file::{are_one, begin, complete};
pub use tools::ToolError;

use engine::Config;
use netlist::print;
use std::path::{Path, PathBuf};

/// Why a configuration could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file could not be written; nothing of it is left.
    #[error("{} cannot be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
}

/// The text of the file for a configuration: header and modules, the top named after the
/// configuration. Identical from run to run.
pub fn verilog(config: &Config) -> String {
    let modules = print::verilog(&config.design(), &config.module(), &describe::describe());
    format!("{}\n{modules}", header::header(config))
}

/// Writes `directory/NAME.v` and returns its path. The directory is created if necessary; the file
/// appears whole or not at all.
///
/// # Errors
/// [`ExportError::Write`] if the directory cannot be created or written, or the disk is full.
pub fn export(config: &Config, directory: &Path) -> Result<PathBuf, ExportError> {
    write(directory, &config.module(), &verilog(config))
}

/// Writes a text as `directory/NAME.v`.
pub(crate) fn write(directory: &Path, name: &str, text: &str) -> Result<PathBuf, ExportError> {
    let path = directory.join(format!("{name}.v"));
    file::write_whole(&path, text)
        .map_err(|source| ExportError::Write { path: path.clone(), source })?;
    Ok(path)
}
