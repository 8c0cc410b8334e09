//! The segmentation unit: every net against rust-hdl's own simulation and against machine code.

mod common;

use common::{Dice, clocked, flattened, present, run};
use hdl::segment::SegmentUnit;
use netlist::ir::{NetId, Type, Value};
use netlist::{Compiled, Interpreter};

type Small = SegmentUnit<4, 2, 14, 12, 34>;
type Large = SegmentUnit<16, 4, 32, 28, 34>;

clocked!(Small, Large);

/// Short segments and small offsets, so that there are answers of every kind.
macro_rules! traffic {
    ($dice:ident, $unit:ident, $off:literal, $segments:literal) => {
        present!($dice, $unit: req_valid, req_size, req_fetch, req_store, req_user, fault_ready,
            load_index, load_read, load_write, load_execute, load_user, load_down, load_base);
        $unit.reset.next = $dice.roll(300) == 0;
        $unit.load_valid.next = $dice.roll(4) == 0;
        $unit.load_present.next = $dice.roll(5) != 0;
        $unit.load_limit.next = $dice.roll(64).into();
        if $dice.roll(8) == 0 {
            $unit.load_limit.next = $dice.any();
        }
        // Near the lower or the upper end of a segment.
        let number = $dice.roll($segments) << $off;
        let near = $dice.roll(64);
        let offset = if $dice.roll(2) == 0 { near } else { (1 << $off) - 1 - near };
        $unit.req_va.next = (number | offset).into();
        if $dice.roll(8) == 0 {
            $unit.req_va.next = $dice.any();
        }
    };
}

#[test]
fn four_segments_are_the_same_on_every_net() {
    let moved = run(Small::default(), 3000, 4, |dice, unit| {
        traffic!(dice, unit, 12, 4);
    });
    assert!(moved >= 90, "only {moved} % of the nets ever changed");
}

#[test]
fn sixteen_segments_are_the_same_on_every_net() {
    let moved = run(Large::default(), 1500, 16, |dice, unit| {
        traffic!(dice, unit, 28, 16);
    });
    assert!(moved >= 80, "only {moved} % of the nets ever changed");
}

#[test]
fn machine_code_and_interpreter_agree_on_every_net() {
    let netlist = flattened(&Small::default());
    let mut fast = Compiled::new(&netlist).expect("it compiles");
    let mut slow = Interpreter::new(&netlist);
    let mut dice = Dice::new(7);
    for cycle in 0..3000 {
        for input in netlist.inputs.iter().filter(|input| input.ty != Type::Clock) {
            let value = match input.name.as_str() {
                "reset" => u64::from(dice.roll(300) == 0),
                "load_limit" => dice.roll(4096),
                _ => dice.roll(1 << 34),
            };
            let id = netlist.input_named(&input.name).expect("it was listed");
            let value = Value::new(64, value);
            fast.set(id, &value);
            slow.set(id, &value);
        }
        fast.settle();
        slow.settle();
        for (at, net) in netlist.nets.iter().enumerate() {
            let id = NetId(at as u32);
            assert_eq!(fast.get(id), *slow.get(id), "cycle {cycle}: {}", net.path);
        }
        fast.step();
        slow.step();
    }
}
