//! A block in rust-hdl, its netlist interpreted, and its netlist compiled, in parallel; and the
//! netlists of its design after each pass towards Verilog.

use super::{Clocked, Dice, elaborated, observe, paths, settle};
use netlist::ir::{InputId, MemoryId, Net, NetId, NetKind, Netlist, Op, RegisterId, Type, Value};
use netlist::optimise::Options;
use netlist::rewrite::PASSES;
use netlist::{Compiled, Interpreter};
use rust_hdl::prelude::*;
use std::collections::HashMap;

/// The netlist after a pass, which has all nets of the one before, and more; but the pass `unused`
/// leaves out some that are no ports of the outermost block, and no state.
struct Rewritten<'a> {
    pass: &'static str,
    interpreted: Interpreter<'a>,
    /// Nets of the first netlist, each with the same net.
    nets: Vec<(NetId, NetId)>,
}

impl Rewritten<'_> {
    fn compare(&self, first: &Interpreter<'_>, netlist: &Netlist, when: &str) {
        for (id, same) in &self.nets {
            let (ours, theirs) = (self.interpreted.get(*same), first.get(*id));
            let path = &netlist.net(*id).path;
            assert_eq!(ours, theirs, "{when}: net {path} after the pass {}", self.pass);
        }
    }
}

/// A netlist in parallel with its block.
struct Pair<'a> {
    netlist: &'a Netlist,
    interpreted: Interpreter<'a>,
    /// The same after each pass.
    rewritten: Vec<Rewritten<'a>>,
    /// Machine code that keeps every net for an observer, settled before and after each edge.
    watched: Compiled,
    /// Machine code that computes outputs and state only, one call per cycle.
    fast: Compiled,
    /// For each atom in the order of the walk, its net, and its input if it is one.
    atoms: Vec<(NetId, Option<InputId>)>,
    /// Nets that were not always equal to their first value.
    moved: Vec<bool>,
    first: Vec<Value>,
}

impl<'a> Pair<'a> {
    fn new<B: Block>(
        block: &B,
        netlist: &'a Netlist,
        after: &'a [(&'static str, Netlist)],
    ) -> Self {
        let found = paths(block);
        assert_eq!(found.len(), netlist.nets.len(), "one net for every atom");
        let nets: HashMap<&str, u32> =
            (0..).zip(&netlist.nets).map(|(at, net)| (net.path.as_str(), at)).collect();
        let atom = |path: &String| {
            let net = nets.get(path.as_str()).unwrap_or_else(|| panic!("no net {path}"));
            (NetId(*net), netlist.input_named(path))
        };
        let before = std::iter::once(netlist).chain(after.iter().map(|(_, netlist)| netlist));
        // A function for each set of changes as soon as it has been seen twice.
        let common = Some(2);
        let watch = (0..netlist.nets.len() as u32).map(NetId).collect();
        let compiled = |options| Compiled::with(netlist, &options).expect("it compiles");
        Self {
            netlist,
            interpreted: Interpreter::new(netlist),
            rewritten: after
                .iter()
                .zip(before)
                .map(|((pass, after), before)| rewritten(pass, netlist, before, after))
                .collect(),
            watched: compiled(Options { common, watch, ..Options::default() }),
            fast: compiled(Options { common, ..Options::default() }),
            atoms: found.iter().map(atom).collect(),
            moved: vec![false; netlist.nets.len()],
            first: Vec::new(),
        }
    }

    /// Gives the netlist the inputs that the block has.
    fn copy_inputs<B: Block>(&mut self, block: &B) {
        for ((_, input), value) in self.atoms.iter().zip(observe(block)) {
            if let Some(input) = input
                && Some(*input) != self.netlist.clock
            {
                self.interpreted.set(*input, &value);
                self.rewritten.iter_mut().for_each(|after| after.interpreted.set(*input, &value));
                self.watched.set(*input, &value);
                self.fast.set(*input, &value);
            }
        }
    }

    fn settle(&mut self) {
        self.interpreted.settle();
        self.rewritten.iter_mut().for_each(|after| after.interpreted.settle());
        self.watched.settle();
    }

    /// The clock edge. The fast code must give the outputs of the cycle that it ends, and the
    /// registers of the next.
    fn step(&mut self, when: impl Fn() -> String) {
        self.watched.step();
        self.fast.cycle();
        for (id, net) in self.netlist.outputs().filter(|(_, net)| net.ty != Type::Clock) {
            let ours = self.fast.watched(id);
            let theirs = self.interpreted.get(id);
            assert_eq!(ours.as_ref(), Some(theirs), "{}: output {}", when(), net.path);
        }
        self.interpreted.step();
        self.rewritten.iter_mut().for_each(|after| after.interpreted.step());
        for (at, register) in self.netlist.registers.iter().enumerate() {
            let id = RegisterId(at as u32);
            let (ours, theirs) = (self.fast.register(id), self.interpreted.register(id));
            assert_eq!(ours, *theirs, "{}: next value of {}", when(), register.path);
        }
        for (at, memory) in self.netlist.memories.iter().enumerate() {
            for address in 0..1 << memory.address_width {
                let id = MemoryId(at as u32);
                let (ours, theirs) =
                    (self.fast.word(id, address), self.interpreted.word(id, address));
                assert_eq!(ours, theirs, "{}: {}[{address}]", when(), memory.path);
            }
        }
        self.watched.settle();
    }

    /// Checks that all nets of block, interpreter and machine code are equal.
    fn compare<B: Block>(&mut self, block: &B, when: impl Fn() -> String) {
        let observed = observe(block);
        for ((id, _), theirs) in self.atoms.iter().zip(&observed) {
            let net = self.netlist.net(*id);
            // The clock input of a netlist has no value, and neither have nets driven by it.
            if net.ty == Type::Clock {
                continue;
            }
            let ours = self.interpreted.get(*id);
            assert_eq!(ours, theirs, "{}: net {} (ours, rust-hdl's)", when(), net.path);
            let ours = self.watched.watched(*id).expect("every net is watched");
            assert_eq!(ours, *theirs, "{}: net {} (compiled, rust-hdl's)", when(), net.path);
        }
        for after in &self.rewritten {
            after.compare(&self.interpreted, self.netlist, &when());
        }
        if self.first.is_empty() {
            self.first.clone_from(&observed);
        }
        for (at, value) in observed.iter().enumerate() {
            self.moved[at] |= *value != self.first[at];
        }
    }
}

fn rewritten<'a>(
    pass: &'static str,
    netlist: &Netlist,
    before: &Netlist,
    after: &'a Netlist,
) -> Rewritten<'a> {
    let registers = |of: &Netlist| of.registers.iter().map(|one| one.path.clone()).collect();
    let memories = |of: &Netlist| of.memories.iter().map(|one| one.path.clone()).collect();
    let state = |of: &Netlist| -> (Vec<String>, Vec<String>) { (registers(of), memories(of)) };
    assert_eq!(state(netlist), state(after), "state after {pass}");
    let paths = |of: &Netlist| -> HashMap<String, NetId> {
        of.nets.iter().zip(0..).map(|(net, at)| (net.path.clone(), NetId(at))).collect()
    };
    let (held, ids) = (paths(before), paths(after));
    let mut nets = Vec::new();
    for (id, net) in (0..).map(NetId).zip(&netlist.nets) {
        let port = net.depth == 0 && net.kind != NetKind::Local;
        match ids.get(&net.path) {
            Some(same) => nets.push((id, *same)),
            None if pass == "unused" && !port => {}
            None => assert!(!held.contains_key(&net.path), "no net {} after {pass}", net.path),
        }
    }
    Rewritten { pass, interpreted: Interpreter::new(after), nets }
}

/// Runs a block and its netlist for some cycles of random stimulus; all nets must be equal before
/// and after every edge, interpreted and compiled, and after each pass. Returns the percentage of
/// nets that ever changed, of those that are no constants.
pub(crate) fn run<B: Clocked>(
    mut block: B,
    cycles: u64,
    seed: u64,
    mut present: impl FnMut(&mut Dice, &mut B),
) -> usize {
    block.connect_all();
    let design = elaborated(&block);
    let netlist = design.flatten().expect("no loops, one clock");
    let mut now = design;
    let after = PASSES.iter().map(|pass| {
        now = pass.apply(&now);
        (pass.name(), now.flatten().expect("a pass makes a design of a design"))
    });
    let after: Vec<(&str, Netlist)> = after.collect();
    let mut pair = Pair::new(&block, &netlist, &after);
    let mut dice = Dice::new(seed);
    for cycle in 0..cycles {
        block.clock(false);
        present(&mut dice, &mut block);
        settle(&mut block);
        pair.copy_inputs(&block);
        pair.settle();
        pair.compare(&block, || format!("seed {seed}, cycle {cycle}"));
        block.clock(true);
        settle(&mut block);
        pair.step(|| format!("seed {seed}, cycle {cycle}"));
        pair.compare(&block, || format!("seed {seed}, after cycle {cycle}"));
    }
    // A net of a part that is not built in is a constant.
    let moves = |net: &&Net| !matches!(netlist.node(net.node).op, Op::Const(_));
    let able = netlist.nets.iter().filter(moves).count();
    100 * pair.moved.iter().filter(|moved| **moved).count() / able
}
