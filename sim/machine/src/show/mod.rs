//! The record of a run for people to look at: what happened, in order, and what was where.
//!
//! A [`Recorder`] observes a board and makes a [`Run`]: the requests of the ports with their walks,
//! the lines of the TLBs, the words of the page tables, the uses of frames and swap slots, the
//! kernel's events. It is data without pictures or sentences: `pagewalk show` puts it into a page
//! that draws and explains it, and `docs/show.md` describes its form as JSON.
//!
//! | file | does |
//! |---|---|
//! | `document` | [`Document`], [`Run`], [`Machine`]: runs with what is needed to understand them |
//! | `record` | [`Record`]: one thing that happened, or one that is different from now on |
//! | `recorder` | [`Recorder`]: the observer |
//! | `ports` | requests with their answers, walks, fences, in cycles |
//! | `lines` | the lines of the TLBs, read from the hardware's signals |
//! | `events` | the kernel's events as records |
//! | `survey` | frames, slots, regions, tables: what changed while software ran |
//! | `tables` | the words of page tables, from their roots |
//! | `budget` | how much is recorded |

mod budget;
mod document;
mod events;
mod lines;
mod ports;
mod record;
mod recorder;
mod survey;
mod tables;
#[cfg(test)]
mod tests;

pub use budget::Budget;
pub use document::{
    Cut, Document, Field, Machine, Reading, Run, Scheme, Section, Source, Tlb, Window,
};
pub use record::{Hex, Record, What};
pub use recorder::{Recorder, Subject};
