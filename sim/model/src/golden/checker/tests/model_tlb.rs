//! The checker against a model TLB: correct ones pass whatever software does, broken ones fail.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::*;
use crate::bus::BusError;
use crate::golden::walk;

/// The model TLB's treatment of fences.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// The minimum that the specification requires.
    Correct,
    /// It ignores fences with an address.
    DeafToAddress,
    /// It ignores fences with an ASID.
    DeafToAsid,
    /// It treats every entry as global.
    AllGlobal,
}

/// One cached walk: the entries that it read, and where it may be used again.
struct Line {
    asid: u16,
    va: u64,
    walk: Walk,
}

/// An unbounded TLB of whole walks.
struct Tlb {
    kind: Kind,
    lines: Vec<Line>,
}

/// The entries of a cached walk, in order.
struct Cached<'a>(&'a Walk, Cell<usize>);

impl PteSource for Cached<'_> {
    fn read(&self, _pa: u64, _bytes: u64) -> Result<u64, BusError> {
        self.0.reads[self.1.replace(self.1.get() + 1)].value
    }

    fn writable(&self, _pa: u64, _bytes: u64) -> bool {
        false
    }
}

impl Line {
    fn covers(&self, va: u64) -> bool {
        let page = 12 + 10 * self.walk.leaf_level.unwrap();
        va >> page == self.va >> page
    }
}

impl Tlb {
    fn fence(&mut self, fence: Fence) {
        let deaf = fence.va.is_some() && self.kind == Kind::DeafToAddress
            || fence.asid.is_some() && self.kind == Kind::DeafToAsid;
        let global = |line: &Line| line.walk.global || self.kind == Kind::AllGlobal;
        self.lines.retain(|line| {
            let place = fence.va.is_none_or(|va| line.covers(va));
            let space = fence.asid.is_none_or(|asid| line.asid == asid && !global(line));
            deaf || !(place && space)
        });
    }

    fn answer(
        &mut self,
        asid: u16,
        request: &Request,
        memory: &SharedMemory,
    ) -> (Response, Attributes) {
        let regime = Regime {
            xlen: Xlen::Rv32,
            satp: satp(asid),
            adue: false,
            pbmte: false,
            extensions: Extensions::NONE,
            sizes: Sizes::ALL,
        };
        let all_global = self.kind == Kind::AllGlobal;
        let hit = self.lines.iter().find(|line| {
            line.covers(request.va) && (line.asid == asid || line.walk.global || all_global)
        });
        if let Some(line) = hit {
            return walk(regime, request, &Cached(&line.walk, Cell::new(0))).answer();
        }
        let walk = walk(regime, request, memory);
        let answer = walk.answer();
        if walk.outcome.is_ok() {
            self.lines.push(Line { asid, va: request.va, walk });
        }
        answer
    }
}

#[derive(Clone, Debug)]
enum Step {
    Edit(u64, u64),
    Fence(Fence),
    Load(u16, u64),
}

fn any_step() -> impl Strategy<Value = Step> {
    let va = (0u64..2, 0u64..2).prop_map(|(high, low)| high << 22 | low << 12);
    let entry = (1u64..6, 0u64..2).prop_map(|(table, index)| page(table) + 4 * index);
    let value = (0u64..6, 0u64..4, any::<bool>()).prop_map(|(kind, n, global)| {
        let g = if global { G } else { 0 };
        match kind {
            0 => 0,
            1 | 2 => pointer(3 + n % 3) | g,
            3 => (n + 1) << 20 | V | RWX | AD | g,
            _ => (n + 1) << 10 | V | RWX | AD | g,
        }
    });
    let fence = (proptest::option::of(va.clone()), proptest::option::of(1u16..3))
        .prop_map(|(va, asid)| Step::Fence(Fence { va, asid }));
    prop_oneof![
        3 => (entry, value).prop_map(|(pa, value)| Step::Edit(pa, value)),
        2 => fence,
        5 => (1u16..3, va).prop_map(|(asid, va)| Step::Load(asid, va)),
    ]
}

/// Runs a program against a TLB; the mismatches, and the answers that were stale and legal.
fn run(kind: Kind, steps: &[Step]) -> (usize, u64) {
    let (memory, mut checker) = world();
    let mut tlb = Tlb { kind, lines: Vec::new() };
    let mut mismatches = 0;
    for step in steps {
        match *step {
            Step::Edit(pa, value) => edit(&memory, &mut checker, pa, value),
            Step::Fence(fence) => {
                checker.fenced(fence);
                tlb.fence(fence);
            }
            Step::Load(asid, va) => {
                let token = checker.accepted(satp(asid), false);
                let (answer, attributes) = tlb.answer(asid, &load(va), &memory);
                let verdict = checker.check(token, &load(va), (&answer, attributes), &memory);
                mismatches += usize::from(verdict.is_err());
            }
        }
    }
    (mismatches, checker.stale())
}

proptest! {
    #[test]
    fn tlb_correct_passes_whatever_software_does(
        steps in prop::collection::vec(any_step(), 1..120),
    ) {
        prop_assert_eq!(run(Kind::Correct, &steps).0, 0);
    }
}

#[test]
fn tlb_broken_is_caught_and_a_correct_one_was_stale() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let programs = prop::collection::vec(any_step(), 3000);
    let steps = programs.new_tree(&mut runner).unwrap().current();
    let (mismatches, stale) = run(Kind::Correct, &steps);
    assert_eq!(mismatches, 0);
    assert!(stale > 50, "{stale} stale answers: the program must dare something");
    for kind in [Kind::DeafToAddress, Kind::DeafToAsid, Kind::AllGlobal] {
        assert!(run(kind, &steps).0 > 0, "{kind:?} passes");
    }
}
