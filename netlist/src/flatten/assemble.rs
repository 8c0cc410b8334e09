//! The finished netlist: names, state, clock, and no dead nodes.

use super::resolve::Resolved;
use super::rows;
use super::tree::{Global, Tree};
use crate::check::{Diagnostic, Problem};
use crate::ir::{
    Body, Design, Input, InputId, Kind, Memory, Net, NetKind, Netlist, Node, NodeId, Op, Primitive,
    Read, Register, SignalId, Type, Write,
};

/// Puts the netlist together.
pub(super) fn assemble(
    design: &Design,
    tree: &Tree<'_>,
    resolved: Resolved,
) -> Result<Netlist, Vec<Diagnostic>> {
    let Resolved { graph, nodes } = resolved;
    let parts = Parts { design, tree, nodes: &nodes };
    let (all, constants) = graph.into_parts();
    let mut netlist = Netlist {
        name: design.top_module().name.clone(),
        nodes: all,
        constants,
        inputs: parts.inputs(),
        clock: None,
        registers: parts.registers(),
        memories: parts.memories(),
        nets: parts.nets(),
        arrays: rows::rows(design, tree),
        types: design.types.clone(),
    };
    netlist.clock = parts.clock(&netlist)?;
    sweep(&mut netlist);
    Ok(netlist)
}

struct Parts<'a> {
    design: &'a Design,
    tree: &'a Tree<'a>,
    nodes: &'a [NodeId],
}

impl Parts<'_> {
    fn node(&self, net: Global) -> NodeId {
        self.nodes[net as usize]
    }

    fn port(&self, block: usize, signal: SignalId) -> NodeId {
        self.node(self.tree.net(block, signal))
    }

    fn primitive(&self, block: usize) -> Option<&Primitive> {
        match &self.design.module(self.tree.blocks[block].module).body {
            Body::Primitive(primitive) => Some(primitive),
            Body::Kernel(_) => None,
        }
    }

    fn inputs(&self) -> Vec<Input> {
        let layout = &self.tree.layouts[self.design.top.0 as usize];
        let inputs = self.tree.inputs.iter().map(|net| {
            let info = layout.wires[*net as usize];
            let name = layout.name(self.design, self.design.top, *net);
            Input { name, ty: info.ty, width: info.width, node: Some(self.node(*net)) }
        });
        inputs.collect()
    }

    fn registers(&self) -> Vec<Register> {
        let registers = self.tree.registers.iter().filter_map(|block| {
            let Primitive::Register { d, q, init, .. } = self.primitive(*block)? else {
                return None;
            };
            let module = self.design.module(self.tree.blocks[*block].module);
            Some(Register {
                path: self.tree.blocks[*block].path.clone(),
                ty: module.signal(*q).ty,
                width: init.width(),
                init: init.clone(),
                node: self.port(*block, *q),
                next: self.port(*block, *d),
            })
        });
        registers.collect()
    }

    fn memories(&self) -> Vec<Memory> {
        let memories = self.tree.memories.iter().filter_map(|block| {
            let Primitive::Memory { read_clock, read_address, data, write, init, .. } =
                self.primitive(*block)?
            else {
                return None;
            };
            let module = self.design.module(self.tree.blocks[*block].module);
            let ty = module.signal(*data).ty;
            Some(Memory {
                path: self.tree.blocks[*block].path.clone(),
                ty,
                width: self.design.types.width(ty),
                address_width: self.design.types.width(module.signal(*read_address).ty),
                init: init.clone(),
                read: read_clock.map(|_| Read {
                    node: self.port(*block, *data),
                    address: self.port(*block, *read_address),
                }),
                write: write.map(|write| Write {
                    enable: self.port(*block, write.enable),
                    address: self.port(*block, write.address),
                    data: self.port(*block, write.data),
                }),
            })
        });
        memories.collect()
    }

    fn nets(&self) -> Vec<Net> {
        let mut nets = Vec::with_capacity(self.nodes.len());
        for block in &self.tree.blocks {
            let layout = &self.tree.layouts[block.module.0 as usize];
            for (wire, info) in layout.wires[..layout.own_count as usize].iter().enumerate() {
                let name = layout.name(self.design, block.module, wire as u32);
                let dot = if block.path.is_empty() { "" } else { "." };
                nets.push(Net {
                    path: format!("{}{dot}{name}", block.path),
                    depth: block.depth,
                    kind: match info.kind {
                        Kind::Input => NetKind::Input,
                        Kind::Output => NetKind::Output,
                        Kind::Local => NetKind::Local,
                    },
                    ty: info.ty,
                    node: self.node(block.first + wire as u32),
                });
            }
        }
        nets
    }

    /// The one clock input, if there is state.
    fn clock(&self, netlist: &Netlist) -> Result<Option<InputId>, Vec<Diagnostic>> {
        let mut clock = None;
        let mut found = Vec::new();
        for block in self.tree.registers.iter().chain(&self.tree.memories) {
            let clocks = match self.primitive(*block) {
                Some(Primitive::Register { clock, .. }) => vec![*clock],
                Some(Primitive::Memory { read_clock, write, .. }) => {
                    let write = write.map(|write| write.clock);
                    read_clock.iter().copied().chain(write).collect()
                }
                _ => Vec::new(),
            };
            for signal in clocks {
                let source = match netlist.node(self.port(*block, signal)).op {
                    Op::Input(id) if netlist.inputs[id.0 as usize].ty == Type::Clock => Some(id),
                    _ => None,
                };
                clock = clock.or(source);
                if source.is_none() || source != clock {
                    let block = &self.tree.blocks[*block];
                    let signal = &self.design.module(block.module).signal(signal).name;
                    found.push(Diagnostic {
                        block: format!("{}.{}", netlist.name, block.path),
                        signal: Some(signal.clone()),
                        statement: None,
                        problem: Problem::Clock,
                    });
                }
            }
        }
        if found.is_empty() { Ok(clock) } else { Err(found) }
    }
}

/// Removes nodes that reach no net and no state, keeping the order.
fn sweep(netlist: &mut Netlist) {
    let mut live = vec![false; netlist.nodes.len()];
    let observed = netlist.nets.iter().map(|net| net.node);
    for root in netlist.roots().into_iter().chain(observed) {
        live[root.0 as usize] = true;
    }
    for at in (0..netlist.nodes.len()).rev() {
        if live[at] {
            for operand in netlist.nodes[at].op.operands() {
                live[operand.0 as usize] = true;
            }
        }
    }
    let mut renamed = vec![NodeId(0); netlist.nodes.len()];
    let mut kept: Vec<Node> = Vec::new();
    for (at, node) in netlist.nodes.iter().enumerate() {
        if live[at] {
            renamed[at] = NodeId(kept.len() as u32);
            let op = node.op.map(|operand| renamed[operand.0 as usize]);
            kept.push(Node { op, width: node.width });
        }
    }
    netlist.nodes = kept;
    netlist.rename(|id| renamed[id.0 as usize]);
}
