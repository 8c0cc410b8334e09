//! Latches, missing and second drivers, loops.

use crate::{block, finding, findings};
use netlist::Problem;
use rust_hdl::prelude::*;

block! {
    Latch {}
    #[hdl_gen]
    fn update(&mut self) {
        if self.c.val() {
            self.y.next = self.a.val();
        }
    }
}

#[test]
fn a_path_without_assignment_is_a_latch() {
    let found = finding(Latch::default());
    assert_eq!(found.problem, Problem::Latch);
    assert_eq!(
        found.to_string(),
        "in block `Latch`, signal `y`: some path through the kernel leaves it unassigned: it \
         would be a latch"
    );
}

/// Two fields, of which one is not written.
#[derive(Copy, Clone, Debug, Default, PartialEq, LogicStruct)]
struct Halves {
    low: Bits<4>,
    high: Bits<4>,
}

block! {
    HalfLatch { halves: Signal<Out, Halves> }
    #[hdl_gen]
    fn update(&mut self) {
    self.y.next = self.a.val();
    self.halves.next.low = self.a.val().get_bits::<4>(0);
}
}

#[test]
fn a_field_without_assignment_is_a_latch() {
    let found = finding(HalfLatch::default());
    assert_eq!((found.problem, found.signal.as_deref()), (Problem::Latch, Some("halves")));
}

block! {
    Undriven { spare: Signal<Local, Bit>, child: DFF<Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    self.y.next = self.a.val();
}
}

#[test]
fn signals_without_driver_are_named() {
    let found = findings(Undriven::default());
    assert!(found.iter().all(|finding| finding.problem == Problem::Undriven), "{found:?}");
    let signals: Vec<_> = found.iter().filter_map(|finding| finding.signal.as_deref()).collect();
    assert_eq!(signals, ["spare", "child.d", "child.clock"]);
}

block! {
    DrivesInput {}
    #[hdl_gen]
    fn update(&mut self) {
        self.y.next = self.a.val();
        self.a.next = self.b.val();
    }
}

block! {
    DrivesChild { child: DFF<Bits<8>> }
    #[hdl_gen]
    fn update(&mut self) {
    dff_setup!(self, clock, child);
    self.y.next = self.a.val();
    self.child.q.next = self.b.val();
}
}

#[test]
fn a_second_driver_is_refused() {
    for found in [finding(DrivesInput::default()), finding(DrivesChild::default())] {
        assert!(matches!(found.problem, Problem::DoublyDriven { .. }), "{found}");
        assert!(found.statement.is_some_and(|statement| statement.ends_with("= b")));
    }
}

block! {
    ReadsEarly { local: Signal<Local, Bits<8>> }
    #[hdl_gen]
    fn update(&mut self) {
    if self.c.val() {
        self.local.next = self.a.val();
    }
    self.y.next = self.local.val();
    self.local.next = self.b.val();
}
}

#[test]
fn a_read_before_the_write_is_refused() {
    let found = finding(ReadsEarly::default());
    assert_eq!(found.statement.as_deref(), Some("self.y.next = ..."));
    assert_eq!((found.problem, found.signal.as_deref()), (Problem::ReadBeforeWrite, Some("local")));
}

/// Passes a value on.
#[derive(LogicBlock, Default)]
pub(crate) struct Pass {
    pub(crate) x: Signal<In, Bits<8>>,
    pub(crate) z: Signal<Out, Bits<8>>,
}

impl Logic for Pass {
    #[hdl_gen]
    fn update(&mut self) {
        self.z.next = self.x.val() + 1;
    }
}

block! {
    Loop { one: Pass, two: Pass }
    #[hdl_gen]
    fn update(&mut self) {
        self.y.next = self.one.z.val();
        self.one.x.next = self.two.z.val() & self.a.val();
        self.two.x.next = self.one.z.val();
    }
}

#[test]
fn a_loop_is_shown_with_its_path() {
    let found = finding(Loop::default());
    let Problem::CombinationalLoop { path } = &found.problem else { panic!("{found}") };
    assert_eq!(path.first(), path.last());
    let mut around = path[1..].to_vec();
    around.sort();
    assert_eq!(around, ["one.x", "one.z", "two.x", "two.z"]);
    let at = |name| path.iter().position(|held| held == name);
    let next = path[at("one.x").expect("on the path") + 1..].first();
    assert!(next.is_none_or(|next| next == "one.z"), "in the direction of flow: {found}");
}

/// The same faulty block twice.
#[derive(LogicBlock, Default)]
struct Twins {
    c: Signal<In, Bit>,
    one: Latch,
    two: Latch,
    clock: Signal<In, Clock>,
    a: Signal<In, Bits<8>>,
}

impl Logic for Twins {
    #[hdl_gen]
    fn update(&mut self) {
        clock!(self, clock, one, two);
        self.one.a.next = self.a.val();
        self.one.b.next = self.a.val();
        self.one.c.next = self.c.val();
        self.two.a.next = self.a.val();
        self.two.b.next = self.a.val();
        self.two.c.next = self.c.val();
    }
}

#[test]
fn equal_blocks_are_reported_once() {
    let found = finding(Twins::default());
    assert_eq!(found.block, "Twins.one");
}
