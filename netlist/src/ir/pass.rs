//! The trait of all passes.

/// A rewriting of a design in one of its forms ([`crate::Design`], [`crate::Netlist`],
/// [`crate::optimise::Program`]) into the same form.
///
/// Before and after a pass, every port and register has the same value in every cycle, and so has
/// every net that exists in both. Tests run both in the interpreter.
///
/// The existing passes: [`crate::rewrite::PASSES`] prepare a design for printing,
/// [`crate::optimise::passes`] work on a program before compilation. The documentation of
/// [`crate::ir`] shows a whole one, from netlist to netlist.
pub trait Pass<T> {
    /// Its name in commands and tests.
    fn name(&self) -> &'static str;

    /// The design after it.
    fn apply(&self, design: &T) -> T;
}
