//! Folding compared with plain nodes, and a defect planted in every pass.

use super::random::{Recipe, recipe};
use super::{check, thorough};
use crate::Interpreter;
use crate::ir::{Graph, InputId, NetId, RegisterId};
use crate::optimise::{Options, Plant};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Random netlists on which a planted defect must show.
const TRIES: usize = 400;

/// Compares every net and register of the netlist that a graph folds with the unfolded one.
fn folded(recipe: &Recipe, graph: Graph) -> Result<(), TestCaseError> {
    let (folded, plain) = (recipe.netlist_of(graph), recipe.netlist_of(Graph::plain()));
    let (mut ours, mut theirs) = (Interpreter::new(&folded), Interpreter::new(&plain));
    let mut stimulus = recipe.stimulus(&plain);
    for cycle in 0..24 {
        for at in 0..plain.inputs.len() {
            if let Some(value) = stimulus(cycle, at) {
                ours.set(InputId(at as u32), &value);
                theirs.set(InputId(at as u32), &value);
            }
        }
        ours.settle();
        theirs.settle();
        for (at, net) in plain.nets.iter().enumerate() {
            let id = NetId(at as u32);
            prop_assert_eq!(ours.get(id), theirs.get(id), "cycle {}: {}", cycle, &net.path);
        }
        ours.step();
        theirs.step();
        for (at, register) in plain.registers.iter().enumerate() {
            let id = RegisterId(at as u32);
            let (ours, theirs) = (ours.register(id), theirs.register(id));
            prop_assert_eq!(ours, theirs, "cycle {}: {}", cycle, &register.path);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn folded_netlists_agree_with_plain_ones(recipe in recipe()) {
        folded(&recipe, Graph::new())?;
    }
}

/// Whether some random netlist shows a defect.
fn shows(wrong: impl Fn(&Recipe) -> bool) -> bool {
    let mut runner = TestRunner::deterministic();
    (0..TRIES).any(|_| {
        let tree = recipe().new_tree(&mut runner).expect("recipes are never rejected");
        wrong(&tree.current())
    })
}

#[test]
fn a_mistake_in_folding_is_found() {
    for plant in Plant::FOLDING {
        // A netlist with a wrong width may not even run.
        let wrong = |recipe: &Recipe| folded(recipe, Graph::with_mistake(*plant)).is_err();
        assert!(shows(wrong), "{plant:?} goes unnoticed");
    }
}

#[test]
fn a_mistake_in_any_pass_is_found() {
    for plant in Plant::PASSES {
        let options = Options { plant: Some(*plant), ..thorough() };
        assert!(shows(|recipe| check(recipe, &options).is_err()), "{plant:?} goes unnoticed");
    }
}
