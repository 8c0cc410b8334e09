//! Blocked processes, idle cycles, and what everyone's time was spent on.

use super::*;
use crate::system::RunError;
use kernel::LoadControl;

fn config(overlap: bool, frames: u64) -> MachineConfig {
    let mut config = strict(Mode::Sv39);
    config.costs.disk_read = 50_000;
    config.overlap = overlap;
    config.frames = 64 + frames;
    config
}

/// Loads `pages` pages of its image, then computes.
fn reader(name: &str, pages: u64, think: u64) -> ProcessSpec {
    let ops = (0..pages).flat_map(|n| [load(page(n)), Op::Think(think)]);
    process(name, vec![region(RegionKind::Data, BSS, pages)], ops)
}

#[test]
fn while_one_waits_for_the_disk_another_computes() {
    let specs = || [reader("a", 4, 20_000), reader("b", 4, 20_000)];
    let alone = run(config(false, 200), specs()).report;
    let overlapped = run(config(true, 200), specs()).report;
    let (before, after) = (&alone.scheduling, &overlapped.scheduling);
    assert_eq!((before.disk_reads, after.disk_reads), (8, 8));
    assert_eq!((alone.total.cycles.idle, overlapped.total.cycles.disk), (0, 0));
    assert!(overlapped.cycles < alone.cycles, "{} {}", overlapped.cycles, alone.cycles);
    assert!(after.cpu_utilisation > before.cpu_utilisation, "{after:?} {before:?}");
    // One queue: with two readers the disk is never idle while both wait.
    assert!(after.disk_utilisation > 0.9, "{after:?}");
    assert_eq!(overlapped.total.cycles.compute, 8 * 20_000);
    for process in &overlapped.processes {
        assert!(process.times.blocked > 0 && process.turnaround.is_some());
    }
}

#[test]
fn a_single_process_idles_while_it_waits() {
    let report = run(config(true, 200), [reader("a", 3, 1)]).report;
    assert!(report.total.cycles.idle >= 3 * 49_000, "{:?}", report.total.cycles);
    assert_eq!(report.processes[0].counts.faults.major_faults, 3);
    assert_eq!(report.processes[0].times.blocked, report.total.cycles.idle);
}

#[test]
fn processes_that_fight_for_frames_get_on() {
    // Three tables each, and fewer frames for pages than either needs.
    for frames in 8..12 {
        let loops = |name: &str| {
            let ops =
                (0..64).map(|n| if n % 3 == 0 { store(page(n % 5)) } else { load(page(n % 5)) });
            process(name, vec![region(RegionKind::Data, BSS, 5)], ops)
        };
        let outcome = run(config(true, frames), [loops("a"), loops("b")]);
        assert_eq!((fate(&outcome, 0), fate(&outcome, 1)), ("exited", "exited"), "{frames}");
        assert!(outcome.report.scheduling.disk_writes > 0);
    }
}

#[test]
fn a_quantum_in_cycles_takes_turns_by_time() {
    let thinker = |name| {
        let ops = (0..10).flat_map(|_| [Op::Think(1000), load(page(0))]);
        process(name, vec![region(RegionKind::Bss, BSS, 1)], ops)
    };
    let switches = |quantum_cycles| {
        let config = MachineConfig { quantum_cycles, ..strict(Mode::Sv39) };
        run(config, [thinker("a"), thinker("b")]).report.total.faults.context_switches
    };
    assert_eq!(switches(0), 2);
    assert!(switches(2000) > 6, "{}", switches(2000));
}

#[test]
fn load_control_suspends_one_of_two_that_thrash() {
    let loops = |name: &str| {
        let ops = (0..480).map(|n| load(page(n % 8)));
        process(name, vec![region(RegionKind::Bss, BSS, 8)], ops)
    };
    let faults = |load_control| {
        let mut config = config(false, 6 + 12);
        config.policy = kernel::PolicyKind::Fifo;
        config.quantum = 8;
        config.window = 2;
        config.load_control = load_control;
        let report = run(config, [loops("a"), loops("b")]).report;
        let faults = report.total.faults;
        (faults.minor_faults + faults.major_faults, report.scheduling.suspensions)
    };
    assert_eq!(faults(LoadControl::None), (960, 0));
    for control in [LoadControl::Pff, LoadControl::WorkingSet] {
        let (faults, suspensions) = faults(control);
        assert!(faults < 100 && suspensions > 0, "{control:?}: {faults}, {suspensions}");
    }
}

#[test]
fn a_fork_of_nothing_is_an_error_and_a_wait_without_children_is_none() {
    let ops = [Op::Wait, load(page(0)), Op::Fork("nobody".into())];
    let outcome =
        run_with(strict(Mode::Sv39), [process("p", vec![region(RegionKind::Bss, BSS, 1)], ops)]);
    assert!(matches!(outcome.error, Some(RunError::Config(_))), "{:?}", outcome.error);
    assert_eq!(outcome.report.total.accesses.loads, 1);
}
