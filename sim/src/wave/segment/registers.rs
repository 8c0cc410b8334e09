//! What each segment register says, as it was last written.

use super::super::{Builder, Error, SignalId, Value, Writer};
use crate::contiguous::{Descriptor, Inputs, Outputs, Rights};

/// The registers of a unit, told from what its load port takes.
#[derive(Debug)]
pub(super) struct Registers {
    pub(super) ids: Vec<SignalId>,
    /// The names of the running process's segments.
    names: Vec<Option<String>>,
    /// What was written in the last cycle, and shows in the next.
    written: Option<(usize, Option<Descriptor>)>,
    /// Something was written.
    pub(super) used: bool,
}

impl Registers {
    pub(super) fn declare(builder: &mut Builder, count: usize) -> Result<Registers, Error> {
        let ids = (0..count).map(|number| builder.text(&format!("register.segment_{number}")));
        Ok(Registers {
            ids: ids.collect::<Result<_, Error>>()?,
            names: vec![None; count],
            written: None,
            used: false,
        })
    }

    /// From now on the segments have these names.
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
    pub(super) fn cycle(
        &mut self,
        wave: &mut Writer,
        inputs: &Inputs,
        outputs: &Outputs,
    ) -> Result<(), Error> {
        self.settle(wave)?;
        if inputs.reset {
            self.ids.iter().try_for_each(|id| wave.set(*id, Value::Absent))?;
        }
        self.written = inputs.load.filter(|_| outputs.load_ready);
        Ok(())
    }

    /// What was written in the cycle before shows now.
    pub(super) fn settle(&mut self, wave: &mut Writer) -> Result<(), Error> {
        let Some((number, descriptor)) = self.written.take() else { return Ok(()) };
        let Some(&id) = self.ids.get(number) else { return Ok(()) };
        let Some(present) = descriptor else { return wave.set(id, Value::Absent) };
        self.used = true;
        let (name, Descriptor { base, limit, rights: may }) = (self.name(number), present);
        wave.set(id, &*format!("{name}:base_{base}:limit_{limit}:{}", rights(may)))
    }
}

/// Rights in letters: `rw`, `rx:supervisor`, `rw:down`.
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
