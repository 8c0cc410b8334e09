//! A state that is written with a value which stays: functions that do not write it while it holds
//! that value already.

use super::{Resuming, difference, input, output};
use crate::ir::{Graph, InputId, Netlist, Op, Register, RegisterId, Type, Types, Value};
use crate::optimise::{Options, Plant};

/// A register that takes the sum of an input and a constant, except while another input is 5.
fn follows() -> Netlist {
    let mut graph = Graph::new();
    let select = graph.make(Op::Input(InputId(0)), 8);
    let usual = graph.make(Op::Input(InputId(1)), 16);
    let other = graph.make(Op::Input(InputId(2)), 16);
    let held = graph.make(Op::Register(RegisterId(0)), 16);
    let one = graph.number(16, 1);
    let sum = graph.make(Op::Add(usual, one), 16);
    let five = graph.number(8, 5);
    let is_five = graph.make(Op::Equal(select, five), 1);
    let next = graph.make(Op::Mux(is_five, other, sum), 16);
    let (nodes, constants) = graph.into_parts();
    Netlist {
        name: "Follows".into(),
        nodes,
        constants,
        inputs: vec![
            input("select", 8, select),
            input("usual", 16, usual),
            input("other", 16, other),
        ],
        clock: None,
        registers: vec![Register {
            path: "held".into(),
            ty: Type::Bits(16),
            width: 16,
            init: Value::zero(16),
            node: held,
            next,
        }],
        memories: Vec::new(),
        nets: vec![output("select", 8, select), output("sum", 16, sum), output("held", 16, held)],
        arrays: Vec::new(),
        types: Types::default(),
    }
}

/// The other value is held for three cycles, so that the register does not change in the last of
/// them: neither source of the next cycle tells that it must be written.
fn stimulus(cycle: u64, at: usize) -> Option<Value> {
    let is_other = cycle % 40 > 36;
    match at {
        0 => Some(Value::new(8, if is_other { 5 } else { 6 + cycle % 30 })),
        1 => Some(Value::new(16, cycle / 400)),
        _ => Some(Value::new(16, 7000)),
    }
}

#[test]
fn a_state_that_holds_another_value_is_written() {
    // Only the usual cycles get a function.
    let usual = Options { common: Some(100), ..Options::default() };
    difference(&follows(), &usual, 4000, Resuming::Never, stimulus).expect("equal engines");
    let careless = Options { plant: Some(Plant::Same), ..usual };
    let noticed = difference(&follows(), &careless, 4000, Resuming::Never, stimulus);
    assert!(noticed.is_err_and(|text| text.contains("held := ")), "the planted defect shows");
}
