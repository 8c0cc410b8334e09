//! Foreign blocks, clocks, keywords.

use crate::{block, finding, findings};
use netlist::Problem;
use rust_hdl::prelude::*;

/// A block given only as Verilog text.
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
    let design = crate::common::elaborated(&Keyword::default());
    let found = netlist::check::names(&design);
    let names: Vec<_> = found.iter().filter_map(|finding| finding.signal.as_deref()).collect();
    assert_eq!(names, ["table", "logic"]);
    assert!(found.iter().all(|finding| matches!(finding.problem, Problem::Keyword { .. })));
}

/// A kernel written by hand, without checks by rustc.
#[derive(LogicBlock, Default)]
struct Handmade {
    clock: Signal<In, Clock>,
    a: Signal<In, Bits<4>>,
    y: Signal<Out, Bits<8>>,
    z: Signal<Out, Bit>,
    _kernel: Vec<ast::VerilogStatement>,
}

impl Logic for Handmade {
    fn update(&mut self) {}

    fn hdl(&self) -> Verilog {
        Verilog::Combinatorial(self._kernel.clone())
    }
}

#[test]
fn widths_and_types_are_checked() {
    let signal = |name: &str| ast::VerilogExpression::Signal(name.into());
    let assign = |target: &str, value: &str| {
        ast::VerilogStatement::Assignment(signal(&format!("{target}$next")), signal(value))
    };
    let block =
        Handmade { _kernel: vec![assign("y", "a"), assign("z", "clock")], ..Handmade::default() };
    let problems: Vec<_> = findings(block).into_iter().map(|finding| finding.problem).collect();
    let mismatch = Problem::WidthMismatch { expected: 8, found: 4 };
    assert_eq!(problems, [mismatch, Problem::TypeMismatch]);
}
