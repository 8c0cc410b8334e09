//! What every pass is.

/// A rewriting of a design in one of its forms ([`crate::Design`], [`crate::Netlist`],
/// [`crate::optimise::Program`]) into the same form.
///
/// What comes out does in every cycle what went in did: the same on every port and register, and
/// on every net that both have. Tests run both in the interpreter.
///
/// The passes that exist: [`crate::rewrite::PASSES`] prepare a design for printing,
/// [`crate::optimise::passes`] are those of a program before compilation. The documentation of
/// [`crate::ir`] shows a whole one, from netlist to netlist.
pub trait Pass<T> {
    /// Its name, as commands and tests use it.
    fn name(&self) -> &'static str;

    /// The design after it.
    fn apply(&self, design: &T) -> T;
}
