//! Waves: what every net of a running design does, as a VCD file.
//!
//! A [`Dump`] lets an engine make cycles and writes what changed in each. It reads the state of
//! the compiled code directly ([`crate::compile::Follower`]): nothing is evaluated twice, what
//! did not change is not formatted, and nets that carry the same node share one record.
//!
//! ```
//! # use netlist::ir::*;
//! # let mut graph = Graph::new();
//! # let step = graph.make(Op::Input(InputId(0)), 8);
//! # let held = graph.make(Op::Register(RegisterId(0)), 8);
//! # let next = graph.make(Op::Add(held, step), 8);
//! # let (nodes, constants) = graph.into_parts();
//! # let ty = Type::Bits(8);
//! # let (width, init) = (8, Value::zero(8));
//! # let path = "sum".to_owned();
//! # let kind = NetKind::Output;
//! # let netlist = Netlist {
//! #     name: "Sum".into(), nodes, constants, clock: None, memories: vec![], arrays: vec![],
//! #     inputs: vec![Input { name: "step".into(), ty, width, node: Some(step) }],
//! #     registers: vec![Register { path: path.clone(), ty, width, init, node: held, next }],
//! #     nets: vec![Net { path, depth: 0, kind, ty, node: held }],
//! #     types: Types::default(),
//! # };
//! use netlist::optimise::Options;
//! use netlist::wave::{Dump, Style, all};
//! let nets = all(&netlist);
//! let options = Options { follow: nets.clone(), ..Options::default() };
//! let mut engine = netlist::Compiled::with(&netlist, &options)?;
//! let mut file = Vec::new();
//! let mut dump = Dump::new(&netlist, &engine, &nets, &mut file, Style::default())?;
//! engine.set(InputId(0), &Value::new(8, 5));
//! for _ in 0..3 {
//!     dump.cycle(&mut engine)?;
//! }
//! dump.finish()?;
//! let text = String::from_utf8(file)?;
//! assert!(text.ends_with("#0\nb0 !\n#10\nb101 !\n#20\nb1010 !\n#30\n"), "{text}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | file | does |
//! |---|---|
//! | `dump` | the cycles of a run, as the crate `waves` writes them |
//! | `header` | which nets share a variable |

mod dump;
mod header;

pub use dump::Dump;

use crate::ir::{NetId, Netlist};
use thiserror::Error;

/// How a dump looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Clock nets are drawn: rising where a cycle begins, falling in its middle. Without it they
    /// are left out, and a cycle in which nothing changes takes no room.
    pub clock: bool,
    /// Beside each net of an enumeration is a string `NET_name` with the variant's name.
    pub names: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { clock: true, names: true }
    }
}

/// Why there is no dump.
#[derive(Debug, Error)]
pub enum WaveError {
    /// The engine was not compiled for it.
    #[error("`{0}` is not followed: name it in `Options::follow` when the engine is compiled")]
    NotFollowed(String),
    /// A net's name or the output did not suit.
    #[error(transparent)]
    Wave(#[from] waves::Error),
}

/// Every net of a design.
pub fn all(netlist: &Netlist) -> Vec<NetId> {
    (0..netlist.nets.len()).map(|at| NetId(at as u32)).collect()
}
