//! For which hardware the Verilog is.

/// The hardware for which a configuration is exported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    /// Any: plain Verilog-2005.
    #[default]
    Generic,
    /// The Lattice ECP5: the comparators and what follows them are its cells.
    Ecp5,
}
