//! Names, indices, literals, widths.

use crate::drivers::Pass;
use crate::{block, finding};
use netlist::Problem;
use rust_hdl::prelude::*;

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
