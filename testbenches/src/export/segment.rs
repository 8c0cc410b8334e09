//! The segmentation unit as Verilog.

use super::unit::Unit;
use super::{File, Kind, fusesoc, groups, guide, template, words};
use engine::segment::{Config, PINS};
use netlist::print::Describe;

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
        File::new(Kind::Core, name, fusesoc::core(&unit, false, true)),
        File::new(Kind::Guide, name, guide::other(&unit)),
    ]
}

fn unit(config: &Config) -> Unit {
    let design = config.design();
    let top = &design.top_module().name;
    let mut describe = Describe::new();
    describe.set(format!("{top}.clock"), "rising edge");
    for pin in PINS {
        describe.set(format!("{top}.{}", pin.name()), pin.meaning());
    }
    words::words(&mut describe);
    groups::of_the_segment_unit(&mut describe, &design);
    let title = format!("segmentation unit, configuration {}", config.name);
    let printed = netlist::print::verilog(&design, config.name, &describe);
    Unit::new(config.name.to_owned(), (title, "segments"), &header(config), printed)
}

/// What the file is, and how to use it. Ports are explained where they are declared.
fn header(config: &Config) -> String {
    let (segments, span) = (config.segments, config.shape().span());
    format!(
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
         // until then valid and payload hold. Flows (valid alone) last one cycle.\n",
        version = env!("CARGO_PKG_VERSION"),
        name = config.name,
    )
}
