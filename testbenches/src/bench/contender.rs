//! The engines and simulators that are measured.

use clap::ValueEnum;
use std::fmt;

/// An engine of ours, or a way to use a tool that simulates the exported Verilog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Contender {
    /// The default engine: machine code; cycles that cannot differ are jumped over, and counted
    Compiled,
    /// Machine code, every cycle driven
    CompiledNoskip,
    /// Verilator at its best: an all-Verilog test bench, the fastest of gcc and clang, of one
    /// and two evaluations a cycle
    VerilatorBest,
    /// Verilator as usual: driven from C++, two evaluations a cycle
    Verilator,
    /// CXXRTL of Yosys, driven from C++
    Cxxrtl,
    /// Icarus Verilog with an all-Verilog test bench
    Icarus,
    /// The netlist, node by node
    Interpreter,
    /// rust-hdl's own update loop
    RustHdl,
}

impl Contender {
    /// All of them, in the order of the table.
    pub const ALL: [Contender; 8] = [
        Contender::Compiled,
        Contender::CompiledNoskip,
        Contender::VerilatorBest,
        Contender::Verilator,
        Contender::Cxxrtl,
        Contender::Icarus,
        Contender::Interpreter,
        Contender::RustHdl,
    ];

    /// The name in tables, and on the command line.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl Contender {
    /// Whether it runs a million cycles in seconds.
    pub(super) fn is_fast(self) -> bool {
        !matches!(self, Contender::Icarus | Contender::Interpreter | Contender::RustHdl)
    }
}

impl fmt::Display for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_knows_them_by_the_names_of_the_table() {
        for contender in Contender::ALL {
            assert_eq!(Contender::from_str(contender.name(), false), Ok(contender));
        }
    }
}
