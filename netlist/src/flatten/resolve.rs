//! Follows drivers back to inputs and state, across all blocks.

use super::execute::Logic;
use super::tree::{Driver, Global, Tree};
use crate::ir::{Body, Design, Graph, NodeId, Op, Primitive, Value};
use std::collections::BTreeMap;

/// One graph for the whole design, and the node of every net.
pub(super) struct Resolved {
    pub(super) graph: Graph,
    pub(super) nodes: Vec<NodeId>,
}

/// Remaining work: a stack instead of recursion, which could be too deep.
enum Task {
    Net(Global),
    NetDone(Global),
    Node(usize, NodeId),
    NodeDone(usize, NodeId),
}

/// The nodes of all nets, or the nets around a combinational loop.
pub(super) fn resolve(
    design: &Design,
    tree: &Tree<'_>,
    logic: &[Logic],
) -> Result<Resolved, Vec<Global>> {
    let blocks = tree.blocks.iter().map(|block| logic[block.module.0 as usize].graph.len());
    let mut walk = Walk {
        design,
        tree,
        logic,
        graph: Graph::new(),
        nets: vec![None; tree.drivers.len()],
        nodes: blocks.map(|count| vec![None; count]).collect(),
        following: vec![false; tree.drivers.len()],
        path: Vec::new(),
    };
    for net in 0..tree.drivers.len() {
        walk.follow(net as Global)?;
    }
    let nodes = walk.nets.into_iter().map(|node| node.expect("every net was followed")).collect();
    Ok(Resolved { graph: walk.graph, nodes })
}

struct Walk<'a> {
    design: &'a Design,
    tree: &'a Tree<'a>,
    logic: &'a [Logic],
    graph: Graph,
    nets: Vec<Option<NodeId>>,
    /// For each block, the nodes of its kernel's graph.
    nodes: Vec<Vec<Option<NodeId>>>,
    following: Vec<bool>,
    path: Vec<Global>,
}

impl Walk<'_> {
    fn follow(&mut self, net: Global) -> Result<(), Vec<Global>> {
        let mut tasks = vec![Task::Net(net)];
        while let Some(task) = tasks.pop() {
            match task {
                Task::Net(net) if self.nets[net as usize].is_some() => {}
                Task::Net(net) => {
                    if self.following[net as usize] {
                        let start = self.path.iter().position(|held| *held == net).unwrap_or(0);
                        // The path is from reader to driver: reverse it into the direction of
                        // signal flow.
                        let mut around = self.path[start..].to_vec();
                        around.push(net);
                        around.reverse();
                        return Err(around);
                    }
                    self.following[net as usize] = true;
                    self.path.push(net);
                    tasks.push(Task::NetDone(net));
                    match self.tree.drivers[net as usize] {
                        Driver::Logic(block, node) => tasks.push(Task::Node(block, node)),
                        Driver::Table(_, address) | Driver::Word(_, address) => {
                            tasks.push(Task::Net(address));
                        }
                        _ => {}
                    }
                }
                Task::NetDone(net) => {
                    self.nets[net as usize] = Some(self.driven(net));
                    self.following[net as usize] = false;
                    self.path.pop();
                }
                Task::Node(block, node) if self.nodes[block][node.0 as usize].is_some() => {}
                Task::Node(block, node) => {
                    tasks.push(Task::NodeDone(block, node));
                    let op = self.source(block).node(node).op;
                    match op {
                        Op::Input(wire) => {
                            let net = self.tree.blocks[block].nets[wire.0 as usize];
                            tasks.push(Task::Net(net));
                        }
                        _ => tasks.extend(op.operands().map(|node| Task::Node(block, node))),
                    }
                }
                Task::NodeDone(block, node) => {
                    let made = self.rebuilt(block, node);
                    self.nodes[block][node.0 as usize] = Some(made);
                }
            }
        }
        Ok(())
    }

    fn source(&self, block: usize) -> &Graph {
        &self.logic[self.tree.blocks[block].module.0 as usize].graph
    }

    fn rebuilt(&mut self, block: usize, node: NodeId) -> NodeId {
        let source = &self.logic[self.tree.blocks[block].module.0 as usize].graph;
        let found = source.node(node);
        match found.op {
            Op::Input(wire) => {
                let net = self.tree.blocks[block].nets[wire.0 as usize];
                self.nets[net as usize].expect("the net was followed first")
            }
            Op::Const(_) => {
                let value = source.constant(node).expect("a constant has a value");
                self.graph.value(value.clone())
            }
            op => {
                let known = &self.nodes[block];
                let op = op.map(|id| known[id.0 as usize].expect("operands were followed first"));
                self.graph.make(op, found.width)
            }
        }
    }

    fn driven(&mut self, net: Global) -> NodeId {
        match self.tree.drivers[net as usize] {
            Driver::Logic(block, node) => {
                self.nodes[block][node.0 as usize].expect("the driver was followed first")
            }
            Driver::Input(id) => {
                let top = &self.tree.blocks[0];
                let wire = (net - top.first) as usize;
                let width = self.tree.layouts[top.module.0 as usize].wires[wire].width;
                self.graph.make(Op::Input(id), width)
            }
            Driver::Register(id) => {
                let block = self.tree.registers[id.0 as usize];
                let width = self.width_of_output(block);
                self.graph.make(Op::Register(id), width)
            }
            Driver::Memory(id) => {
                let block = self.tree.memories[id.0 as usize];
                let width = self.width_of_output(block);
                self.graph.make(Op::Memory(id), width)
            }
            Driver::Word(id, address) => {
                let block = self.tree.memories[id.0 as usize];
                let width = self.width_of_output(block);
                let address = self.nets[address as usize].expect("the address was followed first");
                self.graph.make(Op::Word(id, address), width)
            }
            Driver::Cell(id, address) => {
                let block = self.tree.memories[id.0 as usize];
                let (width, bits) = (self.width_of_output(block), self.width_of_address(block));
                let address = self.graph.number(bits, address);
                self.graph.make(Op::Word(id, address), width)
            }
            Driver::Table(block, address) => {
                let module = self.design.module(self.tree.blocks[block].module);
                let Body::Primitive(Primitive::Table { contents, default, .. }) = &module.body
                else {
                    unreachable!("only tables drive as tables")
                };
                let address = self.nets[address as usize].expect("the address was followed first");
                let bits = self.graph.width(address);
                table(&mut self.graph, address, bits, 0, contents, default)
            }
            Driver::Nothing => self.graph.number(1, 0),
        }
    }

    fn width_of_address(&self, block: usize) -> u32 {
        let module = self.design.module(self.tree.blocks[block].module);
        match &module.body {
            Body::Primitive(Primitive::Memory { read_address, .. }) => {
                self.design.types.width(module.signal(*read_address).ty)
            }
            _ => unreachable!("only memories have addresses"),
        }
    }

    fn width_of_output(&self, block: usize) -> u32 {
        let module = self.tree.blocks[block].module;
        let ports = &self.tree.layouts[module.0 as usize].wires;
        let output = ports.iter().find(|info| info.kind == crate::ir::Kind::Output);
        output.map_or(1, |info| info.width)
    }
}

/// A tree of multiplexers over the address bits, from the highest down.
fn table(
    graph: &mut Graph,
    address: NodeId,
    bits: u32,
    from: u64,
    contents: &BTreeMap<u64, Value>,
    default: &Value,
) -> NodeId {
    let to = from.checked_add(1_u64.checked_shl(bits).unwrap_or(0).wrapping_sub(1));
    let mut inside = contents.range(from..=to.unwrap_or(u64::MAX));
    let Some((_, value)) = inside.next() else { return graph.value(default.clone()) };
    let Some(bit) = bits.checked_sub(1) else { return graph.value(value.clone()) };
    let low = table(graph, address, bit, from, contents, default);
    let high = table(graph, address, bit, from | 1 << bit, contents, default);
    let test = graph.slice(address, bit, 1);
    graph.make(Op::Mux(test, high, low), default.width())
}
