//! Dumps and saved views, read back by readers that share nothing with the writer.

mod cut;
mod property;
mod reader;
mod tools;
mod view;
mod window;
mod writer;
