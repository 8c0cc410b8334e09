//! Proofs about a design with one port and one line, and about the same with something wrong.

use super::{Design, Obstacle, Port};
use crate::cone::Source;
use crate::ir::{
    Graph, Input, InputId, Net, NetId, NetKind, Netlist, Op, Register, RegisterId, Type, Types,
    Value,
};
use std::collections::BTreeMap;

/// What is wrong with the design.
#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    Nothing,
    /// A hit depends on the address of the request before.
    HitsByTheLast,
    /// The answer contains other low bits than the address.
    AnswersTheLast,
    /// A hit counts.
    Counts,
    /// The line takes the address of a hit.
    Moves,
}

const STATE: RegisterId = RegisterId(0);
const TAG: RegisterId = RegisterId(1);
const HELD: RegisterId = RegisterId(2);
const SPACE: RegisterId = RegisterId(3);
const COUNT: RegisterId = RegisterId(4);
const HIT: NetId = NetId(0);
const ANSWER: NetId = NetId(1);
const BUSY: NetId = NetId(2);

/// Answers addresses whose high byte is that of its line, for one space; else takes a cycle to change
/// its line.
fn design(wrong: Wrong) -> Netlist {
    let mut graph = Graph::new();
    let valid = graph.make(Op::Input(InputId(0)), 1);
    let address = graph.make(Op::Input(InputId(1)), 16);
    let space = graph.make(Op::Input(InputId(2)), 4);
    let state = graph.make(Op::Register(STATE), 1);
    let tag = graph.make(Op::Register(TAG), 8);
    let held = graph.make(Op::Register(HELD), 16);
    let before = graph.make(Op::Register(SPACE), 4);
    let count = graph.make(Op::Register(COUNT), 4);
    let high = graph.make(Op::Slice(address, 8), 8);
    let low = graph.make(Op::Slice(address, 0), 8);
    let same = graph.make(Op::Equal(high, tag), 1);
    let in_space = graph.make(Op::Equal(space, before), 1);
    let idle = graph.make(Op::Not(state), 1);
    let known = graph.make(Op::And(same, in_space), 1);
    let free = graph.make(Op::And(valid, idle), 1);
    let mut hit = graph.make(Op::And(known, free), 1);
    if wrong == Wrong::HitsByTheLast {
        let bit = graph.make(Op::Slice(held, 3), 1);
        hit = graph.make(Op::And(hit, bit), 1);
    }
    let missed = graph.make(Op::Not(hit), 1);
    let misses = graph.make(Op::And(free, missed), 1);
    let held_low = graph.make(Op::Slice(held, 0), 8);
    let offset = if wrong == Wrong::AnswersTheLast { held_low } else { low };
    let answer = graph.make(Op::Concat(tag, offset), 16);
    let held_high = graph.make(Op::Slice(held, 8), 8);
    let refilled = graph.make(Op::Mux(state, held_high, tag), 8);
    let next_tag = match wrong {
        Wrong::Moves => graph.make(Op::Mux(hit, low, refilled), 8),
        _ => refilled,
    };
    let next_held = graph.make(Op::Mux(free, address, held), 16);
    let one = graph.number(4, 1);
    let more = graph.make(Op::Add(count, one), 4);
    let counted = if wrong == Wrong::Counts { hit } else { misses };
    let next_count = graph.make(Op::Mux(counted, more, count), 4);
    let (nodes, constants) = graph.into_parts();
    let input = |name: &str, width, node| Input {
        name: name.into(),
        ty: Type::Bits(width),
        width,
        node: Some(node),
    };
    let register = |path: &str, width, node, next| Register {
        path: path.into(),
        ty: Type::Bits(width),
        width,
        init: Value::zero(width),
        node,
        next,
    };
    let output = |path: &str, width, node| Net {
        path: path.into(),
        depth: 0,
        kind: NetKind::Output,
        ty: Type::Bits(width),
        node,
    };
    Netlist {
        name: "OneLine".into(),
        nodes,
        constants,
        inputs: vec![
            input("valid", 1, valid),
            input("address", 16, address),
            input("space", 4, space),
        ],
        clock: None,
        registers: vec![
            register("state", 1, state, misses),
            register("tag", 8, tag, next_tag),
            register("held", 16, held, next_held),
            register("space", 4, before, space),
            register("count", 4, count, next_count),
        ],
        memories: Vec::new(),
        nets: vec![output("hit", 1, hit), output("answer", 16, answer), output("busy", 1, state)],
        arrays: Vec::new(),
        types: Types::default(),
    }
}

/// What is proven if so many bits of the address are low ones.
fn proof(netlist: &Netlist, low: u32) -> Result<super::Repeats, Obstacle> {
    let port = Port {
        valid: InputId(0),
        address: InputId(1),
        inputs: Vec::new(),
        passes: vec![(HIT, 1)],
        translated: ANSWER,
        answers: Vec::new(),
    };
    let (fixed, quiet) = (BTreeMap::new(), vec![BUSY]);
    let design = Design { netlist, ports: vec![port], fixed, quiet, low };
    design.repeats(&BTreeMap::from([(STATE, Value::zero(1))]))
}

#[test]
fn a_hit_moves_only_what_nothing_reads() {
    let proven = proof(&design(Wrong::Nothing), 8).expect("a proof");
    assert_eq!(proven.rests.keys().collect::<Vec<_>>(), [&STATE]);
    assert_eq!(proven.copies.keys().collect::<Vec<_>>(), [&SPACE]);
    let moves: Vec<Source> = proven.moves[1].iter().copied().collect();
    assert_eq!(moves, [Source::Register(HELD)]);
    assert!(proven.moves[0].is_empty() && proven.follows.is_empty());
    let decides: Vec<Source> = proven.decides[0].iter().copied().collect();
    assert_eq!(decides, [Source::Register(TAG)]);
}

#[test]
fn what_is_wrong_with_a_design_keeps_it_from_a_proof() {
    for (wrong, obstacle) in [
        (Wrong::HitsByTheLast, Obstacle::Depends(HIT, Source::Register(HELD))),
        (Wrong::AnswersTheLast, Obstacle::Depends(ANSWER, Source::Register(HELD))),
        (Wrong::Counts, Obstacle::Moves(COUNT)),
        (Wrong::Moves, Obstacle::Depends(HIT, Source::Register(TAG))),
    ] {
        assert_eq!(proof(&design(wrong), 8), Err(obstacle));
    }
}

#[test]
fn bits_that_decide_are_not_low() {
    // The lowest bit of the tag is compared.
    let found = proof(&design(Wrong::Nothing), 9);
    assert_eq!(found, Err(Obstacle::Depends(HIT, Source::Low(InputId(1)))));
}
