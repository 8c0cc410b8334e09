//! rust-hdl's own simulation beside the interpreter: every net, every half cycle.

#![allow(dead_code, reason = "not every test file uses all of it")]

use netlist::ir::{NetId, Netlist, Type, Value};
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

/// What rust-hdl has on every atom, by path.
#[derive(Default)]
struct Observed {
    path: Vec<String>,
    namespace: Vec<String>,
    values: HashMap<String, Value>,
}

fn spelled(name: &str) -> (String, String) {
    let mut parts = name.split('$');
    let base = parts.next().unwrap_or_default().to_owned();
    (base, parts.map(|at| format!("[{at}]")).collect())
}

impl Probe for Observed {
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
        let text = format!("{:x}", atom.verilog());
        let digits = text.split_once("'h").expect("a hexadecimal literal").1;
        let value = Value::parse(4096, digits, 16).expect("digits");
        self.values.insert(path.join("."), value.resize(atom.bits() as u32));
    }
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

fn compare<B: Block>(block: &B, netlist: &Netlist, run: &Interpreter<'_>, when: &str) {
    let mut observed = Observed::default();
    block.accept("top", &mut observed);
    assert_eq!(observed.values.len(), netlist.nets.len(), "one net for every atom");
    for (at, net) in netlist.nets.iter().enumerate() {
        let theirs = observed.values.get(&net.path).unwrap_or_else(|| panic!("no {}", net.path));
        if net.ty != Type::Clock {
            let ours = run.get(NetId(at as u32));
            assert_eq!(ours, theirs, "{when}: net {} (ours, rust-hdl's)", net.path);
        }
    }
}

/// Gives the interpreter the inputs that the block has.
fn copy_inputs<B: Block>(block: &B, netlist: &Netlist, run: &mut Interpreter<'_>) {
    let mut observed = Observed::default();
    block.accept("top", &mut observed);
    for (at, input) in netlist.inputs.iter().enumerate() {
        if input.ty != Type::Clock {
            run.set(netlist::ir::InputId(at as u32), &observed.values[&input.name]);
        }
    }
}

/// Runs a block and its netlist for some cycles of random stimulus; all nets must be equal
/// before and after every edge.
pub(crate) fn run<B: Clocked>(
    mut block: B,
    cycles: u64,
    seed: u64,
    mut present: impl FnMut(&mut Dice, &mut B),
) {
    block.connect_all();
    let netlist = flattened(&block);
    let mut interpreter = Interpreter::new(&netlist);
    let mut dice = Dice::new(seed);
    for cycle in 0..cycles {
        block.clock(false);
        present(&mut dice, &mut block);
        settle(&mut block);
        copy_inputs(&block, &netlist, &mut interpreter);
        interpreter.settle();
        compare(&block, &netlist, &interpreter, &format!("seed {seed}, cycle {cycle}"));
        block.clock(true);
        settle(&mut block);
        interpreter.step();
        compare(&block, &netlist, &interpreter, &format!("seed {seed}, after cycle {cycle}"));
    }
}
