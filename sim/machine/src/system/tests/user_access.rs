//! The requests to the MMU when the kernel accesses a process's memory.

use super::*;
use crate::system::{Cycle, Observer, WorldState};
use kernel::{Activity, Call, Event, Sstatus, UserAccess};
use model::isa::{Context, Privilege};
use model::mmu::Port;
use std::cell::RefCell;
use std::rc::Rc;

/// Records each accepted data request's context, with the current activity, and the results of the
/// calls.
#[derive(Default)]
struct Journal {
    asked: Vec<(Context, Activity, isa::Access)>,
    ends: Vec<(u64, &'static str)>,
}

impl Observer for Journal {
    fn on_cycle(&mut self, cycle: &Cycle<'_>) {
        let &Cycle { inputs, outputs, world, .. } = cycle;
        if let Some(request) = inputs.accepted(Port::Data, outputs) {
            self.asked.push((request.context, world.activity, request.access));
        }
    }

    fn on_event(&mut self, _: u64, event: &Event, _: &WorldState) {
        if let Event::UserAccessEnds { moved, result, .. } = event {
            self.ends.push((*moved, result));
        }
    }
}

fn call(call: Call, va: u64, bytes: u64) -> Op {
    Op::User(UserAccess { call, va, bytes })
}

fn journal(knows: Sstatus, ops: impl IntoIterator<Item = Op>) -> Journal {
    let mut config = strict(Mode::Sv39);
    (config.sum, config.mxr) = (knows.sum, knows.mxr);
    let mut machine = Machine::new(Box::new(IdealMmu::new(Xlen::Rv64)), config).unwrap();
    let journal = Rc::new(RefCell::new(Journal::default()));
    machine.observe(Box::new(journal.clone()));
    let regions = vec![region(RegionKind::Bss, BSS, 4)];
    machine.spawn(process("p", regions, ops)).unwrap();
    let outcome = machine.run(&AtomicBool::new(false));
    assert!(outcome.error.is_none(), "{:?}", outcome.error);
    assert_eq!(fate(&outcome, 0), "exited");
    drop(machine);
    Rc::into_inner(journal).expect("nobody else holds it").into_inner()
}

#[test]
fn each_call_sets_the_bits_that_it_needs_and_no_others() {
    let supervisor = |sum, mxr| Context { privilege: Privilege::Supervisor, sum, mxr };
    for (asked, access, context) in [
        (Call::Read, Store, supervisor(true, false)),
        (Call::Write, Load, supervisor(true, false)),
        (Call::Emulate, Load, supervisor(true, true)),
        (Call::Stray, Load, supervisor(false, false)),
    ] {
        let ops = [store(page(0)), call(asked, page(0), 8), load(page(0))];
        let seen = journal(Sstatus::default(), ops);
        let kernels = |entry: &&(Context, _, _)| entry.0.privilege != Privilege::User;
        let kernel: Vec<_> = seen.asked.iter().filter(kernels).collect();
        assert_eq!(kernel, [&(context, Activity::UserCopy, access)], "{asked:?}");
        let users = seen.asked.iter().filter(|entry| entry.0 == Context::USER);
        assert!(users.clone().all(|entry| entry.1 == Activity::Process), "{asked:?}");
        // The first store faults and is repeated.
        assert_eq!(users.count(), 3, "{asked:?}");
        let end = if asked == Call::Stray { (0, "no_sum") } else { (8, "done") };
        assert_eq!(seen.ends, [end]);
    }
    let forgets = Sstatus { sum: false, mxr: true };
    let seen = journal(forgets, [store(page(0)), call(Call::Emulate, page(0), 8)]);
    let context = seen.asked.last().expect("it was tried").0;
    assert_eq!((context, seen.ends), (supervisor(false, true), vec![(0, "no_sum")]));
}

#[test]
fn a_copy_goes_in_aligned_powers_of_two_and_stops_at_the_first_bad_byte() {
    // 1, 2 and 4 bytes to the next multiple of 8, then by 8, and 3 bytes as 2 and 1.
    let seen = journal(Sstatus::default(), [call(Call::Read, page(1) + 1, 7 + 16 + 3)]);
    // The first faults and is repeated.
    assert_eq!((seen.asked.len(), seen.ends), (1 + 3 + 2 + 2, vec![(26, "done")]));
    let end = page(4);
    let ops = [store(page(3)), call(Call::Read, end - 12, 100), call(Call::Read, end, 1)];
    assert_eq!(journal(Sstatus::default(), ops).ends, [(12, "short"), (0, "efault")]);
}

#[test]
fn a_bad_pointer_may_be_given_again_and_again() {
    // The kernel gives up on an access that faults again and again; failing calls are different.
    let ops = (0..50).map(|_| call(Call::Write, 0, 8)).chain([store(page(0))]);
    let seen = journal(Sstatus::default(), ops);
    assert_eq!(seen.ends, [(0, "efault"); 50]);
}
