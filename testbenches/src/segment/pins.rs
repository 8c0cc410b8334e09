//! The pins of the unit by name.

use hdl::segment::SegmentUnit;
use rust_hdl::prelude::*;

use crate::engine::{Direction, Word};

/// A block whose pins can be reached by [`Pin`].
pub(super) trait SegmentPins: Block {
    /// Sets the next value of an input pin; the low bits of `value` count.
    fn set(&mut self, pin: Pin, value: u64);

    /// The settled value of a pin.
    fn get(&self, pin: Pin) -> u64;

    /// The width of a pin in bits.
    fn width(&self, pin: Pin) -> usize;

    /// Drives the clock.
    fn set_clock(&mut self, high: bool);
}

macro_rules! pins {
    ($($pin:ident $field:ident $direction:ident $meaning:literal,)*) => {
        /// A pin of the unit. The clock is not among them: engines own it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Pin {
            $(#[doc = $meaning] $pin,)*
        }

        /// All pins, in port order.
        pub const PINS: &[Pin] = &[$(Pin::$pin,)*];

        impl Pin {
            /// The name of the port.
            pub fn name(self) -> &'static str {
                match self {
                    $(Pin::$pin => stringify!($field),)*
                }
            }

            /// Who drives it.
            pub fn direction(self) -> Direction {
                match self {
                    $(Pin::$pin => Direction::$direction,)*
                }
            }

            /// What it says, in half a line.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Pin::$pin => $meaning,)*
                }
            }
        }

        impl<const N: usize, const IDX: usize, const VA: usize, const OFF: usize, const PA: usize>
            SegmentPins for SegmentUnit<N, IDX, VA, OFF, PA>
        {
            fn set(&mut self, pin: Pin, value: u64) {
                match pin {
                    $(Pin::$pin => pins!(@set $direction self.$field, value),)*
                }
            }

            fn get(&self, pin: Pin) -> u64 {
                match pin {
                    $(Pin::$pin => self.$field.val().to_word(),)*
                }
            }

            fn width(&self, pin: Pin) -> usize {
                match pin {
                    $(Pin::$pin => Atom::bits(&self.$field),)*
                }
            }

            fn set_clock(&mut self, high: bool) {
                self.clock.next = Clock::from(high);
            }
        }
    };
    (@set In $signal:expr, $value:expr) => {
        $signal.next = Word::from_word($value)
    };
    // Outputs belong to the hardware: poking one changes nothing.
    (@set Out $signal:expr, $value:expr) => {
        ()
    };
}

pins! {
    Reset reset In "synchronous reset, active high",
    ReqValid req_valid In "request stream",
    ReqReady req_ready Out "the request is taken",
    ReqVa req_va In "logical address: segment number and offset",
    ReqSize req_size In "log2 of the bytes accessed",
    ReqFetch req_fetch In "instruction fetch",
    ReqStore req_store In "store; neither: a load",
    ReqUser req_user In "made by a program",
    RespValid resp_valid Out "response flow, one for each request, in its cycle",
    RespPa resp_pa Out "physical address; 0 on a fault",
    RespFault resp_fault Out "the access may not be made",
    RespCause resp_cause Out "1 no such segment, 2 limit, 3 protection",
    RespVa resp_va Out "logical address of the fault",
    LoadValid load_valid In "stream of register writes",
    LoadReady load_ready Out "the register write is taken",
    LoadIndex load_index In "which register",
    LoadPresent load_present In "there is such a segment",
    LoadBase load_base In "its physical address",
    LoadLimit load_limit In "its length in bytes",
    LoadRead load_read In "loads are allowed",
    LoadWrite load_write In "stores are allowed",
    LoadExecute load_execute In "fetches are allowed",
    LoadUser load_user In "programs may use it",
    LoadDown load_down In "it grows downwards: its bytes are below the base",
    FaultValid fault_valid Out "the oldest fault not yet taken is held",
    FaultReady fault_ready In "the held fault is taken",
    FaultCause fault_cause Out "its cause",
    FaultVa fault_va Out "its logical address",
}
