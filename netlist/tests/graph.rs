//! Folding in the graph never changes a value, and values are numbers.

use netlist::Interpreter;
use netlist::ir::{Graph, Input, InputId, Netlist, NodeId, Op, Type, Types, Value};
use proptest::prelude::*;

/// One random operation: its kind, and its operands among earlier nodes.
type Step = (u8, usize, usize, usize, u32);

/// Makes a node of some step over earlier ones, together with the value it must have.
fn apply(graph: &mut Graph, made: &[(NodeId, Value)], step: Step) -> (NodeId, Value) {
    let (op, a, b, c, number) = step;
    let pick = |at: usize| made[at % made.len()].clone();
    let (a, b, c) = (pick(a), pick(b), pick(c));
    let width = a.1.width();
    // Operands of one width, as the operations demand.
    let fit = |graph: &mut Graph, x: &(NodeId, Value), width| {
        (graph.zero_extend(x.0, width), x.1.resize(width))
    };
    let b_fit = fit(graph, &b, width);
    let c_bit = fit(graph, &c, 1);
    if op >= 200 {
        return shape(graph, &a, &b_fit, &c_bit, number);
    }
    let less = std::cmp::Ordering::Less;
    let bit = Value::bit_of;
    let (op, value) = match op % 22 {
        0 => (Op::Not(a.0), a.1.not()),
        1 => (Op::And(a.0, b_fit.0), a.1.and(&b_fit.1)),
        2 => (Op::Or(a.0, b_fit.0), a.1.or(&b_fit.1)),
        3 => (Op::Xor(a.0, b_fit.0), a.1.xor(&b_fit.1)),
        4 => (Op::Add(a.0, b_fit.0), a.1.add(&b_fit.1)),
        5 => (Op::Sub(a.0, b_fit.0), a.1.sub(&b_fit.1)),
        6 => (Op::Mul(a.0, b_fit.0), a.1.mul(&b_fit.1)),
        7 => (Op::Shl(a.0, b.0), a.1.shl(b.1.saturated())),
        8 => (Op::Shr(a.0, b.0), a.1.shr(b.1.saturated())),
        9 => (Op::Equal(a.0, b_fit.0), bit(a.1 == b_fit.1)),
        10 => (Op::Less(a.0, b_fit.0), bit(a.1.compare(&b_fit.1) == less)),
        11 => (Op::SignedLess(a.0, b_fit.0), bit(a.1.signed_compare(&b_fit.1) == less)),
        12 => {
            let value = if c_bit.1.any() { &a.1 } else { &b_fit.1 };
            (Op::Mux(c_bit.0, a.0, b_fit.0), value.clone())
        }
        13 | 14 => {
            let offset = number % width;
            let count = 1 + (number >> 8) % (width - offset);
            (Op::Slice(a.0, offset), a.1.extract(u64::from(offset), count))
        }
        15 | 16 if width + b.1.width() <= 150 => (Op::Concat(a.0, b.0), a.1.concat(&b.1)),
        17 => (Op::ZeroExtend(a.0), a.1.resize(width + 1 + number % 9)),
        18 => (Op::SignExtend(a.0), a.1.sign_resize(width + 1 + number % 9)),
        19 => (Op::Extract(a.0, b.0), a.1.extract(b.1.saturated(), 1 + number % 9)),
        20 => (Op::InsertBit(a.0, b.0, c_bit.0), a.1.insert_bit(b.1.saturated(), c_bit.1.any())),
        _ => match number % 3 {
            0 => (Op::All(a.0), bit(a.1.all())),
            1 => (Op::Any(a.0), bit(a.1.any())),
            _ => (Op::Parity(a.0), bit(a.1.parity())),
        },
    };
    (graph.make(op, value.width()), value)
}

/// Shapes that random operations rarely form and that folding looks for.
fn shape(
    graph: &mut Graph,
    a: &(NodeId, Value),
    b: &(NodeId, Value),
    test: &(NodeId, Value),
    number: u32,
) -> (NodeId, Value) {
    let width = a.1.width();
    let at = number % width;
    let mut mux = |yes: &(NodeId, Value), no: &(NodeId, Value)| {
        let value = if test.1.any() { &yes.1 } else { &no.1 };
        (graph.make(Op::Mux(test.0, yes.0, no.0), yes.1.width()), value.clone())
    };
    match number >> 16 & 7 {
        // The same test twice, in either branch.
        0 => {
            let inner = mux(a, b);
            mux(&inner, a)
        }
        1 => {
            let inner = mux(a, b);
            mux(b, &inner)
        }
        // Choices between a bit and a constant.
        kind @ 2..=5 => {
            let bit = (graph.slice(a.0, at, 1), a.1.extract(u64::from(at), 1));
            let number = Value::new(1, u64::from(kind) & 1);
            let constant = (graph.value(number.clone()), number);
            let (yes, no) = if kind < 4 { (bit, constant) } else { (constant, bit) };
            let value = if test.1.any() { &yes.1 } else { &no.1 };
            (graph.make(Op::Mux(test.0, yes.0, no.0), 1), value.clone())
        }
        // A word cut in two and joined again, with or without a gap.
        kind if at > 0 && at + 1 < width => {
            let from = if kind == 6 { at } else { at + 1 };
            let low = (graph.slice(a.0, 0, at), a.1.extract(0, at));
            let high = graph.slice(a.0, from, width - from);
            let value = a.1.extract(u64::from(from), width - from).concat(&low.1);
            (graph.make(Op::Concat(high, low.0), value.width()), value)
        }
        // Some bits replaced.
        _ => (graph.insert(a.0, 0, test.0), a.1.insert_bit(0, test.1.any())),
    }
}

fn netlist(graph: Graph, inputs: &[Value]) -> Netlist {
    let (nodes, constants) = graph.into_parts();
    let input = |(at, value): (usize, &Value)| Input {
        name: format!("i{at}"),
        ty: Type::Bits(value.width()),
        width: value.width(),
        node: None,
    };
    Netlist {
        name: "random".into(),
        nodes,
        constants,
        inputs: inputs.iter().enumerate().map(input).collect(),
        clock: None,
        registers: Vec::new(),
        memories: Vec::new(),
        nets: Vec::new(),
        arrays: Vec::new(),
        types: Types::default(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn folding_keeps_values(
        inputs in prop::collection::vec((1_u32..100, any::<u64>(), any::<u64>()), 1..5),
        numbers in prop::collection::vec((1_u32..70, prop_oneof![0_u64..3, any::<u64>()]), 1..5),
        steps in prop::collection::vec(any::<Step>(), 1..60),
    ) {
        let words = |low: u64, high: u64| move |at: usize| if at == 0 { low } else { high };
        let inputs: Vec<Value> =
            inputs.iter().map(|(width, low, high)| Value::from_words(*width, words(*low, *high))).collect();
        let mut graph = Graph::new();
        let mut made = Vec::new();
        for (at, value) in inputs.iter().enumerate() {
            let node = graph.make(Op::Input(InputId(at as u32)), value.width());
            made.push((node, value.clone()));
        }
        for (width, number) in numbers {
            let value = Value::new(width, number);
            made.push((graph.value(value.clone()), value));
        }
        for step in steps {
            let next = apply(&mut graph, &made, step);
            made.push(next);
        }
        let netlist = netlist(graph, &inputs);
        for (at, node) in netlist.nodes.iter().enumerate() {
            prop_assert!(node.op.operands().all(|operand| (operand.0 as usize) < at));
        }
        let mut run = Interpreter::new(&netlist);
        for (at, value) in inputs.iter().enumerate() {
            run.set(InputId(at as u32), value);
        }
        run.settle();
        for (node, value) in &made {
            prop_assert_eq!(run.node(*node), value);
        }
    }

    #[test]
    fn values_are_numbers(width in 1_u32..=128, a: u128, b: u128, amount in 0_u32..140) {
        let mask = if width == 128 { u128::MAX } else { (1 << width) - 1 };
        let value = |x: u128| {
            Value::from_words(width, |at| [x as u64, (x >> 64) as u64].get(at).copied().unwrap_or(0))
        };
        let (x, y) = (value(a), value(b));
        let (a, b) = (a & mask, b & mask);
        let is = |value: Value| value.to_u128();
        prop_assert_eq!(is(x.add(&y)), Some(a.wrapping_add(b) & mask));
        prop_assert_eq!(is(x.sub(&y)), Some(a.wrapping_sub(b) & mask));
        prop_assert_eq!(is(x.mul(&y)), Some(a.wrapping_mul(b) & mask));
        let shifted = if amount < width { a << amount & mask } else { 0 };
        prop_assert_eq!(is(x.shl(u64::from(amount))), Some(shifted));
        let shifted = if amount < width { a >> amount } else { 0 };
        prop_assert_eq!(is(x.shr(u64::from(amount))), Some(shifted));
        prop_assert_eq!(x.compare(&y), a.cmp(&b));
        let signed = |x: u128| (x << (128 - width)) as i128;
        prop_assert_eq!(x.signed_compare(&y), signed(a).cmp(&signed(b)));
        prop_assert_eq!(is(x.not()), Some(!a & mask));
        prop_assert_eq!(Value::parse(width, &format!("{x:x}"), 16), Some(x.clone()));
        prop_assert_eq!(x.concat(&y).extract(u64::from(width), width), x.clone());
        prop_assert_eq!(x.concat(&y).resize(width), y.clone());
        prop_assert_eq!(x.parity(), a.count_ones() % 2 == 1);
        let extended = (signed(a) >> (128 - width)) as u128;
        let wide = x.sign_resize(width + 3);
        prop_assert_eq!(wide.resize(128.min(width + 3)).to_u128().map(|w| w & mask), Some(a));
        prop_assert_eq!(wide.bit(width + 2), extended >> 127 == 1);
    }
}
