//! Which bytes an address shows, and who shares them: what decides what a load must return.

use crate::{Backing, ObjectId, Os, Pid};
use model::isa::PAGE_BYTES;

/// Under which identity bytes are shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Identity {
    /// The process's own: stores by others do not show here.
    Private,
    /// All that map this byte of this object see the same.
    Shared {
        /// The file or the shared memory.
        object: ObjectId,
        /// The byte's place in it.
        offset: u64,
    },
    /// A device answers; what it answers is its own business.
    Device,
}

impl Os {
    /// Under which identity the byte at an address is seen; private where nothing is mapped.
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
