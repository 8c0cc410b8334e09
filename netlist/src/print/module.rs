//! The text of one module.

use super::children::{Child, Connection, Instance};
use super::describe::Describe;
use super::logic::{Form, Item};
use super::memory::Memory;
use super::naming::Names;
use super::parameters::parameters;
use super::sequential::Held;
use super::sheet::Sheet;
use super::text::{Declaration, aligned, block, braced, comment, indented, procedure, range};
use super::tree::{Block, Part, Step, Tree, each_part};
use super::{Net, Paths, one_line};
use crate::ir::{Design, Kind, ModuleId, SignalId};
use std::collections::{BTreeMap, BTreeSet};

/// A module as trees.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) items: Vec<Item>,
    /// Nets that must be declared before all items.
    ahead: BTreeSet<Net>,
    registers: Vec<Held>,
    pub(super) initials: Vec<Step>,
    pub(super) memories: Vec<Memory>,
    pub(super) edges: Vec<Block>,
    pub(super) children: Vec<Child>,
}

impl Drawn {
    fn new(sheet: &Sheet<'_>) -> Self {
        let registers = sheet.registers();
        let (items, ahead) = sheet.items();
        let children = sheet.instances().filter(|(_, primitive)| primitive.is_none());
        Self {
            items,
            ahead,
            initials: sheet.initials(&registers),
            edges: sheet.edges(&registers),
            registers,
            memories: sheet.instances().flat_map(|(id, _)| sheet.memories(id)).collect(),
            children: children.map(|(id, _)| sheet.child(id)).collect(),
        }
    }

    /// Blocks that are executed at clock edges.
    fn clocked(&self) -> impl Iterator<Item = &Block> {
        let memories = self.memories.iter();
        self.edges.iter().chain(memories.flat_map(|memory| &memory.ports))
    }

    /// Calls a function on everything in it.
    fn each(&self, call: &mut dyn FnMut(Part<'_>)) {
        self.items.iter().for_each(|item| item.each(call));
        self.clocked().for_each(|block| each_part(&block.body, call));
        let instances = self.children.iter().flat_map(Child::instances);
        for (_, connection) in instances.flat_map(|one| &one.ports) {
            match connection {
                Connection::Input(tree) => tree.each(&mut |tree| call(Part::Tree(tree))),
                Connection::Output(wires) => wires.iter().for_each(|wire| call(Part::Left(wire))),
            }
        }
    }

    /// For each net, which bits are read.
    fn read(&self, sheet: &Sheet<'_>) -> BTreeMap<Net, Vec<bool>> {
        let none = |(net, shape): (&Net, &super::sheet::Shape)| {
            (*net, vec![false; shape.width() as usize])
        };
        let mut read: BTreeMap<Net, Vec<bool>> = sheet.nets.iter().map(none).collect();
        let mut mark = |net: Net, from: u32, to: u32| {
            if let Some(bits) = read.get_mut(&net) {
                let to = (to as usize).min(bits.len());
                bits[(from as usize).min(to)..to].fill(true);
            }
        };
        self.each(&mut |part| {
            if let Part::Tree(Tree::Select(select)) = part
                && let Some((net, bits)) = sheet.bits(select)
            {
                bits.into_iter().for_each(|(from, to)| mark(net, from, to));
            }
        });
        for block in self.clocked() {
            if let super::tree::Head::Edge(clock) = block.head {
                mark(clock, 0, u32::MAX);
            }
        }
        read
    }
}

/// Prints a module; returns also the names in it.
pub(super) fn print(
    design: &Design,
    id: ModuleId,
    modules: &[String],
    paths: &[Paths],
    describe: &Describe,
) -> (String, super::place::Labels) {
    let sheet = Sheet::new(design, id, paths);
    let drawn = Drawn::new(&sheet);
    let names = Names::new(&sheet, &drawn, modules);
    let writer = Writer { sheet: &sheet, drawn: &drawn, names: &names, modules };

    let mut lines = writer.header(describe);
    lines.extend(indented(&writer.body(), 4));
    lines.push("endmodule".to_owned());
    (lines.join("\n") + "\n", super::place::Labels::of(&sheet, &names))
}

/// A module whose names are known.
struct Writer<'a> {
    sheet: &'a Sheet<'a>,
    drawn: &'a Drawn,
    names: &'a Names,
    modules: &'a [String],
}

impl Writer<'_> {
    /// Everything between the ports and `endmodule`.
    fn body(&self) -> Vec<String> {
        let (drawn, names) = (self.drawn, self.names);
        let initials = match &drawn.initials[..] {
            [] => Vec::new(),
            steps => braced("initial".to_owned(), procedure(steps, names)),
        };
        let edges = drawn.edges.iter().map(|edge| block(edge, names));
        // After all `always` blocks: linters warn about a loop variable declared before a genvar of
        // the same name.
        let variables: BTreeSet<&str> = drawn
            .children
            .iter()
            .filter_map(|child| match child {
                Child::Array(variable, ..) => Some(names.variable(variable)),
                _ => None,
            })
            .collect();
        let genvars = match variables.is_empty() {
            true => Vec::new(),
            false => {
                let names: Vec<&str> = variables.into_iter().collect();
                vec![format!("genvar {};", names.join(", "))]
            }
        };
        let sections = [
            parameters(self.sheet, names),
            aligned(&self.declarations()),
            initials,
            self.output_wires(),
            self.logic(),
        ];
        let memories = drawn.memories.iter().map(|memory| self.memory(memory));
        let children = drawn.children.iter().map(|child| self.child(child));
        let sections = sections
            .into_iter()
            .chain(memories)
            .chain(edges)
            .chain([genvars])
            .chain(children)
            .chain([self.unused()]);
        sections.filter(|lines| !lines.is_empty()).collect::<Vec<_>>().join(&String::new())
    }

    fn name(&self, net: Net) -> &str {
        &self.names.nets[&net]
    }

    /// Registers, outputs of memories, their cells.
    fn declarations(&self) -> Vec<Declaration> {
        let reg = |net: Net| ("reg", range(self.sheet.net(net).width()), self.name(net).to_owned());
        let mut declared: Vec<Declaration> =
            self.drawn.registers.iter().map(|held| reg(held.net())).collect();
        for memory in &self.drawn.memories {
            if memory.cells.1 == 0 {
                declared.extend(memory.output.map(reg));
            }
            let name = format!("{} [0:{}]", self.names.cells[&memory.cells], memory.depth - 1);
            declared.push(("reg", range(memory.width), name));
        }
        declared
    }

    fn memory(&self, memory: &Memory) -> Vec<String> {
        let mut lines = block(&memory.contents, self.names);
        for port in &memory.ports {
            lines.push(String::new());
            lines.extend(block(port, self.names));
        }
        lines
    }

    fn child(&self, child: &Child) -> Vec<String> {
        match child {
            Child::One(one) => self.instance(one, 0),
            Child::Array(variable, to, one) => {
                let variable = self.names.variable(variable);
                let head =
                    format!("for ({variable} = 0; {variable} < {to}; {variable} = {variable} + 1)");
                let mut each = braced(head, self.instance(one, 0));
                each[0].push_str(&format!(" : {}", self.names.arrays[&one.id]));
                let mut lines = vec!["generate".to_owned()];
                lines.extend(indented(&each, 4));
                lines.push("endgenerate".to_owned());
                lines
            }
            Child::Several(all) => {
                let instances = (0..).zip(all).map(|(at, one)| self.instance(one, at));
                instances.collect::<Vec<_>>().join(&String::new())
            }
        }
    }

    fn instance(&self, one: &Instance, at: u32) -> Vec<String> {
        let label = &self.names.children[&(one.id, at)];
        let mut lines = vec![format!("{} {label} (", self.modules[one.module.0 as usize])];
        for (number, (name, connection)) in one.ports.iter().enumerate() {
            let text = match connection {
                Connection::Input(tree) => tree.flat(self.names),
                Connection::Output(wires) => {
                    let wires: Vec<String> =
                        wires.iter().map(|wire| wire.text(self.names)).collect();
                    match &wires[..] {
                        [one] => one.clone(),
                        _ => format!("{{{}}}", wires.join(", ")),
                    }
                }
            };
            let comma = if number + 1 == one.ports.len() { "" } else { "," };
            lines.push(format!("    .{name}({text}){comma}"));
        }
        lines.push(");".to_owned());
        lines
    }

    /// Wires for the outputs of children.
    fn output_wires(&self) -> Vec<String> {
        let mut wires = Vec::new();
        for (id, primitive) in self.sheet.instances() {
            let child = self.sheet.design.module(self.sheet.module.instance(id).modules[0]);
            let outputs = child.ports().filter(|(_, signal)| signal.kind == Kind::Output);
            for (port, _) in outputs.filter(|_| primitive.is_none()) {
                let net = Net::Child(id, port);
                if !self.sheet.shared.contains_key(&net) {
                    wires.extend(self.declared("wire", net));
                }
            }
        }
        aligned(&wires)
    }

    fn declared(&self, kind: &'static str, net: Net) -> Vec<Declaration> {
        let shape = self.sheet.net(net);
        match self.names.elements.get(&net) {
            Some(names) => {
                names.iter().map(|name| (kind, range(shape.element), name.clone())).collect()
            }
            None => vec![(kind, range(shape.width()), self.name(net).to_owned())],
        }
    }

    /// The combinational logic: assignments are grouped, blocks are separated.
    fn logic(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let early = |net: Net| self.drawn.ahead.contains(&net) || self.sheet.net(net).apart;
        for item in &self.drawn.items {
            if early(item.net) && self.sheet.is_local(item.net) {
                let kind = if item.is_reg() { "reg" } else { "wire" };
                lines.extend(aligned(&self.declared(kind, item.net)));
            }
        }
        let mut line_before = true;
        for item in &self.drawn.items {
            let declare = self.sheet.is_local(item.net) && !early(item.net);
            let text = self.item(item, declare);
            let is_line = text.len() == 1;
            if !(lines.is_empty() || line_before && is_line) {
                lines.push(String::new());
            }
            lines.extend(text);
            line_before = is_line;
        }
        lines
    }

    /// The lines of an item. `declare`: it is neither a port nor declared elsewhere.
    fn item(&self, item: &Item, declare: bool) -> Vec<String> {
        let (name, names) = (self.name(item.net), self.names);
        let range = range(self.sheet.net(item.net).width());
        let mut lines = Vec::new();
        match &item.form {
            Form::Value(tree) => {
                let head = match declare {
                    true => format!("wire {range}{name} = "),
                    false => format!("assign {name} = "),
                };
                lines.extend(tree.lines(names, &head, ";", 4));
            }
            Form::Pieces(pieces) => {
                if declare {
                    lines.push(format!("wire {range}{name};"));
                }
                for (left, tree) in pieces {
                    let head = format!("assign {} = ", left.text(names));
                    lines.extend(tree.lines(names, &head, ";", 4));
                }
            }
            Form::Block(always) => {
                if declare {
                    lines.push(format!("reg {range}{name};"));
                }
                lines.extend(block(always, names));
            }
        }
        lines
    }

    /// A wire that reads everything unused, so that linters know that this is intended.
    fn unused(&self) -> Vec<String> {
        let sheet = self.sheet;
        let mut unread: Vec<String> = Vec::new();
        for (net, read) in self.drawn.read(sheet) {
            let shown = match net {
                Net::Own(id) => match sheet.module.signal(id).kind {
                    Kind::Input => true,
                    Kind::Output => false,
                    Kind::Local => !sheet.slice(net).is_empty(),
                },
                Net::Child(id, _) => {
                    let output = !sheet.drives(net) && !sheet.shared.contains_key(&net);
                    let primitive = sheet.design.primitive(sheet.module.instance(id));
                    output && (primitive.is_none() || !read.is_empty())
                }
            };
            if !shown {
                continue;
            }
            match self.names.elements.get(&net) {
                Some(names) => {
                    let elements = read.chunks(sheet.net(net).element as usize);
                    names.iter().zip(elements).for_each(|(name, read)| {
                        unread.extend(unread_bits(name, read));
                    });
                }
                None => unread.extend(unread_bits(self.name(net), &read)),
            }
        }
        if unread.is_empty() {
            return Vec::new();
        }
        let name = &self.names.unused;
        let flat = format!("wire {name} = &{{1'b0, {}, 1'b0}};", unread.join(", "));
        let mut lines = vec!["// Bits that nothing reads, named for linters.".to_owned()];
        if flat.len() <= 96 {
            lines.push(flat);
            return lines;
        }
        lines.push(format!("wire {name} = &{{"));
        lines.push("    1'b0,".to_owned());
        let last = unread.len();
        for (at, name) in unread.iter().enumerate() {
            lines.push(format!("    {name}{}", if at + 1 == last { "" } else { "," }));
        }
        lines.push("};".to_owned());
        lines
    }

    /// Comment, name and ports.
    fn header(&self, describe: &Describe) -> Vec<String> {
        let (sheet, own) = (self.sheet, &self.sheet.module.name);
        let items = self.drawn.items.iter().filter(|item| item.is_reg());
        let regs: BTreeSet<Net> = items.map(|item| item.net).collect();
        let mut lines = describe.text(own).map(comment).unwrap_or_default();
        let ports: Vec<(SignalId, Kind)> =
            sheet.module.ports().map(|(id, signal)| (id, signal.kind)).collect();
        let ranges: Vec<String> = ports
            .iter()
            .map(|(id, _)| range(sheet.net(Net::Own(*id)).width()).trim_end().to_owned())
            .collect();
        let column = ranges.iter().map(String::len).max().unwrap_or(0);
        lines.push(format!("module {} (", self.modules[sheet.id.0 as usize]));
        let mut rows = Vec::new();
        for (at, (port, kind)) in ports.iter().enumerate() {
            let net = Net::Own(*port);
            let direction = match (kind, regs.contains(&net)) {
                (Kind::Input, _) => "input  wire",
                (_, true) => "output reg ",
                _ => "output wire",
            };
            let gap = if column == 0 { "" } else { " " };
            let comma = if at + 1 == ports.len() { "" } else { "," };
            let range = &ranges[at];
            let text = format!("    {direction}{gap}{range:column$} {}{comma}", self.name(net));
            let path = format!("{own}.{}", sheet.module.signal(*port).name);
            rows.push((text, describe.text(&path), describe.heading(&path)));
        }
        let explained = rows.iter().filter(|(_, text, _)| text.is_some());
        let wide = explained.map(|(row, ..)| row.len()).max();
        for (at, (row, text, heading)) in rows.into_iter().enumerate() {
            if let Some(heading) = heading {
                lines.extend((at > 0).then(String::new));
                lines.push(format!("    // {}", one_line(heading)));
            }
            match (text, wide) {
                (Some(text), Some(wide)) => {
                    lines.push(format!("{row:wide$}  // {}", one_line(text)));
                }
                _ => lines.push(row),
            }
        }
        lines.push(");".to_owned());
        lines
    }
}

/// A name with those of its bits that are not read.
fn unread_bits(name: &str, read: &[bool]) -> Vec<String> {
    if read.iter().all(|bit| !bit) {
        return vec![name.to_owned()];
    }
    let mut unread = Vec::new();
    let mut at = 0;
    while at < read.len() {
        let run = read[at..].iter().take_while(|bit| !**bit).count();
        match run {
            0 => {}
            1 => unread.push(format!("{name}[{at}]")),
            _ => unread.push(format!("{name}[{}:{at}]", at + run - 1)),
        }
        at += run.max(1);
    }
    unread
}
