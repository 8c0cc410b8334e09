//! The fence port, the walker's memory port and the held fault.

use super::super::{Builder, Error, SignalId, Value, Writer};
use super::{pte, words};
use crate::isa::{Fault, Xlen};
use crate::mmu::{Fence, MemoryRequest, MemoryResponse};

/// The signals of `fence`.
#[derive(Debug)]
pub(super) struct FencePort {
    pub(super) valid: SignalId,
    pub(super) ready: SignalId,
    pub(super) kind: SignalId,
    pub(super) va: SignalId,
    pub(super) asid: SignalId,
}

/// The four forms of `SFENCE.VMA`, by which operands are not `x0`: bit 0 address, bit 1 ASID.
const FENCES: [&str; 4] = ["all", "address", "asid", "address+asid"];

impl FencePort {
    pub(super) fn declare(builder: &mut Builder, xlen: Xlen) -> Result<FencePort, Error> {
        Ok(FencePort {
            valid: builder.bits("fence.valid", 1)?,
            ready: builder.bits("fence.ready", 1)?,
            kind: builder.state("fence.kind", 2, &FENCES)?,
            va: builder.bits("fence.va", if xlen == Xlen::Rv32 { 32 } else { 64 })?,
            asid: builder.bits("fence.asid", 16)?,
        })
    }

    pub(super) fn set(
        &self,
        wave: &mut Writer,
        fence: Option<Fence>,
        ready: bool,
    ) -> Result<(), Error> {
        let kind =
            |fence: Fence| u64::from(fence.va.is_some()) | u64::from(fence.asid.is_some()) << 1;
        wave.set(self.ready, ready)?;
        wave.set(self.valid, fence.is_some())?;
        wave.set(self.kind, fence.map(kind))?;
        wave.set(self.va, fence.and_then(|fence| fence.va))?;
        wave.set(self.asid, fence.and_then(|fence| fence.asid).map(u64::from))
    }
}

/// The signals of `memory`.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) valid: SignalId,
    pub(super) ready: SignalId,
    pub(super) kind: SignalId,
    pub(super) pa: SignalId,
    pub(super) desired: SignalId,
    pub(super) response: SignalId,
    pub(super) entry: SignalId,
    pub(super) error: SignalId,
    pub(super) swapped: SignalId,
    /// What the last entry read is; it stays until the next walk starts.
    pub(super) pte: SignalId,
    pub(super) flags: SignalId,
    /// The address, from the request to the response; and the request's kind likewise.
    pub(super) asked: SignalId,
    pub(super) asked_kind: SignalId,
    outstanding: u32,
    /// A first cycle was shown.
    begun: bool,
}

const KINDS: [&str; 2] = ["read", "update"];

impl Memory {
    pub(super) fn declare(builder: &mut Builder, xlen: Xlen) -> Result<Memory, Error> {
        let (entry, pa) = if xlen == Xlen::Rv32 { (32, 34) } else { (64, 64) };
        Ok(Memory {
            valid: builder.bits("memory.valid", 1)?,
            ready: builder.bits("memory.ready", 1)?,
            kind: builder.state("memory.kind", 2, &KINDS)?,
            pa: builder.bits("memory.pa", pa)?,
            desired: builder.bits("memory.desired", entry)?,
            response: builder.bits("memory.response", 1)?,
            entry: builder.bits("memory.entry", entry)?,
            error: builder.bits("memory.error", 1)?,
            swapped: builder.bits("memory.swapped", 1)?,
            pte: builder.state("memory.pte", 2, &pte::KINDS)?,
            flags: builder.text("memory.flags")?,
            asked: builder.text("memory.asked")?,
            asked_kind: builder.state("memory.asked_kind", 2, &KINDS)?,
            outstanding: 0,
            begun: false,
        })
    }

    pub(super) fn set_request(
        &mut self,
        wave: &mut Writer,
        request: Option<MemoryRequest>,
        ready: bool,
    ) -> Result<(), Error> {
        let (kind, pa, desired) = match request {
            Some(MemoryRequest::Read { pa }) => (Some(0_u64), Some(pa), None),
            Some(MemoryRequest::CompareSwap { pa, desired, .. }) => {
                (Some(1), Some(pa), Some(desired))
            }
            None => (None, None, None),
        };
        wave.set(self.ready, ready)?;
        wave.set(self.valid, request.is_some())?;
        wave.set(self.kind, kind)?;
        wave.set(self.pa, pa)?;
        wave.set(self.desired, desired)?;
        if let Some(pa) = pa {
            wave.set(self.asked, &*format!("{pa:x}"))?;
            wave.set(self.asked_kind, kind)?;
        } else if self.outstanding == 0 {
            wave.set(self.asked, Value::Absent)?;
            wave.set(self.asked_kind, Value::Absent)?;
        }
        self.outstanding += u32::from(request.is_some() && ready);
        Ok(())
    }

    /// After [`Memory::set_request`] in each cycle.
    pub(super) fn set_response(
        &mut self,
        wave: &mut Writer,
        response: Option<MemoryResponse>,
        walk_starts: bool,
    ) -> Result<(), Error> {
        wave.set(self.response, response.is_some())?;
        wave.set(self.entry, response.map(|answer| answer.data))?;
        wave.set(self.error, response.is_some_and(|answer| answer.error))?;
        wave.set(self.swapped, response.is_some_and(|answer| answer.swapped))?;
        if let Some(answer) = response {
            self.outstanding = self.outstanding.saturating_sub(1);
            wave.set(self.pte, pte::kind(answer.data, answer.error))?;
            wave.set(self.flags, &*pte::summary(answer.data))?;
        } else if walk_starts || !self.begun {
            wave.set(self.pte, Value::Absent)?;
            wave.set(self.flags, Value::Absent)?;
        }
        self.begun = true;
        Ok(())
    }
}

impl Memory {
    /// A reset forgets what is in flight.
    pub(super) fn reset(&mut self) {
        self.outstanding = 0;
    }
}

/// The signals of `fault`: the oldest fault not yet taken.
#[derive(Debug)]
pub(super) struct HeldFault {
    pub(super) valid: SignalId,
    pub(super) ready: SignalId,
    pub(super) cause: SignalId,
    pub(super) tval: SignalId,
    /// `tval` without leading zeros.
    pub(super) address: SignalId,
}

impl HeldFault {
    pub(super) fn declare(builder: &mut Builder, xlen: Xlen) -> Result<HeldFault, Error> {
        Ok(HeldFault {
            valid: builder.bits("fault.valid", 1)?,
            ready: builder.bits("fault.ready", 1)?,
            cause: builder.state("fault.cause", 4, &words::CAUSES)?,
            tval: builder.bits("fault.tval", if xlen == Xlen::Rv32 { 32 } else { 64 })?,
            address: builder.text("fault.address")?,
        })
    }

    pub(super) fn set(
        &self,
        wave: &mut Writer,
        fault: Option<Fault>,
        ready: bool,
    ) -> Result<(), Error> {
        wave.set(self.ready, ready)?;
        wave.set(self.valid, fault.is_some())?;
        wave.set(self.cause, fault.map(|fault| words::cause(fault.cause) as u64))?;
        wave.set(self.tval, fault.map(|fault| fault.tval))?;
        match fault {
            Some(fault) => wave.set(self.address, &*format!("{:x}", fault.tval)),
            None => wave.set(self.address, Value::Absent),
        }
    }
}

impl FencePort {
    /// The nets and their names.
    pub(super) fn nets(&self) -> [(&'static str, SignalId); 5] {
        [
            ("valid", self.valid),
            ("ready", self.ready),
            ("kind", self.kind),
            ("VA", self.va),
            ("ASID", self.asid),
        ]
    }
}

impl Memory {
    /// The nets and their names.
    pub(super) fn nets(&self) -> [(&'static str, SignalId); 9] {
        [
            ("valid", self.valid),
            ("ready", self.ready),
            ("kind", self.kind),
            ("PA", self.pa),
            ("desired", self.desired),
            ("response", self.response),
            ("entry", self.entry),
            ("error", self.error),
            ("swapped", self.swapped),
        ]
    }
}

impl HeldFault {
    /// The nets and their names.
    pub(super) fn nets(&self) -> [(&'static str, SignalId); 4] {
        [("valid", self.valid), ("ready", self.ready), ("cause", self.cause), ("tval", self.tval)]
    }
}
