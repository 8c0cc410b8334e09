//! The segmentation unit: every engine gives the same, every tool reads its Verilog, every error in
//! a scenario is reported with its place.

use std::collections::BTreeSet;

use engine::segment::{CONFIGS, Hardware, PINS};
use engine::{Direction, Engine};
use machine::contiguous::{Descriptor, IdealUnit, Inputs, Request, Rights, SegmentUnit, Shape};
use model::isa::Access;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scenario::load::Scenario;
use testbenches::export::segment::{files, verilog};
use testbenches::export::{checks, tools, write};

const SEED: u64 = 0x5e6;

/// Short segments, and addresses near both of their ends.
fn inputs(dice: &mut ChaCha8Rng, shape: Shape) -> Inputs {
    let number = dice.random_range(0..shape.segments);
    let rights = Rights {
        read: dice.random(),
        write: dice.random(),
        execute: dice.random(),
        user: dice.random(),
        down: dice.random(),
    };
    let base = dice.random_range(1 << 20..1 << 30);
    let descriptor = Descriptor { base, limit: dice.random_range(0..48), rights };
    let access = [Access::Fetch, Access::Load, Access::Store][dice.random_range(0..3)];
    let va = shape.address(number, dice.random_range(-50..50));
    let bytes = 1 << dice.random_range(0..4);
    Inputs {
        reset: dice.random_ratio(1, 200),
        request: dice.random_ratio(3, 4).then(|| Request {
            va,
            bytes,
            access,
            user: dice.random(),
        }),
        load: dice
            .random_ratio(1, 4)
            .then(|| (number, dice.random_ratio(4, 5).then_some(descriptor))),
        fault_ready: dice.random(),
    }
}

#[test]
fn every_engine_answers_as_the_golden_unit() {
    println!("seed {SEED:#x}");
    for config in CONFIGS {
        for engine in Engine::ALL {
            let mut dice = ChaCha8Rng::seed_from_u64(SEED);
            let mut hardware = Hardware::new(config, engine);
            let mut golden = IdealUnit::new(config.shape());
            let mut seen = BTreeSet::new();
            for cycle in 0..4000 {
                let inputs = inputs(&mut dice, config.shape());
                let (got, wanted) = (hardware.cycle(&inputs), golden.cycle(&inputs));
                assert_eq!(got, wanted, "{} {engine}, cycle {cycle}: {inputs:?}", config.name);
                seen.extend(got.response.map(|r| r.map(|_| ()).map_err(|fault| fault.reason)));
            }
            assert_eq!(seen.len(), 4, "an answer and three faults: {seen:?}");
        }
    }
}

#[test]
fn every_configuration_is_read_by_every_tool() {
    let home = tempfile::tempdir().unwrap();
    for config in CONFIGS {
        let paths = write(home.path(), &files(config)).unwrap();
        let verdicts = checks::check(&paths[0].path, config.name, tools::required())
            .unwrap_or_else(|error| panic!("{}: {error}", config.name));
        for verdict in verdicts {
            println!("{}: {verdict}", config.name);
        }
    }
}

#[test]
fn every_port_is_explained() {
    for config in CONFIGS {
        let text = verilog(config);
        assert_eq!(text, verilog(config), "the same in every run");
        let top = text.split_once(&format!("\nmodule {} (", config.name)).unwrap().1;
        let ports = top.split_once("\n);").unwrap().0;
        for &pin in PINS {
            let port = ports
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .find(|line| line.split([' ', ',']).any(|word| word == pin.name()))
                .unwrap_or_else(|| panic!("{} is not a port", pin.name()));
            assert_eq!(port.contains("input "), pin.direction() == Direction::In, "{port}");
            let range = format!("[{}:0]", config.pin_width(pin).max(2) - 1);
            assert_eq!(port.contains(&range), config.pin_width(pin) > 1, "{port}");
            assert!(port.contains(&format!("  // {}", pin.meaning())), "{port}");
        }
    }
}

const SOUND: &str = "idea = \"i\"
source = \"s\"
contiguous = { memory = 8 }
step = [
    { load = \"P\" },
    { run = \"P\" },
    { read = 0, pa = 0 },
]
[process]
P = [{ length = 1 }]
";

#[test]
fn mistakes_are_said_with_their_place() {
    assert!(Scenario::parse("n", "f", SOUND).is_ok());
    for (right, wrong, place) in [
        ("load = \"P\"", "load = \"Q\"", "f:5:14: there is no process `Q`"),
        ("memory = 8", "memory = 8, fit = \"bets\"", "f:3:"),
        ("memory = 8", "hardware = \"segment_9\"", "f:3:27: there is no unit `segment_9`"),
        ("memory = 8", "unit = 8", "f:3:1: `contiguous` needs either `memory` or `holes`"),
        ("pa = 0", "pq = 0", "f:7:"),
        ("read = 0, pa", "pa", "f:7:5: a step needs one of load, end"),
        ("run = \"P\"", "run = \"P\", pa = 0", "f:6:18: `pa` does not belong to `run`"),
        ("length = 1", "length = 1, rights = \"rq\"", "f:10:"),
        ("contiguous = { memory = 8 }\n", "contiguous = 8\n", "f:3:"),
    ] {
        let text = SOUND.replacen(right, wrong, 1);
        let error = Scenario::parse("n", "f", &text).expect_err(wrong).to_string();
        assert!(error.starts_with(place), "{wrong}: {error}");
    }
}
