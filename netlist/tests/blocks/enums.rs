//! Enumerations, `match`, state machines.

use crate::common::{clocked, flattened, present, run};
use netlist::ir::Type;
use rust_hdl::prelude::*;

/// Five states: an encoding with unused values.
#[derive(Copy, Clone, Debug, PartialEq, LogicState)]
enum Phase {
    Idle,
    Fetch,
    Wait,
    Retry,
    Done,
}

/// Matches on enumerations, bools and integers; chains of conditions.
#[derive(LogicBlock, Default)]
struct Machine {
    clock: Signal<In, Clock>,
    go: Signal<In, Bit>,
    ready: Signal<In, Bit>,
    code: Signal<In, Bits<3>>,
    busy: Signal<Out, Bit>,
    phase: Signal<Out, Phase>,
    decoded: Signal<Out, Bits<8>>,
    flag: Signal<Out, Bits<2>>,
    kind: Signal<Out, Bits<2>>,
    state: DFF<Phase>,
    tries: DFF<Bits<3>>,
}

impl Logic for Machine {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, state, tries);
        self.busy.next = true;
        match self.state.q.val() {
            Phase::Idle => {
                self.busy.next = false;
                if self.go.val() {
                    self.state.d.next = Phase::Fetch;
                    self.tries.d.next = bits::<3>(0);
                }
            }
            Phase::Fetch => self.state.d.next = Phase::Wait,
            Phase::Wait => {
                if self.ready.val() {
                    self.state.d.next = Phase::Done;
                } else if self.tries.q.val() == 5 {
                    self.state.d.next = Phase::Retry;
                } else {
                    self.tries.d.next = self.tries.q.val() + 1;
                }
            }
            Phase::Retry => {
                self.state.d.next = Phase::Fetch;
                self.tries.d.next = bits::<3>(0);
            }
            Phase::Done => self.state.d.next = Phase::Idle,
        }
        match self.code.val().index() {
            0 => self.decoded.next = bits::<8>(1),
            1 => self.decoded.next = bits::<8>(2),
            0x5 => self.decoded.next = bits::<8>(0x20),
            9 => self.decoded.next = bits::<8>(0xEE),
            _ => self.decoded.next = bits::<8>(0xFF),
        }
        match self.go.val() {
            true => self.flag.next = bits::<2>(1),
            false => self.flag.next = bits::<2>(2),
        }
        match self.state.q.val() {
            Phase::Idle => self.kind.next = bits::<2>(0),
            Phase::Done => self.kind.next = bits::<2>(3),
            _ => self.kind.next = bits::<2>(1),
        }
        self.phase.next = self.state.q.val();
        if (self.state.q.val() == Phase::Retry) || (self.state.q.val() != Phase::Idle) {
            self.phase.next = self.state.d.val();
        }
    }
}

clocked!(Machine);

#[test]
pub(crate) fn states_follow_each_other() {
    run(Machine::default(), 1500, 6, |dice, block| {
        present!(dice, block: go, code);
        block.ready.next = dice.roll(9) == 0;
    });
}

#[test]
fn names_of_states_are_kept() {
    let netlist = flattened(&Machine::default());
    let net = netlist.net(netlist.net_named("state.q").expect("a register's output"));
    assert!(matches!(net.ty, Type::Enum(_)));
    assert_eq!(netlist.types.variant_name(net.ty, 3), Some("Retry"));
    assert_eq!(netlist.types.variant_name(net.ty, 5), None);
}
