//! Every diagnostic has a block that earns it, and says where.

mod common;

use netlist::{Diagnostic, Problem};
use rust_hdl::prelude::*;

/// The findings of a block, from elaboration or flattening.
fn findings<B: Block>(mut block: B) -> Vec<Diagnostic> {
    block.connect_all();
    match netlist::elaborate(&block) {
        Err(found) => found,
        Ok(design) => design.flatten().err().unwrap_or_default(),
    }
}

/// The one finding of a block.
fn finding<B: Block>(block: B) -> Diagnostic {
    let found = findings(block);
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().expect("one finding")
}

/// A block with inputs `a`, `b`, `c`, output `y`, some more fields and a kernel.
macro_rules! block {
    ($name:ident { $($field:ident: $ty:ty),* $(,)? } $($kernel:tt)*) => {
        #[derive(LogicBlock, Default)]
        struct $name {
            clock: Signal<In, Clock>,
            a: Signal<In, Bits<8>>,
            b: Signal<In, Bits<8>>,
            c: Signal<In, Bit>,
            y: Signal<Out, Bits<8>>,
            $($field: $ty,)*
        }

        impl Logic for $name {
            $($kernel)*
        }
    };
}

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
    assert_eq!((found.problem, found.signal.as_deref()), (Problem::ReadBeforeWrite, Some("local")));
}

/// Passes a value on.
#[derive(LogicBlock, Default)]
struct Pass {
    x: Signal<In, Bits<8>>,
    z: Signal<Out, Bits<8>>,
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

const SEVEN: usize = 7;

block! {
    Leak { local: Signal<Local, Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    self.y.next = self.a.val();
    self.local.next = self.a.val().get_bit(SEVEN);
}
}

#[test]
fn a_rust_constant_has_no_value_here() {
    let found = finding(Leak::default());
    assert_eq!(found.problem, Problem::UnresolvedName { name: "SEVEN".into() });
    assert_eq!(found.statement.as_deref(), Some("self.local.next = a.get_bit(SEVEN)"));
}

block! {
    Dynamic { rows: [Pass; 2] }
    #[hdl_gen]
    fn update(&mut self) {
        for i in 0..2 {
            self.rows[i].x.next = self.a.val();
        }
        self.y.next = self.rows[self.c.val() as usize].z.val();
    }
}

block! {
    Outside { rows: [Pass; 3] }
    #[hdl_gen]
    fn update(&mut self) {
        self.y.next = self.a.val();
        for i in 0..3 {
            self.rows[i].x.next = self.a.val();
            if self.c.val() {
                self.y.next = self.rows[i + 1].z.val();
            }
        }
    }
}

#[test]
fn array_indices_are_checked() {
    let found = finding(Dynamic::default());
    assert!(matches!(found.problem, Problem::DynamicElement { .. }), "{found}");
    let found = finding(Outside::default());
    assert_eq!((found.problem, found.signal.as_deref()), (Problem::IndexOutOfRange, Some("rows")));
}

block! {
    Ambiguous {}
    #[hdl_gen]
    fn update(&mut self) {
        self.y.next = self.a.val();
        if self.a.val().get_bit((self.b.val() + bits::<8>(1)).index()) {
            self.y.next = self.b.val();
        }
    }
}

#[test]
fn index_arithmetic_in_parentheses_is_refused() {
    let found = finding(Ambiguous::default());
    assert_eq!(found.problem, Problem::AmbiguousIndex);
}

block! {
    TooLarge {}
    #[hdl_gen]
    fn update(&mut self) {
        self.y.next = self.a.val() + 0x100;
    }
}

#[test]
fn literals_must_fit() {
    let found = finding(TooLarge::default());
    assert!(matches!(found.problem, Problem::LiteralTooLarge { width: 8, .. }), "{found}");
}

block! {
    Unsized { wide: Signal<Out, Bit>, s: Signal<In, Signed<8>> }
    #[hdl_gen]
    fn update(&mut self) {
    self.y.next = self.a.val();
    self.wide.next = signed_bit_cast::<16, 8>(self.s.val()).get_bit(15);
}
}

#[test]
fn a_width_that_nothing_tells_is_refused() {
    assert_eq!(finding(Unsized::default()).problem, Problem::UnknownWidth);
}

/// Hardware by word of mouth.
#[derive(LogicBlock, Default)]
struct Foreign {
    a: Signal<In, Bit>,
    y: Signal<Out, Bit>,
}

impl Logic for Foreign {
    fn update(&mut self) {
        self.y.next = !self.a.val();
    }

    fn connect(&mut self) {
        self.y.connect();
    }

    fn hdl(&self) -> Verilog {
        Verilog::Custom("assign y = ~a;".into())
    }
}

#[test]
fn unknown_verilog_is_refused() {
    let found = findings(Foreign::default());
    assert!(
        found.iter().any(|finding| finding.to_string().contains("`assign y = ~a;...`")),
        "{found:?}"
    );
}

block! {
    Tristate { pin: Signal<InOut, Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    self.y.next = self.a.val();
}
}

#[test]
fn tristate_is_refused() {
    let found = finding(Tristate::default());
    assert!(matches!(found.problem, Problem::Unsupported { .. }), "{found}");
    assert_eq!(found.signal.as_deref(), Some("pin"));
}

block! {
    TwoClocks { other: Signal<In, Clock>, one: DFF<Bit>, two: DFF<Bit> }
    #[hdl_gen]
    fn update(&mut self) {
    dff_setup!(self, clock, one);
    dff_setup!(self, other, two);
    self.y.next = self.a.val();
}
}

#[test]
fn a_second_clock_is_refused() {
    let found = finding(TwoClocks::default());
    assert_eq!(found.problem, Problem::Clock);
    assert_eq!(found.block, "TwoClocks.two");
}

block! {
    Keyword { table: Signal<Local, Bits<8>>, logic: Signal<Local, Bits<8>> }
    #[hdl_gen]
    fn update(&mut self) {
    self.table.next = self.a.val();
    self.logic.next = self.table.val();
    self.y.next = self.logic.val();
}
}

#[test]
fn keywords_are_found_on_request() {
    let design = common::elaborated(&Keyword::default());
    let found = netlist::check::names(&design);
    let names: Vec<_> = found.iter().filter_map(|finding| finding.signal.as_deref()).collect();
    assert_eq!(names, ["table", "logic"]);
    assert!(found.iter().all(|finding| matches!(finding.problem, Problem::Keyword { .. })));
}

/// The same wrong block twice.
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
