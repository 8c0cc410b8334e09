//! What a hart executes: for recordings of a computer.

use std::fmt;
use std::rc::Rc;

use hart::{Config, Decoder, Op, Trap};
use waves::Error;
use waves::save::Line;

use super::super::table::Declare;
use super::Machine;
use super::pins::hex;
use crate::board::Executing;
use model::isa::{Cause, Xlen};

/// The view's group.
pub(super) const GROUP: &str = "Hart";

/// The modes, by their codes.
const MODES: [&str; 4] = ["U", "S", "reserved", "M"];

/// Names of addresses.
#[derive(Clone)]
pub struct Names(pub Rc<dyn Fn(u64) -> Option<String>>);

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Names")
    }
}

/// The hart, as it was last seen.
#[derive(Debug)]
pub(super) struct Processor {
    names: Names,
    decoder: Decoder,
    executing: Option<Executing>,
}

impl Processor {
    pub(super) fn new(xlen: Xlen, names: Names) -> Processor {
        let decoder = Decoder::new(&Config::all(xlen, 0));
        Processor { names, decoder, executing: None }
    }

    /// Returns whether anything changed.
    pub(super) fn executes(&mut self, executing: Option<Executing>) -> bool {
        let changed = executing.is_some() && executing != self.executing;
        if changed {
            self.executing = executing;
        }
        changed
    }

    fn symbol(&self, pc: u64) -> Option<String> {
        (self.names.0)(pc)
    }

    fn instruction(&self, op: Op, pc: u64) -> String {
        // Readers of waves take a space for the end of a value.
        self.decoder.text(&op, pc).replace(' ', "_")
    }
}

/// The name of a trap's cause.
fn cause(trap: Trap) -> String {
    let name = match (trap.is_interrupt, Cause::from_code(trap.cause)) {
        (false, Some(cause)) => cause.name().to_owned(),
        (false, None) => match trap.cause {
            2 => "illegal instruction".to_owned(),
            3 => "breakpoint".to_owned(),
            8 => "call from U-mode".to_owned(),
            9 => "call from S-mode".to_owned(),
            11 => "call from M-mode".to_owned(),
            other => format!("exception {other}"),
        },
        (true, _) => match trap.cause {
            1 | 3 => "software interrupt".to_owned(),
            5 | 7 => "timer interrupt".to_owned(),
            9 | 11 => "external interrupt".to_owned(),
            other => format!("interrupt {other}"),
        },
    };
    name.replace(' ', "_")
}

pub(super) fn declare(declare: &mut Declare<'_, Machine>) -> Result<(), Error> {
    fn hart(machine: &Machine) -> Option<(&Processor, Executing)> {
        let processor = machine.processor.as_ref()?;
        processor.executing.map(|executing| (processor, executing))
    }
    let trap = |machine: &Machine| hart(machine).and_then(|(_, of)| of.trap);
    declare
        .text("hart.pc", |m| hex(hart(m).map(|(_, of)| of.pc)))?
        .row(GROUP, "pc")
        .line(Line::Yellow);
    declare
        .text("hart.symbol", |m| hart(m).and_then(|(hart, of)| hart.symbol(of.pc)))?
        .row(GROUP, "symbol")
        .if_seen();
    declare
        .text("hart.instruction", |m| {
            hart(m).and_then(|(hart, of)| of.op.map(|op| hart.instruction(op, of.pc)))
        })?
        .row(GROUP, "instruction");
    declare
        .state("hart.mode", 2, &MODES, |m| hart(m).map(|(_, of)| of.privilege as u64))?
        .row(GROUP, "mode");
    declare.text("hart.trap", move |m| trap(m).map(cause))?.row(GROUP, "last trap").if_seen();
    declare
        .text("hart.trap_value", move |m| hex(trap(m).map(|trap| trap.tval)))?
        .row(GROUP, "trap value")
        .if_seen();
    Ok(())
}
