//! Compiled code compared with the interpreter: every register and net, in every cycle.

mod followed;
mod mistakes;
mod random;
mod same;

use super::Compiled;
use crate::Interpreter;
use crate::ir::{
    Graph, Input, InputId, Memory, MemoryId, Net, NetId, NetKind, Netlist, NodeId, Op, Read,
    Register, RegisterId, Type, Types, Value, Write,
};
use crate::optimise::Options;
use followed::Followed;
use proptest::prelude::*;
use random::{Recipe, recipe};
use std::collections::BTreeMap;

/// Whether an engine is taken elsewhere and back as it runs. The cycles that this makes are new to
/// it, so it finds other cycles common than it would by itself.
#[derive(Clone, Copy, PartialEq)]
enum Resuming {
    Never,
    Often,
}

/// Runs both engines; the first difference as text.
fn difference(
    netlist: &Netlist,
    options: &Options,
    cycles: u64,
    resuming: Resuming,
    mut stimulus: impl FnMut(u64, usize) -> Option<Value>,
) -> Result<(), String> {
    let mut fast = Compiled::with(netlist, options).map_err(|error| error.to_string())?;
    let mut slow = Interpreter::new(netlist);
    let mut followed = Followed::new(netlist, options)?;
    for cycle in 0..cycles {
        for at in 0..netlist.inputs.len() {
            if Some(InputId(at as u32)) == netlist.clock {
                continue;
            }
            if let Some(value) = stimulus(cycle, at) {
                slow.set(InputId(at as u32), &value);
                fast.set(InputId(at as u32), &value);
                followed.engine.set(InputId(at as u32), &value);
            }
        }
        if resuming == Resuming::Often && cycle % 16 == 8 {
            resumes(netlist, &mut fast)?;
        }
        slow.settle();
        followed.cycle(netlist, &slow, cycle)?;
        // Every third cycle settles first, as a driver with a combinational answer does.
        if cycle % 3 == 0 {
            fast.settle();
            same_nets(netlist, &fast, &slow, cycle)?;
        }
        fast.cycle();
        same_outputs(netlist, &fast, &slow, cycle)?;
        slow.step();
        same_registers(netlist, &fast, &slow, cycle)?;
        same_words(netlist, &fast, &slow, cycle)?;
    }
    Ok(())
}

/// An engine goes on from its state after it has done something else.
fn resumes(netlist: &Netlist, engine: &mut Compiled) -> Result<(), String> {
    let state = engine.state();
    for at in 0..netlist.inputs.len() {
        let width = netlist.inputs[at].width;
        if Some(InputId(at as u32)) != netlist.clock {
            engine.set(InputId(at as u32), &Value::ones(width));
        }
    }
    engine.cycle();
    engine.cycle();
    let short = engine.restore(&state[..state.len() - 1]);
    let right = engine.restore(&state) && engine.state() == state;
    if right && !short { Ok(()) } else { Err("a state cannot be restored".to_owned()) }
}

fn same_nets(
    net: &Netlist,
    fast: &Compiled,
    slow: &Interpreter<'_>,
    cycle: u64,
) -> Result<(), String> {
    for (at, named) in net.nets.iter().enumerate() {
        let (ours, theirs) = (fast.get(NetId(at as u32)), slow.get(NetId(at as u32)));
        if ours != *theirs {
            return Err(format!("cycle {cycle}: {} is {ours}, not {theirs}", named.path));
        }
    }
    same_outputs(net, fast, slow, cycle)
}

fn same_outputs(
    net: &Netlist,
    fast: &Compiled,
    slow: &Interpreter<'_>,
    cycle: u64,
) -> Result<(), String> {
    for (at, output) in net.nets.iter().enumerate() {
        let id = NetId(at as u32);
        if fast.watched(id).is_none() && (output.kind, output.depth) != (NetKind::Output, 0) {
            continue;
        }
        let (ours, theirs) = (fast.watched(id), slow.get(id));
        if ours.as_ref() != Some(theirs) {
            return Err(format!("cycle {cycle}: {} is {ours:?}, not {theirs}", output.path));
        }
    }
    Ok(())
}

fn same_registers(
    net: &Netlist,
    fast: &Compiled,
    slow: &Interpreter<'_>,
    cycle: u64,
) -> Result<(), String> {
    for (at, register) in net.registers.iter().enumerate() {
        let id = RegisterId(at as u32);
        let (ours, theirs) = (fast.register(id), slow.register(id));
        if ours != *theirs {
            return Err(format!("cycle {cycle}: {} := {ours}, not {theirs}", register.path));
        }
    }
    Ok(())
}

fn same_words(
    net: &Netlist,
    fast: &Compiled,
    slow: &Interpreter<'_>,
    cycle: u64,
) -> Result<(), String> {
    for (at, memory) in net.memories.iter().enumerate() {
        for address in 0..1 << memory.address_width {
            let id = MemoryId(at as u32);
            let (ours, theirs) = (fast.word(id, address), slow.word(id, address));
            if ours != theirs {
                let path = &memory.path;
                return Err(format!("cycle {cycle}: {path}[{address}] is {ours}, not {theirs}"));
            }
        }
    }
    Ok(())
}

fn check(recipe: &Recipe, options: &Options) -> Result<(), TestCaseError> {
    let netlist = recipe.netlist();
    let stimulus = recipe.stimulus(&netlist);
    difference(&netlist, options, 40, Resuming::Often, stimulus).map_err(TestCaseError::fail)
}

/// All passes, and a function for every set of changes that occurs twice.
fn thorough() -> Options {
    Options { common: Some(1), ..Options::default() }
}

fn bare() -> Options {
    Options { columns: false, guards: false, common: None, ..Options::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plain_code_agrees_with_the_interpreter(recipe in recipe()) {
        check(&recipe, &bare())?;
    }

    #[test]
    fn columns_agree_with_the_interpreter(recipe in recipe()) {
        check(&recipe, &Options { columns: true, ..bare() })?;
    }

    #[test]
    fn guards_agree_with_the_interpreter(recipe in recipe()) {
        check(&recipe, &Options { guards: true, ..bare() })?;
    }

    #[test]
    fn gates_agree_with_the_interpreter(recipe in recipe()) {
        check(&recipe, &Options { common: Some(1), ..bare() })?;
    }

    #[test]
    fn optimised_code_agrees_with_the_interpreter(recipe in recipe()) {
        check(&recipe, &thorough())?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// An observer may watch every net, of rows too.
    #[test]
    fn watched_nets_agree_with_the_interpreter(recipe in recipe()) {
        let watch = (0..recipe.netlist().nets.len() as u32).map(NetId).collect();
        check(&recipe, &Options { watch, ..thorough() })?;
    }
}

/// An input of a netlist made by hand.
fn input(name: &str, width: u32, node: NodeId) -> Input {
    Input { name: name.into(), ty: Type::Bits(width), width, node: Some(node) }
}

/// An output of one.
fn output(path: &str, width: u32, node: NodeId) -> Net {
    let ty = Type::Bits(width);
    Net { path: path.into(), depth: 0, kind: NetKind::Output, ty, node }
}

/// A memory of bytes that an input addresses.
fn bytes(input_width: u32, address_width: u32) -> Netlist {
    let mut graph = Graph::new();
    let address = graph.make(Op::Input(InputId(0)), input_width);
    let node = graph.make(Op::Memory(MemoryId(0)), 8);
    let (nodes, constants) = graph.into_parts();
    let memory = Memory {
        path: "bytes".into(),
        ty: Type::Bits(8),
        width: 8,
        address_width,
        init: BTreeMap::new(),
        read: Some(Read { node, address }),
        write: None,
    };
    Netlist {
        name: "Bytes".into(),
        nodes,
        constants,
        inputs: vec![input("address", input_width, address)],
        clock: None,
        registers: Vec::new(),
        memories: vec![memory],
        nets: Vec::new(),
        arrays: Vec::new(),
        types: Types::default(),
    }
}

#[test]
fn a_memory_beyond_a_gigabyte_is_refused() {
    let refused = Compiled::new(&bytes(40, 40)).expect_err("a terabyte");
    assert_eq!(refused.to_string(), "`Bytes` needs more than a gigabyte of state");
}

#[test]
fn an_address_beyond_its_memory_is_refused() {
    assert!(Compiled::new(&bytes(4, 4)).is_ok());
    let refused = Compiled::new(&bytes(5, 4)).expect_err("it could leave the memory");
    let reason = "memory bytes has ports or words of other widths";
    assert_eq!(refused.to_string(), format!("`Bytes` is not a sound netlist: {reason}"));
}

/// A memory with these bits of an address, written and read within the cycle at an input; the word
/// decides whether a register counts.
fn table(address_width: u32) -> Netlist {
    let mut graph = Graph::new();
    let address = graph.make(Op::Input(InputId(0)), address_width);
    let enable = graph.make(Op::Input(InputId(1)), 1);
    let data = graph.make(Op::Input(InputId(2)), 4);
    let word = graph.make(Op::Word(MemoryId(0), address), 4);
    let held = graph.make(Op::Register(RegisterId(0)), 16);
    let one = graph.number(16, 1);
    let more = graph.make(Op::Add(held, one), 16);
    let counts = graph.make(Op::Any(word), 1);
    let next = graph.make(Op::Mux(counts, more, held), 16);
    let (nodes, constants) = graph.into_parts();
    let register = Register {
        path: "held".into(),
        ty: Type::Bits(16),
        width: 16,
        init: Value::zero(16),
        node: held,
        next,
    };
    let memory = Memory {
        path: "words".into(),
        ty: Type::Bits(4),
        width: 4,
        address_width,
        init: BTreeMap::new(),
        read: None,
        write: Some(Write { enable, address, data }),
    };
    Netlist {
        name: "Table".into(),
        nodes,
        constants,
        inputs: vec![
            input("address", address_width, address),
            input("enable", 1, enable),
            input("data", 4, data),
        ],
        clock: None,
        registers: vec![register],
        memories: vec![memory],
        nets: vec![output("word", 4, word), output("held", 16, held)],
        arrays: Vec::new(),
        types: Types::default(),
    }
}

/// Functions that expect what a word decides are compiled only where samples hold the memory; the
/// results are the same.
#[test]
fn words_agree_in_small_and_large_memories() {
    for address_width in [2, 4, 11] {
        let netlist = table(address_width);
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let stimulus = |cycle: u64, at: usize| {
            state = state.rotate_left(23).wrapping_mul(0xd129_0cb5_8f5b_4f6d).wrapping_add(cycle);
            let roll = state >> 40;
            match at {
                0 => Some(Value::new(address_width, roll % 5)),
                1 => Some(Value::new(1, u64::from(roll.is_multiple_of(16)))),
                _ => Some(Value::new(4, roll >> 4 & roll & 15)),
            }
        };
        difference(&netlist, &thorough(), 4000, Resuming::Often, stimulus).expect("equal engines");
    }
}

#[test]
fn an_address_of_a_word_beyond_its_memory_is_refused() {
    let mut netlist = table(4);
    netlist.memories[0].address_width = 3;
    let refused = Compiled::new(&netlist).expect_err("it could leave the memory");
    assert!(refused.to_string().contains("(word) has operands of other widths"), "{refused}");
}

#[test]
fn an_engine_may_move_to_another_thread() {
    fn is_send<T: Send>() {}
    is_send::<Compiled>();
}
