//! The segmentation unit: Icarus and Verilator agree with rust-hdl on every output and cycle.

use crate::base::{clocked, present};
use crate::replay::{Replay, replay};
use hdl::segment::SegmentUnit;

type Small = SegmentUnit<4, 2, 14, 12, 34>;
type Large = SegmentUnit<8, 3, 32, 29, 34>;

clocked!(Small, Large);

macro_rules! agrees {
    ($name:ident, $top:ty, $cycles:expr, $which:expr, $off:literal) => {
        #[test]
        fn $name() {
            replay(<$top>::default(), $cycles, 5, $which, |dice, unit: &mut $top| {
                present!(dice, unit: req_valid, req_size, req_fetch, req_store, req_user,
                    fault_ready, load_valid, load_index, load_present, load_base, load_read,
                    load_write, load_execute, load_user, load_down);
                unit.reset.next = dice.roll(300) == 0;
                unit.load_limit.next = dice.roll(64).into();
                let number = dice.roll(4) << $off;
                let near = dice.roll(64);
                let offset = if dice.roll(2) == 0 { near } else { (1 << $off) - 1 - near };
                unit.req_va.next = (number | offset).into();
            });
        }
    };
}

agrees!(four_segments_agree_in_both_simulators, Small, 2000, Replay::Both, 12);
agrees!(eight_segments_agree, Large, 1000, Replay::Icarus, 29);
