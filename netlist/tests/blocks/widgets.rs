//! Blocks of rust-hdl's own library, unchanged.

use crate::common::{clocked, present, run};
use rust_hdl::prelude::*;

/// Registers with other initial values, detectors, strobes and a queue.
#[derive(LogicBlock)]
struct Widgets {
    clock: Signal<In, Clock>,
    value: Signal<In, Bits<12>>,
    bit: Signal<In, Bit>,
    push: Signal<In, Bit>,
    pop: Signal<In, Bit>,
    held: Signal<Out, Bits<12>>,
    rose: Signal<Out, Bit>,
    tick: Signal<Out, Bit>,
    late: Signal<Out, Bits<12>>,
    front: Signal<Out, Bits<12>>,
    empty: Signal<Out, Bit>,
    full: Signal<Out, Bit>,
    width: Signal<Out, Bit>,
    late_value: rust_hdl::widgets::edge_ff::EdgeDFF<Bits<12>>,
    with_init: DFFWithInit<Bits<12>>,
    detector: EdgeDetector,
    strobe: Strobe<8>,
    queue: SynchronousFIFO<Bits<12>, 3, 4, 1>,
    modulator: PulseWidthModulator<6>,
}

impl Default for Widgets {
    fn default() -> Self {
        Self {
            clock: Default::default(),
            value: Default::default(),
            bit: Default::default(),
            push: Default::default(),
            pop: Default::default(),
            held: Default::default(),
            rose: Default::default(),
            tick: Default::default(),
            late: Default::default(),
            front: Default::default(),
            empty: Default::default(),
            full: Default::default(),
            width: Default::default(),
            late_value: rust_hdl::widgets::edge_ff::EdgeDFF::new(0xBAD.into()),
            with_init: DFFWithInit::new(0xB0B.into()),
            detector: EdgeDetector::new(true),
            strobe: Strobe::new(100, 10.0),
            queue: Default::default(),
            modulator: Default::default(),
        }
    }
}

impl Logic for Widgets {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, with_init, detector, strobe, queue, modulator);
        self.late_value.clk.next = self.clock.val();
        self.late_value.d.next = self.value.val();
        self.late.next = self.late_value.q.val();
        self.with_init.d.next = self.with_init.q.val();
        if self.bit.val() {
            self.with_init.d.next = self.value.val();
        }
        self.held.next = self.with_init.q.val();
        self.detector.input_signal.next = self.bit.val();
        self.rose.next = self.detector.edge_signal.val();
        self.strobe.enable.next = self.push.val();
        self.tick.next = self.strobe.strobe.val();
        self.queue.data_in.next = self.value.val();
        self.queue.write.next = self.push.val() && !self.queue.full.val();
        self.queue.read.next = self.pop.val() && !self.queue.empty.val();
        self.front.next = self.queue.data_out.val();
        self.empty.next = self.queue.empty.val();
        self.full.next = self.queue.full.val();
        self.modulator.enable.next = self.bit.val();
        self.modulator.threshold.next = self.value.val().get_bits::<6>(0);
        self.width.next = self.modulator.active.val();
    }
}

clocked!(Widgets);

#[test]
pub(crate) fn the_library_elaborates() {
    run(Widgets::default(), 1500, 13, |dice, block| {
        present!(dice, block: value, bit, push, pop);
    });
}
