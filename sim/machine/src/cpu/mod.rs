//! What issues accesses: programs and recorded traces of real ones.
//!
//! | part | what it is |
//! |---|---|
//! | [`Program`], [`Op`], [`Access`] | what a processor executes, reduced to its accesses |
//! | [`Listed`] | a program held in memory, for scenarios |
//! | [`Trace`], [`Format`] (`trace`) | a memory trace in any of several formats |
//! | [`Lackey`] | a memory trace as Valgrind writes it |
//! | `lines` | lines of a source, without copying them |
//! | [`open`], [`decompress`] (`input`), `xz`, `zstd` | files and standard input; plain, gzip, xz or zstd |
//! | [`Shape`], [`each_page`] | what the pages of a recording are: text, data, heap, stack; all of them in order |
//! | [`Fitted`] | addresses checked against, or folded into, a translation scheme (`fit`) |
//! | [`Core`] | the pipeline: a fetch port and a data port, precise faults |
//! | `slot`, `window` | an access on its way through the pipeline, and all of them |
//! | [`Stride`] | the pipeline while every request hits |
//! | [`Shadow`], [`Common`] | the expected contents of memory, from the program's own view |

mod core;
mod fit;
mod input;
mod lackey;
mod lines;
mod program;
mod shadow;
mod shape;
mod slot;
mod trace;
mod window;
mod xz;
mod zstd;

pub use core::{Answer, Core, Parked, Places, Stride, Trap};
pub use fit::{Fit, Fitted};
pub use input::{decompress, open};
pub use lackey::Lackey;
pub use program::{AHEAD, Access, Listed, Op, Program, ProgramError};
pub use shadow::{Common, Key, Origin, Place, Shadow};
pub use shape::{Shape, each_page};
pub use trace::{ASSUMED, Format, Trace};
