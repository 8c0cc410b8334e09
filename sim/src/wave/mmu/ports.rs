//! The MMU's ports together: context, channels, events.

use super::super::{Builder, Error, SignalId, Writer};
use super::channels::{FencePort, HeldFault, Memory};
use super::translation::Translation;
use super::words;
use crate::isa::{Satp, Xlen};
use crate::mmu::{Inputs, Outputs, PerPort, Port, Pulse};

#[derive(Debug)]
pub(super) struct Ports {
    xlen: Xlen,
    pub(super) reset: SignalId,
    pub(super) mode: SignalId,
    pub(super) asid: SignalId,
    pub(super) root: SignalId,
    pub(super) adue: SignalId,
    pub(super) translations: PerPort<Translation>,
    pub(super) fence: FencePort,
    pub(super) memory: Memory,
    pub(super) fault: HeldFault,
    pub(super) busy: SignalId,
    /// In the order of [`Pulse::ALL`].
    pub(super) events: Vec<(Pulse, SignalId)>,
}

impl Ports {
    pub(super) fn declare(builder: &mut Builder, xlen: Xlen) -> Result<Ports, Error> {
        let event = |&pulse: &Pulse| (pulse, format!("events.{}", pulse.name()));
        Ok(Ports {
            xlen,
            reset: builder.bits("run.reset", 1)?,
            mode: builder.state("satp.mode", 3, &words::MODES)?,
            asid: builder.bits("satp.asid", 16)?,
            root: builder.bits("satp.root", 44)?,
            adue: builder.bits("satp.adue", 1)?,
            translations: PerPort([
                Translation::declare(builder, Port::Fetch.name(), xlen)?,
                Translation::declare(builder, Port::Data.name(), xlen)?,
            ]),
            fence: FencePort::declare(builder, xlen)?,
            memory: Memory::declare(builder, xlen)?,
            fault: HeldFault::declare(builder, xlen)?,
            busy: builder.bits("events.busy", 1)?,
            events: Pulse::ALL
                .iter()
                .map(event)
                .map(|(pulse, path)| Ok((pulse, builder.bits(&path, 1)?)))
                .collect::<Result<_, Error>>()?,
        })
    }

    /// The counter event's signal.
    pub(super) fn event(&self, pulse: Pulse) -> SignalId {
        self.events[pulse as usize].1
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
        if inputs.reset {
            self.memory.reset();
        }
        let on = outputs.events;
        for (port, translation) in self.translations.iter_mut() {
            if inputs.reset {
                translation.reset();
            }
            let (request, response) = (inputs.requests[port], outputs.responses[port]);
            translation.set(wave, satp, request, outputs.ready[port], response)?;
            translation.set_lookup(wave, on.has(Pulse::hit(port)), on.has(Pulse::miss(port)))?;
        }
        self.fence.set(wave, inputs.fence, outputs.fence_ready)?;
        self.memory.set_request(wave, outputs.memory, inputs.memory_ready)?;
        self.memory.set_response(wave, inputs.memory, on.has(Pulse::WalkStart))?;
        self.fault.set(wave, outputs.fault, inputs.fault_ready)?;
        wave.set(self.busy, outputs.busy)?;
        self.events.iter().try_for_each(|(pulse, id)| wave.set(*id, on.has(*pulse)))
    }

    /// Nothing is presented and nothing answered; what is state stays.
    pub(super) fn rest(&mut self, wave: &mut Writer) -> Result<(), Error> {
        self.translations.values().try_for_each(|translation| translation.rest(wave))?;
        self.fence.set(wave, None, true)?;
        self.memory.set_request(wave, None, false)?;
        self.memory.set_response(wave, None, false)?;
        self.events.iter().try_for_each(|(_, id)| wave.set(*id, false))
    }
}
