//! Every engine gives the same value on every pin and every signal in every cycle.

use engine::{CONFIGS, Config, Direction, Engine, PINS, Pins, Seen, Simulator};
use testbenches::cosim::record_on;

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
        let cycles = if config.entries == 16 { 20_000 } else { 4_000 };
        compare_outputs(config, Engine::Compiled, cycles);
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
                    if trace.len() % 100 == 0 {
                        let backwards: Vec<usize> = (0..values.len()).rev().collect();
                        let picked = simulator.pick(&backwards);
                        assert!(picked.iter().rev().eq(&values), "they are picked in their order");
                    }
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

/// Reads all signals by `cycle_seen`, in stretches with cycles without it in between.
fn seen_in_stretches(simulator: &mut dyn Simulator, rows: &[Vec<u64>]) -> Vec<Seen> {
    let (mut pins, mut seen) = ([0; PINS.len()], Seen::default());
    let mut all = Vec::new();
    for (cycle, row) in rows.iter().enumerate() {
        for &pin in PINS.iter().filter(|pin| pin.direction() == Direction::In) {
            simulator.poke(pin, row[pin as usize]);
        }
        if cycle % 100 < 60 {
            if cycle % 100 == 0 {
                simulator.watch(true);
                seen = Seen::default();
            }
            simulator.cycle_seen(&mut pins, &mut seen);
            all.push(seen.clone());
        } else {
            simulator.watch(false);
            simulator.cycle(&mut pins);
        }
    }
    all
}

#[test]
fn every_engine_sees_the_same_signals_change() {
    for config in CONFIGS.iter().filter(|config| config.entries <= 8) {
        let recording = record_on(Engine::RustHdl, config, 1_000, SEED);
        let paths = config.simulator(Engine::Compiled).signals();
        let [ours, theirs] = [Engine::Compiled, Engine::RustHdl]
            .map(|engine| seen_in_stretches(&mut *config.simulator(engine), &recording.rows));
        let mut quiet = 0;
        for (cycle, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
            for ((signal, ours), theirs) in paths.iter().zip(&ours.values).zip(&theirs.values) {
                assert_eq!(ours, theirs, "{}: {} in look {cycle}", config.name, signal.path);
            }
            assert_eq!(ours.changed, theirs.changed, "{}: look {cycle}", config.name);
            quiet += usize::from(ours.changed.len() * 4 < paths.len());
        }
        assert!(quiet > ours.len() / 2, "most looks find few changes: {quiet}");
    }
}
