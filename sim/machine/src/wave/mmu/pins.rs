//! The MMU's pins: context, events, the fence port and the held fault. The translation ports and
//! the memory port have files of their own.

use waves::Error;
use waves::save::{Format, Line};

use super::super::table::{Declare, Shown};
use super::memory::{self, Memory};
use super::port::{self, Flight};
use super::words;
use model::isa::{Attributes, Extensions, PmpCsr, Satp, Xlen};
use model::mmu::{CsrPort, Fence, Inputs, Outputs, PerPort, Port, Pulse, Reason, Source};

/// Parts with pins of their own.
#[derive(Clone, Copy, Debug)]
pub(in crate::wave) struct Built {
    /// The MMU protects physical memory.
    pub(super) protected: bool,
    /// It has trace ports.
    pub(super) traced: bool,
}

/// The pins in the current cycle, and state derived from earlier cycles.
#[derive(Debug)]
pub(in crate::wave) struct Pins {
    pub(super) xlen: Xlen,
    pub(super) built: Built,
    pub(super) inputs: Inputs,
    pub(super) outputs: Outputs,
    pub(super) satp: Option<Satp>,
    pub(super) flights: PerPort<Flight>,
    pub(super) memory: Memory,
    /// A first cycle was recorded.
    pub(super) begun: bool,
}

impl Pins {
    pub(super) fn new(xlen: Xlen, extensions: Extensions, built: Built) -> Pins {
        Pins {
            xlen,
            built,
            inputs: Inputs::default(),
            outputs: Outputs::default(),
            satp: None,
            flights: PerPort::default(),
            memory: Memory::new(xlen, extensions),
            begun: false,
        }
    }

    /// A cycle of the MMU.
    pub(super) fn cycle(&mut self, inputs: &Inputs, outputs: &Outputs) {
        self.begun = true;
        (self.inputs, self.outputs) = (*inputs, *outputs);
        self.satp = Satp::decode(inputs.satp, self.xlen);
        if inputs.reset {
            self.memory.reset();
        }
        for (port, flight) in self.flights.iter_mut() {
            flight.cycle(port, inputs, outputs);
        }
        self.memory.cycle(inputs, outputs, self.satp.map(|satp| satp.mode));
    }

    /// Nothing is presented and nothing answered; registers keep their values.
    pub(super) fn rest(&mut self) {
        if !self.begun {
            return;
        }
        let (last_in, last_out) = (self.inputs, self.outputs);
        let inputs = Inputs {
            reset: last_in.reset,
            satp: last_in.satp,
            adue: last_in.adue,
            pbmte: last_in.pbmte,
            csr: CsrPort { number: last_in.csr.number, write: None },
            fault_ready: last_in.fault_ready,
            ..Inputs::default()
        };
        let outputs = Outputs {
            ready: last_out.ready,
            fence_ready: true,
            fault: last_out.fault,
            busy: last_out.busy,
            csr: last_out.csr,
            ..Outputs::default()
        };
        self.cycle(&inputs, &outputs);
    }
}

/// The group of PMP and PMA in views.
pub(super) const PROTECTION: &str = "Protection";

/// The four forms of `SFENCE.VMA`, by the operands that are not `x0`: bit 0 address, bit 1 ASID.
const FENCES: [&str; 4] = ["all", "address", "asid", "address+asid"];

fn form(fence: Fence) -> u64 {
    u64::from(fence.va.is_some()) | u64::from(fence.asid.is_some()) << 1
}

pub(super) fn declare(
    declare: &mut Declare<'_, Pins>,
    xlen: Xlen,
    built: Built,
) -> Result<(), Error> {
    let va = if xlen == Xlen::Rv32 { 32 } else { 64 };
    declare.flag("run.reset", |p| p.inputs.reset)?;
    declare
        .state("satp.mode", 3, &words::MODES, |p| words::mode(p.satp))?
        .row("Request", "satp mode");
    declare
        .bits("satp.asid", 16, |p| p.satp.map(|satp| satp.asid))?
        .row("Request", "satp ASID")
        .format(Format::Decimal);
    declare.bits("satp.root", 44, |p| p.satp.map(|satp| satp.root))?;
    declare.flag("satp.adue", |p| p.inputs.adue)?;
    declare.flag("satp.pbmte", |p| p.inputs.pbmte)?;
    for port in Port::ALL {
        port::declare(declare, port, xlen)?;
    }
    if built.protected {
        protection(declare, va)?;
    }
    if built.traced {
        traced(declare)?;
    }
    declare.flag("events.busy", |p| p.outputs.busy)?.row("Walker", "busy");
    for pulse in Pulse::ALL {
        let path = format!("events.{}", pulse.name());
        let signal = declare.flag(path, move |p| p.outputs.events.has(*pulse))?;
        if *pulse == Pulse::Refill {
            signal.row("TLB", "refill");
        }
    }
    declare.flag("fence.valid", |p| p.inputs.fence.is_some())?;
    declare.flag("fence.ready", |p| p.outputs.fence_ready)?;
    declare.state("fence.kind", 2, &FENCES, |p| p.inputs.fence.map(form))?.row("TLB", "fence");
    declare.bits("fence.va", va, |p| p.inputs.fence.and_then(|fence| fence.va))?;
    declare.bits("fence.asid", 16, |p| p.inputs.fence.and_then(|fence| fence.asid))?;
    memory::declare(declare, xlen)?;
    declare.flag("fault.valid", |p| p.outputs.fault.is_some())?;
    declare.flag("fault.ready", |p| p.inputs.fault_ready)?;
    let held = |p: &Pins| p.outputs.fault;
    declare
        .state("fault.cause", 4, &words::CAUSES, move |p| held(p).map(|f| words::cause(f.cause)))?
        .row("Fault", "held: cause");
    declare.bits("fault.tval", va, move |p| held(p).map(|fault| fault.tval))?;
    // `tval` without leading zeros.
    declare
        .text("fault.address", move |p| hex(held(p).map(|fault| fault.tval)))?
        .row("Fault", "held: tval")
        .line(Line::Yellow);
    Ok(())
}

/// The PMP registers' port, and what PMP and PMA add to the translation ports.
fn protection(declare: &mut Declare<'_, Pins>, xlen: u32) -> Result<(), Error> {
    declare
        .text("pmp.register", |p| match PmpCsr::of(p.inputs.csr.number) {
            Some(PmpCsr::Config(n)) => format!("pmpcfg{n}").into(),
            Some(PmpCsr::Address(n)) => format!("pmpaddr{n}").into(),
            None => Shown::Absent,
        })?
        .row(PROTECTION, "register");
    declare.flag("pmp.write", |p| p.inputs.csr.write.is_some())?.row(PROTECTION, "write");
    declare.bits("pmp.written", xlen, |p| p.inputs.csr.write)?.row(PROTECTION, "written");
    declare.bits("pmp.read", xlen, |p| Some(p.outputs.csr))?.row(PROTECTION, "read");
    for port in Port::ALL {
        declare
            .bits(format!("{port}.bytes"), 8, move |p| p.inputs.requests[port].map(|r| r.bytes))?
            .row(PROTECTION, format!("{port} bytes"))
            .format(Format::Decimal);
        let found = move |p: &Pins| p.outputs.responses[port].and_then(Result::ok);
        declare
            .state(format!("{port}.pma"), 2, &Attributes::MEMORIES, move |p| {
                found(p).map(|_| u64::from(p.outputs.attributes[port].pma))
            })?
            .row(PROTECTION, format!("{port} memory"));
    }
    Ok(())
}

/// What the trace ports tell of answers.
fn traced(declare: &mut Declare<'_, Pins>) -> Result<(), Error> {
    for port in Port::ALL {
        declare
            .state(format!("{port}.from"), 2, &Source::ALL.map(Source::word), move |p| {
                p.outputs.trace[port].source.map(|source| source as u64)
            })?
            .row("TLB", format!("{port} from"));
        declare
            .state(format!("{port}.because"), 4, &Reason::ALL.map(Reason::words), move |p| {
                p.outputs.trace[port].reason.map(|reason| reason as u64)
            })?
            .row("Fault", format!("{port} because"));
    }
    Ok(())
}

/// A hexadecimal number without leading zeros, or nothing.
pub(super) fn hex(value: Option<u64>) -> Shown {
    value.map(|value| format!("{value:x}")).into()
}
