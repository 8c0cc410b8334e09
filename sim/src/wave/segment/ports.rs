//! The unit's ports and the memory bus.

use super::super::{Builder, Error, SignalId, Value, Writer};
use crate::bus;
use crate::contiguous::{Descriptor, Fault, Inputs, Outputs, Reason, Request, Shape};
use crate::isa::Access;

/// Names of access types, in the order of [`access`]'s numbers.
pub(super) const ACCESSES: [&str; 3] = ["fetch", "load", "store"];

fn access(access: Access) -> u64 {
    match access {
        Access::Fetch => 0,
        Access::Load | Access::CacheBlock => 1,
        Access::Store => 2,
    }
}

/// Names of causes by their codes on the pins.
const REASONS: [&str; 4] = ["", "no_segment_fault", "limit_fault", "protection_fault"];

/// A fault's name in the wave.
pub(super) fn reason(reason: Reason) -> &'static str {
    REASONS[reason.code() as usize]
}

/// Bits of a physical address.
const PA: u32 = 34;

/// Every net of the ports under a name that reads well.
#[derive(Debug)]
pub(super) struct Ports {
    shape: Shape,
    pub(super) valid: SignalId,
    pub(super) ready: SignalId,
    pub(super) va: SignalId,
    pub(super) bytes: SignalId,
    pub(super) access: SignalId,
    pub(super) user: SignalId,
    pub(super) response: SignalId,
    pub(super) pa: SignalId,
    pub(super) cause: SignalId,
    /// From a request until something else happens: the access, and what came of it.
    pub(super) asked_access: SignalId,
    pub(super) asked: SignalId,
    pub(super) answered: SignalId,
    pub(super) load: SignalId,
    pub(super) load_ready: SignalId,
    pub(super) load_index: SignalId,
    pub(super) load_base: SignalId,
    pub(super) load_limit: SignalId,
    pub(super) load_rights: SignalId,
    pub(super) held: SignalId,
    pub(super) held_va: SignalId,
    pub(super) taken: SignalId,
    pub(super) bus: Bus,
    /// Something was asked; a fault was held.
    pub(super) used: bool,
    pub(super) faulted: bool,
}

impl Ports {
    pub(super) fn declare(builder: &mut Builder, shape: Shape) -> Result<Ports, Error> {
        let va = shape.offset_bits + shape.segments.next_power_of_two().ilog2().max(1);
        Ok(Ports {
            shape,
            valid: builder.bits("request.valid", 1)?,
            ready: builder.bits("request.ready", 1)?,
            va: builder.bits("request.va", va)?,
            bytes: builder.bits("request.bytes", 4)?,
            access: builder.state("request.access", 2, &ACCESSES)?,
            user: builder.bits("request.user", 1)?,
            response: builder.bits("request.response", 1)?,
            pa: builder.bits("request.pa", PA)?,
            cause: builder.state("request.cause", 4, &REASONS)?,
            asked_access: builder.state("request.asked_access", 2, &ACCESSES)?,
            asked: builder.text("request.asked")?,
            answered: builder.text("request.answered")?,
            load: builder.bits("load.valid", 1)?,
            load_ready: builder.bits("load.ready", 1)?,
            load_index: builder.bits("load.index", 8)?,
            load_base: builder.bits("load.base", PA)?,
            load_limit: builder.bits("load.limit", PA)?,
            load_rights: builder.text("load.rights")?,
            held: builder.state("fault.cause", 4, &REASONS)?,
            held_va: builder.bits("fault.va", va)?,
            taken: builder.bits("fault.taken", 1)?,
            bus: Bus::declare(builder)?,
            used: false,
            faulted: false,
        })
    }

    /// The pins of one cycle. `named` says which segment a logical address is in.
    pub(super) fn set(
        &mut self,
        wave: &mut Writer,
        inputs: &Inputs,
        outputs: &Outputs,
        named: impl Fn(usize) -> String,
    ) -> Result<(), Error> {
        wave.set(self.ready, outputs.ready)?;
        wave.set(self.load_ready, outputs.load_ready)?;
        self.request(wave, inputs.request)?;
        wave.set(self.response, outputs.response.is_some())?;
        wave.set(self.pa, outputs.response.and_then(Result::ok))?;
        let fault = outputs.response.and_then(Result::err);
        wave.set(self.cause, fault.map(|fault| fault.reason.code()))?;
        if let Some(asked) = inputs.request {
            self.used = true;
            let segment = named((asked.va >> self.shape.offset_bits) as usize);
            let offset = asked.va & (self.shape.span() - 1);
            wave.set(self.asked_access, access(asked.access))?;
            wave.set(self.asked, &*format!("{segment}+{offset}"))?;
            match outputs.response {
                Some(Ok(pa)) => wave.set(self.answered, &*pa.to_string())?,
                Some(Err(fault)) => wave.set(self.answered, reason(fault.reason))?,
                None => wave.set(self.answered, Value::Absent)?,
            }
        }
        wave.set(self.load, inputs.load.is_some())?;
        self.register(wave, inputs.load)?;
        wave.set(self.taken, inputs.fault_ready)?;
        self.held(wave, outputs.held.filter(|_| !inputs.reset))
    }

    fn request(&self, wave: &mut Writer, request: Option<Request>) -> Result<(), Error> {
        wave.set(self.valid, request.is_some())?;
        wave.set(self.va, request.map(|asked| asked.va))?;
        wave.set(self.bytes, request.map(|asked| u64::from(asked.bytes)))?;
        wave.set(self.access, request.map(|asked| access(asked.access)))?;
        wave.set(self.user, request.is_some_and(|asked| asked.user))
    }

    fn register(
        &self,
        wave: &mut Writer,
        load: Option<(usize, Option<Descriptor>)>,
    ) -> Result<(), Error> {
        let descriptor = load.and_then(|(_, descriptor)| descriptor);
        wave.set(self.load_index, load.map(|(index, _)| index as u64))?;
        wave.set(self.load_base, descriptor.map(|present| present.base))?;
        wave.set(self.load_limit, descriptor.map(|present| present.limit))?;
        match descriptor {
            Some(present) => wave.set(self.load_rights, &*super::registers::rights(present.rights)),
            None => wave.set(self.load_rights, Value::Absent),
        }
    }

    fn held(&mut self, wave: &mut Writer, held: Option<Fault>) -> Result<(), Error> {
        self.faulted |= held.is_some();
        wave.set(self.held, held.map(|fault| fault.reason.code()))?;
        wave.set(self.held_va, held.map(|fault| fault.va))
    }

    /// Nothing is presented and nothing answered.
    pub(super) fn rest(&mut self, wave: &mut Writer) -> Result<(), Error> {
        self.request(wave, None)?;
        wave.set(self.response, false)?;
        wave.set(self.pa, Value::Absent)?;
        wave.set(self.cause, Value::Absent)?;
        wave.set(self.load, false)?;
        self.register(wave, None)?;
        wave.set(self.taken, false)?;
        self.held(wave, None)
    }

    /// The last access is over: something else happens.
    pub(super) fn over(&self, wave: &mut Writer) -> Result<(), Error> {
        [self.asked_access, self.asked, self.answered]
            .into_iter()
            .try_for_each(|id| wave.set(id, Value::Absent))
    }
}

/// The memory bus.
#[derive(Debug)]
pub(super) struct Bus {
    pub(super) kind: SignalId,
    pub(super) pa: SignalId,
    pub(super) bytes: SignalId,
}

impl Bus {
    fn declare(builder: &mut Builder) -> Result<Bus, Error> {
        Ok(Bus {
            kind: builder.state("bus.kind", 2, &["read", "write", "update"])?,
            pa: builder.bits("bus.pa", PA)?,
            bytes: builder.bits("bus.bytes", 4)?,
        })
    }

    pub(super) fn set(&self, wave: &mut Writer, request: &bus::Request) -> Result<(), Error> {
        let (kind, pa, bytes) = match *request {
            bus::Request::Read { pa, bytes } => (0_u64, pa, bytes),
            bus::Request::Write { pa, bytes, .. } => (1, pa, bytes),
            bus::Request::CompareSwap { pa, bytes, .. } => (2, pa, bytes),
        };
        wave.set(self.kind, kind)?;
        wave.set(self.pa, pa)?;
        wave.set(self.bytes, u64::from(bytes))
    }

    pub(super) fn rest(&self, wave: &mut Writer) -> Result<(), Error> {
        [self.kind, self.pa, self.bytes].into_iter().try_for_each(|id| wave.set(id, Value::Absent))
    }
}
