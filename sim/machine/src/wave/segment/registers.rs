//! The contents of each segment register, as last written.

use waves::Error;

use super::super::table::Declare;
use super::Pins;
use crate::contiguous::{Descriptor, Inputs, Outputs, Rights};

/// The group of its rows.
pub(super) const GROUP: &str = "Segment registers";

/// The registers of a unit, reconstructed from the writes to its load port.
#[derive(Debug)]
pub(super) struct Registers {
    says: Vec<Option<String>>,
    /// The names of the running process's segments.
    names: Vec<Option<String>>,
    /// The write of the last cycle, which shows in the next.
    written: Option<(usize, Option<Descriptor>)>,
    /// Something was written.
    pub(super) used: bool,
}

impl Registers {
    pub(super) fn new(count: usize) -> Registers {
        Registers { says: vec![None; count], names: vec![None; count], written: None, used: false }
    }

    /// The names of the segments from now on.
    pub(super) fn call(&mut self, segments: &[(usize, String)]) {
        self.names.iter_mut().for_each(|name| *name = None);
        for (number, name) in segments {
            if let Some(known) = self.names.get_mut(*number) {
                *known = Some(name.clone());
            }
        }
    }

    /// The name of a segment, or its number.
    pub(super) fn name(&self, number: usize) -> String {
        let known = self.names.get(number).and_then(Option::clone);
        known.unwrap_or_else(|| format!("segment_{number}"))
    }

    /// A cycle of the unit.
    pub(super) fn cycle(&mut self, inputs: &Inputs, outputs: &Outputs) {
        self.settle();
        if inputs.reset {
            self.says.fill(None);
        }
        self.written = inputs.load.filter(|_| outputs.load_ready);
    }

    /// The write of the cycle before shows now.
    pub(super) fn settle(&mut self) {
        let Some((number, descriptor)) = self.written.take() else { return };
        self.used |= descriptor.is_some();
        let name = self.name(number);
        let Some(says) = self.says.get_mut(number) else { return };
        *says = descriptor.map(|Descriptor { base, limit, rights: may }| {
            format!("{name}:base_{base}:limit_{limit}:{}", rights(may))
        });
    }
}

pub(super) fn declare(declare: &mut Declare<'_, Pins>, count: usize) -> Result<(), Error> {
    for number in 0..count {
        declare
            .text(format!("register.segment_{number}"), move |p| p.registers.says[number].clone())?
            .row(GROUP, format!("register {number}"));
    }
    Ok(())
}

/// Permissions in letters: `rw`, `rx:supervisor`, `rw:down`.
pub(super) fn rights(rights: Rights) -> String {
    let letters = [(rights.read, 'r'), (rights.write, 'w'), (rights.execute, 'x')];
    let mut text: String = letters.iter().filter(|(on, _)| *on).map(|(_, letter)| letter).collect();
    if !rights.user {
        text += ":supervisor";
    }
    if rights.down {
        text += ":down";
    }
    text
}
