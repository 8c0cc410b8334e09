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
//! | `target` | for which hardware the Verilog is |
//! | `unit` | a unit and its ports, as the files around it need them |
//! | `template`, `fusesoc`, `guide` | these files: an instance to copy, FuseSoC's description, a guide |
//! | `testbench`, `timing` | a test bench in Verilog that checks itself; the latencies that it expects and the guide tells |
//! | [`ecp5`] | blocks in cells of the Lattice ECP5 |
//! | [`segment`], [`shim`] | all this for the segmentation unit; the same for the shims |
//! | `file` | writes files that appear whole or not at all |
//! | [`checks`], [`tools`] | let Icarus Verilog, Verilator and Yosys read the text, where they are installed |

pub mod checks;
mod describe;
pub mod ecp5;
pub(crate) mod file;
mod fusesoc;
mod groups;
mod guide;
mod header;
mod parts;
pub mod segment;
pub mod shim;
mod target;
mod template;
mod testbench;
mod timing;
pub mod tools;
mod unit;
mod words;

pub use checks::{Verdict, check, simulate};
pub use file::{File, Kind, write};
pub(crate) use file::{are_one, begin, complete};
pub use target::Target;
pub use tools::ToolError;

use engine::Config;
use netlist::print::{Describe, Verilog};
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
    unit(config, Target::Generic).verilog
}

/// The modules of a configuration for a target, the top first.
pub fn modules(config: &Config, target: Target) -> Verilog {
    let mut design = config.design();
    design.hide(|port| config.organisation.lacks(port));
    let mut modules = netlist::print::verilog(&design, &config.module(), &describe(config));
    if target == Target::Ecp5 {
        ecp5::with_cells(&mut modules, ecp5::has_napot(config));
    }
    modules
}

/// Every file of a configuration for a target. Identical from run to run.
pub fn files(config: &Config, target: Target) -> Vec<File> {
    let unit = unit(config, target);
    let name = unit.name.as_str();
    let plain = target == Target::Generic;
    let mut files = vec![
        File::new(Kind::Verilog, name, unit.verilog.clone()),
        File::new(Kind::Template, name, template::template(&unit)),
        File::new(Kind::Core, name, fusesoc::core(&unit, plain, plain)),
        File::new(Kind::Guide, name, guide::mmu(config, &unit, target)),
    ];
    // Cells have no models, without which nothing simulates.
    if plain {
        files.push(File::new(Kind::Testbench, name, testbench::testbench(config, &unit)));
    }
    files
}

/// Writes `directory/NAME.v` alone and returns its path. The directory is created if necessary; the
/// file appears whole or not at all.
///
/// # Errors
/// [`ExportError::Write`] if the directory cannot be created or written, or the disk is full.
pub fn export(config: &Config, directory: &Path) -> Result<PathBuf, ExportError> {
    let unit = unit(config, Target::Generic);
    write(directory, &[File::new(Kind::Verilog, &unit.name, unit.verilog)])?;
    Ok(directory.join(format!("{}.v", unit.name)))
}

fn unit(config: &Config, target: Target) -> Unit {
    let title = format!("RISC-V MMU, configuration {}", config.name);
    let header = match target {
        Target::Generic => header::header(config),
        Target::Ecp5 => format!("{}{}", header::header(config), ecp5::HEADER),
    };
    Unit::new(config.module(), (title, "mmu"), &header, modules(config, target))
}

fn describe(config: &Config) -> Describe {
    let mut describe = describe::describe();
    words::words(&mut describe);
    groups::of_the_mmu(&mut describe, &config.design(), config.organisation.one_port);
    describe
}
