//! Elaboration of a rust-hdl block into a [`Design`].
//!
//! rust-hdl offers two views of a block, and both are used: a *probe* walks the blocks and their
//! atoms (signals and constants, with types and values), and every block gives the syntax tree of
//! its kernel. The tree has no types and its names are strings, so this module does what the front
//! end of a compiler does:
//!
//! | file | does |
//! |---|---|
//! | `walk` | the probe: collects atoms and children, makes a module of each block |
//! | `share`, `names` | equal modules are shared, and named |
//! | `atoms` | groups `x$0`, `x$1`, ... into arrays |
//! | `types` | type descriptors become [`crate::ir::Type`] |
//! | `name`, `scope` | `rows[i+1]$d$next` becomes a [`crate::ir::Reference`] |
//! | `natural`, `expression`, `index` | expressions get types, by Rust's rules |
//! | `kernel` | statements, loops, macros, links |
//! | `primitive` | registers, memories and tables are recognised by their Verilog text |
//! | `literal` | numbers, parsed from the printed syntax tree |
//! | `text` | syntax trees as Rust text, for diagnostics |

mod atoms;
mod expression;
mod index;
mod kernel;
mod literal;
mod name;
mod names;
mod natural;
mod primitive;
mod scope;
mod share;
mod text;
mod types;
mod walk;

pub use names::Names;

use crate::check::Diagnostic;
use crate::ir::Design;
use rust_hdl::prelude::Block;

/// Turns a block into a checked design.
///
/// The block need not be connected. Register and memory contents are those that the block has
/// when this is called, normally its initial ones.
///
/// # Errors
///
/// All findings in kernels, names, widths and drivers. Loops and clocks are checked by
/// [`Design::flatten`].
pub fn elaborate<B: Block + ?Sized>(block: &B) -> Result<Design, Vec<Diagnostic>> {
    elaborate_named(block, &Names::new())
}

/// [`elaborate`], with module names from a list of block types.
///
/// # Errors
///
/// As [`elaborate`]; also findings in the listed blocks.
pub fn elaborate_named<B: Block + ?Sized>(
    block: &B,
    names: &Names,
) -> Result<Design, Vec<Diagnostic>> {
    let name = types::module_name(std::any::type_name::<B>());
    let (design, mut found) = walk::walk(block, &name, names);
    if found.is_empty() {
        found = crate::flatten::check(&design);
    }
    if found.is_empty() { Ok(design) } else { Err(found) }
}
