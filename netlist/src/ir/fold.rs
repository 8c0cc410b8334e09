//! Local simplification: constants, identities, slices of concatenations.

use super::build::planted_in;
use super::{Graph, NodeId, Op, Value};

/// An equivalent that already exists or is simpler, if some rule applies.
pub(super) fn simplify(graph: &mut Graph, op: Op, width: u32) -> Option<NodeId> {
    if let Some(value) = evaluate(op, width, |id| graph.constant(id)) {
        return Some(graph.value(value));
    }
    let zero = |graph: &Graph, id| graph.constant(id).is_some_and(|value| !value.any());
    let ones = |graph: &Graph, id| graph.constant(id).is_some_and(Value::all);
    match op {
        Op::Not(a) => match graph.node(a).op {
            Op::Not(inner) => Some(inner),
            _ => None,
        },
        Op::And(a, b) if a == b || ones(graph, b) || zero(graph, a) => Some(a),
        Op::And(a, b) if ones(graph, a) || zero(graph, b) => Some(b),
        Op::Or(a, b) if a == b || zero(graph, b) || ones(graph, a) => Some(a),
        Op::Or(a, b) if zero(graph, a) || ones(graph, b) => Some(b),
        Op::Xor(a, b) if a == b => Some(graph.number(width, 0)),
        Op::Xor(a, b) | Op::Add(a, b) if zero(graph, a) => Some(b),
        Op::Xor(a, b) | Op::Add(a, b) | Op::Sub(a, b) if zero(graph, b) => Some(a),
        Op::Xor(a, b) if ones(graph, b) => Some(graph.not(a)),
        Op::Xor(a, b) if ones(graph, a) => Some(graph.not(b)),
        // A canonical order of commutative operands, so that equal nodes are recognised.
        Op::And(a, b) if b < a => Some(graph.make(Op::And(b, a), width)),
        Op::Or(a, b) if b < a => Some(graph.make(Op::Or(b, a), width)),
        Op::Xor(a, b) if b < a => Some(graph.make(Op::Xor(b, a), width)),
        Op::Add(a, b) if b < a => Some(graph.make(Op::Add(b, a), width)),
        Op::Mul(a, b) if b < a => Some(graph.make(Op::Mul(b, a), width)),
        Op::Equal(a, b) if b < a => Some(graph.make(Op::Equal(b, a), width)),
        Op::Less(a, b) if b < a && planted_in!(graph, FoldOrder) => {
            Some(graph.make(Op::Less(b, a), width))
        }
        Op::Equal(a, b) => equal(graph, a, b),
        Op::Less(a, b) | Op::SignedLess(a, b) if a == b => Some(graph.number(1, 0)),
        Op::Shl(a, amount) | Op::Shr(a, amount) => shift(graph, op, a, amount, width),
        Op::Mux(test, then, otherwise) => mux(graph, test, then, otherwise, width),
        Op::Slice(a, offset) => slice(graph, a, offset, width),
        Op::Concat(high, low) => concat(graph, high, low, width),
        Op::ZeroExtend(a) => match graph.node(a).op {
            Op::ZeroExtend(inner) => Some(graph.make(Op::ZeroExtend(inner), width)),
            _ => None,
        },
        Op::Extract(a, at) => {
            let offset = graph.constant(at)?.saturated();
            Some(graph.slice(a, u32::try_from(offset).unwrap_or(u32::MAX), width))
        }
        Op::InsertBit(a, at, bit) => {
            let at = graph.constant(at)?.saturated();
            if at >= u64::from(width) {
                return Some(a);
            }
            Some(graph.insert(a, at as u32, bit))
        }
        Op::All(a) | Op::Any(a) | Op::Parity(a) if graph.width(a) == 1 => Some(a),
        _ => None,
    }
}

fn equal(graph: &mut Graph, a: NodeId, b: NodeId) -> Option<NodeId> {
    if a == b {
        return Some(graph.number(1, 1));
    }
    // A constant with a 1 above a zero-extended operand is never equal to it; else the low bits
    // decide.
    for (constant, other) in [(a, b), (b, a)] {
        if let (Some(value), Op::ZeroExtend(inner)) =
            (graph.constant(constant), graph.node(other).op)
        {
            let (value, width) = (value.clone(), graph.width(inner));
            if value.shr(u64::from(width)).any() && !planted_in!(graph, FoldEqual) {
                return Some(graph.number(1, 0));
            }
            let low = graph.value(value.resize(width));
            return Some(graph.make(Op::Equal(inner, low), 1));
        }
    }
    if graph.width(a) != 1 {
        return None;
    }
    for (constant, other) in [(a, b), (b, a)] {
        if let Some(value) = graph.constant(constant) {
            return Some(if value.any() { other } else { graph.not(other) });
        }
    }
    None
}

fn shift(graph: &mut Graph, op: Op, a: NodeId, amount: NodeId, width: u32) -> Option<NodeId> {
    if graph.constant(a).is_some_and(|value| !value.any()) {
        return Some(a);
    }
    let amount = graph.constant(amount)?.saturated();
    if amount == 0 {
        return Some(a);
    }
    if amount >= u64::from(width) {
        return Some(if planted_in!(graph, FoldShift) { a } else { graph.number(width, 0) });
    }
    // A shift by a constant is wiring.
    let amount = amount as u32;
    let kept = width - amount;
    if matches!(op, Op::Shr(..)) {
        return Some(graph.slice(a, amount, width));
    }
    let low = graph.number(amount, 0);
    let high = graph.slice(a, 0, kept);
    Some(graph.make(Op::Concat(high, low), width))
}

fn mux(
    graph: &mut Graph,
    test: NodeId,
    then: NodeId,
    otherwise: NodeId,
    width: u32,
) -> Option<NodeId> {
    if then == otherwise {
        return Some(then);
    }
    if let Some(value) = graph.constant(test) {
        return Some(if value.any() { then } else { otherwise });
    }
    if let Op::Not(inner) = graph.node(test).op {
        if planted_in!(graph, FoldMux) {
            return Some(graph.make(Op::Mux(inner, then, otherwise), width));
        }
        return Some(graph.make(Op::Mux(inner, otherwise, then), width));
    }
    // In a branch, the same test has a known result.
    if let Op::Mux(again, yes, _) = graph.node(then).op
        && again == test
    {
        return Some(graph.make(Op::Mux(test, yes, otherwise), width));
    }
    if let Op::Mux(again, _, no) = graph.node(otherwise).op
        && again == test
    {
        return Some(graph.make(Op::Mux(test, then, no), width));
    }
    if width != 1 {
        return None;
    }
    let then_value = graph.constant(then).map(Value::any);
    let otherwise_value = graph.constant(otherwise).map(Value::any);
    match (then_value, otherwise_value) {
        (Some(true), Some(false)) => Some(test),
        (Some(false), Some(true)) => Some(graph.not(test)),
        (Some(true), None) => Some(graph.make(Op::Or(test, otherwise), 1)),
        (None, Some(false)) => Some(graph.make(Op::And(test, then), 1)),
        (Some(false), None) => {
            let not = graph.not(test);
            Some(graph.make(Op::And(not, otherwise), 1))
        }
        (None, Some(true)) => {
            let not = graph.not(test);
            Some(graph.make(Op::Or(not, then), 1))
        }
        _ => None,
    }
}

fn slice(graph: &mut Graph, a: NodeId, offset: u32, width: u32) -> Option<NodeId> {
    let have = graph.width(a);
    if offset == 0 && width == have {
        return Some(a);
    }
    match graph.node(a).op {
        Op::Slice(inner, _) if planted_in!(graph, FoldSlice) => {
            Some(graph.make(Op::Slice(inner, offset), width))
        }
        Op::Slice(inner, below) => Some(graph.make(Op::Slice(inner, below + offset), width)),
        Op::ZeroExtend(inner) => Some(graph.slice(inner, offset, width)),
        Op::Concat(high, low) => {
            let split = graph.width(low);
            if offset + width <= split {
                Some(graph.slice(low, offset, width))
            } else if offset >= split {
                Some(graph.slice(high, offset - split, width))
            } else {
                let low = graph.slice(low, offset, split - offset);
                let high = graph.slice(high, 0, offset + width - split);
                Some(graph.make(Op::Concat(high, low), width))
            }
        }
        _ => None,
    }
}

fn concat(graph: &mut Graph, high: NodeId, low: NodeId, width: u32) -> Option<NodeId> {
    if graph.constant(high).is_some_and(|value| !value.any()) {
        return Some(graph.make(Op::ZeroExtend(low), width));
    }
    // Adjacent slices of one node are merged.
    let low_width = graph.width(low);
    match (graph.node(high).op, graph.node(low).op) {
        (Op::Slice(a, above), Op::Slice(b, below))
            if a == b && (above == below + low_width || planted_in!(graph, FoldConcat)) =>
        {
            Some(graph.slice(a, below, width))
        }
        // Chains are right-leaning, so that adjacent parts meet.
        (Op::Concat(top, middle), _) => {
            let middle_width = graph.width(middle);
            let below = graph.make(Op::Concat(middle, low), middle_width + low_width);
            Some(graph.make(Op::Concat(top, below), width))
        }
        (Op::Slice(a, above), Op::Concat(middle, rest)) => {
            let Op::Slice(b, below) = graph.node(middle).op else { return None };
            let middle_width = graph.width(middle);
            if a != b || above != below + middle_width {
                return None;
            }
            let high_width = graph.width(high);
            let joined = graph.slice(a, below, middle_width + high_width);
            Some(graph.make(Op::Concat(joined, rest), width))
        }
        _ => None,
    }
}

/// The result of an operation whose operands have known values; `None` for inputs and state.
pub(crate) fn evaluate<'a>(
    op: Op,
    width: u32,
    get: impl Fn(NodeId) -> Option<&'a Value>,
) -> Option<Value> {
    use std::cmp::Ordering::Less;
    let bit = Value::bit_of;
    Some(match op {
        Op::Const(_) | Op::Input(_) | Op::Register(_) | Op::Memory(_) | Op::Word(..) => {
            return None;
        }
        Op::Not(a) => get(a)?.not(),
        Op::And(a, b) => get(a)?.and(get(b)?),
        Op::Or(a, b) => get(a)?.or(get(b)?),
        Op::Xor(a, b) => get(a)?.xor(get(b)?),
        Op::Add(a, b) => get(a)?.add(get(b)?),
        Op::Sub(a, b) => get(a)?.sub(get(b)?),
        Op::Mul(a, b) => get(a)?.mul(get(b)?),
        Op::Shl(a, b) => get(a)?.shl(get(b)?.saturated()),
        Op::Shr(a, b) => get(a)?.shr(get(b)?.saturated()),
        Op::Equal(a, b) => bit(get(a)? == get(b)?),
        Op::Less(a, b) => bit(get(a)?.compare(get(b)?) == Less),
        Op::SignedLess(a, b) => bit(get(a)?.signed_compare(get(b)?) == Less),
        Op::Mux(test, then, otherwise) => {
            if get(test)?.any() {
                get(then)?.clone()
            } else {
                get(otherwise)?.clone()
            }
        }
        Op::Slice(a, offset) => get(a)?.extract(u64::from(offset), width),
        Op::Concat(a, b) => get(a)?.concat(get(b)?),
        Op::ZeroExtend(a) => get(a)?.resize(width),
        Op::SignExtend(a) => get(a)?.sign_resize(width),
        Op::Extract(a, b) => get(a)?.extract(get(b)?.saturated(), width),
        Op::InsertBit(a, b, c) => get(a)?.insert_bit(get(b)?.saturated(), get(c)?.any()),
        Op::All(a) => bit(get(a)?.all()),
        Op::Any(a) => bit(get(a)?.any()),
        Op::Parity(a) => bit(get(a)?.parity()),
    })
}
