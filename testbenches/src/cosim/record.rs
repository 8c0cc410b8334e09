//! The pins of the Rust simulation.

use super::coverage::{Coverage, Probe};
use super::stimulus::{Row, Stimulus};
use super::testbench::vectors;
use engine::{Config, Direction, Engine, PINS};

/// Every pin in every cycle of one run, settled before the clock edge.
pub struct Recording {
    /// The configuration that was run.
    pub config: &'static Config,
    /// The seed of the stimulus.
    pub seed: u64,
    /// The events that the run covered.
    pub coverage: Coverage,
    /// Widths of the pins, in the order of [`PINS`].
    pub(super) widths: Vec<usize>,
    /// One row per cycle: the value of every pin, by `Pin as usize`.
    pub rows: Vec<Row>,
}

impl Recording {
    /// Length in cycles.
    pub fn cycles(&self) -> usize {
        self.rows.len()
    }

    /// The rows in the format of the Verilog test bench: one line per cycle, each pin in whole
    /// hexadecimal digits.
    pub fn vectors(&self) -> String {
        vectors(self)
    }
}

/// Runs a configuration for `cycles` cycles of stimulus generated from `seed`.
pub fn record(config: &'static Config, cycles: usize, seed: u64) -> Recording {
    record_on(Engine::RustHdl, config, cycles, seed)
}

/// As [`record`], on a given engine; the recording is the same on each.
pub fn record_on(engine: Engine, config: &'static Config, cycles: usize, seed: u64) -> Recording {
    let mut simulator = config.simulator(engine);
    let mut stimulus = Stimulus::new(config, seed);
    let probe = Probe::new(&*simulator);
    let mut coverage = Coverage::default();
    let widths: Vec<usize> = PINS.iter().map(|&pin| config.pin_width(pin)).collect();
    let mut rows = Vec::with_capacity(cycles);
    let mut row: Row = vec![0; PINS.len()];
    for cycle in 0..cycles {
        stimulus.drive(&mut row);
        for (&pin, &width) in PINS.iter().zip(&widths) {
            if pin.direction() == Direction::In {
                row[pin as usize] &= u64::MAX >> (64 - width);
                simulator.poke(pin, row[pin as usize]);
            }
        }
        simulator.settle();
        for &pin in PINS.iter().filter(|pin| pin.direction() == Direction::Out) {
            row[pin as usize] = simulator.peek(pin);
        }
        coverage.count(&row, rows.last(), probe.look(&*simulator), cycle);
        stimulus.observe(&row);
        rows.push(row.clone());
        simulator.step();
    }
    coverage.memory_errors = stimulus.errors();
    Recording { config, seed, coverage, widths, rows }
}
