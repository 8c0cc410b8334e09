//! Looks from outside change nothing of a run.

use super::*;
use std::cell::RefCell;
use std::rc::Rc;

/// Far more pages than frames, for long enough that it is looked at many times.
fn wandering() -> ProcessSpec {
    let pages = (0..40_000_u64).map(|at| store(BSS + at * 7 % 300 * PAGE_BYTES));
    process("wandering", vec![region(RegionKind::Bss, BSS, 300)], pages)
}

#[test]
fn a_machine_that_is_looked_at_reports_the_same() {
    let config = || MachineConfig { frames: 200, ..MachineConfig::default() };
    let plain = run(config(), [wandering()]);
    let seen = Rc::new(RefCell::new(Vec::new()));
    let mut machine = Machine::new(Box::new(IdealMmu::new(Xlen::Rv64)), config()).unwrap();
    machine.spawn(wandering()).unwrap();
    let looks = seen.clone();
    machine.look(Box::new(move |machine| looks.borrow_mut().push(machine.report())));
    let watched = machine.run(&AtomicBool::new(false));
    assert_eq!(plain.report, watched.report);
    let seen = seen.borrow();
    let stores = |at: usize| seen[at].total.accesses.stores;
    assert!(seen.len() > 10, "{} looks", seen.len());
    assert!((1..seen.len()).all(|at| stores(at - 1) <= stores(at)), "the counts grow");
    assert!(stores(seen.len() / 2) > 0 && stores(seen.len() / 2) < 40_000, "in the midst of it");
}
