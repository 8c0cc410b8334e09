//! Waves: the value of every net of a running design, as a VCD file.
//!
//! A [`Dump`] runs an engine's cycles and writes what changed in each. It reads the state of the
//! compiled code directly ([`crate::compile::Follower`]): nothing is evaluated twice, unchanged
//! values are not formatted, and nets of the same node share one record.
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

/// The style of a dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Clock nets are written: rising where a cycle begins, falling in its middle. Otherwise they
    /// are omitted, and a cycle without changes takes no space.
    pub clock: bool,
    /// Each net of an enumeration has an additional string `NET_name` with the variant's name.
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
    /// A net's name was invalid, or the output failed.
    #[error(transparent)]
    Wave(#[from] waves::Error),
}

/// Every net of a design.
pub fn all(netlist: &Netlist) -> Vec<NetId> {
    (0..netlist.nets.len()).map(|at| NetId(at as u32)).collect()
}
