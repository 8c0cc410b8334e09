//! Why a process was killed, in words for students.

use model::isa::Cause;
use serde::Serialize;
use std::fmt;
use strum::{IntoStaticStr, VariantNames};

/// The cause of a kill. `va` is the address of the fatal access.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, IntoStaticStr, VariantNames)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields repeat the same two ideas: address and region name")]
#[strum(serialize_all = "snake_case")]
pub enum Death {
    /// The unmapped page at address 0.
    NullPage { va: u64 },
    /// The page between a stack at its limit and the mapping below.
    GuardPage { va: u64 },
    /// No region contains the address.
    Hole { va: u64 },
    /// The kernel's part of the address space.
    KernelAddress { va: u64 },
    /// Non-canonical: its upper bits are no sign extension.
    NonCanonical { va: u64 },
    /// A store to text.
    WriteToText { va: u64, region: String },
    /// A store to another region that is not writable.
    WriteToReadOnly { va: u64, region: String },
    /// A fetch from a region that is not executable.
    ExecuteOfData { va: u64, region: String },
    /// A load from a region that is not readable.
    ReadDenied { va: u64, region: String },
    /// The walk's own memory access was refused.
    AccessFault { va: u64, cause: Cause },
    /// Translation succeeded, but memory refused the access itself.
    BusError { va: u64, pa: u64 },
    /// Beyond the end of the file that is mapped there.
    BeyondFile { va: u64, region: String },
    /// The disk could not read the page.
    DiskError { va: u64 },
    /// No frame is free and none can be freed.
    OutOfMemory { frames: u64 },
    /// Out of memory, with dirty pages for which there is no free swap slot.
    OutOfSwap { frames: u64, slots: u32 },
}

impl Death {
    /// The name of every reason, as [`Death::name`] gives it.
    pub const NAMES: &'static [&'static str] = Self::VARIANTS;

    /// The virtual address of the fatal access, and the physical address that memory refused; for
    /// exhausted memory there is neither.
    pub fn addresses(&self) -> [Option<u64>; 2] {
        match *self {
            Death::BusError { va, pa } => [Some(va), Some(pa)],
            Death::NullPage { va }
            | Death::GuardPage { va }
            | Death::Hole { va }
            | Death::KernelAddress { va }
            | Death::NonCanonical { va }
            | Death::WriteToText { va, .. }
            | Death::WriteToReadOnly { va, .. }
            | Death::ExecuteOfData { va, .. }
            | Death::ReadDenied { va, .. }
            | Death::AccessFault { va, .. }
            | Death::BeyondFile { va, .. }
            | Death::DiskError { va } => [Some(va), None],
            Death::OutOfMemory { .. } | Death::OutOfSwap { .. } => [None; 2],
        }
    }

    /// The reason as one stable word for reports: `write_to_text`.
    pub fn name(&self) -> &'static str {
        self.into()
    }

    /// The signal that a Unix process would have received.
    pub fn signal(&self) -> &'static str {
        match self {
            Death::NullPage { .. }
            | Death::GuardPage { .. }
            | Death::Hole { .. }
            | Death::KernelAddress { .. }
            | Death::NonCanonical { .. } => "SIGSEGV/SEGV_MAPERR",
            Death::WriteToText { .. }
            | Death::WriteToReadOnly { .. }
            | Death::ExecuteOfData { .. }
            | Death::ReadDenied { .. } => "SIGSEGV/SEGV_ACCERR",
            Death::AccessFault { .. }
            | Death::BusError { .. }
            | Death::BeyondFile { .. }
            | Death::DiskError { .. } => "SIGBUS/BUS_ADRERR",
            Death::OutOfMemory { .. } | Death::OutOfSwap { .. } => "SIGKILL/OOM",
        }
    }
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.signal())?;
        match self {
            Death::NullPage { va } => write!(f, "null page touched at {va:#x}"),
            Death::GuardPage { va } => {
                write!(f, "guard page touched at {va:#x}: the stack is at its limit")
            }
            Death::Hole { va } => write!(f, "nothing is mapped at {va:#x}"),
            Death::KernelAddress { va } => write!(f, "{va:#x} belongs to the kernel"),
            Death::NonCanonical { va } => write!(f, "{va:#x} is not a canonical address"),
            Death::WriteToText { va, region } => write!(f, "write to text ({region}) at {va:#x}"),
            Death::WriteToReadOnly { va, region } => {
                write!(f, "write to read-only {region} at {va:#x}")
            }
            Death::ExecuteOfData { va, region } => {
                write!(f, "execute of {region}, which is not executable, at {va:#x}")
            }
            Death::ReadDenied { va, region } => {
                write!(f, "read of {region}, which is not readable, at {va:#x}")
            }
            Death::AccessFault { va, cause } => {
                write!(f, "{cause} at {va:#x}: memory refused a page-table access")
            }
            Death::BusError { va, pa } => {
                write!(f, "memory refused physical {pa:#x} (virtual {va:#x})")
            }
            Death::BeyondFile { va, region } => {
                write!(f, "{va:#x} is beyond the end of the file mapped as {region}")
            }
            Death::DiskError { va } => write!(f, "the disk cannot read the page of {va:#x}"),
            Death::OutOfMemory { frames } => {
                write!(f, "out of memory: none of {frames} frames is free or can be freed")
            }
            Death::OutOfSwap { frames, slots } => write!(
                f,
                "out of memory and swap: {frames} frames and {slots} swap slots are in use"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_among_the_names() {
        let (va, pa, region) = (0x1000, 0x2000, String::new());
        let named = |death: Death| (death.name(), death.addresses());
        let all = [
            Death::NullPage { va },
            Death::GuardPage { va },
            Death::Hole { va },
            Death::KernelAddress { va },
            Death::NonCanonical { va },
            Death::WriteToText { va, region: region.clone() },
            Death::WriteToReadOnly { va, region: region.clone() },
            Death::ExecuteOfData { va, region: region.clone() },
            Death::ReadDenied { va, region: region.clone() },
            Death::AccessFault { va, cause: Cause::LoadAccessFault },
            Death::BusError { va, pa },
            Death::BeyondFile { va, region },
            Death::DiskError { va },
            Death::OutOfMemory { frames: 1 },
            Death::OutOfSwap { frames: 1, slots: 1 },
        ];
        let names = all.map(named).map(|(name, at)| {
            assert_eq!(at[0], (!name.starts_with("out_of")).then_some(va), "{name}");
            assert_eq!(at[1], (name == "bus_error").then_some(pa), "{name}");
            name
        });
        assert_eq!(names, Death::NAMES);
    }
}
