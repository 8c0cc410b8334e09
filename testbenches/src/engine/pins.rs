//! The pins of both tops by name, so that engines and cosimulation need no knowledge of fields.

use rust_hdl::prelude::*;

/// Whether a pin is driven by the world or by the hardware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Driven by the world.
    In,
    /// Driven by the hardware.
    Out,
}

/// A block whose pins can be reached by name, an enum `P`.
pub trait PinBlock<P = Pin>: Block {
    /// Sets the next value of an input pin; the low bits of `value` count.
    fn set(&mut self, pin: P, value: u64);

    /// The settled value of a pin.
    fn get(&self, pin: P) -> u64;

    /// The width of a pin in bits.
    fn width(&self, pin: P) -> usize;

    /// Drives the clock.
    fn set_clock(&mut self, high: bool);
}

/// Pin values as words.
pub(crate) trait Word: Synth {
    fn to_word(self) -> u64;
    fn from_word(word: u64) -> Self;
}

impl Word for bool {
    fn to_word(self) -> u64 {
        u64::from(self)
    }
    fn from_word(word: u64) -> Self {
        word & 1 == 1
    }
}

impl<const N: usize> Word for Bits<N> {
    fn to_word(self) -> u64 {
        self.into()
    }
    fn from_word(word: u64) -> Self {
        (if N < 64 { word & ((1 << N) - 1) } else { word }).into()
    }
}

/// Declares `Pin` and `PINS`, and makes the named blocks [`PinBlock`]s: `DOC { PIN field In, PIN
/// field Out, ... } for [GENERICS] BLOCK; ...`, where the fields are those of every block.
macro_rules! pins {
    ($doc:literal $pins:tt $(for [$($generics:tt)*] $block:ty;)+) => {
        $crate::engine::pins!(@names $doc $pins);
        $($crate::engine::pins!(@block [$($generics)*] $block; $pins);)+
    };
    (@names $doc:literal { $($pin:ident $field:ident $direction:ident,)* }) => {
        #[doc = $doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Pin {
            $(
                #[doc = concat!("`", stringify!($field), "`")]
                $pin,
            )*
        }

        /// All pins in port order.
        pub const PINS: &[Pin] = &[$(Pin::$pin,)*];

        impl Pin {
            /// The port's name in Rust and Verilog.
            pub fn name(self) -> &'static str {
                match self {
                    $(Pin::$pin => stringify!($field),)*
                }
            }

            /// Who drives it.
            pub fn direction(self) -> $crate::engine::Direction {
                match self {
                    $(Pin::$pin => $crate::engine::Direction::$direction,)*
                }
            }
        }
    };
    (@block [$($generics:tt)*] $block:ty; { $($pin:ident $field:ident $direction:ident,)* }) => {
        impl<$($generics)*> $crate::engine::PinBlock<Pin> for $block {
            fn set(&mut self, pin: Pin, value: u64) {
                match pin {
                    $(Pin::$pin => $crate::engine::pins!(@set $direction self.$field, value),)*
                }
            }

            fn get(&self, pin: Pin) -> u64 {
                match pin {
                    $(Pin::$pin => $crate::engine::Word::to_word(self.$field.val()),)*
                }
            }

            fn width(&self, pin: Pin) -> usize {
                match pin {
                    $(Pin::$pin => rust_hdl::prelude::Atom::bits(&self.$field),)*
                }
            }

            fn set_clock(&mut self, high: bool) {
                self.clock.next = rust_hdl::prelude::Clock::from(high);
            }
        }
    };
    (@set In $signal:expr, $value:expr) => {
        $signal.next = $crate::engine::Word::from_word($value)
    };
    // Outputs belong to the hardware: poking one changes nothing.
    (@set Out $signal:expr, $value:expr) => {
        ()
    };
}
pub(crate) use pins;

pins! {
    "A pin of the tops. The clock is not among them: engines own it."
    {
        Reset reset In,
        Satp satp In,
        Adue adue In,
        FetchReqValid fetch_req_valid In,
        FetchReqVa fetch_req_va In,
        FetchReqPrivilege fetch_req_privilege In,
        DataReqValid data_req_valid In,
        DataReqVa data_req_va In,
        DataReqStore data_req_store In,
        DataReqPrivilege data_req_privilege In,
        DataReqSum data_req_sum In,
        DataReqMxr data_req_mxr In,
        FenceValid fence_valid In,
        FenceByVa fence_by_va In,
        FenceVa fence_va In,
        FenceByAsid fence_by_asid In,
        FenceAsid fence_asid In,
        MemReqReady mem_req_ready In,
        MemRespValid mem_resp_valid In,
        MemRespData mem_resp_data In,
        MemRespError mem_resp_error In,
        MemRespSwapped mem_resp_swapped In,
        FaultReady fault_ready In,
        FetchReqReady fetch_req_ready Out,
        FetchRespValid fetch_resp_valid Out,
        FetchRespPa fetch_resp_pa Out,
        FetchRespFault fetch_resp_fault Out,
        FetchRespCause fetch_resp_cause Out,
        FetchRespTval fetch_resp_tval Out,
        DataReqReady data_req_ready Out,
        DataRespValid data_resp_valid Out,
        DataRespPa data_resp_pa Out,
        DataRespFault data_resp_fault Out,
        DataRespCause data_resp_cause Out,
        DataRespTval data_resp_tval Out,
        FenceReady fence_ready Out,
        MemReqValid mem_req_valid Out,
        MemReqAddr mem_req_addr Out,
        MemReqSwap mem_req_swap Out,
        MemReqExpected mem_req_expected Out,
        MemReqDesired mem_req_desired Out,
        FaultValid fault_valid Out,
        FaultCause fault_cause Out,
        FaultTval fault_tval Out,
        Busy busy Out,
        EventFetchHit event_fetch_hit Out,
        EventFetchMiss event_fetch_miss Out,
        EventDataHit event_data_hit Out,
        EventDataMiss event_data_miss Out,
        EventWalkStart event_walk_start Out,
        EventWalkDone event_walk_done Out,
        EventPteRead event_pte_read Out,
        EventPteUpdate event_pte_update Out,
        EventUpdateRetry event_update_retry Out,
        EventWalkRestart event_walk_restart Out,
        EventRefill event_refill Out,
        EventFence event_fence Out,
        EventPageFault event_page_fault Out,
        EventAccessFault event_access_fault Out,
    }
    for [const N: usize, const IDX: usize] hdl::Rv32Mmu<N, IDX>;
    for [const N: usize, const IDX: usize] hdl::Rv64Mmu<N, IDX>;
}
