//! All registers of a hart, kept outside of it.

use serde::{Deserialize, Serialize};

use crate::Hart;

/// Everything that a hart remembers between two instructions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HartState(Hart);

/// A state of a hart that implements something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the hart's state is that of one which implements something else")]
pub struct OtherHart;

impl Hart {
    /// Its state; `None` in the middle of an instruction.
    pub fn state(&self) -> Option<HartState> {
        self.midway.is_none().then(|| HartState(self.clone()))
    }

    /// Goes on from a state.
    ///
    /// # Errors
    /// [`OtherHart`]: it is of another configuration; then nothing changes.
    pub fn restore(&mut self, HartState(hart): HartState) -> Result<(), OtherHart> {
        if hart.config != self.config || !hart.pmp.is_like(&self.pmp) {
            return Err(OtherHart);
        }
        // These follow from the configuration.
        let (mask, aligned) = (self.mask, self.aligned);
        let pc = hart.pc & mask & aligned;
        *self = Hart { mask, aligned, pc, ..hart };
        self.refresh();
        Ok(())
    }
}

/// All integer registers: more than the library takes as they are.
pub(crate) mod registers {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(crate) fn serialize<S: Serializer>(x: &[u64; 64], to: S) -> Result<S::Ok, S::Error> {
        x.as_slice().serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u64; 64], D::Error> {
        let registers = Vec::<u64>::deserialize(from)?;
        let count = registers.len();
        let wrong = |_| D::Error::custom(format!("{count} registers instead of 64"));
        registers.try_into().map_err(wrong)
    }
}
