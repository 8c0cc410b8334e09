//! Registers and memories: `initial` values, and what happens at the clock's edge.

use super::logic::Item;
use super::net::{Net, range};
use super::procedure::{Assigns, block};
use super::rewrite::{each_assignment, each_read_in, select};
use super::sheet::{Sheet, Unroll, literal};
use super::text::{Text, aligned};
use crate::ir::{
    Arm, Expr, ExprKind, Index, InstanceId, MemoryWrite, Primitive, Reference, SignalId, Statement,
    Target, Type, Value,
};
use std::collections::{BTreeMap, BTreeSet};

/// A register, or an array of them.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) instance: InstanceId,
    pub(super) clock: SignalId,
    pub(super) d: SignalId,
    pub(super) q: SignalId,
}

impl Sheet<'_> {
    /// The registers in order of declaration.
    pub(super) fn registers(&self) -> Vec<Held> {
        let numbered = self.module.instances.iter().enumerate();
        numbered
            .filter_map(|(at, instance)| match self.design.primitive(instance)? {
                Primitive::Register { clock, d, q, .. } => {
                    Some(Held { instance: InstanceId(at as u32), clock: *clock, d: *d, q: *q })
                }
                _ => None,
            })
            .collect()
    }

    /// The register's output for its data input; any other net is itself.
    pub(super) fn output_of(&self, net: Net) -> Net {
        let Net::Child(instance, port) = net else { return net };
        match self.design.primitive(self.module.instance(instance)) {
            Some(Primitive::Register { d, q, .. }) if *d == port => Net::Child(instance, *q),
            _ => net,
        }
    }

    /// Whether the kernel reads a register's data input: then it is a signal like any other.
    pub(super) fn is_read(&self, net: Net) -> bool {
        let mut found = false;
        let mut look = |reference: &Reference| found |= Net::of(reference) == net;
        each_read_in(self.module.statements(), &mut look);
        found
    }

    /// The text of a clock: the signal that a clock input is connected to.
    pub(super) fn clock_text(&mut self, net: Net) -> Result<String, Unroll> {
        let slice = self.slice(net);
        let mut sources = BTreeSet::new();
        let mut plain = true;
        each_assignment(&slice, &mut |_, value| match &value.kind {
            ExprKind::Read(reference) if reference.element.is_none() => {
                sources.insert(Net::of(reference));
            }
            _ => plain = false,
        });
        if let (true, 1, Some(source)) = (plain, sources.len(), sources.first()) {
            self.touch_all(*source);
            return Ok(self.net(*source).name.clone());
        }
        self.touch_all(net);
        Ok(self.net(net).name.clone())
    }

    /// Whether a clock input needs a wire of its own.
    pub(super) fn clock_is_derived(&mut self, net: Net) -> Result<bool, Unroll> {
        Ok(self.clock_text(net)? == self.net(net).name)
    }

    /// The initial values of one register, or of an array of them.
    pub(super) fn initial_value(&self, held: &Held) -> Value {
        let mut all: Option<Value> = None;
        for module in &self.module.instance(held.instance).modules {
            if let crate::ir::Body::Primitive(Primitive::Register { init, .. }) =
                &self.design.module(*module).body
            {
                all = Some(match all {
                    Some(low) => init.concat(&low),
                    None => init.clone(),
                });
            }
        }
        all.unwrap_or_else(|| Value::zero(1))
    }

    /// Declarations of the registers.
    pub(super) fn register_declarations(&self, registers: &[Held]) -> Vec<String> {
        let one = |held: &Held| {
            let info = self.net(Net::Child(held.instance, held.q));
            ("reg", range(info.width()), info.name.clone())
        };
        aligned(&registers.iter().map(one).collect::<Vec<_>>())
    }

    /// Assignments of the initial values.
    pub(super) fn initials(&mut self, registers: &[Held]) -> Vec<String> {
        let mut lines = Vec::new();
        for held in registers {
            let info = self.net(Net::Child(held.instance, held.q)).clone();
            let value = self.initial_value(held);
            let text = match info.ty {
                Type::Enum(id) if info.count == 1 => self.variant_name(id, &value),
                _ => None,
            };
            lines.push(format!("{} = {};", info.name, text.unwrap_or_else(|| literal(&value))));
        }
        lines
    }

    /// One `always @(posedge ...)` for all registers of a clock.
    pub(super) fn edges(&mut self, registers: &[Held]) -> Result<Vec<String>, Unroll> {
        let mut clocks: Vec<(String, Vec<Held>)> = Vec::new();
        for held in registers {
            let clock = self.clock_text(Net::Child(held.instance, held.clock))?;
            match clocks.iter_mut().find(|(name, _)| *name == clock) {
                Some((_, group)) => group.push(held.clone()),
                None => clocks.push((clock, vec![held.clone()])),
            }
        }
        let mut lines = Vec::new();
        for (clock, group) in clocks {
            let mut plain = BTreeMap::new();
            let mut body = Vec::new();
            for held in &group {
                let d = Net::Child(held.instance, held.d);
                if self.is_read(d) {
                    self.touch_all(d);
                    let q = self.net(Net::Child(held.instance, held.q)).name.clone();
                    body.push(format!("{q} <= {};", self.net(d).name));
                } else {
                    plain.insert(d, held.q);
                }
            }
            let statements = select(self.module.statements(), &|target| {
                plain.contains_key(&Net::of(&target.reference))
            });
            let statements = without_holds(&statements, &plain, &mut BTreeSet::new());
            self.subject = "next".to_owned();
            self.loops_used.clear();
            body.extend(self.procedure(&statements, Assigns::AtEdge, true)?);
            let mut all = std::mem::take(&mut self.hoisted);
            let loops: Vec<String> = std::mem::take(&mut self.loops_used).into_iter().collect();
            let label =
                if loops.is_empty() { String::new() } else { self.fresh(&format!("at_{clock}")) };
            if !body.is_empty() {
                all.extend(block(&format!("always @(posedge {clock})"), &label, &loops, body));
                lines.push(String::new());
                lines.extend(all);
            }
        }
        Ok(lines)
    }

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
    pub(super) fn memory(&mut self, id: InstanceId) -> Result<(Vec<String>, Vec<String>), Unroll> {
        let (mut declared, mut lines) = (Vec::new(), Vec::new());
        let instance = self.module.instance(id).clone();
        for (at, module) in instance.modules.iter().enumerate() {
            let primitive = match &self.design.module(*module).body {
                crate::ir::Body::Primitive(primitive) => primitive.clone(),
                crate::ir::Body::Kernel(_) => continue,
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
                declared.push(format!("reg {}{};", range(output.width()), output.name));
            }
            declared.push(format!("reg {}{cells} [0:{}];", range(width), depth - 1));
            let part = match output.count {
                1 => output.name.clone(),
                _ if width == 1 => format!("{}[{at}]", output.name),
                _ => format!("{}[{}:{}]", output.name, (at + 1) * width - 1, at * width),
            };
            lines.extend(self.contents(&cells, width, depth, &part, &init));
            let clock = self.clock_text(Net::Child(id, read_clock))?;
            let address = self.input(id, read_address, at)?.flat();
            let mut body = vec![format!("{part} <= {cells}[{address}];")];
            if let Some(MemoryWrite { clock: write_clock, address, data, enable }) = write {
                let write_clock = self.clock_text(Net::Child(id, write_clock))?;
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
            let crate::ir::Body::Primitive(Primitive::Table { address, data, contents, default }) =
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
        let form = super::logic::Form::Block(block("always @*", "", &[], body));
        let hoisted = std::mem::take(&mut self.hoisted);
        Ok(Some(Item { net, form, hoisted, reads: std::mem::take(&mut self.touched) }))
    }
}

/// Statements without those that only say that a register keeps its value.
fn without_holds(
    body: &[Statement],
    registers: &BTreeMap<Net, SignalId>,
    seen: &mut BTreeSet<Net>,
) -> Vec<Statement> {
    let holds = |target: &Target, value: &Expr| {
        let ExprKind::Read(source) = &value.kind else { return false };
        let Some(q) = registers.get(&Net::of(&target.reference)) else { return false };
        let simple = |index: &Option<Index>| !matches!(index, Some(Index::Op(..)));
        source.instance == target.reference.instance
            && source.signal == *q
            && source.element == target.reference.element
            && target.part.is_none()
            && source.instance.as_ref().is_some_and(|(_, index)| simple(index))
    };
    let mut result = Vec::new();
    for statement in body {
        match statement {
            Statement::Assign { target, value } => {
                let net = Net::of(&target.reference);
                let several = matches!(&target.reference.instance, Some((_, Some(_))));
                let drop = holds(target, value) && !seen.contains(&net);
                if !drop || several && !is_uniform(target) {
                    seen.insert(net);
                }
                if !drop {
                    result.push(statement.clone());
                }
            }
            Statement::If { test, then, otherwise } => {
                let then = without_holds(then, registers, seen);
                let otherwise = without_holds(otherwise, registers, seen);
                let some = !then.is_empty() || !otherwise.is_empty();
                if some {
                    result.push(Statement::If { test: test.clone(), then, otherwise });
                }
            }
            Statement::Match { test, arms, default } => {
                let arm = |arm: &Arm, seen: &mut BTreeSet<Net>| Arm {
                    value: arm.value.clone(),
                    body: without_holds(&arm.body, registers, seen),
                };
                let arms = arms.iter().map(|one| arm(one, seen)).collect();
                let default = default.as_ref().map(|body| without_holds(body, registers, seen));
                result.push(Statement::Match { test: test.clone(), arms, default });
            }
            Statement::For { variable, from, to, body } => {
                let body = without_holds(body, registers, seen);
                if !body.is_empty() {
                    let (variable, from, to) = (variable.clone(), *from, *to);
                    result.push(Statement::For { variable, from, to, body });
                }
            }
            Statement::Comment(_) => {}
        }
    }
    result
}

/// The target names an element by a loop variable alone.
fn is_uniform(target: &Target) -> bool {
    matches!(&target.reference.instance, Some((_, Some(Index::Variable(_)))))
}
