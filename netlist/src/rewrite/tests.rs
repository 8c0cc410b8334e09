//! Each pass in the interpreter, on random kernels; a defect planted in each is found.

mod random;

use super::PASSES;
use super::plant::{Plant, with};
use crate::Interpreter;
use crate::ir::{
    Design, Expr, ExprKind, Kind, Module, NetId, NetKind, Netlist, Rebuild, Reference, Signal,
    SignalId, Type, Value,
};
use crate::print::{Describe, verilog};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rand::{RngCore, SeedableRng};
use random::design;

/// Runs two netlists on the same random inputs; every net and register that both have must be
/// equal. All outputs and registers must keep their names, and three quarters of the nets that both
/// `one` and `least` have.
fn agree(one: &Netlist, other: &Netlist, least: &Netlist, seed: u64) -> Result<(), String> {
    let mut dice = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let mut runs = [Interpreter::new(one), Interpreter::new(other)];
    let nets: Vec<(NetId, NetId)> = (0..)
        .map(NetId)
        .zip(&one.nets)
        .filter(|(_, net)| net.ty != Type::Clock)
        .filter_map(|(id, net)| Some((id, other.net_named(&net.path)?)))
        .collect();
    let least = one.nets.iter().filter(|net| least.net_named(&net.path).is_some()).count();
    if nets.len() * 4 < least * 3 {
        return Err("fewer than three quarters of the nets keep their names".to_owned());
    }
    let visible = |net: &&crate::ir::Net| {
        net.kind == NetKind::Output && (net.depth == 0 || net.path.ends_with(".q"))
    };
    if let Some(lost) = one.nets.iter().filter(visible).find(|n| other.net_named(&n.path).is_none())
    {
        return Err(format!("{} is lost", lost.path));
    }
    for cycle in 0..12 {
        for (at, input) in one.inputs.iter().enumerate() {
            let id = crate::ir::InputId(at as u32);
            let value = Value::new(64, dice.next_u64()).resize(input.width);
            runs.iter_mut().for_each(|run| run.set(id, &value));
        }
        runs.iter_mut().for_each(Interpreter::settle);
        for (net, same) in &nets {
            let (before, after) = (runs[0].get(*net), runs[1].get(*same));
            if before != after {
                let path = &one.net(*net).path;
                return Err(format!("cycle {cycle}: {path} was {before:x}, is {after:x}"));
            }
        }
        runs.iter_mut().for_each(Interpreter::step);
    }
    Ok(())
}

/// Reads inputs instead of constants.
struct Veil {
    module: Module,
}

impl Veil {
    fn input(&mut self, ty: Type) -> ExprKind {
        let name = self.module.fresh_name("constant");
        let signal = SignalId(self.module.signals.len() as u32);
        self.module.signals.push(Signal { name, kind: Kind::Input, ty, dims: Vec::new() });
        ExprKind::Read(Reference { instance: None, signal, element: None })
    }
}

impl Rebuild for Veil {
    fn expr(&mut self, expr: &Expr) -> Expr {
        let kind = match &expr.kind {
            ExprKind::Literal(_) | ExprKind::Index(_) => self.input(Type::Bits(expr.width)),
            // The bits that are added are not known either.
            ExprKind::Resize(inner) => ExprKind::SignResize(Box::new(self.expr(inner))),
            _ => return expr.map_operands(&mut |operand| self.expr(operand)),
        };
        Expr { kind, ..expr.clone() }
    }
}

/// The same kernel, with inputs in place of constants.
fn without_constants(design: &Design) -> Design {
    let top = &design.top_module().name;
    design.map_kernels(|module, body| {
        let mut veil = Veil { module: module.clone() };
        if module.name != *top {
            return veil.module;
        }
        let body = veil.body(body);
        veil.module.with_kernel(body)
    })
}

/// Checks that the design after each pass runs like the design before all of them. `None` if the
/// kernel has a combinational loop, or would have one if constants did not cut it: passes may move
/// a statement out of the branch in which a value is constant.
fn passes_agree(design: &Design, seed: u64) -> Option<Result<(), String>> {
    without_constants(design).flatten().ok()?;
    let flat = design.flatten().ok()?;
    let mut now = design.clone();
    // What nothing reads is left out by one pass.
    let mut least = flat.clone();
    for pass in PASSES {
        now = pass.apply(&now);
        let after = match now.flatten() {
            Ok(after) => after,
            Err(found) => return Some(Err(format!("after {}: {found:?}", pass.name()))),
        };
        if pass.name() == "unused" {
            least = after.clone();
        }
        if let Err(difference) = agree(&flat, &after, &least, seed) {
            return Some(Err(format!("after {}: {difference}", pass.name())));
        }
    }
    Some(Ok(()))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn designs_run_alike_after_each_pass(bytes in vec(any::<u8>(), 0..400), seed: u64) {
        let design = design(&bytes);
        if let Some(result) = passes_agree(&design, seed) {
            prop_assert_eq!(result, Ok(()));
        }
    }

    #[test]
    fn every_kernel_can_be_printed(bytes in vec(any::<u8>(), 0..400)) {
        let text = verilog(&design(&bytes), "drawn", &Describe::new()).to_string();
        prop_assert!(text.contains("module drawn ("));
    }
}

/// Designs that are the same in every run.
fn drawn(count: usize) -> Vec<Design> {
    let mut runner = TestRunner::deterministic();
    let mut draw = || vec(any::<u8>(), 100..400).new_tree(&mut runner).expect("drawn").current();
    (0..count).map(|_| design(&draw())).collect()
}

#[test]
fn a_mistake_in_each_pass_is_found() {
    let designs = drawn(60);
    let run = |design: &Design| passes_agree(design, 1);
    let right: Vec<Result<(), String>> = designs.iter().filter_map(run).collect();
    assert!(right.len() > 30, "most kernels do not read themselves");
    assert_eq!(right.into_iter().find_map(Result::err), None, "without a mistake all agree");
    for (plant, pass) in Plant::ALL.iter().zip(PASSES) {
        let found = with(Some(*plant), || designs.iter().filter_map(run).find_map(Result::err));
        let found = found.unwrap_or_else(|| panic!("{plant:?} is not found"));
        assert!(found.starts_with(&format!("after {}:", pass.name())), "{plant:?}: {found}");
    }
}
