//! The comment on top of an exported file.

use engine::Config;
use model::isa::{Extensions, Xlen};
use model::mmu::{Organisation, Replacement};

/// What the file is, and how to use it. Ports are explained where they are declared.
pub(super) fn header(config: &Config) -> String {
    let (modes, pa_bits) = match config.xlen {
        Xlen::Rv32 => ("Bare and Sv32", 34),
        Xlen::Rv64 => ("Bare, Sv39, Sv48 and Sv57 by satp.MODE", 56),
    };
    let organisation = config.organisation;
    let lines = match organisation.fetch_lines {
        0 => format!("{} lines for each port", config.entries),
        fetch => format!("{fetch} lines for fetches, {} for data", config.entries),
    };
    let placement = match organisation.ways {
        0 => "fully associative".to_owned(),
        ways => format!("in sets of {ways}"),
    };
    // What stands in the line above is not repeated.
    let parts = Organisation {
        replacement: Replacement::Fifo,
        ways: 0,
        fetch_lines: 0,
        two_walkers: false,
        ..organisation
    };
    let extensions = match config.extensions {
        Extensions::NONE => "none".to_owned(),
        built_in => built_in.to_string(),
    };
    let pmp = match (config.physical.pmp, config.physical.regions.len()) {
        (0, 0) => "none".to_owned(),
        (pmp, 0) => format!("{pmp} PMP entries"),
        (pmp, regions) => format!("{pmp} PMP entries, {regions} regions with attributes"),
    };
    format!(
        "// Pagewalk {version}: RISC-V MMU, configuration {name}\n\
         //\n\
         // Top module {module}: {modes};\n\
         // {pa_bits}-bit physical addresses.\n\
         // TLBs: {lines}, {placement}, {replacement} replacement; page-table walkers: {walkers}.\n\
         // Extensions: {extensions}. Other parts: {parts}. Physical memory protection: {pmp}.\n\
         // Generated from the Rust source; change that, not this file.\n\
         //\n\
         // Clock: everything happens at the rising edge of `clock`.\n\
         // Reset: `reset` is synchronous and active high; hold it for at least one cycle after\n\
         // power-up. It empties both TLBs and drops misses and the held fault; memory must\n\
         // forget the walker's request as well.\n\
         // Streams (valid and ready): a transfer happens in a cycle in which both are high;\n\
         // until then valid and payload hold. Flows (valid alone) last one cycle.\n",
        version = env!("CARGO_PKG_VERSION"),
        name = config.name,
        module = config.module(),
        walkers = if organisation.two_walkers { "one for each port" } else { "one for both ports" },
        replacement = organisation.replacement,
    )
}
