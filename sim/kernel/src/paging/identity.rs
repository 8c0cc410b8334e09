//! The identity of the bytes at an address, and who shares them: it determines what a load returns.

use crate::{Backing, ObjectId, Os, Pid};
use model::isa::PAGE_BYTES;

/// The identity under which bytes are shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Identity {
    /// The process's own: stores by others are not visible here.
    Private,
    /// All mappings of this byte of this object see the same value.
    Shared {
        /// The file or the shared memory.
        object: ObjectId,
        /// The byte's place in it.
        offset: u64,
    },
    /// A device answers; its values are its own.
    Device,
}

impl Os {
    /// The identity of the byte at an address; private where nothing is mapped.
    pub fn identity(&self, pid: Pid, va: u64) -> Identity {
        let space = self.process(pid).and_then(|process| process.space.as_ref());
        let Some(region) = space.and_then(|space| space.region(va)) else {
            return Identity::Private;
        };
        match (region.backing, region.object) {
            (Backing::Device { .. }, _) => Identity::Device,
            (_, Some(object)) if region.shared => {
                let index = region.index(va).unwrap_or_default();
                Identity::Shared { object, offset: index * PAGE_BYTES + va % PAGE_BYTES }
            }
            _ => Identity::Private,
        }
    }
}
