//! Verilator in the hardware's place: the exported Verilog is given, cycle by cycle, the pins that a
//! run of the computer has, and must give the same outputs.
//!
//! It is a process of its own, for the project calls no foreign code. A hart that asked it cycle by
//! cycle would mostly wait for pipes; so a run of our hardware is recorded and sent in large pieces,
//! and the time is that of the model alone, without the hart and without reading.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::rc::Rc;

use engine::{Config, Direction, HardwareMmu, Native, PINS, Pin, PinSet, Pins, Simulator};
use model::mmu::{Mmu, Signal};

use super::super::workshop::{Program, Workshop, strange};
use super::super::{BenchError, verilator};
use crate::export::ToolError;

/// The driver in C++.
const DRIVER: &str = include_str!("../verilog/replay.cpp");

/// A piece is sent when it has so many bytes.
const PIECE: usize = 1 << 20;

/// The outputs that a hart looks at in each cycle.
const LOOKED_AT: [Pin; 12] = [
    Pin::FetchReqReady,
    Pin::DataReqReady,
    Pin::FetchRespValid,
    Pin::FetchRespPa,
    Pin::FetchRespFault,
    Pin::DataRespValid,
    Pin::DataRespPa,
    Pin::DataRespFault,
    Pin::FenceReady,
    Pin::MemReqValid,
    Pin::MemReqAddr,
    Pin::Busy,
];

/// A model that Verilator has built.
pub(super) struct Model {
    workshop: Workshop,
    program: Program,
}

/// What came of a run.
pub(super) struct Replayed {
    /// The cycles that it was given.
    pub(super) cycles: u64,
    /// CPU seconds.
    pub(super) seconds: f64,
}

impl Model {
    pub(super) fn build(config: &'static Config) -> Result<Model, BenchError> {
        let workshop = Workshop::new(config)?;
        fs::write(workshop.path().join("replay.cpp"), DRIVER)?;
        fs::write(workshop.path().join("pins.h"), header(config))?;
        let (program, _) = verilator::driven(&workshop, "replay", "replay.cpp")?;
        Ok(Model { workshop, program })
    }

    /// Starts it. The first is an MMU on our engine that sends the model what it is given, once it is
    /// told to begin; the second ends it.
    pub(super) fn start(&self) -> Result<(Box<dyn Mmu>, Running), BenchError> {
        let mut child = Command::new(&self.program.file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|source| ToolError::Io { tool: self.program.tool, source })?;
        let tape = Rc::new(RefCell::new(Tape { out: child.stdin.take(), ..Tape::default() }));
        let config = self.workshop.config;
        let recorder = Recorder {
            inner: config.native()?,
            tape: tape.clone(),
            masks: PINS.iter().map(|&pin| mask(config, pin)).collect(),
            driven: [0; PINS.len()],
            sent: [0; PINS.len()],
            outputs: LOOKED_AT.into_iter().filter(|&pin| config.has_pin(pin)).collect(),
        };
        let mmu = HardwareMmu::new(Box::new(recorder), *config);
        Ok((Box::new(mmu), Running { child, tape }))
    }
}

/// The low bits that a pin has; none if it is not there.
fn mask(config: &Config, pin: Pin) -> u64 {
    let width = config.pin_width(pin).clamp(1, 64);
    if config.has_pin(pin) { u64::MAX >> (64 - width) } else { 0 }
}

/// The pins' names, for the driver.
fn header(config: &Config) -> String {
    let mut text = "#define INPUTS(what)".to_owned();
    let inputs = PINS.iter().filter(|pin| pin.direction() == Direction::In);
    for pin in inputs.filter(|&&pin| config.has_pin(pin)) {
        // Writing to a string cannot fail.
        let _ = write!(text, " what({}, {})", pin.number(), pin.name());
    }
    text += "\n#define OUTPUTS(what)";
    for pin in LOOKED_AT.into_iter().filter(|&pin| config.has_pin(pin)) {
        let _ = write!(text, " what({})", pin.name());
    }
    text + "\n"
}

/// A model that runs.
pub(super) struct Running {
    child: Child,
    tape: Rc<RefCell<Tape>>,
}

impl Running {
    /// From now on the model is given what the MMU is.
    pub(super) fn begin(&self) {
        self.tape.borrow_mut().begun = true;
    }

    /// Lets it come to its end.
    pub(super) fn finish(mut self, config: &'static Config) -> Result<Replayed, BenchError> {
        let tool = "verilator";
        let io = |source| BenchError::from(ToolError::Io { tool, source });
        let mut tape = self.tape.borrow_mut();
        tape.send();
        // Its input ends.
        drop(tape.out.take());
        let mut said = String::new();
        if let Some(mut output) = self.child.stdout.take() {
            output.read_to_string(&mut said).map_err(io)?;
        }
        let status = self.child.wait().map_err(io)?;
        if let Some(error) = tape.error.take().filter(|_| status.success()) {
            return Err(io(error));
        }
        if !status.success() {
            let status = status.to_string();
            return Err(ToolError::Failed { tool, status, output: said }.into());
        }
        let words: Vec<&str> = said.split_whitespace().collect();
        let read = || {
            let [cycles, checksum, seconds] = words[..] else { return None };
            let checksum = u64::from_str_radix(checksum, 16).ok()?;
            Some((cycles.parse::<u64>().ok()?, checksum, seconds.parse().ok()?))
        };
        let (cycles, checksum, seconds) = read().ok_or_else(|| strange(tool, &said))?;
        if (cycles, checksum) != (tape.cycles, tape.checksum) {
            let (config, workload, engine) = (config.name, "boot", "Verilator");
            return Err(BenchError::Disagree { config, workload, engine, cycles: tape.cycles });
        }
        Ok(Replayed { cycles, seconds })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // After its end both do nothing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What is sent.
#[derive(Default)]
struct Tape {
    out: Option<ChildStdin>,
    begun: bool,
    piece: Vec<u8>,
    cycles: u64,
    checksum: u64,
    error: Option<io::Error>,
}

impl Tape {
    fn send(&mut self) {
        let (Some(out), false) = (&mut self.out, self.piece.is_empty()) else { return };
        let length = u32::try_from(self.piece.len()).unwrap_or(u32::MAX).to_ne_bytes();
        let sent = out.write_all(&length).and_then(|()| out.write_all(&self.piece));
        self.piece.clear();
        if let Err(error) = sent {
            // Who does not listen is not told more.
            self.error = Some(error);
            self.out = None;
        }
    }
}

/// Our engine, which records its pins.
struct Recorder {
    inner: Native,
    tape: Rc<RefCell<Tape>>,
    masks: Vec<u64>,
    driven: Pins,
    sent: Pins,
    outputs: Vec<Pin>,
}

impl Simulator for Recorder {
    fn poke(&mut self, pin: Pin, value: u64) {
        self.driven[pin.number()] = value & self.masks[pin.number()];
        self.inner.poke(pin, value);
    }

    fn peek(&self, pin: Pin) -> u64 {
        self.inner.peek(pin)
    }

    fn settle(&mut self) {
        self.inner.settle();
    }

    fn step(&mut self) {
        self.inner.step();
    }

    fn cycle(&mut self, pins: &mut Pins) {
        self.inner.cycle(pins);
        let tape = &mut *self.tape.borrow_mut();
        if !tape.begun {
            return;
        }
        let place = tape.piece.len();
        tape.piece.push(0);
        for (number, value) in self.driven.iter().enumerate() {
            if self.sent[number] != *value {
                tape.piece[place] += 1;
                tape.piece.push(number as u8);
                tape.piece.extend(value.to_ne_bytes());
            }
        }
        self.sent = self.driven;
        for pin in &self.outputs {
            let mixed = tape.checksum.rotate_left(5) ^ pins[pin.number()];
            tape.checksum = mixed.wrapping_mul(0x1_0000_01b3);
        }
        tape.cycles += 1;
        if tape.piece.len() >= PIECE {
            tape.send();
        }
    }

    fn signals(&self) -> Vec<Signal> {
        self.inner.signals()
    }

    fn visit(&self, values: &mut Vec<u128>) {
        self.inner.visit(values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::tools;
    use model::isa::{Access, Context};
    use model::mmu::{Inputs, PerPort, Request};

    #[test]
    fn the_header_names_what_the_configuration_has() {
        let text = header(engine::find("rv64_linux").expect("a row"));
        assert!(text.starts_with("#define INPUTS(what) what(0, "), "{text}");
        assert!(text.contains(" fetch_req_va)") && text.contains(" what(fetch_resp_pa)"), "{text}");
        assert!(!text.contains("data_req_fetch"), "{text}");
    }

    /// Bare requests, answered at once, with another address in each cycle.
    fn run(wrong: bool) -> Result<Replayed, BenchError> {
        let config = engine::find("rv64_tiny").expect("a row");
        let model = Model::build(config)?;
        let (mut mmu, running) = model.start()?;
        let mut inputs = Inputs::default();
        mmu.cycle(&inputs);
        running.begin();
        for va in 0..100 {
            let context = Context::USER;
            let request = Request { va: va << 12, access: Access::Fetch, bytes: 4, context };
            inputs.requests =
                PerPort::from_fn(|port| (port == model::mmu::Port::Fetch).then_some(request));
            mmu.cycle(&inputs);
        }
        running.tape.borrow_mut().checksum ^= u64::from(wrong);
        running.finish(config)
    }

    #[test]
    fn the_model_gets_every_cycle_and_must_answer_alike() {
        if ["verilator", "g++", "make"].into_iter().any(|tool| !tools::or_skip(tool)) {
            return;
        }
        let replayed = run(false).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(replayed.cycles, 100);
        let differs = run(true).err().expect("it differs").to_string();
        assert!(differs.contains("Verilator differs"), "{differs}");
    }
}
