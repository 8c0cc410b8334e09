//! The shims as Verilog.

use super::unit::Unit;
use super::{File, Kind, describe, groups, template, words};
use engine::shim::Config;

/// The text of the file for a shim: header and modules, the top named after the shim. Identical from
/// run to run.
pub fn verilog(config: &Config) -> String {
    unit(config).verilog
}

/// Every file of a shim. Identical from run to run.
pub fn files(config: &Config) -> Vec<File> {
    let unit = unit(config);
    let name = unit.name.as_str();
    vec![
        File::new(Kind::Verilog, name, unit.verilog.clone()),
        File::new(Kind::Template, name, template::template(&unit)),
    ]
}

fn unit(config: &Config) -> Unit {
    let mut describe = describe::describe();
    words::words(&mut describe);
    let design = config.design();
    groups::of_a_shim(&mut describe, &design);
    let printed = netlist::print::verilog(&design, config.name, &describe);
    let title = format!("{}, a shim of the RISC-V MMU", config.what);
    Unit::new(config.name.to_owned(), (title, "shim"), &header(config), printed)
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
