//! The pins of the unit by name.

use hdl::segment::SegmentUnit;

use crate::pins;

/// As [`pins`], for the unit, with the meaning of each pin.
macro_rules! unit_pins {
    ($($pin:ident $field:ident $direction:ident $meaning:literal,)*) => {
        pins! {
            "A pin of the unit. The clock is not among them: engines own it."
            { $($pin $field $direction,)* }
            for [
                const N: usize, const IDX: usize, const VA: usize, const OFF: usize, const PA: usize
            ] SegmentUnit<N, IDX, VA, OFF, PA>;
        }

        impl Pin {
            /// Its meaning, in half a line.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Pin::$pin => $meaning,)*
                }
            }
        }
    };
}

unit_pins! {
    Reset reset In "synchronous reset, active high",
    ReqValid req_valid In "request stream",
    ReqVa req_va In "logical address: segment number and offset",
    ReqSize req_size In "log2 of the bytes accessed",
    ReqFetch req_fetch In "instruction fetch",
    ReqStore req_store In "store; neither: a load",
    ReqUser req_user In "made by a program",
    LoadValid load_valid In "stream of register writes",
    LoadIndex load_index In "which register",
    LoadPresent load_present In "there is such a segment",
    LoadBase load_base In "its physical address",
    LoadLimit load_limit In "its length in bytes",
    LoadRead load_read In "loads are allowed",
    LoadWrite load_write In "stores are allowed",
    LoadExecute load_execute In "fetches are allowed",
    LoadUser load_user In "programs may use it",
    LoadDown load_down In "it grows downwards: its bytes are below the base",
    FaultReady fault_ready In "the held fault is taken",
    ReqReady req_ready Out "the request is taken",
    RespValid resp_valid Out "response flow, one for each request, in its cycle",
    RespPa resp_pa Out "physical address; 0 on a fault",
    RespFault resp_fault Out "the access may not be made",
    RespCause resp_cause Out "1 no such segment, 2 limit, 3 protection",
    RespVa resp_va Out "logical address of the fault",
    LoadReady load_ready Out "the register write is taken",
    FaultValid fault_valid Out "the oldest fault not yet taken is held",
    FaultCause fault_cause Out "its cause",
    FaultVa fault_va Out "its logical address",
}
