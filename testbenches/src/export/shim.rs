//! The shims as Verilog.

use std::path::{Path, PathBuf};

use netlist::print;

use super::{ExportError, describe, write};
use engine::shim::Config;

/// The text of the file for a shim: header and modules, the top named after the shim. Identical from
/// run to run.
pub fn verilog(config: &Config) -> String {
    let modules = print::verilog(&config.design(), config.name, &describe::describe());
    format!("{}\n{modules}", header(config))
}

/// Writes `directory/NAME.v` and returns its path; the file appears whole or not at all.
///
/// # Errors
/// [`ExportError::Write`] if the directory cannot be created or written, or the disk is full.
pub fn export(config: &Config, directory: &Path) -> Result<PathBuf, ExportError> {
    write(directory, config.name, &verilog(config))
}

/// What the file is, and how to use it. Ports are explained where they are declared.
fn header(config: &Config) -> String {
    format!(
        "// Pagewalk {version}: {name}, a shim between the MMU and other hardware\n\
         //\n\
         // Top module {name}: {what}.\n\
         // How to connect it, and its latencies: docs/shims.md.\n\
         // Generated from the Rust source; change that, not this file.\n\
         //\n\
         // Clock: everything happens at the rising edge of `clock`.\n\
         // Reset: `reset` is synchronous and active high; hold it for at least one cycle after\n\
         // power-up. MMU, shim and bus are reset together: a response to a request from before\n\
         // would be taken for that to a new one.\n\
         // Streams (valid and ready): a transfer happens in a cycle in which both are high;\n\
         // until then valid and payload hold. Flows (valid alone) last one cycle.\n",
        version = env!("CARGO_PKG_VERSION"),
        name = config.name,
        what = config.what,
    )
}
