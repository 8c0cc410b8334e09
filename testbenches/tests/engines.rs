//! Every engine gives the same value on every pin and every signal in every cycle.

use testbenches::cosim::record_on;
use testbenches::engine::{CONFIGS, Config, Direction, Engine, PINS, Pins, Simulator};

const SEED: u64 = 0x5eed;

/// Replays recorded inputs, calling `look` with the settled simulator in every cycle.
fn replay(simulator: &mut dyn Simulator, rows: &[Vec<u64>], mut look: impl FnMut(&dyn Simulator)) {
    for row in rows {
        for &pin in PINS.iter().filter(|pin| pin.direction() == Direction::In) {
            simulator.poke(pin, row[pin as usize]);
        }
        simulator.settle();
        look(simulator);
        simulator.step();
    }
}

fn compare_outputs(config: &'static Config, engine: Engine, cycles: usize) {
    let recording = record_on(Engine::RustHdl, config, cycles, SEED);
    let mut simulator = config.simulator(engine);
    let mut pins: Pins = [0; PINS.len()];
    for (cycle, row) in recording.rows.iter().enumerate() {
        for &pin in PINS.iter().filter(|pin| pin.direction() == Direction::In) {
            simulator.poke(pin, row[pin as usize]);
        }
        simulator.cycle(&mut pins);
        for &pin in PINS.iter().filter(|pin| pin.direction() == Direction::Out) {
            let (want, got) = (row[pin as usize], pins[pin as usize]);
            assert_eq!(want, got, "{} {engine}: {} in cycle {cycle}", config.name, pin.name());
        }
    }
}

#[test]
fn compiled_pins_agree_in_every_configuration() {
    for config in CONFIGS {
        compare_outputs(
            config,
            Engine::Compiled,
            if config.entries == 16 { 20_000 } else { 4_000 },
        );
    }
}

#[test]
fn interpreted_pins_agree() {
    for config in CONFIGS.iter().filter(|config| config.entries == 4) {
        compare_outputs(config, Engine::Interpreter, 4_000);
    }
}

#[test]
fn every_signal_agrees_before_every_edge() {
    for config in CONFIGS.iter().filter(|config| config.entries <= 8) {
        let recording = record_on(Engine::RustHdl, config, 1_500, SEED);
        let traces: Vec<Vec<Vec<u128>>> = Engine::ALL
            .iter()
            .map(|&engine| {
                let mut simulator = config.simulator(engine);
                let mut trace = Vec::new();
                replay(&mut *simulator, &recording.rows, |simulator| {
                    let mut values = Vec::new();
                    simulator.visit(&mut values);
                    trace.push(values);
                });
                trace
            })
            .collect();
        let signals = config.simulator(Engine::Compiled).signals();
        assert!(signals.len() > 200, "only {} signals are compared", signals.len());
        for (engine, trace) in Engine::ALL.iter().zip(&traces).skip(1) {
            for (cycle, (want, got)) in traces[0].iter().zip(trace).enumerate() {
                for ((signal, want), got) in signals.iter().zip(want).zip(got) {
                    let path = &signal.path;
                    assert_eq!(want, got, "{} {engine}: {path} in cycle {cycle}", config.name);
                }
            }
        }
    }
}
