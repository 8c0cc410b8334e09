//! Interfaces, links and joins.

use crate::common::{clocked, present, run};
use rust_hdl::prelude::*;

/// A bus as seen by a controller.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "Device"]
struct Controller {
    address: Signal<Out, Bits<6>>,
    strobe: Signal<Out, Bit>,
    answer: Signal<In, Bits<8>>,
}

/// The same bus as seen by a device.
#[derive(Clone, Debug, Default, LogicInterface)]
#[join = "Controller"]
struct Device {
    address: Signal<In, Bits<6>>,
    strobe: Signal<In, Bit>,
    answer: Signal<Out, Bits<8>>,
}

/// Counts strobes and answers.
#[derive(LogicBlock, Default)]
struct Peripheral {
    clock: Signal<In, Clock>,
    bus: Device,
    count: DFF<Bits<8>>,
}

impl Logic for Peripheral {
    #[hdl_gen]
    fn update(&mut self) {
        dff_setup!(self, clock, count);
        if self.bus.strobe.val() {
            self.count.d.next = self.count.q.val() + bit_cast::<8, 6>(self.bus.address.val());
        }
        self.bus.answer.next = self.count.q.val();
    }
}

/// Passes its own bus on by a link.
#[derive(LogicBlock, Default)]
struct Wrapper {
    clock: Signal<In, Clock>,
    bus: Device,
    inside: Peripheral,
}

impl Logic for Wrapper {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, inside);
        Device::link(&mut self.bus, &mut self.inside.bus);
    }
}

/// Presents an address on a bus.
#[derive(LogicBlock, Default)]
struct Driver {
    wanted: Signal<In, Bits<6>>,
    answer: Signal<Out, Bits<8>>,
    bus: Controller,
}

impl Logic for Driver {
    #[hdl_gen]
    fn update(&mut self) {
        self.bus.address.next = self.wanted.val();
        self.bus.strobe.next = self.wanted.val().any();
        self.answer.next = self.bus.answer.val();
    }
}

/// Driver and device joined; two more devices in an array, one by hand.
#[derive(LogicBlock, Default)]
struct System {
    clock: Signal<In, Clock>,
    wanted: Signal<In, Bits<6>>,
    strobe: Signal<In, Bit>,
    answer: Signal<Out, Bits<8>>,
    others: Signal<Out, Bits<8>>,
    outside: Device,
    driver: Driver,
    device: Wrapper,
    more: [Wrapper; 2],
    last: Peripheral,
}

impl Logic for System {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, device, last);
        self.driver.wanted.next = self.wanted.val();
        self.answer.next = self.driver.answer.val();
        Controller::join(&mut self.driver.bus, &mut self.device.bus);
        Device::link(&mut self.outside, &mut self.last.bus);
        for i in 0..2 {
            self.more[i].clock.next = self.clock.val();
            self.more[i].bus.address.next = self.wanted.val();
            self.more[i].bus.strobe.next = self.strobe.val() ^ (i == 1);
        }
        self.others.next = self.more[0].bus.answer.val() + self.more[1].bus.answer.val();
    }
}

clocked!(System);

#[test]
pub(crate) fn buses_carry_both_ways() {
    run(System::default(), 800, 10, |dice, block| {
        present!(dice, block: wanted, strobe);
        block.outside.address.next = dice.any();
        block.outside.strobe.next = dice.any();
    });
}
