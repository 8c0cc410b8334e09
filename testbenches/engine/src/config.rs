//! The named configurations.

use super::compiled::Native;
use super::pool::Lent;
use super::{Engine, HardwareMmu, Pin, Simulator, top};
use hdl::{Rv32Mmu, Rv64Mmu};
use model::isa::Xlen;
use model::mmu::Mmu;
use netlist::Design;
use netlist::compile::CompileError;

/// A named size of one of the two tops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Its name on the command line.
    pub name: &'static str,
    /// The width of the top.
    pub xlen: Xlen,
    /// Lines in each of the two TLBs.
    pub entries: usize,
}

/// Every configuration, smallest first within a width.
pub const CONFIGS: &[Config] = &[
    Config { name: "rv32_tiny", xlen: Xlen::Rv32, entries: 4 },
    Config { name: "rv32_small", xlen: Xlen::Rv32, entries: 8 },
    Config { name: "rv32_linux", xlen: Xlen::Rv32, entries: 16 },
    Config { name: "rv32_large", xlen: Xlen::Rv32, entries: 32 },
    Config { name: "rv32_huge", xlen: Xlen::Rv32, entries: 64 },
    Config { name: "rv64_tiny", xlen: Xlen::Rv64, entries: 4 },
    Config { name: "rv64_small", xlen: Xlen::Rv64, entries: 8 },
    Config { name: "rv64_linux", xlen: Xlen::Rv64, entries: 16 },
    Config { name: "rv64_large", xlen: Xlen::Rv64, entries: 32 },
    Config { name: "rv64_huge", xlen: Xlen::Rv64, entries: 64 },
];

/// No configuration has that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no configuration `{name}`; there are {}", names())]
pub struct UnknownConfig {
    /// The name requested.
    pub name: String,
}

fn names() -> String {
    CONFIGS.iter().map(|config| config.name).collect::<Vec<_>>().join(", ")
}

/// The configuration with this name.
///
/// # Errors
/// [`UnknownConfig`], which lists the existing ones.
pub fn find(name: &str) -> Result<&'static Config, UnknownConfig> {
    CONFIGS
        .iter()
        .find(|config| config.name == name)
        .ok_or_else(|| UnknownConfig { name: name.to_string() })
}

/// Evaluates an expression with `$top` standing for the configuration's block type.
macro_rules! with_top {
    ($config:expr, $top:ident => $body:expr) => {
        match ($config.xlen, $config.entries) {
            (Xlen::Rv32, 4) => with_top!(@ Rv32Mmu<4, 2>, $top, $body),
            (Xlen::Rv32, 8) => with_top!(@ Rv32Mmu<8, 3>, $top, $body),
            (Xlen::Rv32, 16) => with_top!(@ Rv32Mmu<16, 4>, $top, $body),
            (Xlen::Rv32, 32) => with_top!(@ Rv32Mmu<32, 5>, $top, $body),
            (Xlen::Rv32, 64) => with_top!(@ Rv32Mmu<64, 6>, $top, $body),
            (Xlen::Rv64, 4) => with_top!(@ Rv64Mmu<4, 2>, $top, $body),
            (Xlen::Rv64, 8) => with_top!(@ Rv64Mmu<8, 3>, $top, $body),
            (Xlen::Rv64, 16) => with_top!(@ Rv64Mmu<16, 4>, $top, $body),
            (Xlen::Rv64, 32) => with_top!(@ Rv64Mmu<32, 5>, $top, $body),
            (Xlen::Rv64, 64) => with_top!(@ Rv64Mmu<64, 6>, $top, $body),
            _ => unreachable!("every entry of CONFIGS stands above"),
        }
    };
    (@ $type:ty, $top:ident, $body:expr) => {{
        type $top = $type;
        $body
    }};
}

impl Config {
    /// The hardware after reset, on an engine. Compiled code of an earlier run of this thread is
    /// used again.
    pub fn mmu(&self, engine: Engine) -> Box<dyn Mmu> {
        // Used by its own type, the fastest engine is driven without indirection.
        let native = || {
            let native = Box::new(self.native()?);
            Ok::<_, CompileError>(HardwareMmu::new(native, self.name, self.xlen, self.entries))
        };
        if engine == Engine::Compiled
            && let Ok(lent) = Lent::new(self.name, native)
        {
            return Box::new(lent);
        }
        let simulator = self.simulator(engine);
        Box::new(HardwareMmu::new(simulator, self.name, self.xlen, self.entries))
    }

    /// The hardware as bare pins, at power-up, on an engine. If Cranelift does not support this
    /// machine, the interpreter replaces the compiled engine.
    ///
    /// # Panics
    /// If the netlist compiler reports a finding: a defect of the design, which the first build
    /// reveals.
    pub fn simulator(&self, engine: Engine) -> Box<dyn Simulator> {
        with_top!(self, Top => top::simulator::<Top>(self.name, engine))
    }

    /// As [`Config::simulator`] with the compiled engine, by its type.
    ///
    /// # Errors
    /// [`CompileError`] if Cranelift does not support this machine.
    ///
    /// # Panics
    /// If the netlist compiler reports a finding.
    pub fn native(&self) -> Result<Native, CompileError> {
        with_top!(self, Top => top::native::<Top>(self.name))
    }

    /// The typed design of the top, the input of the netlist compiler.
    ///
    /// # Panics
    /// If the compiler reports a finding.
    pub fn design(&self) -> Design {
        with_top!(self, Top => top::design::<Top>())
    }

    /// The width of a pin in bits.
    pub fn pin_width(&self, pin: Pin) -> usize {
        with_top!(self, Top => top::pin_width::<Top>(pin))
    }
}
