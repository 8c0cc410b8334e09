//! What observers see, and how a broken MMU is reported.

use super::*;
use crate::system::{Cycle, Observer, RunError, StepError};
use kernel::{Activity, PolicyKind};
use model::mmu::{Inputs, Mmu, Outputs, Port, Pulse, Signal};
use std::cell::RefCell;
use std::rc::Rc;

/// Follows the clock, and how much of it was skipped for which activity.
#[derive(Default)]
struct Clock {
    next: u64,
    evaluated: u64,
    disk: u64,
    ended: Option<u64>,
}

impl Observer for Clock {
    fn on_cycle(&mut self, cycle: &Cycle<'_>) {
        assert_eq!(cycle.number, self.next, "no cycle twice, none left out");
        self.next = cycle.number + 1;
        self.evaluated += 1;
    }

    fn on_skip(&mut self, from: u64, to: u64, activity: Activity) {
        assert_eq!(from, self.next);
        assert!(to > from);
        self.next = to;
        if activity == Activity::Disk {
            self.disk += to - from;
        }
    }

    fn on_end(&mut self, cycle: u64) {
        self.ended = Some(cycle);
    }
}

fn paging() -> ProcessSpec {
    let ops = (0..60).flat_map(|n| [store(page(n % 7)), load(page(n % 3) + 8)]);
    let spec = process("p", vec![region(RegionKind::Bss, BSS, 7)], ops);
    ProcessSpec { frames: Some(4), ..spec }
}

#[test]
fn observers_see_every_cycle_once_and_change_nothing() {
    let config = MachineConfig { policy: PolicyKind::Fifo, ..strict(Mode::Sv39) };
    let unobserved = run(config.clone(), [paging()]).report;

    let mut machine = Machine::new(Box::new(IdealMmu::new(Xlen::Rv64)), config).unwrap();
    let clock = Rc::new(RefCell::new(Clock { next: machine.report().cycles, ..Clock::default() }));
    machine.observe(Box::new(clock.clone()));
    machine.spawn(paging()).unwrap();
    let report = machine.run(&AtomicBool::new(false)).report;
    let clock = clock.borrow();
    assert_eq!(report, unobserved);
    assert_eq!((clock.next, clock.ended), (report.cycles, Some(report.cycles)));
    assert_eq!(clock.disk, report.total.cycles.disk);
    assert!(clock.evaluated < report.cycles / 2, "waiting is jumped over");
}

/// An MMU with one defect, which shows at its n-th response on the data port.
struct Broken {
    inner: IdealMmu,
    left: u32,
    defect: fn(&mut Outputs),
}

impl Mmu for Broken {
    fn xlen(&self) -> Xlen {
        self.inner.xlen()
    }

    fn name(&self) -> &str {
        "broken"
    }

    fn entries(&self) -> usize {
        0
    }

    fn cycle(&mut self, inputs: &Inputs) -> Outputs {
        let mut outputs = self.inner.cycle(inputs);
        if outputs.responses[Port::Data].is_some() {
            self.left = self.left.saturating_sub(1);
            if self.left == 0 {
                (self.defect)(&mut outputs);
            }
        }
        outputs
    }

    fn signals(&self) -> Vec<Signal> {
        self.inner.signals()
    }

    fn values(&self, values: &mut Vec<u128>) {
        self.inner.values(values);
    }

    fn watch(&mut self, on: bool) {
        self.inner.watch(on);
    }
}

fn with_defect(left: u32, defect: fn(&mut Outputs)) -> Outcome {
    let inner = IdealMmu::new(Xlen::Rv64);
    let mmu = Box::new(Broken { inner, left, defect });
    let mut machine = Machine::new(mmu, strict(Mode::Sv39)).unwrap();
    machine.spawn(paging()).unwrap();
    machine.run(&AtomicBool::new(false))
}

#[test]
fn a_wrong_address_is_a_mismatch_and_what_came_before_is_reported() {
    let outcome = with_defect(20, |outputs| {
        let data = &mut outputs.responses[Port::Data];
        *data = data.map(|response| response.map(|pa| pa ^ 0x1000));
    });
    let Some(RunError::Step(StepError::Mismatch { cycle, .. })) = outcome.error else {
        panic!("{:?}", outcome.error);
    };
    assert_eq!(cycle + 1, outcome.report.cycles);
    let total = outcome.report.total;
    assert!((5..20).contains(&total.accesses.total()), "{total:?}");
}

#[test]
fn an_answer_too_many_and_an_answer_too_few_are_noticed() {
    let outcome = with_defect(5, |outputs| outputs.responses[Port::Fetch] = Some(Ok(0)));
    assert!(matches!(
        outcome.error,
        Some(RunError::Step(StepError::Unasked { port: Port::Fetch, .. }))
    ));
    let outcome = with_defect(5, |outputs| outputs.responses[Port::Data] = None);
    assert!(matches!(outcome.error, Some(RunError::Step(StepError::Silent { .. }))));
}

#[test]
fn counters_that_do_not_add_up_are_noticed() {
    let outcome = with_defect(5, |outputs| outputs.events += Pulse::DataHit);
    assert!(matches!(outcome.error, Some(RunError::Counters(_))), "{:?}", outcome.error);
}

#[test]
fn the_report_reads_as_text_and_as_data() {
    let report = run(strict(Mode::Sv39), [paging()]).report;
    let text = report.to_string();
    for line in [
        "  stores                                    60",
        "  minor_faults                               7",
        "    1 p                exited; 120 accesses, 7 minor and ",
    ] {
        assert!(text.contains(line), "{line:?} is missing in\n{text}");
    }
    let data = serde_json::to_value(&report).unwrap();
    assert_eq!(data["total"]["faults"]["minor_faults"], 7);
    assert_eq!(data["processes"][0]["state"], "exited");
}
