//! System calls, with every load compared with the program's own view.

use super::*;
use crate::cpu::Program;
use crate::system::Template;
use kernel::Permissions;
use std::rc::Rc;

/// Runs one process that may become others by fork and exec.
fn run_family(
    config: MachineConfig,
    parent: ProcessSpec,
    others: Vec<(&str, Vec<RegionSpec>, Vec<Op>)>,
) -> Outcome {
    let mut machine = Machine::new(Box::new(IdealMmu::new(xlen(config.mode))), config).unwrap();
    for (name, regions, ops) in others {
        let program = move || Box::new(Listed::new(ops.clone())) as Box<dyn Program>;
        let template = Template { layout: Layout::Regions(regions), program: Box::new(program) };
        machine.template(name, template);
    }
    machine.spawn(parent).unwrap();
    let outcome = machine.run(&AtomicBool::new(false));
    assert!(outcome.error.is_none(), "{}", outcome.error.unwrap());
    outcome
}

#[test]
fn parent_and_child_see_their_own_stores_and_share_what_is_shared() {
    for mode in [Mode::Sv32, Mode::Sv39, Mode::Sv57] {
        let shared = RegionSpec { shared: true, ..region(RegionKind::Mapped, 0x80_0000, 2) };
        let regions = vec![region(RegionKind::Bss, BSS, 4), shared];
        let mut ops: Vec<Op> = (0..4).map(|n| store(page(n))).collect();
        ops.extend([store(0x80_0000), Op::Fork("child".into()), store(page(0)), Op::Wait]);
        ops.extend((0..4).map(|n| load(page(n))));
        // The child's last store is seen here.
        ops.extend([load(0x80_0000), load(0x80_1000)]);
        let mut child: Vec<Op> = (0..4).map(|n| load(page(n))).collect();
        child.extend([store(page(1)), store(0x80_0000), store(0x80_1000), load(page(1))]);
        let config = MachineConfig { quantum: 2, ..strict(mode) };
        let parent = process("parent", regions, ops);
        let outcome = run_family(config, parent, vec![("child", vec![], child)]);
        assert_eq!((fate(&outcome, 0), fate(&outcome, 1)), ("exited", "exited"));
        let faults = outcome.report.total.faults;
        assert_eq!((faults.forks, faults.cow_copies), (1, 2), "{mode:?}");
        assert_eq!(outcome.report.processes[1].program, "child");
        let times = outcome.report.processes[0].times;
        assert!(times.blocked > 0 && times.finished > outcome.report.processes[1].times.finished);
    }
}

#[test]
fn an_exec_begins_anew_and_waits_find_their_child() {
    let ops = [store(page(0)), Op::Fork("child".into()), Op::Wait, load(page(0)), Op::Wait];
    let parent = process("parent", vec![region(RegionKind::Bss, BSS, 1)], ops);
    let child = vec![load(page(0)), Op::Exec("other".into()), load(page(3))];
    // The same address, new zeroes.
    let other = vec![load(page(0)), store(page(0)), load(page(0))];
    let other = ("other", vec![region(RegionKind::Bss, BSS, 1)], other);
    let outcome = run_family(strict(Mode::Sv39), parent, vec![("child", vec![], child), other]);
    assert_eq!((fate(&outcome, 0), fate(&outcome, 1)), ("exited", "exited"));
    assert_eq!(outcome.report.total.faults.execs, 1);
    assert_eq!(outcome.report.processes[1].counts.accesses.loads, 3);
}

#[test]
fn mappings_come_go_and_change() {
    let spec = Rc::new(region(RegionKind::Mapped, 0x80_0000, 4));
    let at = |n: u64| 0x80_0000 + n * PAGE_BYTES;
    let mut ops = vec![Op::Mmap(spec.clone())];
    ops.extend((0..4).map(|n| store(at(n))));
    ops.extend([Op::Munmap(at(1)..at(3)), load(at(0)), load(at(3))]);
    ops.extend([Op::Munmap(at(0)..at(4)), Op::Mmap(spec)]);
    ops.extend((0..4).map(|n| load(at(n))));
    let read_only = Permissions { read: true, ..Permissions::default() };
    ops.extend([Op::Mprotect(at(2)..at(3), read_only), store(at(1)), load(at(2)), store(at(2))]);
    let outcome =
        run(strict(Mode::Sv39), [process("p", vec![region(RegionKind::Bss, BSS, 1)], ops)]);
    assert_eq!(fate(&outcome, 0), "write_to_read_only");
    assert_eq!(outcome.report.total.accesses.total(), 4 + 2 + 4 + 2);
}

#[test]
fn a_fork_under_overlap_and_pressure_loses_nothing() {
    let mut config = strict(Mode::Sv39);
    config.frames = 64 + 20;
    config.overlap = true;
    config.quantum = 5;
    let mut ops: Vec<Op> = (0..10).map(|n| store(page(n))).collect();
    ops.extend([Op::Fork("child".into()), Op::Fork("child".into())]);
    ops.extend((0..40).map(|n| if n % 4 == 0 { store(page(n % 10)) } else { load(page(n % 7)) }));
    ops.extend([Op::Wait, Op::Wait, load(page(3))]);
    let child: Vec<Op> =
        (0..60).map(|n| if n % 3 == 0 { store(page(n % 9)) } else { load(page(n % 10)) }).collect();
    let parent = process("parent", vec![region(RegionKind::Bss, BSS, 10)], ops);
    let outcome = run_family(config, parent, vec![("child", vec![], child)]);
    assert!((0..3).all(|at| fate(&outcome, at) == "exited"), "{:?}", outcome.states);
    assert!(outcome.report.scheduling.disk_writes > 0);
}
