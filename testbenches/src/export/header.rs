//! The comment on top of an exported file.

use engine::Config;
use model::isa::Xlen;

/// What the file is, and how to use it. Ports are explained where they are declared.
pub(super) fn header(config: &Config) -> String {
    let (modes, pa_bits) = match config.xlen {
        Xlen::Rv32 => ("Bare and Sv32", 34),
        Xlen::Rv64 => ("Bare, Sv39, Sv48 and Sv57 by satp.MODE", 56),
    };
    format!(
        "// Pagewalk {version}: RISC-V MMU, configuration {name}\n\
         //\n\
         // Top module {module}: {modes};\n\
         // {pa_bits}-bit physical addresses; {entries} lines in each of its two fully associative\n\
         // TLBs (fetch, data); one page-table walker.\n\
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
        entries = config.entries,
    )
}
