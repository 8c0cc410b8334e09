//! The contents of a failure: when, where, expected, got, and by which rule.

use std::fmt;

use model::isa::Attributes;
use model::mmu::Response;
use serde::Serialize;

/// An observation that differs from the scenario or the specification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// The cycle, from 0.
    pub cycle: u64,
    /// The line in the file; 0 if no step is the cause.
    pub line: usize,
    /// What is compared.
    pub what: String,
    /// What was expected.
    pub expected: String,
    /// What was observed.
    pub got: String,
    /// The rule of the specification, if the golden model found the difference.
    pub rule: Option<String>,
}

impl Mismatch {
    /// A difference in a cycle; a step of the file is the cause if `line` is not 0.
    pub fn new(cycle: u64, line: usize, what: &str, expected: &str, got: &str) -> Mismatch {
        let (what, expected, got) = (what.to_owned(), expected.to_owned(), got.to_owned());
        Mismatch { cycle, line, what, expected, got, rule: None }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "cycle {}: {}", self.cycle, self.what)?;
        writeln!(f, "  expected  {}", self.expected)?;
        write!(f, "  got       {}", self.got)?;
        match &self.rule {
            Some(rule) => write!(f, "\n  rule      {rule}"),
            None => Ok(()),
        }
    }
}

/// A response in words.
pub fn describe(response: &Response) -> String {
    match response {
        Ok(pa) => format!("physical address {pa:#x}"),
        Err(fault) => format!("{} at {:#x}", fault.cause, fault.tval),
    }
}

/// A response with the attributes of its page.
pub(super) fn describe_page(response: &Response, attributes: Attributes) -> String {
    let page = response.map_or_else(|_| String::new(), |_| format!(", {attributes}"));
    describe(response) + &page
}
