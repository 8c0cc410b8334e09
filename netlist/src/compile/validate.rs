//! The property that emitted code relies on: the widths of a netlist are consistent.
//!
//! Netlists from `flatten` always have it. But their fields are public, and code compiled from an
//! inconsistent netlist could access memory outside of the buffer.

use crate::ir::{Netlist, Node, NodeId, Op, Value};

/// The first inconsistency, as text.
pub(super) fn validate(netlist: &Netlist) -> Result<(), String> {
    for (at, node) in netlist.nodes.iter().enumerate() {
        if node.op.operands().any(|operand| operand.0 as usize >= at) {
            return Err(format!("node {at} comes before one of its operands"));
        }
        if node.width == 0 || !fits(netlist, *node) {
            return Err(format!("node {at} ({}) has operands of other widths", node.op.name()));
        }
    }
    let is =
        |id: NodeId, width: u32| netlist.nodes.get(id.0 as usize).map(|n| n.width) == Some(width);
    for register in &netlist.registers {
        if !is(register.next, register.width) || register.init.width() != register.width {
            return Err(format!("register {} has values of other widths", register.path));
        }
    }
    for memory in &netlist.memories {
        let ports = memory.write.is_none_or(|write| {
            is(write.enable, 1)
                && is(write.address, memory.address_width)
                && is(write.data, memory.width)
        });
        let limit = 1_u64.checked_shl(memory.address_width).unwrap_or(u64::MAX);
        let word = |(at, word): (&u64, &Value)| *at < limit && word.width() == memory.width;
        let read = memory.read.is_none_or(|read| is(read.address, memory.address_width));
        let fits = ports && read;
        if !fits || !memory.init.iter().all(word) {
            return Err(format!("memory {} has ports or words of other widths", memory.path));
        }
    }
    Ok(())
}

/// Whether the widths are as [`Op`] says.
fn fits(netlist: &Netlist, Node { op, width }: Node) -> bool {
    let of = |id: NodeId| netlist.node(id).width;
    match op {
        Op::Const(id) => netlist.constants[id.0 as usize].width() == width,
        Op::Input(id) => netlist.inputs[id.0 as usize].width == width,
        Op::Register(id) => netlist.registers[id.0 as usize].width == width,
        Op::Memory(id) => netlist.memories[id.0 as usize].width == width,
        Op::Word(id, address) => {
            let memory = &netlist.memories[id.0 as usize];
            memory.width == width && of(address) == memory.address_width
        }
        Op::Not(a) | Op::Shl(a, _) | Op::Shr(a, _) => of(a) == width,
        Op::And(a, b)
        | Op::Or(a, b)
        | Op::Xor(a, b)
        | Op::Add(a, b)
        | Op::Sub(a, b)
        | Op::Mul(a, b) => of(a) == width && of(b) == width,
        Op::Equal(a, b) | Op::Less(a, b) | Op::SignedLess(a, b) => width == 1 && of(a) == of(b),
        Op::Mux(test, a, b) => of(test) == 1 && of(a) == width && of(b) == width,
        Op::Slice(a, offset) => offset.checked_add(width).is_some_and(|end| end <= of(a)),
        Op::Concat(a, b) => of(a).checked_add(of(b)) == Some(width),
        Op::ZeroExtend(a) | Op::SignExtend(a) => of(a) <= width,
        Op::Extract(..) => true,
        Op::InsertBit(a, _, bit) => of(a) == width && of(bit) == 1,
        Op::All(_) | Op::Any(_) | Op::Parity(_) => width == 1,
    }
}
