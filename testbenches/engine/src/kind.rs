//! The choice of an engine.

use std::fmt;

/// An engine. All give the same values in every cycle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Engine {
    /// rust-hdl's own update loop.
    RustHdl,
    /// The netlist, node by node.
    Interpreter,
    /// The netlist as machine code.
    #[default]
    Compiled,
}

impl Engine {
    /// Every engine, slowest first.
    pub const ALL: [Engine; 3] = [Engine::RustHdl, Engine::Interpreter, Engine::Compiled];

    /// Its description, in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            Engine::RustHdl => "rust-hdl's own update loop",
            Engine::Interpreter => "The netlist, node by node",
            Engine::Compiled => "The netlist as machine code",
        }
    }

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
