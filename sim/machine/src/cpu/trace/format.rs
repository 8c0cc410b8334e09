//! The formats of traces.

use serde::Serialize;

/// How a trace is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Lines of Valgrind's tool lackey.
    Lackey,
    /// Dinero's: a label and an address.
    Din,
    /// Dinero IV's extended one: a letter, an address and a size.
    Xdin,
    /// An address, and `R` or `W`.
    Plain,
    /// What DynamoRIO's tool `view` prints of a drmemtrace.
    Drmemtrace,
    /// ChampSim's instructions, in 64 bytes each.
    Champsim,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 6] = [
        Format::Lackey,
        Format::Din,
        Format::Xdin,
        Format::Plain,
        Format::Drmemtrace,
        Format::Champsim,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Lackey => "lackey",
            Format::Din => "din",
            Format::Xdin => "xdin",
            Format::Plain => "plain",
            Format::Drmemtrace => "drmemtrace",
            Format::Champsim => "champsim",
        }
    }

    /// An example: a line, or what stands for one.
    pub const fn example(self) -> &'static str {
        match self {
            Format::Lackey => " L 1ffefffe28,8",
            Format::Din => "0 1ffefffe28",
            Format::Xdin => "r 1ffefffe28 8",
            Format::Plain => "1ffefffe28 R",
            Format::Drmemtrace => "7 4: 901 read 8 byte(s) @ 0x1ffefffe28 by PC 0x401ab70",
            Format::Champsim => "64 bytes for each instruction",
        }
    }

    /// The sizes of accesses are in it. Otherwise each is taken as [`ASSUMED`] bytes.
    pub const fn has_sizes(self) -> bool {
        matches!(self, Format::Lackey | Format::Xdin | Format::Drmemtrace)
    }

    /// Every format with an example, for messages.
    pub(super) fn list() -> String {
        let one = |format: &Format| format!("{} (`{}`)", format.name(), format.example());
        Format::ALL.iter().map(one).collect::<Vec<_>>().join(", ")
    }
}

/// Bytes of an access in a format without sizes; its address is aligned down to them.
pub const ASSUMED: u16 = 8;
