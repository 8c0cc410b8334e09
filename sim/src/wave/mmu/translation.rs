//! A translation port: its nets, and what is in flight.
//!
//! A net is valid for a cycle and then gone, which is right but hard to read. So beside the nets
//! stand three derived signals: `asked` (the address) and `asked_access`, from the request to its
//! answer, and `answered`, from the answer to the next request.

use super::super::{Builder, Error, SignalId, Value, Writer};
use super::words;
use crate::isa::{Privilege, Satp, Xlen};
use crate::mmu::{Request, Response};

/// The signals of `fetch` or `data`.
#[derive(Debug)]
pub(super) struct Translation {
    xlen: Xlen,
    pub(super) valid: SignalId,
    pub(super) ready: SignalId,
    pub(super) va: SignalId,
    /// The address split into VPN segments.
    pub(super) split: SignalId,
    pub(super) access: SignalId,
    pub(super) context: SignalId,
    /// Whether the TLB knew it.
    pub(super) lookup: SignalId,
    pub(super) response: SignalId,
    pub(super) pa: SignalId,
    pub(super) fault: SignalId,
    pub(super) asked: SignalId,
    pub(super) asked_access: SignalId,
    pub(super) answered: SignalId,
    /// Requests accepted and not yet answered.
    outstanding: u32,
    /// Not all requests were a user's: the view shows whose they were.
    pub(super) mixed: bool,
}

impl Translation {
    pub(super) fn declare(
        builder: &mut Builder,
        scope: &str,
        xlen: Xlen,
    ) -> Result<Translation, Error> {
        let (va, pa) = if xlen == Xlen::Rv32 { (32, 34) } else { (64, 64) };
        let path = |name: &str| format!("{scope}.{name}");
        Ok(Translation {
            xlen,
            valid: builder.bits(&path("valid"), 1)?,
            ready: builder.bits(&path("ready"), 1)?,
            va: builder.bits(&path("va"), va)?,
            split: builder.text(&path("vpn"))?,
            access: builder.state(&path("access"), 2, &words::ACCESSES)?,
            context: builder.state(&path("context"), 4, &words::CONTEXTS)?,
            lookup: builder.state(&path("lookup"), 2, &["hit", "miss"])?,
            response: builder.bits(&path("response"), 1)?,
            pa: builder.bits(&path("pa"), pa)?,
            fault: builder.state(&path("cause"), 4, &words::CAUSES)?,
            asked: builder.text(&path("asked"))?,
            asked_access: builder.state(&path("asked_access"), 2, &words::ACCESSES)?,
            answered: builder.text(&path("answered"))?,
            outstanding: 0,
            mixed: false,
        })
    }

    pub(super) fn set(
        &mut self,
        wave: &mut Writer,
        satp: Option<Satp>,
        request: Option<Request>,
        ready: bool,
        response: Option<Response>,
    ) -> Result<(), Error> {
        wave.set(self.ready, ready)?;
        wave.set(self.valid, request.is_some())?;
        wave.set(self.va, request.map(|asked| asked.va))?;
        match request {
            Some(asked) => {
                wave.set(self.split, &*words::segments(asked.va, satp, self.xlen))?;
            }
            None => wave.set(self.split, Value::Absent)?,
        }
        wave.set(self.access, request.map(|asked| words::access(asked.access)))?;
        wave.set(self.context, request.map(|asked| words::context(asked.context)))?;
        self.mixed |= request.is_some_and(|asked| asked.context.privilege != Privilege::User);
        wave.set(self.response, response.is_some())?;
        wave.set(self.pa, response.and_then(Result::ok))?;
        let fault = response.and_then(Result::err);
        wave.set(self.fault, fault.map(|fault| words::cause(fault.cause) as u64))?;
        self.flight(wave, request, ready, response)
    }

    fn flight(
        &mut self,
        wave: &mut Writer,
        request: Option<Request>,
        ready: bool,
        response: Option<Response>,
    ) -> Result<(), Error> {
        if let Some(asked) = request {
            wave.set(self.asked, &*format!("{:x}", asked.va))?;
            wave.set(self.asked_access, words::access(asked.access))?;
            wave.set(self.answered, Value::Absent)?;
        } else if self.outstanding == 0 {
            wave.set(self.asked, Value::Absent)?;
            wave.set(self.asked_access, Value::Absent)?;
        }
        match response {
            Some(Ok(pa)) => wave.set(self.answered, &*format!("{pa:x}"))?,
            Some(Err(fault)) => {
                wave.set(self.answered, words::CAUSES[words::cause(fault.cause)])?
            }
            None => {}
        }
        self.outstanding += u32::from(request.is_some() && ready);
        self.outstanding = self.outstanding.saturating_sub(u32::from(response.is_some()));
        Ok(())
    }

    /// A reset forgets what is in flight.
    pub(super) fn reset(&mut self) {
        self.outstanding = 0;
    }

    /// What the TLB said in this cycle, by the port's counter events.
    pub(super) fn set_lookup(&self, wave: &mut Writer, hit: bool, miss: bool) -> Result<(), Error> {
        let known = if hit { Some(0_u64) } else { miss.then_some(1) };
        wave.set(self.lookup, known)
    }

    /// Nothing is asked and nothing answered.
    pub(super) fn rest(&self, wave: &mut Writer) -> Result<(), Error> {
        wave.set(self.valid, false)?;
        wave.set(self.response, false)?;
        for id in [self.va, self.split, self.access, self.context, self.lookup, self.pa, self.fault]
        {
            wave.set(id, Value::Absent)?;
        }
        if self.outstanding == 0 {
            wave.set(self.asked, Value::Absent)?;
            wave.set(self.asked_access, Value::Absent)?;
        }
        Ok(())
    }
}

impl Translation {
    /// The nets and their names.
    pub(super) fn nets(&self) -> [(&'static str, SignalId); 9] {
        [
            ("valid", self.valid),
            ("ready", self.ready),
            ("VA", self.va),
            ("VPN segments", self.split),
            ("access", self.access),
            ("context", self.context),
            ("response", self.response),
            ("PA", self.pa),
            ("fault", self.fault),
        ]
    }
}
