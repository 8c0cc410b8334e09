//! Verilog of a named configuration and what makes it easy to use, in files that are either complete
//! or absent.
//!
//! The netlist compiler prints the modules ([`netlist::print`]). Cosimulation proves, cycle by
//! cycle, that the text *behaves* like the Rust simulation.
//!
//! | file | does |
//! |---|---|
//! | `describe`, `words`, `groups` | give modules and ports the doc comments of their source; words for blocks; headings for groups of ports |
//! | `parts`, `header` | what a configuration consists of; the header comment of the Verilog |
//! | `unit` | a unit and its ports, as the files around it need them |
//! | `template`, `fusesoc`, `guide` | these files: an instance to copy, FuseSoC's description, a guide |
//! | `testbench`, `timing` | a test bench in Verilog that checks itself; the latencies that it expects and the guide tells |
//! | [`segment`] | all this for the segmentation unit |
//! | `file` | writes files that appear whole or not at all |
//! | [`checks`], [`tools`] | let Icarus Verilog, Verilator and Yosys read the text, where they are installed |

pub mod checks;
mod describe;
mod file;
mod fusesoc;
mod groups;
mod guide;
mod header;
mod parts;
pub mod segment;
mod template;
mod testbench;
mod timing;
pub mod tools;
mod unit;
mod words;

pub use checks::{Verdict, check, simulate};
pub use file::{File, Kind, write};
pub(crate) use file::{are_one, begin, complete};
pub use tools::ToolError;

use engine::Config;
use std::path::{Path, PathBuf};
use unit::Unit;

/// Why a configuration could not be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A file could not be written; nothing of it is left.
    #[error("{} cannot be written", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
}

/// The text of the Verilog file of a configuration: header and modules, the top named after the
/// configuration, with which the names of all others begin. Identical from run to run.
pub fn verilog(config: &Config) -> String {
    unit(config).verilog
}

/// Every file of a configuration. Identical from run to run.
pub fn files(config: &Config) -> Vec<File> {
    let unit = unit(config);
    let name = unit.name.as_str();
    vec![
        File::new(Kind::Verilog, name, unit.verilog.clone()),
        File::new(Kind::Template, name, template::template(&unit)),
        File::new(Kind::Core, name, fusesoc::core(&unit, true)),
        File::new(Kind::Testbench, name, testbench::testbench(config, &unit)),
        File::new(Kind::Guide, name, guide::mmu(config, &unit)),
    ]
}

/// Writes `directory/NAME.v` alone and returns its path. The directory is created if necessary; the
/// file appears whole or not at all.
///
/// # Errors
/// [`ExportError::Write`] if the directory cannot be created or written, or the disk is full.
pub fn export(config: &Config, directory: &Path) -> Result<PathBuf, ExportError> {
    let unit = unit(config);
    write(directory, &[File::new(Kind::Verilog, &unit.name, unit.verilog)])?;
    Ok(directory.join(format!("{}.v", unit.name)))
}

fn unit(config: &Config) -> Unit {
    let design = config.design();
    let mut describe = describe::describe();
    words::words(&mut describe);
    groups::of_the_mmu(&mut describe, &design);
    let title = format!("RISC-V MMU, configuration {}", config.name);
    Unit::new(config.module(), (title, "mmu"), &header::header(config), &design, &describe)
}
