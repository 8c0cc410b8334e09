//! The computer on an MMU in software executes what the computer on the hardware does.

use engine::{Engine, find};
use hart::Misaligned;
use machine::computer::Stop;
use machine::emulator::STRETCH;
use testbenches::boot::{Boot, Extensions, Kernel, Machine};
use testbenches::exec::Program;

use crate::exec::built;

/// Programs in which nothing depends on time, nor on translations that are kept too long.
const PROGRAMS: [&str; 6] =
    ["permissions", "reserved", "accessed_dirty", "privilege", "crossing", "protection"];

/// Steps that none of them needs.
const MOST: u64 = 50_000_000;

#[test]
fn programs_about_translation_take_the_same_instructions_and_traps() {
    let Some(folder) = built(64) else { return };
    for name in PROGRAMS {
        let program = Program::open(&folder.path().join(name)).expect("a program");
        let boot = Boot {
            kernel: Kernel::Program(program),
            firmware: None,
            initrd: None,
            arguments: String::new(),
            disk: None,
            machine: Machine {
                config: find("rv64_linux_pmp").expect("a row"),
                engine: Engine::Compiled,
                memory: 16 << 20,
                latency: 10,
                data_latency: 1,
                misaligned: Misaligned::Split,
                extensions: Extensions { svadu: true, ..Extensions::default() },
                seed: 1,
            },
        };
        let nowhere = || Box::new(std::io::sink());
        let mut computer = boot.computer(nowhere(), false).expect("a computer");
        let stop = computer.run(MOST);
        assert!(matches!(stop, Stop::ToHost(1)), "{name} on the hardware: {stop:?}");
        let mut emulator = boot.emulator(nowhere()).expect("an emulator");
        let stop = emulator.run(MOST);
        assert!(matches!(stop, Stop::ToHost(1)), "{name} in software: {stop:?}");
        // It may go on for a while after its last word.
        let (ours, theirs) = (emulator.steps(), computer.steps());
        assert!((theirs..=theirs + STRETCH).contains(&ours), "{name}: {ours}, {theirs}");
        assert!(theirs > 1000, "{name} does something");
    }
}
