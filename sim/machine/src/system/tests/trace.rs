//! Recorded traces: regions as touched; errors and interruptions keep what was simulated before.

use super::*;
use crate::cpu::{Fit, Fitted, Lackey, decompress};
use crate::system::RunError;
use std::io::Cursor;
use std::sync::atomic::Ordering;

fn trace(config: MachineConfig, text: &str, fit: Fit) -> Outcome {
    let source = decompress(Cursor::new(text.as_bytes().to_vec())).unwrap();
    let program = Fitted::new(Lackey::new("t", source), config.mode, fit);
    let layout = Layout::OnDemand(Vec::new());
    let program = Box::new(program);
    run_with(config, [ProcessSpec { name: "t".into(), layout, program, frames: None }])
}

const TEXT: &str = "==1== x\nI  04001000,3\n S 1ffefffe28,8\nI  04001003,5\n L 04002010,8\n\
                    I  04001ffe,4\n M 04221000,4\n S 04002018,8\n L 1ffeffee28,8\n";

#[test]
fn regions_follow_from_the_kinds_of_access() {
    let outcome = trace(strict(Mode::Sv39), TEXT, Fit::Refuse);
    assert!(outcome.error.is_none(), "{}", outcome.error.unwrap());
    let total = outcome.report.total;
    assert_eq!((total.accesses.instructions, total.accesses.fetches), (3, 4));
    assert_eq!((total.accesses.loads, total.accesses.stores), (3, 3));
    // Text twice from the image; 4002 then only widens; 4221 is read before it is written.
    assert_eq!((total.faults.demand_load, total.faults.demand_zero), (3, 2));
    assert_eq!((total.faults.major_faults, total.faults.permission_widened), (3, 1));
}

#[test]
fn a_broken_line_reports_what_came_before() {
    let outcome = trace(strict(Mode::Sv39), &format!("{TEXT}oops\n{TEXT}"), Fit::Refuse);
    let error = outcome.error.unwrap().to_string();
    assert!(error.starts_with("t:10:1: "), "{error}");
    assert_eq!(outcome.report.total.accesses.total(), 10);
    assert_eq!(fate_of(&outcome.states[0].1), "runnable");
}

fn fate_of(state: &kernel::State) -> &'static str {
    if *state == kernel::State::Runnable { "runnable" } else { "over" }
}

#[test]
fn addresses_beyond_the_scheme_are_refused_or_folded() {
    let outcome = trace(strict(Mode::Sv32), TEXT, Fit::Refuse);
    assert!(matches!(outcome.error, Some(RunError::Program(_))));
    let error = outcome.error.unwrap().to_string();
    assert!(error.starts_with("t:3: 0x1ffefffe28 is not a user address of Sv32"), "{error}");
    assert_eq!(outcome.report.total.accesses.total(), 1);
    let outcome = trace(strict(Mode::Sv32), TEXT, Fit::Fold);
    assert!(outcome.error.is_none(), "{}", outcome.error.unwrap());
    assert_eq!(outcome.report.total.accesses.total(), 10);
}

#[test]
fn a_stop_ends_between_accesses_and_reports() {
    let stop = AtomicBool::new(false);
    let mut machine =
        Machine::new(Box::new(IdealMmu::new(Xlen::Rv64)), strict(Mode::Sv39)).unwrap();
    let ops = (0..50).map(|n| store(page(n % 4)));
    machine.spawn(process("p", vec![region(RegionKind::Bss, BSS, 4)], ops)).unwrap();
    stop.store(true, Ordering::Relaxed);
    let outcome = machine.run(&stop);
    assert!(outcome.stopped && outcome.error.is_none());
    stop.store(false, Ordering::Relaxed);
    let outcome = machine.run(&stop);
    assert!(!outcome.stopped);
    assert_eq!(outcome.report.total.accesses.total(), 50);
}
