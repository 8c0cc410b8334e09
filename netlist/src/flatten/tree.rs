//! The tree of instances: one net for each signal of each block, one driver for each net.

use super::execute::Logic;
use super::wires::{Layout, Wire};
use crate::check::{Diagnostic, Problem};
use crate::ir::{
    Body, Design, InputId, Kind, MemoryId, ModuleId, NodeId, Primitive, RegisterId, SignalId,
    element_name,
};

/// A net, numbered over the whole tree.
pub(super) type Global = u32;

/// What drives a net.
#[derive(Clone, Copy, Debug)]
pub(super) enum Driver {
    /// A node of a block's kernel.
    Logic(usize, NodeId),
    /// An input of the design.
    Input(InputId),
    /// A register.
    Register(RegisterId),
    /// The registered output of a memory.
    Memory(MemoryId),
    /// The word of a memory at the address on this net.
    Word(MemoryId, Global),
    /// The word of a memory at this address.
    Cell(MemoryId, u64),
    /// A table, in this block, addressed by this net.
    Table(usize, Global),
    /// None: a finding that was reported before.
    Nothing,
}

/// A block of the tree.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) module: ModuleId,
    pub(super) path: String,
    pub(super) depth: u32,
    /// Net of its first own wire.
    pub(super) first: Global,
    /// For each instance, its elements' blocks.
    pub(super) children: Vec<Vec<usize>>,
    /// The nets of all its wires.
    pub(super) nets: Vec<Global>,
}

/// All blocks, outer ones first, and all nets.
pub(super) struct Tree<'a> {
    pub(super) layouts: &'a [Layout],
    pub(super) blocks: Vec<Block>,
    pub(super) drivers: Vec<Driver>,
    /// Blocks that are registers, in order.
    pub(super) registers: Vec<usize>,
    /// Blocks that are memories, in order.
    pub(super) memories: Vec<usize>,
    /// Nets of the design's inputs.
    pub(super) inputs: Vec<Global>,
}

impl<'a> Tree<'a> {
    pub(super) fn new(design: &Design, layouts: &'a [Layout], logic: &[Logic]) -> Self {
        let mut tree = Tree {
            layouts,
            blocks: Vec::new(),
            drivers: Vec::new(),
            registers: Vec::new(),
            memories: Vec::new(),
            inputs: Vec::new(),
        };
        tree.grow(design);
        for at in 0..tree.blocks.len() {
            tree.name_wires(design, at);
        }
        for at in 0..tree.blocks.len() {
            tree.drive(design, logic, at);
        }
        for wire in 0..layouts[design.top.0 as usize].own_count {
            if layouts[design.top.0 as usize].wires[wire as usize].kind == Kind::Input {
                let input = InputId(tree.inputs.len() as u32);
                tree.drivers[wire as usize] = Driver::Input(input);
                tree.inputs.push(wire);
            }
        }
        tree
    }

    /// Makes the blocks, depth first, parents before children.
    fn grow(&mut self, design: &Design) {
        // A child to be created, and where its parent records it.
        type Pending = (ModuleId, String, u32, Option<(usize, usize)>);
        let mut open: Vec<Pending> = vec![(design.top, String::new(), 0, None)];
        while let Some((module, path, depth, parent)) = open.pop() {
            let at = self.blocks.len();
            let first = self.drivers.len() as Global;
            let count = self.layouts[module.0 as usize].own_count;
            self.drivers.resize(self.drivers.len() + count as usize, Driver::Nothing);
            if let Some((parent, instance)) = parent {
                self.blocks[parent].children[instance].push(at);
            }
            let instances = &design.module(module).instances;
            for (id, instance) in instances.iter().enumerate().rev() {
                for (row, child) in instance.modules.iter().enumerate().rev() {
                    let element = element_name(&instance.dims, row as u32);
                    let dot = if path.is_empty() { "" } else { "." };
                    let path = format!("{path}{dot}{}{element}", instance.name);
                    open.push((*child, path, depth + 1, Some((at, id))));
                }
            }
            let children = vec![Vec::new(); instances.len()];
            self.blocks.push(Block { module, path, depth, first, children, nets: Vec::new() });
        }
    }

    fn name_wires(&mut self, design: &Design, at: usize) {
        let block = &self.blocks[at];
        let layout = &self.layouts[block.module.0 as usize];
        let module = design.module(block.module);
        let nets = layout.wires.iter().enumerate().map(|(wire, info)| match info.child {
            None => block.first + wire as Wire,
            Some((id, row)) => {
                let child = module.instance(id).modules[row as usize];
                let below = &self.layouts[child.0 as usize];
                let child = &self.blocks[block.children[id.0 as usize][row as usize]];
                child.first + below.own[info.signal.0 as usize] + info.element
            }
        });
        self.blocks[at].nets = nets.collect();
    }

    fn drive(&mut self, design: &Design, logic: &[Logic], at: usize) {
        let block = &self.blocks[at];
        match &design.module(block.module).body {
            Body::Kernel(_) => {
                let drivers = &logic[block.module.0 as usize].drivers;
                for (net, driver) in block.nets.iter().zip(drivers) {
                    if let Some(node) = driver {
                        self.drivers[*net as usize] = Driver::Logic(at, *node);
                    }
                }
            }
            Body::Primitive(Primitive::Register { q, .. }) => {
                let id = RegisterId(self.registers.len() as u32);
                let q = self.net(at, *q);
                self.drivers[q as usize] = Driver::Register(id);
                self.registers.push(at);
            }
            Body::Primitive(Primitive::Memory {
                read_clock, read_address, data, words, ..
            }) => {
                let id = MemoryId(self.memories.len() as u32);
                let data = self.net(at, *data);
                self.drivers[data as usize] = match read_clock {
                    Some(_) => Driver::Memory(id),
                    None => Driver::Word(id, self.net(at, *read_address)),
                };
                if let Some(words) = words {
                    let first = self.net(at, *words);
                    let count = design.module(self.blocks[at].module).signal(*words).count();
                    for address in 0..count {
                        let cell = Driver::Cell(id, u64::from(address));
                        self.drivers[(first + address) as usize] = cell;
                    }
                }
                self.memories.push(at);
            }
            Body::Primitive(Primitive::Table { address, data, .. }) => {
                let (address, data) = (self.net(at, *address), self.net(at, *data));
                self.drivers[data as usize] = Driver::Table(at, address);
            }
        }
    }

    /// The net of a block's own (single) signal.
    pub(super) fn net(&self, block: usize, signal: SignalId) -> Global {
        let block = &self.blocks[block];
        block.first + self.layouts[block.module.0 as usize].own[signal.0 as usize]
    }

    /// A net's path from the top.
    pub(super) fn path(&self, design: &Design, net: Global) -> String {
        let at = self.blocks.partition_point(|block| block.first <= net) - 1;
        // Blocks without signals share their first net with the next block: take the last.
        let block = &self.blocks[at];
        let layout = &self.layouts[block.module.0 as usize];
        let name = layout.name(design, block.module, net - block.first);
        if block.path.is_empty() { name } else { format!("{}.{name}", block.path) }
    }

    /// The finding for a combinational loop through these nets.
    pub(super) fn loop_finding(&self, design: &Design, nets: Vec<Global>) -> Diagnostic {
        let path: Vec<String> = nets.iter().map(|net| self.path(design, *net)).collect();
        Diagnostic {
            block: design.top_module().name.clone(),
            signal: path.first().cloned(),
            statement: None,
            problem: Problem::CombinationalLoop { path },
        }
    }
}
