//! What is measured.

use machine::board::Checks;

use super::Length;

/// The MMU whose time counts.
const PLAIN: &str = "rv64_linux";
/// The same with more parts.
const PARTS: &str = "rv64_linux+l2=512+walk_cache=8";

/// What boots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entrant {
    /// QEMU, on the same files.
    Qemu,
    /// Our hardware, with answers checked at this rate.
    Hardware(Checks),
    /// Our hardware with a second level and a walk cache.
    Parts,
    /// The same hart on an MMU in software, without cycles.
    Emulator,
    /// Our hardware in a part of the boot.
    Part,
    /// The exported Verilog in Verilator, in the same part; without the hart.
    Verilator,
}

impl Entrant {
    /// Those of a boot, in the order of the table.
    pub fn of(length: Length) -> &'static [Entrant] {
        const ALL: [Entrant; 8] = [
            Entrant::Qemu,
            Entrant::Hardware(Checks::Sampled),
            Entrant::Hardware(Checks::All),
            Entrant::Hardware(Checks::Off),
            Entrant::Parts,
            Entrant::Emulator,
            Entrant::Part,
            Entrant::Verilator,
        ];
        match length {
            Length::Lean => &ALL,
            Length::Default => &ALL[..2],
        }
    }

    /// Its name in the table.
    pub fn name(self) -> &'static str {
        match self {
            Entrant::Qemu => "QEMU",
            Entrant::Hardware(Checks::Sampled) => "RTL, checks sampled",
            Entrant::Hardware(Checks::All) => "RTL, checks all",
            Entrant::Hardware(Checks::Off) => "RTL, checks off",
            Entrant::Parts => "RTL with second level and walk cache, checks sampled",
            Entrant::Emulator => "the same hart on a software MMU, no cycles",
            Entrant::Part => "RTL, checks sampled, the part",
            Entrant::Verilator => "Verilator alone, the part",
        }
    }

    /// The configuration of its MMU, if it has one of ours.
    pub fn config(self) -> Option<&'static str> {
        match self {
            Entrant::Qemu => None,
            Entrant::Parts => Some(PARTS),
            _ => Some(PLAIN),
        }
    }

    /// Which answers are checked.
    pub(super) fn checks(self) -> Checks {
        match self {
            Entrant::Hardware(checks) => checks,
            Entrant::Verilator => Checks::Off,
            _ => Checks::Sampled,
        }
    }
}
