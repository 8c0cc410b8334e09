//! Memories and tables.

use super::Net;
use super::logic::{Form, Item};
use super::reader::Reader;
use super::sheet::Sheet;
use super::tree::{At, Base, Block, Cells, Head, Label, Select, Step, Tree, counter};
use crate::ir::{
    Body, Expr, ExprKind, Index, InstanceId, MemoryWrite, Primitive, Reference, SignalId, Value,
};
use std::collections::BTreeMap;

/// One memory: its words, and the blocks that fill, write and read them.
#[derive(Debug)]
pub(super) struct Memory {
    pub(super) cells: Cells,
    /// Bits of a word, and words.
    pub(super) width: u32,
    pub(super) depth: u64,
    /// The registered output, of all elements of an array.
    pub(super) output: Option<Net>,
    pub(super) contents: Block,
    /// A block for each clock: of the write port if it has a clock of its own, of the other ports.
    pub(super) ports: Vec<Block>,
}

/// The word of a memory at an address.
fn addressed(cells: Cells, address: Tree, width: u32) -> Select {
    Select { base: Base::Cells(cells), at: At::Dynamic(Box::new(address)), width }
}

impl Sheet<'_> {
    /// The value of an input of a primitive, for element `at` of an array.
    fn input(&self, instance: InstanceId, port: SignalId, at: u32) -> Tree {
        let net = Net::Child(instance, port);
        if let Some(value) = self.direct(net) {
            // The single iteration, for this element, of the loop that drives all of them.
            let at = u64::from(at);
            return Reader::new(self).within(&counter(), at, at + 1).expression(&value);
        }
        let reference = Reference {
            instance: Some((instance, Some(Index::Const(u64::from(at))))),
            signal: port,
            element: None,
        };
        let shape = self.net(net);
        let read = Expr { kind: ExprKind::Read(reference), ty: shape.ty, width: shape.element };
        Reader::new(self).expression(&read)
    }

    /// Element `at` of the output of an array of primitives.
    fn output(&self, net: Net, at: u32) -> Select {
        let shape = self.net(net);
        match shape.count {
            1 => self.all(net),
            _ if shape.apart => Select::all(Base::Element(net, at), shape.element),
            _ => {
                let low = at * shape.element;
                Select { base: Base::Net(net), at: At::Fixed(low, None), width: shape.element }
            }
        }
    }

    /// A memory, or an array of them.
    pub(super) fn memories(&self, id: InstanceId) -> Vec<Memory> {
        let memory = |(at, module): (u32, &crate::ir::ModuleId)| {
            let module = self.design.module(*module);
            match &module.body {
                Body::Primitive(Primitive::Memory {
                    read_clock,
                    read_address,
                    data,
                    write,
                    init,
                    ..
                }) => {
                    let words = self.design.types.width(module.signal(*read_address).ty).min(40);
                    let read = (*read_clock, *read_address, *data);
                    Some(self.memory((id, at), 1 << words, read, *write, init))
                }
                _ => None,
            }
        };
        (0..).zip(&self.module.instance(id).modules).filter_map(memory).collect()
    }

    fn memory(
        &self,
        cells: Cells,
        depth: u64,
        (read_clock, read_address, data): (Option<SignalId>, SignalId, SignalId),
        write: Option<MemoryWrite>,
        init: &BTreeMap<u64, Value>,
    ) -> Memory {
        let (id, at) = cells;
        let output = Net::Child(id, data);
        let width = self.net(output).element;

        let zero = Value::zero(width);
        let mut contents = vec![Step::Clear(cells, depth, zero.clone())];
        for (at, value) in init {
            let word = Select { base: Base::Cells(cells), at: At::Word(*at), width };
            contents.push(Step::Set(word, "=", Tree::Number(value.clone())));
        }
        let block =
            |clock, body| Block { head: Head::Edge(clock), label: Label::Edge(clock), body };
        let mut ports = Vec::new();
        if let Some(write) = write {
            let [enable, address, data] =
                [write.enable, write.address, write.data].map(|port| self.input(id, port, at));
            let set = Step::Set(addressed(cells, address, width), "<=", data);
            let clock = self.clock_of(Net::Child(id, write.clock));
            ports.push(block(clock, vec![Step::If(enable, vec![set], Vec::new())]));
        }
        if let Some(clock) = read_clock {
            let part = self.output(output, at);
            contents.insert(0, Step::Set(part.clone(), "=", Tree::Number(zero)));
            let word = addressed(cells, self.input(id, read_address, at), width);
            let set = Step::Set(part, "<=", Tree::Select(word));
            let clock = self.clock_of(Net::Child(id, clock));
            match ports.first_mut().filter(|write| write.label == Label::Edge(clock)) {
                Some(both) => both.body.insert(0, set),
                None => ports.push(block(clock, vec![set])),
            }
        }
        Memory {
            cells,
            width,
            depth,
            output: read_clock.map(|_| output),
            contents: Block { head: Head::Initial, label: Label::Contents(cells), body: contents },
            ports,
        }
    }

    /// The words that a memory, or an array of them, reads within the cycle, as the logic of its
    /// output.
    pub(super) fn words(&self, id: InstanceId) -> Option<Item> {
        let mut pieces = Vec::new();
        let mut output = None;
        for (at, module) in (0..).zip(&self.module.instance(id).modules) {
            let Body::Primitive(Primitive::Memory { read_clock: None, read_address, data, .. }) =
                &self.design.module(*module).body
            else {
                return None;
            };
            let net = Net::Child(id, *data);
            let address = self.input(id, *read_address, at);
            let word = addressed((id, at), address, self.net(net).element);
            pieces.push((self.output(net, at), Tree::Select(word)));
            output = Some(net);
        }
        let net = output?;
        let form = match pieces.len() {
            1 => Form::Value(pieces.remove(0).1),
            _ => Form::Pieces(pieces),
        };
        Some(Item { net, form })
    }

    /// A combinational table, or an array of them, as the logic of its output.
    pub(super) fn table(&self, id: InstanceId) -> Option<Item> {
        let mut body = Vec::new();
        let mut output = None;
        for (at, module) in (0..).zip(&self.module.instance(id).modules) {
            let module = self.design.module(*module);
            let Body::Primitive(Primitive::Table { address, data, contents, default }) =
                &module.body
            else {
                return None;
            };
            let net = Net::Child(id, *data);
            let width = self.design.types.width(module.signal(*address).ty);
            let set = |value: &Value| {
                vec![Step::Set(self.output(net, at), "=", Tree::Number(value.clone()))]
            };
            let arm = |(at, value): (&u64, &Value)| {
                (Some(Tree::Number(Value::new(width, *at))), set(value))
            };
            let mut arms: Vec<_> = contents.iter().map(arm).collect();
            arms.push((None, set(default)));
            body.push(Step::Case(self.input(id, *address, at), arms));
            output = Some(net);
        }
        let net = output?;
        let block = Block { head: Head::Always, label: Label::Logic(net), body };
        Some(Item { net, form: Form::Block(block) })
    }
}
