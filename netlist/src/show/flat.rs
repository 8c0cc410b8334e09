//! A netlist as text.
//!
//! ```text
//! netlist Counter
//! input step: 8
//! %0: 8 = register count
//! %1: 8 = input step
//! %2: 8 = add %0 %1
//! register count: 8 := %2, at first 00
//! output sum: 8 = %0
//! ```
//!
//! `%n` is a node, the number after the colon its width. Nodes are in order; they are followed by
//! the assignments at the clock edge, then the nets, which are names of nodes.

use crate::ir::{NetKind, Netlist, Node, NodeId, Op};
use std::fmt::Write as _;

/// The netlist, one line for each input, node, register, memory and net.
pub fn netlist(netlist: &Netlist) -> String {
    let mut text = format!("netlist {}\n", netlist.name);
    let mut line = |line: String| writeln!(text, "{line}").expect("a string takes all");
    for (at, input) in netlist.inputs.iter().enumerate() {
        let clock = netlist.clock.is_some_and(|clock| clock.0 as usize == at);
        line(format!("{} {}: {}", if clock { "clock" } else { "input" }, input.name, input.width));
    }
    for (at, node) in netlist.nodes.iter().enumerate() {
        line(format!("%{at}: {} = {}", node.width, operation(netlist, *node)));
    }
    for register in &netlist.registers {
        let (path, width) = (&register.path, register.width);
        line(format!(
            "register {path}: {width} := {}, at first {:x}",
            of(register.next),
            register.init
        ));
    }
    for memory in &netlist.memories {
        let (path, width) = (&memory.path, memory.width);
        let words = format!("2^{} words of {width}", memory.address_width);
        let read = memory.read.map(|read| format!(" := {path}[{}]", of(read.address)));
        line(format!("memory {path}: {words}{}", read.unwrap_or_default()));
        if let Some(write) = memory.write {
            let [enable, address, data] = [write.enable, write.address, write.data].map(of);
            line(format!("write {path}[{address}] := {data} if {enable}"));
        }
    }
    for net in &netlist.nets {
        let kind = match (net.kind, net.depth) {
            (NetKind::Output, 0) => "output",
            _ => "net",
        };
        let width = netlist.node(net.node).width;
        line(format!("{kind} {}: {width} = {}", net.path, of(net.node)));
    }
    text
}

fn of(node: NodeId) -> String {
    format!("%{}", node.0)
}

fn operation(netlist: &Netlist, node: Node) -> String {
    let mut text = node.op.name().to_owned();
    match node.op {
        Op::Const(at) => text += &format!(" {:x}", netlist.constants[at.0 as usize]),
        Op::Input(at) => text += &format!(" {}", netlist.inputs[at.0 as usize].name),
        Op::Register(at) => text += &format!(" {}", netlist.registers[at.0 as usize].path),
        Op::Memory(at) | Op::Word(at, _) => {
            text += &format!(" {}", netlist.memories[at.0 as usize].path)
        }
        _ => {}
    }
    for operand in node.op.operands() {
        text += &format!(" {}", of(operand));
    }
    if let Op::Slice(_, offset) = node.op {
        text += &format!(" from {offset}");
    }
    text
}
