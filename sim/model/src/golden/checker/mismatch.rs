//! An answer that is not the result of any legal walk, with an explanation.

use std::fmt;

use crate::golden::{Regime, Walk};
use crate::isa::{Attributes, Privilege};
use crate::mmu::{Reason, Request, Response};

/// The number of legal answers shown.
const SHOWN: usize = 8;

/// An MMU's answer that the specification does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Mismatch {
    /// The registers at the request's acceptance.
    pub regime: Regime,
    /// The request.
    pub request: Request,
    /// The answer.
    pub got: Response,
    /// ... and the attributes of its page.
    pub attributes: Attributes,
    /// ... and why it is a fault, if that was told.
    pub reason: Option<Reason>,
    /// Walks with different legal answers; the first is of present memory. At most eight.
    pub expected: Vec<Walk>,
}

impl Mismatch {
    pub(super) fn new(
        regime: Regime,
        request: Request,
        (got, attributes): (Response, Attributes),
        fresh: Walk,
    ) -> Mismatch {
        Mismatch { regime, request, got, attributes, reason: None, expected: vec![fresh] }
    }

    /// Adds a legal walk, if its answer is a new one.
    pub(super) fn add(&mut self, walk: Walk) {
        let known = self.expected.iter().any(|known| known.answer() == walk.answer());
        if !known && self.expected.len() < SHOWN {
            self.expected.push(walk);
        }
    }
}

/// A response in words, with the attributes of its page.
struct Words(Response, Attributes);

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Ok(pa) => write!(f, "physical address {pa:#x} ({})", self.1),
            Err(fault) => write!(f, "{}, tval {:#x}", fault.cause, fault.tval),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Request { va, access, context, .. } = self.request;
        let mode = match context.privilege {
            Privilege::User => "U-mode",
            Privilege::Supervisor => "S-mode",
            Privilege::Machine => "M-mode",
        };
        write!(f, "{access} of {va:#x} in {mode}")?;
        write!(f, " (sum {}, mxr {}", u8::from(context.sum), u8::from(context.mxr))?;
        write!(f, ", satp {:#x}, adue {}", self.regime.satp, u8::from(self.regime.adue))?;
        writeln!(f, ", pbmte {})", u8::from(self.regime.pbmte))?;
        write!(f, "  got {}", Words(self.got, self.attributes))?;
        match self.reason {
            Some(reason) => writeln!(f, ", because of: {reason}")?,
            None => writeln!(f)?,
        }
        for (i, walk) in self.expected.iter().enumerate() {
            let word = if i == 0 { "expected" } else { "or, from older tables," };
            writeln!(f, "  {word} {}", Words(walk.outcome, walk.attributes))?;
            writeln!(f, "    rule {}", walk.rule)?;
            for read in &walk.reads {
                write!(f, "    level {} at {:#x}: ", read.level, read.pa)?;
                match read.value {
                    Ok(value) => writeln!(f, "{value:#x}")?,
                    Err(error) => writeln!(f, "{error}")?,
                }
            }
        }
        Ok(())
    }
}
