//! Our engine in the loop, with every net of the netlist in a waveform.

use super::WaveOptions;
use crate::bench::ours::measured;
use crate::bench::{BenchError, Measurement};
use engine::traffic::{Driven, Loop};
use engine::{Config, Direction, Outs, PINS, Pin, PinSet};
use netlist::Compiled;
use netlist::compile::{InputSlot, OutputRun};
use netlist::optimise::Options;
use netlist::wave::{Dump, Style, WaveError, all};
use std::cell::RefCell;
use std::fs::File;
use std::io::Error;
use std::rc::Rc;

/// An open waveform, and the error that ended it, if any.
type Shared = Rc<RefCell<(Option<Dump<'static>>, Option<WaveError>)>>;

/// An engine whose cycles are written.
struct Written {
    engine: Compiled,
    dump: Shared,
    inputs: [Option<InputSlot>; PINS.len()],
    outs: OutputRun,
}

impl Driven for Written {
    #[inline]
    fn write(&mut self, pin: Pin, value: u64) {
        if let Some(slot) = self.inputs[pin as usize] {
            self.engine.write(slot, value);
        }
    }

    fn cycle(&mut self) -> &Outs {
        let (dump, failed) = &mut *self.dump.borrow_mut();
        if let Some(dump) = dump
            && let Err(error) = dump.cycle(&mut self.engine)
        {
            failed.get_or_insert(error);
        }
        Pin::outs(self.engine.read_run(self.outs))
    }

    fn is_quiescent(&self) -> bool {
        self.engine.is_quiescent()
    }
}

/// The loop around it.
pub(super) struct Waved {
    traffic: Loop<Written>,
    dump: Shared,
}

impl Waved {
    /// Compiles the configuration and opens the waveform.
    pub(super) fn start(
        config: &'static Config,
        options: &WaveOptions,
        file: File,
    ) -> Result<Self, BenchError> {
        let netlist = config.design().flatten().unwrap_or_else(|found| panic!("{found:#?}"));
        let nets = all(&netlist);
        let follow = Options { follow: nets.clone(), ..Options::default() };
        let engine = Compiled::with(&netlist, &follow)?;
        // Like Verilator's: without the clock, which is low whenever it is sampled, and without
        // names of states.
        let style = Style { clock: false, names: false };
        let dump = Dump::new(&netlist, &engine, &nets, file, style).map_err(refused)?;
        let dump: Shared = Rc::new(RefCell::new((Some(dump), None)));
        let (mut inputs, mut outputs) = ([None; PINS.len()], Vec::new());
        for &pin in PINS {
            let input = netlist.input_named(pin.name());
            inputs[pin as usize] = input.and_then(|input| engine.input(input));
            let net = netlist.net_named(pin.name());
            let output = net.and_then(|net| engine.output(net));
            outputs.extend(output.filter(|_| pin.direction() == Direction::Out));
        }
        let outs = engine.run_of(&outputs);
        let outs = outs.expect("the netlist has its outputs in port order, as the pins are");
        let written = Written { engine, dump: dump.clone(), inputs, outs };
        let traffic = Loop::new(config, written, false, options.workload, options.seed);
        Ok(Self { traffic, dump })
    }

    pub(super) fn run(&mut self, cycles: u64) -> Measurement {
        measured(&mut self.traffic, cycles)
    }

    /// Completes the waveform.
    pub(super) fn finish(self) -> Result<(), BenchError> {
        let (dump, failed) = self.dump.take();
        match (failed, dump) {
            (Some(error), _) => Err(refused(error)),
            (None, Some(dump)) => dump.finish().map_err(refused),
            (None, None) => Ok(()),
        }
    }
}

fn refused(error: WaveError) -> BenchError {
    Error::other(error).into()
}
