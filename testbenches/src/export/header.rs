//! The comment on top of an exported file.

use crate::engine::{Config, Direction, PINS, Pin};
use sim::isa::Xlen;
use std::fmt::Write;

/// What the file is, how to use it, and its ports.
pub(super) fn header(config: &Config) -> String {
    let (modes, pa_bits) = match config.xlen {
        Xlen::Rv32 => ("Bare and Sv32", 34),
        Xlen::Rv64 => ("Bare, Sv39, Sv48 and Sv57 by satp.MODE", 56),
    };
    let mut text = format!(
        "// Pagewalk {version}: RISC-V MMU, configuration {name}\n\
         //\n\
         // Top module {name}: {modes}; {pa_bits}-bit physical addresses; {entries} lines in each\n\
         // of its two fully associative TLBs (fetch, data); one page-table walker.\n\
         // Generated from the Rust source; change that, not this file.\n\
         //\n\
         // Clock: everything happens at the rising edge of `clock`.\n\
         // Reset: `reset` is synchronous and active high; hold it for at least one cycle after\n\
         // power-up. It empties both TLBs and drops misses and the held fault; memory must\n\
         // forget the walker's request as well.\n\
         // Streams (valid and ready): a transfer happens in a cycle in which both are high;\n\
         // until then valid and payload hold. Flows (valid alone) last one cycle.\n\
         //\n\
         // {port:<21} {dir:<4} {width:>5}  meaning\n",
        version = env!("CARGO_PKG_VERSION"),
        name = config.name,
        entries = config.entries,
        port = "port",
        dir = "dir",
        width = "width",
    );
    row(&mut text, "clock", Direction::In, 1, "rising edge");
    for &pin in PINS {
        row(&mut text, pin.name(), pin.direction(), config.pin_width(pin), meaning(pin));
    }
    text
}

fn row(text: &mut String, port: &str, direction: Direction, width: usize, meaning: &str) {
    let direction = match direction {
        Direction::In => "in",
        Direction::Out => "out",
    };
    writeln!(text, "// {port:<21} {direction:<4} {width:>5}  {meaning}")
        .expect("writing to a string cannot fail");
}

/// What a pin says, in half a line.
fn meaning(pin: Pin) -> &'static str {
    match pin {
        Pin::Reset => "synchronous reset, active high",
        Pin::Satp => "the satp register; sampled when a request is taken",
        Pin::Adue => "menvcfg.ADUE: hardware sets A and D; sampled likewise",
        Pin::FetchReqValid => "fetch request stream",
        Pin::FetchReqVa => "virtual address",
        Pin::FetchReqPrivilege => "effective privilege: 0 U, 1 S, 3 M",
        Pin::DataReqValid => "load and store request stream",
        Pin::DataReqVa => "virtual address",
        Pin::DataReqStore => "store or atomic; otherwise a load",
        Pin::DataReqPrivilege => "effective privilege after MPRV: 0 U, 1 S, 3 M",
        Pin::DataReqSum => "sstatus.SUM of this access",
        Pin::DataReqMxr => "sstatus.MXR of this access",
        Pin::FenceValid => "SFENCE.VMA stream",
        Pin::FenceByVa => "rs1 is not x0",
        Pin::FenceVa => "the value of rs1",
        Pin::FenceByAsid => "rs2 is not x0",
        Pin::FenceAsid => "the value of rs2",
        Pin::MemReqReady => "memory takes the walker's request",
        Pin::MemRespValid => "memory's response flow, in order, at least 1 cycle later",
        Pin::MemRespData => "the page-table entry",
        Pin::MemRespError => "nothing there, or refused",
        Pin::MemRespSwapped => "the compare-and-swap was made",
        Pin::FaultReady => "the held fault is taken",
        Pin::FetchReqReady => "the fetch request is taken",
        Pin::FetchRespValid => "fetch response flow, one for each request",
        Pin::FetchRespPa => "physical address; 0 on a fault",
        Pin::FetchRespFault => "the translation faulted",
        Pin::FetchRespCause => "exception code of the fault",
        Pin::FetchRespTval => "virtual address of the fault",
        Pin::DataReqReady => "the data request is taken",
        Pin::DataRespValid => "data response flow, one for each request",
        Pin::DataRespPa => "physical address; 0 on a fault",
        Pin::DataRespFault => "the translation faulted",
        Pin::DataRespCause => "exception code of the fault",
        Pin::DataRespTval => "virtual address of the fault",
        Pin::FenceReady => "the fence is taken",
        Pin::MemReqValid => "the walker's request stream to memory",
        Pin::MemReqAddr => "physical address of a page-table entry",
        Pin::MemReqSwap => "atomic compare-and-swap; otherwise a read",
        Pin::MemReqExpected => "compare-and-swap: the value that must be found",
        Pin::MemReqDesired => "compare-and-swap: the value to write",
        Pin::FaultValid => "the oldest fault not yet taken is held",
        Pin::FaultCause => "becomes scause",
        Pin::FaultTval => "becomes stval",
        Pin::Busy => "a miss is outstanding",
        Pin::EventFetchHit => "event: a fetch was answered from its TLB",
        Pin::EventFetchMiss => "event: a fetch was left to the walker",
        Pin::EventDataHit => "event: a load or store was answered from its TLB",
        Pin::EventDataMiss => "event: a load or store was left to the walker",
        Pin::EventWalkStart => "event: the walker took up a miss",
        Pin::EventWalkDone => "event: the walker answered",
        Pin::EventPteRead => "event: memory took the read of an entry",
        Pin::EventPteUpdate => "event: A or D was written",
        Pin::EventUpdateRetry => "event: an update found a changed entry",
        Pin::EventWalkRestart => "event: a fence overtook the walk",
        Pin::EventRefill => "event: a TLB line was written",
        Pin::EventFence => "event: a fence was accepted",
        Pin::EventPageFault => "event: a page fault was answered",
        Pin::EventAccessFault => "event: an access fault was answered",
    }
}
