//! Translation vectors of an independent model.
//!
//! A vector file is text, plain or gzip, one [`Record`] a line: scenarios made of page-table
//! words, single accesses with their expected outcome, and what software does in between
//! (table writes, fences, writes of satp). [`Reader`] streams it in constant memory. The format
//! is described beside the files that ship with the project.
//!
//! | file | does |
//! |---|---|
//! | `reader` | the file, line by line |
//! | `line`, `fields`, `header` | one line becomes a record; errors that point at the field |
//! | `record` | what a line says |

mod fields;
mod header;
mod line;
mod reader;
mod record;

pub use fields::VectorError;
pub use reader::Reader;
pub use record::{Expected, LastRead, PmpEntry, Record, Scenario, Unsupported, VectorAccess};

#[cfg(test)]
mod tests;
