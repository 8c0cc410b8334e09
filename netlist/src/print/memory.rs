//! Memories and tables.

use super::logic::{Form, Item};
use super::net::{Net, range};
use super::procedure::block;
use super::sheet::{Sheet, Unroll, literal};
use super::text::{Declaration, Text};
use crate::ir::{
    Body, Expr, ExprKind, Index, InstanceId, MemoryWrite, Primitive, Reference, SignalId, Value,
};
use std::collections::BTreeMap;

impl Sheet<'_> {
    /// The value of an input of a primitive, for element `at` of an array.
    fn input(&mut self, instance: InstanceId, port: SignalId, at: u32) -> Result<Text, Unroll> {
        let net = Net::Child(instance, port);
        if let Some(value) = self.direct(net) {
            return self.expression(&value);
        }
        let reference = Reference {
            instance: Some((instance, Some(Index::Const(u64::from(at))))),
            signal: port,
            element: None,
        };
        let info = self.net(net);
        let read = Expr { kind: ExprKind::Read(reference), ty: info.ty, width: info.element };
        self.expression(&read)
    }

    /// A memory: storage, contents, ports.
    pub(super) fn memory(
        &mut self,
        id: InstanceId,
    ) -> Result<(Vec<Declaration>, Vec<String>), Unroll> {
        let (mut declared, mut lines) = (Vec::new(), Vec::new());
        let instance = self.module.instance(id).clone();
        for (at, module) in instance.modules.iter().enumerate() {
            let primitive = match &self.design.module(*module).body {
                Body::Primitive(primitive) => primitive.clone(),
                Body::Kernel(_) => continue,
            };
            let Primitive::Memory { read_clock, read_address, data, write, init } = primitive
            else {
                continue;
            };
            self.subject = instance.name.clone();
            let at = at as u32;
            let output = self.net(Net::Child(id, data)).clone();
            let (width, ports) = (output.element, self.design.module(*module));
            let depth = 1_u64 << self.design.types.width(ports.signal(read_address).ty).min(40);
            let own = self.instance_names[id.0 as usize].clone();
            let cells = match instance.dims.is_empty() {
                true => self.fresh(&format!("{own}_cells")),
                false => self.fresh(&format!("{own}_{at}_cells")),
            };
            if at == 0 {
                declared.push(("reg", range(output.width()), output.name.clone()));
            }
            declared.push(("reg", range(width), format!("{cells} [0:{}]", depth - 1)));
            let part = match output.count {
                1 => output.name.clone(),
                _ if width == 1 => format!("{}[{at}]", output.name),
                _ => format!("{}[{}:{}]", output.name, (at + 1) * width - 1, at * width),
            };
            lines.extend(self.contents(&cells, width, depth, &part, &init));
            let clock = self.clock_text(Net::Child(id, read_clock));
            let address = self.input(id, read_address, at)?.flat();
            let mut body = vec![format!("{part} <= {cells}[{address}];")];
            if let Some(MemoryWrite { clock: write_clock, address, data, enable }) = write {
                let write_clock = self.clock_text(Net::Child(id, write_clock));
                let enable = self.input(id, enable, at)?.flat();
                let address = self.input(id, address, at)?.flat();
                let data = self.input(id, data, at)?.flat();
                let write = format!("if ({enable}) {cells}[{address}] <= {data};");
                if write_clock == clock {
                    body.push(write);
                } else {
                    let head = format!("always @(posedge {write_clock})");
                    lines.extend(block(&head, "", &[], vec![write]));
                }
            }
            lines.push(String::new());
            lines.append(&mut self.hoisted);
            lines.extend(block(&format!("always @(posedge {clock})"), "", &[], body));
        }
        Ok((declared, lines))
    }

    fn contents(
        &mut self,
        cells: &str,
        width: u32,
        depth: u64,
        output: &str,
        init: &BTreeMap<u64, Value>,
    ) -> Vec<String> {
        let index = self.loop_name("i", 0);
        let zero = literal(&Value::zero(width));
        let mut body = vec![format!("{output} = {zero};")];
        let head = format!("for ({index} = 0; {index} < {depth}; {index} = {index} + 1)");
        body.push(format!("{head} {cells}[{index}] = {zero};"));
        for (at, value) in init {
            body.push(format!("{cells}[{at}] = {};", literal(value)));
        }
        let label = self.fresh(&format!("{cells}_contents"));
        block("initial", &label, &[index], body)
    }

    /// A combinational table, as the logic of its output.
    pub(super) fn table(&mut self, id: InstanceId) -> Result<Option<Item>, Unroll> {
        let instance = self.module.instance(id).clone();
        let mut body = Vec::new();
        let mut output = None;
        self.touched.clear();
        for (at, module) in instance.modules.iter().enumerate() {
            let Body::Primitive(Primitive::Table { address, data, contents, default }) =
                &self.design.module(*module).body
            else {
                return Ok(None);
            };
            let net = Net::Child(id, *data);
            self.subject.clone_from(&self.net(net).name.clone());
            let info = self.net(net).clone();
            let width = self.design.types.width(self.design.module(*module).signal(*address).ty);
            let part = match info.count {
                1 => info.name.clone(),
                _ if info.element == 1 => format!("{}[{at}]", info.name),
                _ => format!("{}[{at} * {}+:{}]", info.name, info.element, info.element),
            };
            let address = self.input(id, *address, at as u32)?.flat();
            let mut cases = vec![format!("case ({address})")];
            for (at, value) in contents {
                let label = literal(&Value::new(width, *at));
                cases.push(format!("    {label}: {part} = {};", literal(value)));
            }
            cases.push(format!("    default: {part} = {};", literal(default)));
            cases.push("endcase".to_owned());
            body.extend(cases);
            output = Some(net);
        }
        let Some(net) = output else { return Ok(None) };
        let form = Form::Block(block("always @*", "", &[], body));
        let hoisted = std::mem::take(&mut self.hoisted);
        Ok(Some(Item { net, form, hoisted, reads: std::mem::take(&mut self.touched) }))
    }
}
