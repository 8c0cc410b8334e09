//! rust-hdl's own simulation beside the interpreter: every net, every half cycle.

#![allow(dead_code, reason = "not every test file uses all of it")]

use netlist::ir::{InputId, NetId, Netlist, Type, Value};
use netlist::{Design, Diagnostic, Interpreter};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rust_hdl::prelude::*;
use std::collections::HashMap;

/// Random stimulus from a seed.
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Fewer than `sides`.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0.random_range(0..sides)
    }

    /// A value of a signal.
    pub(crate) fn any<T: Stimulus>(&mut self) -> T {
        T::stimulus(self)
    }

    /// Corners are as likely as everything between them.
    fn word(&mut self, width: usize) -> u128 {
        let ones = if width >= 128 { u128::MAX } else { (1 << width) - 1 };
        match self.roll(8) {
            0 => 0,
            1 => ones,
            2 => 1,
            3 => ones >> 1,
            4 => u128::from(self.roll(8)) & ones,
            _ => self.0.random::<u128>() & ones,
        }
    }
}

/// Types of inputs.
pub(crate) trait Stimulus {
    fn stimulus(dice: &mut Dice) -> Self;
}

impl Stimulus for bool {
    fn stimulus(dice: &mut Dice) -> Self {
        dice.roll(2) == 1
    }
}

impl<const N: usize> Stimulus for Bits<N> {
    fn stimulus(dice: &mut Dice) -> Self {
        dice.word(N).to_bits()
    }
}

impl<const N: usize> Stimulus for Signed<N> {
    fn stimulus(dice: &mut Dice) -> Self {
        signed_cast(dice.any())
    }
}

/// Presents random values at inputs of a block.
#[allow(unused_macros, reason = "not every test file uses all of it")]
macro_rules! present {
    ($dice:ident, $block:ident: $($input:ident),+ $(,)?) => {
        { $($block.$input.next = $dice.any();)+ }
    };
}
#[allow(unused_imports, reason = "not every test file uses all of it")]
pub(crate) use present;

/// The paths of all atoms, in the order of a walk.
#[derive(Default)]
struct Paths {
    path: Vec<String>,
    namespace: Vec<String>,
    found: Vec<String>,
}

fn spelled(name: &str) -> (String, String) {
    let mut parts = name.split('$');
    let base = parts.next().unwrap_or_default().to_owned();
    (base, parts.map(|at| format!("[{at}]")).collect())
}

impl Probe for Paths {
    fn visit_start_scope(&mut self, name: &str, _block: &dyn Block) {
        let (base, element) = spelled(name);
        self.path.push(base + &element);
    }

    fn visit_end_scope(&mut self, _name: &str, _block: &dyn Block) {
        self.path.pop();
    }

    fn visit_start_namespace(&mut self, name: &str, _block: &dyn Block) {
        self.namespace.push(name.to_owned());
    }

    fn visit_end_namespace(&mut self, _name: &str, _block: &dyn Block) {
        self.namespace.pop();
    }

    fn visit_atom(&mut self, name: &str, atom: &dyn Atom) {
        if atom.kind() == AtomKind::Constant {
            return;
        }
        let names = self.namespace.iter().map(String::as_str).chain([name]).map(spelled);
        let (bases, elements): (Vec<String>, Vec<String>) = names.unzip();
        let mut path = self.path[1..].to_vec();
        path.push(bases.join(".") + &elements.concat());
        self.found.push(path.join("."));
    }
}

/// The values of all atoms, in the order of a walk.
#[derive(Default)]
struct Observed(Vec<Value>);

impl Probe for Observed {
    fn visit_atom(&mut self, _name: &str, atom: &dyn Atom) {
        if atom.kind() == AtomKind::Constant {
            return;
        }
        let width = atom.bits() as u32;
        let literal = atom.verilog();
        let value = if width <= 32 {
            Value::new(width, literal.as_usize() as u64)
        } else {
            let text = format!("{literal:x}");
            let digits = text.split_once("'h").expect("a hexadecimal literal").1;
            Value::parse(width, digits, 16).expect("digits")
        };
        self.0.push(value);
    }
}

fn observe<B: Block>(block: &B) -> Vec<Value> {
    let mut observed = Observed::default();
    block.accept("top", &mut observed);
    observed.0
}

/// Blocks under test: their clock.
pub(crate) trait Clocked: Block {
    /// Sets the clock input; nothing if there is none.
    fn clock(&mut self, high: bool);
}

/// Implements [`Clocked`] for blocks whose clock is called `clock`.
#[allow(unused_macros, reason = "not every test file uses all of it")]
macro_rules! clocked {
    ($($block:ty),+ $(,)?) => {
        $(impl $crate::common::Clocked for $block {
            fn clock(&mut self, high: bool) {
                self.clock.next = rust_hdl::prelude::Clock::from(high);
            }
        })+
    };
}
#[allow(unused_imports, reason = "not every test file uses all of it")]
pub(crate) use clocked;

/// Implements [`Clocked`] for blocks without a clock.
#[allow(unused_macros, reason = "not every test file uses all of it")]
macro_rules! unclocked {
    ($($block:ty),+ $(,)?) => {
        $(impl $crate::common::Clocked for $block {
            fn clock(&mut self, _high: bool) {}
        })+
    };
}
#[allow(unused_imports, reason = "not every test file uses all of it")]
pub(crate) use unclocked;

pub(crate) fn elaborated<B: Block>(block: &B) -> Design {
    netlist::elaborate(block).unwrap_or_else(|found| panic!("{}", listed(&found)))
}

pub(crate) fn flattened<B: Block>(block: &B) -> Netlist {
    elaborated(block).flatten().unwrap_or_else(|found| panic!("{}", listed(&found)))
}

fn listed(found: &[Diagnostic]) -> String {
    found.iter().map(|finding| format!("{finding}\n")).collect()
}

fn settle<B: Block>(block: &mut B) {
    assert!(simulate(block, 200), "the block does not settle");
}

/// A netlist beside its block.
struct Pair<'a> {
    netlist: &'a Netlist,
    run: Interpreter<'a>,
    /// For each atom in the order of a walk, its net and the input that it is.
    atoms: Vec<(NetId, Option<InputId>)>,
    /// Nets that were not always equal to their first value.
    moved: Vec<bool>,
    first: Vec<Value>,
}

impl<'a> Pair<'a> {
    fn new<B: Block>(block: &B, netlist: &'a Netlist) -> Self {
        let mut paths = Paths::default();
        block.accept("top", &mut paths);
        assert_eq!(paths.found.len(), netlist.nets.len(), "one net for every atom");
        let nets: HashMap<&str, u32> =
            (0..).zip(&netlist.nets).map(|(at, net)| (net.path.as_str(), at)).collect();
        let atom = |path: &String| {
            let net = nets.get(path.as_str()).unwrap_or_else(|| panic!("no net {path}"));
            (NetId(*net), netlist.input_named(path))
        };
        Self {
            netlist,
            run: Interpreter::new(netlist),
            atoms: paths.found.iter().map(atom).collect(),
            moved: vec![false; netlist.nets.len()],
            first: Vec::new(),
        }
    }

    /// Gives the interpreter the inputs that the block has.
    fn copy_inputs<B: Block>(&mut self, block: &B) {
        for ((_, input), value) in self.atoms.iter().zip(observe(block)) {
            if let Some(input) = input
                && Some(*input) != self.netlist.clock
            {
                self.run.set(*input, &value);
            }
        }
    }

    fn compare<B: Block>(&mut self, block: &B, when: impl Fn() -> String) {
        let observed = observe(block);
        for ((id, _), theirs) in self.atoms.iter().zip(&observed) {
            let net = self.netlist.net(*id);
            if net.ty != Type::Clock {
                let ours = self.run.get(*id);
                assert_eq!(ours, theirs, "{}: net {} (ours, rust-hdl's)", when(), net.path);
            }
        }
        if self.first.is_empty() {
            self.first.clone_from(&observed);
        }
        for (at, value) in observed.iter().enumerate() {
            self.moved[at] |= *value != self.first[at];
        }
    }
}

/// Runs a block and its netlist for some cycles of random stimulus; all nets must be equal
/// before and after every edge. Returns how many nets of a hundred ever changed.
pub(crate) fn run<B: Clocked>(
    mut block: B,
    cycles: u64,
    seed: u64,
    mut present: impl FnMut(&mut Dice, &mut B),
) -> usize {
    block.connect_all();
    let netlist = flattened(&block);
    let mut pair = Pair::new(&block, &netlist);
    let mut dice = Dice::new(seed);
    for cycle in 0..cycles {
        block.clock(false);
        present(&mut dice, &mut block);
        settle(&mut block);
        pair.copy_inputs(&block);
        pair.run.settle();
        pair.compare(&block, || format!("seed {seed}, cycle {cycle}"));
        block.clock(true);
        settle(&mut block);
        pair.run.step();
        pair.compare(&block, || format!("seed {seed}, after cycle {cycle}"));
    }
    100 * pair.moved.iter().filter(|moved| **moved).count() / netlist.nets.len()
}
