//! Accesses, and their results.

use super::{Activity, Event, Reason, Stored, World, WorldError};
use crate::contiguous::{Inputs, Request, golden};
use model::isa;

/// The result of an access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The physical address, or the reason of the fault.
    pub answer: Result<u64, Reason>,
    /// What a load or fetch read, what a store wrote; 0 on a fault.
    pub value: u64,
}

impl World {
    /// One access of the running process. The hardware's answer is compared with the golden
    /// translation, the value from memory with what was written.
    ///
    /// # Errors
    /// [`WorldError`] when either differs. A fault is an answer, not an error.
    pub fn access(&mut self, request: Request, data: u64) -> Result<Access, WorldError> {
        if !matches!(request.bytes, 1 | 2 | 4 | 8) {
            let message = format!("{} bytes are not accessed at once", request.bytes);
            return Err(WorldError::Invalid(message));
        }
        self.wire.activity(Activity::Process);
        let wanted = golden::translate(&self.table(), self.unit.shape(), &request);
        let outputs = self.cycle(&Inputs { request: Some(request), ..Inputs::default() });
        let got = outputs.response.map(|r| r.map_err(|fault| (fault.reason, fault.va)));
        if got != Some(wanted.map_err(|reason| (reason, request.va))) {
            let got = got.map(|r| r.map_err(|(reason, _)| reason));
            let cycle = self.cycles() - 1;
            return Err(WorldError::Disagrees { cycle, va: request.va, wanted, got });
        }
        self.count("accesses", 1);
        match wanted {
            Ok(pa) => {
                let value = self.transfer(pa, &request, data)?;
                Ok(Access { answer: Ok(pa), value })
            }
            Err(reason) => {
                self.trap(request.va, reason)?;
                Ok(Access { answer: Err(reason), value: 0 })
            }
        }
    }

    /// The held fault is taken, and must be this one.
    fn trap(&mut self, va: u64, reason: Reason) -> Result<(), WorldError> {
        self.happened(Event::Fault { va, reason });
        self.wire.activity(Activity::Kernel);
        let outputs = self.cycle(&Inputs { fault_ready: true, ..Inputs::default() });
        let held = outputs.held.map(|fault| (fault.reason, fault.va));
        if held != Some((reason, va)) {
            let cycle = self.cycles() - 1;
            return Err(WorldError::Held { cycle, va, reason });
        }
        self.kernel();
        Ok(())
    }

    /// The bytes of an access that was allowed.
    fn transfer(&mut self, pa: u64, request: &Request, data: u64) -> Result<u64, WorldError> {
        let (length, unit) = (usize::from(request.bytes), self.config.unit);
        let place = |stored: &Stored| {
            let at = pa.checked_sub(stored.start(unit))? as usize;
            (at + length <= stored.bytes.len()).then_some(at..at + length)
        };
        let found = self.stored.values_mut().find_map(|stored| {
            let at = place(stored)?;
            Some(&mut stored.bytes[at])
        });
        let Some(own) = found else {
            return Err(WorldError::Inconsistent(format!("{pa:#x} belongs to no segment")));
        };
        if request.access == isa::Access::Store {
            own.copy_from_slice(&data.to_le_bytes()[..length]);
        }
        let mut word = [0; 8];
        word[..length].copy_from_slice(own);
        if request.access == isa::Access::Store {
            self.wire.store(pa, &word[..length])?;
        } else if self.wire.fetch(pa, length)? != word[..length] {
            return Err(WorldError::Corrupt { pa });
        }
        Ok(u64::from_le_bytes(word))
    }
}
