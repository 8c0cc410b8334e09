//! The MMU's ports together: context, channels, events.

use super::super::{Builder, Error, SignalId, Writer};
use super::channels::{FencePort, HeldFault, Memory};
use super::translation::Translation;
use super::words;
use crate::isa::{Satp, Xlen};
use crate::mmu::{Events, Inputs, Outputs};

#[derive(Debug)]
pub(super) struct Ports {
    xlen: Xlen,
    pub(super) reset: SignalId,
    pub(super) mode: SignalId,
    pub(super) asid: SignalId,
    pub(super) root: SignalId,
    pub(super) adue: SignalId,
    pub(super) fetch: Translation,
    pub(super) data: Translation,
    pub(super) fence: FencePort,
    pub(super) memory: Memory,
    pub(super) fault: HeldFault,
    pub(super) busy: SignalId,
    /// By name, in the order of [`Events`].
    pub(super) events: Vec<(&'static str, SignalId)>,
}

/// The counter events by name.
fn events(of: &Events) -> [(&'static str, bool); 14] {
    [
        ("fetch_hit", of.fetch_hit),
        ("fetch_miss", of.fetch_miss),
        ("data_hit", of.data_hit),
        ("data_miss", of.data_miss),
        ("walk_start", of.walk_start),
        ("walk_done", of.walk_done),
        ("pte_read", of.pte_read),
        ("pte_update", of.pte_update),
        ("update_retry", of.update_retry),
        ("walk_restart", of.walk_restart),
        ("refill", of.refill),
        ("fence", of.fence),
        ("page_fault", of.page_fault),
        ("access_fault", of.access_fault),
    ]
}

impl Ports {
    pub(super) fn declare(builder: &mut Builder, xlen: Xlen) -> Result<Ports, Error> {
        let event = |(name, _): (&'static str, bool)| (name, format!("events.{name}"));
        Ok(Ports {
            xlen,
            reset: builder.bits("run.reset", 1)?,
            mode: builder.state("satp.mode", 3, &words::MODES)?,
            asid: builder.bits("satp.asid", 16)?,
            root: builder.bits("satp.root", 44)?,
            adue: builder.bits("satp.adue", 1)?,
            fetch: Translation::declare(builder, "fetch", xlen)?,
            data: Translation::declare(builder, "data", xlen)?,
            fence: FencePort::declare(builder, xlen)?,
            memory: Memory::declare(builder, xlen)?,
            fault: HeldFault::declare(builder, xlen)?,
            busy: builder.bits("events.busy", 1)?,
            events: events(&Events::default())
                .into_iter()
                .map(event)
                .map(|(name, path)| Ok((name, builder.bits(&path, 1)?)))
                .collect::<Result<_, Error>>()?,
        })
    }

    /// The counter event's signal.
    pub(super) fn event(&self, name: &str) -> SignalId {
        let found = self.events.iter().find(|(known, _)| *known == name);
        found.expect("only names of the list above are asked for").1
    }

    pub(super) fn set(
        &mut self,
        wave: &mut Writer,
        inputs: &Inputs,
        outputs: &Outputs,
    ) -> Result<(), Error> {
        let satp = Satp::decode(inputs.satp, self.xlen);
        wave.set(self.reset, inputs.reset)?;
        wave.set(self.mode, words::mode(satp))?;
        wave.set(self.asid, satp.map(|satp| u64::from(satp.asid)))?;
        wave.set(self.root, satp.map(|satp| satp.root))?;
        wave.set(self.adue, inputs.adue)?;
        let (fetch, data) = (&mut self.fetch, &mut self.data);
        if inputs.reset {
            fetch.reset();
            data.reset();
            self.memory.reset();
        }
        fetch.set(wave, satp, inputs.fetch, outputs.fetch_ready, outputs.fetch)?;
        data.set(wave, satp, inputs.data, outputs.data_ready, outputs.data)?;
        let on = &outputs.events;
        fetch.set_lookup(wave, on.fetch_hit, on.fetch_miss)?;
        data.set_lookup(wave, on.data_hit, on.data_miss)?;
        self.fence.set(wave, inputs.fence, outputs.fence_ready)?;
        self.memory.set_request(wave, outputs.memory, inputs.memory_ready)?;
        self.memory.set_response(wave, inputs.memory, on.walk_start)?;
        self.fault.set(wave, outputs.fault, inputs.fault_ready)?;
        wave.set(self.busy, outputs.busy)?;
        let pulses = events(on);
        self.events.iter().zip(pulses).try_for_each(|((_, id), (_, on))| wave.set(*id, on))
    }

    /// Nothing is presented and nothing answered; what is state stays.
    pub(super) fn rest(&mut self, wave: &mut Writer) -> Result<(), Error> {
        self.fetch.rest(wave)?;
        self.data.rest(wave)?;
        self.fence.set(wave, None, true)?;
        self.memory.set_request(wave, None, false)?;
        self.memory.set_response(wave, None, false)?;
        self.events.iter().try_for_each(|(_, id)| wave.set(*id, false))
    }
}
