//! The comment on top of an exported MMU.

use super::parts::parts;
use engine::Config;

/// What the file is, and how to use it. Ports are explained where they are declared.
pub(super) fn header(config: &Config) -> String {
    let rows = parts(config).into_iter().map(|(part, text)| format!("//   {part:18} {text}\n"));
    format!(
        "// Pagewalk {version}: RISC-V MMU, configuration {name}\n\
         //\n\
         // Top module {module}:\n\
         {parts}\
         // Generated from the Rust source; change that, not this file.\n\
         //\n\
         // Clock: everything happens at the rising edge of `clock`.\n\
         // Reset: `reset` is synchronous and active high; hold it for at least one cycle after\n\
         // power-up. It empties {tlbs} and drops misses and the held fault; memory must\n\
         // forget the walker's request as well.\n\
         // Streams (valid and ready): a transfer happens in a cycle in which both are high;\n\
         // until then valid and payload hold. Flows (valid alone) last one cycle.\n",
        version = env!("CARGO_PKG_VERSION"),
        name = config.name,
        module = config.module(),
        tlbs = if config.organisation.one_port { "the TLB" } else { "both TLBs" },
        parts = rows.collect::<String>(),
    )
}
