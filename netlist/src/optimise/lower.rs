//! A netlist becomes a program, node by node.

use super::program::{Form, MemoryState, Program, State, StateId, TermId, Watched};
use crate::ir::{NetId, Netlist, NodeId, Op};

/// The program of a netlist without any rearrangement; dead logic is left behind.
///
/// Outputs are watched, and the nets in `watch`.
pub fn plain(netlist: &Netlist, watch: &[NetId]) -> Program {
    let mut program = Program::default();
    program.constants.clone_from(&netlist.constants);
    let live = super::dead::live(netlist, watch);
    let mut terms: Vec<Option<TermId>> = vec![None; netlist.nodes.len()];
    for (at, node) in netlist.nodes.iter().enumerate() {
        if !live[at] {
            continue;
        }
        let form = match node.op {
            Op::Register(register) => Form::State(StateId(register.0)),
            op => Form::Op(op.map(|operand| find(&terms, operand))),
        };
        terms[at] = Some(program.add(form, node.width, 0));
    }
    for (at, register) in netlist.registers.iter().enumerate() {
        program.places.push(Some((StateId(at as u32), 0)));
        program.states.push(State {
            width: register.width,
            rows: 0,
            init: vec![register.init.clone()],
            term: terms[register.node.0 as usize],
            next: find(&terms, register.next),
            guard: None,
        });
    }
    finish(netlist, watch, &mut program, &|node| find(&terms, node), &|node| {
        terms[node.0 as usize]
    });
    program
}

/// Memories and watched nets.
pub(super) fn finish(
    netlist: &Netlist,
    watch: &[NetId],
    program: &mut Program,
    find: &dyn Fn(NodeId) -> TermId,
    find_if_live: &dyn Fn(NodeId) -> Option<TermId>,
) {
    for memory in &netlist.memories {
        program.memories.push(MemoryState {
            width: memory.width,
            address_width: memory.address_width,
            init: memory.init.clone(),
            term: find_if_live(memory.node),
            read_address: find(memory.read_address),
            write: memory
                .write
                .map(|write| [find(write.enable), find(write.address), find(write.data)]),
        });
    }
    let outputs = netlist.outputs().map(|(id, _)| id);
    for net in outputs.chain(watch.iter().copied()) {
        program.watched.push(Watched { net, term: find(netlist.net(net).node) });
    }
}

fn find(terms: &[Option<TermId>], node: NodeId) -> TermId {
    terms[node.0 as usize].expect("operands and roots of live nodes are live")
}
