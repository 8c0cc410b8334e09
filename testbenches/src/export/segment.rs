//! The segmentation unit as Verilog.

use std::path::{Path, PathBuf};

use netlist::print::{self, Describe};

use super::{ExportError, write};
use crate::table::{Column, aligned};
use engine::Direction;
use engine::segment::{Config, PINS};

/// The text of the file for a configuration: header and modules, the top named after the
/// configuration. Identical from run to run.
pub fn verilog(config: &Config) -> String {
    let modules = print::verilog(&config.design(), config.name, &Describe::new());
    format!("{}\n{modules}", header(config))
}

/// Writes `directory/NAME.v` and returns its path; the file appears whole or not at all.
///
/// # Errors
/// [`ExportError::Write`] if the directory cannot be created or written, or the disk is full.
pub fn export(config: &Config, directory: &Path) -> Result<PathBuf, ExportError> {
    write(directory, config.name, &verilog(config))
}

/// What the file is, how to use it, and its ports.
fn header(config: &Config) -> String {
    let (segments, span) = (config.segments, config.shape().span());
    let text = format!(
        "// Pagewalk {version}: segmentation unit, configuration {name}\n\
         //\n\
         // Top module {name}: {segments} segments of up to {span} bytes, by base and limit;\n\
         // 34-bit physical addresses. Not of RISC-V: what paging is compared with.\n\
         // Generated from the Rust source; change that, not this file.\n\
         //\n\
         // Clock: everything happens at the rising edge of `clock`.\n\
         // Reset: `reset` is synchronous and active high; hold it for at least one cycle after\n\
         // power-up. It forgets every segment and the held fault.\n\
         // Streams (valid and ready): a transfer happens in a cycle in which both are high;\n\
         // until then valid and payload hold. Flows (valid alone) last one cycle.\n\
         //\n",
        version = env!("CARGO_PKG_VERSION"),
        name = config.name,
    );
    let row = |port: &str, direction: Direction, width: usize, meaning: &str| {
        let direction = if direction == Direction::In { "in" } else { "out" };
        [port, direction, &width.to_string(), meaning].map(str::to_owned)
    };
    let mut rows = vec![["port", "dir", "width", "meaning"].map(str::to_owned)];
    rows.push(row("clock", Direction::In, 1, "rising edge"));
    let design = config.design();
    let pin = |name: &str| PINS.iter().copied().find(|pin| pin.name() == name);
    let pins = design.top_module().ports().filter_map(|(_, port)| pin(&port.name));
    rows.extend(
        pins.map(|pin| row(pin.name(), pin.direction(), config.pin_width(pin), pin.meaning())),
    );
    let columns =
        [Column::left(21).gap(0), Column::left(4).gap(1), Column::right(5).gap(1), Column::left(0)];
    let ports = aligned(&columns, rows);
    text + &ports
        .lines()
        .map(|line| {
            format!(
                "// {line}
"
            )
        })
        .collect::<String>()
}
