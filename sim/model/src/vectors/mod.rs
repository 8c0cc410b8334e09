//! Translation vectors of an independent model.
//!
//! A vector file is text, plain or gzip, one [`Record`] per line: scenarios made of page-table
//! words, single accesses with their expected outcome, and software's actions between them (table
//! writes, fences, writes of satp). [`Reader`] streams it in constant memory. The format is
//! described next to the files that ship with the project.
//!
//! | file | does |
//! |---|---|
//! | `reader` | the file, line by line |
//! | `line`, `fields`, `header` | parse one line into a record, with errors that point at the field |
//! | `record` | the contents of a line |

mod fields;
mod header;
mod line;
mod reader;
mod record;

pub use fields::VectorError;
pub use reader::Reader;
pub use record::{Expected, LastRead, PmpEntry, Record, Scenario, VectorAccess};

#[cfg(test)]
mod tests;
