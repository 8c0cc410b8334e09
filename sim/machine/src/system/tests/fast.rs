//! Cycles of hits on the fast path and on the general one: the same report, the same errors.

use super::caching::caching_within;
use super::soak::spec;
use super::*;
use kernel::PolicyKind;
use model::bus::SharedMemory;
use model::mmu::{Inputs, Mmu, Outputs, Port, Pulse, Signal};
use std::cell::RefCell;
use std::rc::Rc;

/// A run, and how many of its cycles took the fast path.
fn run(mut machine: Machine, fast: bool, programs: u64, seed: u64) -> (Outcome, u64) {
    machine.hardware_mut().board.fast = fast;
    for process in 0..programs {
        machine.spawn(spec(seed * 10 + process, 1500)).unwrap();
    }
    let outcome = machine.run(&AtomicBool::new(false));
    (outcome, machine.hardware().board.fast_cycles())
}

/// The visible result of a run.
fn seen(outcome: Outcome) -> impl PartialEq + std::fmt::Debug {
    let error = outcome.error.map(|error| error.to_string());
    (outcome.report, outcome.states, error)
}

fn config(seed: u64) -> MachineConfig {
    let modes = [Mode::Sv39, Mode::Sv48, Mode::Sv57];
    let policies = [PolicyKind::Clock, PolicyKind::Lru, PolicyKind::Aging];
    let mut config = MachineConfig {
        policy: policies[seed as usize % 3],
        adue: seed.is_multiple_of(2),
        seed,
        quantum: [0, 37, 500][seed as usize % 3],
        quantum_cycles: [0, 0, 701, 0][seed as usize % 4],
        tick_every: [0, 100][seed as usize / 2 % 2],
        window: [8, 2, 16, 5, 40][seed as usize % 5],
        one_at_a_time: seed == 9,
        asids: 2,
        swap: 120,
        ..strict(modes[seed as usize % 3])
    };
    config.frames = 64 + 4 * 5 + 30;
    config
}

#[test]
fn random_programs_run_alike_on_the_fast_way() {
    for seed in 0..12 {
        let [usual, fast] = [false, true].map(|fast| {
            let machine = caching_within(config(seed), 0, |mmu, _| mmu);
            run(machine, fast, 1 + seed % 3, seed)
        });
        assert_eq!(usual.1, 0);
        assert!(fast.1 > 200, "seed {seed}: {} cycles of hits", fast.1);
        assert!(usual.0.error.is_none(), "seed {seed}: {:?}", usual.0.error);
        assert_eq!(seen(fast.0), seen(usual.0), "seed {seed}");
    }
}

/// An MMU with a defect, which shows in a cycle in which both ports hit.
struct Defective {
    inner: Box<dyn Mmu>,
    memory: Rc<RefCell<Option<SharedMemory>>>,
    /// The number of such cycles before the defect shows.
    left: u32,
    defect: fn(&mut Outputs, &SharedMemory),
}

impl Mmu for Defective {
    fn xlen(&self) -> Xlen {
        self.inner.xlen()
    }

    fn name(&self) -> &str {
        "defective"
    }

    fn entries(&self) -> usize {
        self.inner.entries()
    }

    fn cycle(&mut self, inputs: &Inputs) -> Outputs {
        let mut outputs = self.inner.cycle(inputs);
        if Port::ALL.into_iter().all(|port| outputs.events.has(Pulse::hit(port))) {
            self.left = self.left.saturating_sub(1);
            if self.left == 0 {
                let memory = self.memory.borrow();
                (self.defect)(&mut outputs, memory.as_ref().expect("the machine is built"));
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

/// The same defect on both paths: the same report until then, the same error.
fn defective(defect: fn(&mut Outputs, &SharedMemory)) -> String {
    let [usual, fast] = [false, true].map(|fast| {
        let machine = caching_within(config(0), 0, |inner, memory| {
            Box::new(Defective { inner, memory, left: 100, defect })
        });
        run(machine, fast, 1, 3)
    });
    assert!(fast.1 > 100, "{} cycles of hits", fast.1);
    let error = fast.0.error.as_ref().map_or_else(String::new, ToString::to_string);
    assert_eq!(seen(fast.0), seen(usual.0));
    error
}

fn flip(response: &mut Option<model::mmu::Response>, bits: u64) {
    *response = response.map(|answer| answer.map(|pa| pa ^ bits));
}

#[test]
fn a_wrong_hit_is_noticed() {
    for port in Port::ALL {
        let wrong: fn(&mut Outputs, &SharedMemory) = match port {
            Port::Fetch => |outputs, _| flip(&mut outputs.responses[Port::Fetch], 0x1000),
            Port::Data => |outputs, _| flip(&mut outputs.responses[Port::Data], 0x1000),
        };
        let error = defective(wrong);
        assert!(error.contains("expected physical address"), "{port}: {error}");
    }
    let error = defective(|outputs, _| flip(&mut outputs.responses[Port::Data], 8));
    assert!(error.contains("expected physical address"), "{error}");
    let error = defective(|outputs, _| outputs.attributes[Port::Data].size += 1);
    assert!(error.contains("(size mega, memory type pma)"), "{error}");
    let error = defective(|outputs, _| outputs.attributes[Port::Fetch].pbmt = 2);
    assert!(error.contains("(size base, memory type io)"), "{error}");
}

#[test]
fn a_hit_that_never_comes_or_was_never_asked_for_is_noticed() {
    let error = defective(|outputs, _| outputs.responses[Port::Data] = None);
    assert!(error.contains("waited"), "{error}");
    let error = defective(|outputs, _| outputs.ready[Port::Fetch] = false);
    assert!(!error.is_empty());
}

#[test]
fn events_besides_hits_are_counted() {
    let error = defective(|outputs, _| outputs.events += Pulse::DataMiss);
    assert!(error.contains("TLB hits and misses"), "{error}");
    assert_eq!(defective(|outputs, _| outputs.events += Pulse::Refill), "");
}

#[test]
fn a_stray_store_into_a_page_or_a_page_table_is_noticed() {
    // Every word of memory but the first: pages, and tables.
    let error = defective(|_, memory| {
        for pa in (0x8000_0008..0x8000_0000 + 114 * 4096).step_by(8) {
            let found = memory.read(pa, 8).unwrap();
            memory.write(pa, 8, found ^ 0x10_0000).unwrap();
        }
    });
    assert!(!error.is_empty());
}
