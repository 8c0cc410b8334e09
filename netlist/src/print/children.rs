//! Instances of other modules, arrays of them as `generate` loops.

use super::expression::element_label;
use super::names::snake;
use super::net::{Net, element_of};
use super::parts::{Base, Select};
use super::procedure::braced;
use super::rewrite::is_variable;
use super::sheet::{Loop, Sheet, Unroll, literal};
use super::text::indented;
use crate::ir::{Expr, Index, InstanceId, Kind, SignalId, Statement, Value, Variable};

impl Sheet<'_> {
    /// The expression that drives an input of a child, if it can stand in the port list: one
    /// assignment without conditions, the same for every element of an array but for the index.
    pub(super) fn direct(&self, net: Net) -> Option<Expr> {
        let Net::Child(id, port) = net else { return None };
        let instance = self.module.instance(id);
        let child = self.design.module(instance.modules[0]);
        if child.signal(port).count() != 1 || self.is_read(net) {
            return None;
        }
        match &self.slice(net)[..] {
            [Statement::Assign { target, value }] if instance.dims.is_empty() => {
                target.part.is_none().then(|| value.clone())
            }
            [Statement::For { variable, from: 0, to, body }]
                if *to as u32 == instance.count() && !instance.dims.is_empty() =>
            {
                let [Statement::Assign { target, value }] = &body[..] else { return None };
                let element = element_of(&target.reference, 1);
                let fits = target.part.is_none() && is_variable(&element, variable);
                (fits && variable.depth == 0).then(|| value.clone())
            }
            _ => None,
        }
    }

    /// The outputs of children that are an output of this module as well: one name for both.
    pub(super) fn shared_outputs(&mut self) -> Vec<Net> {
        let mut shared = Vec::new();
        for (id, _) in self.module.ports().filter(|(_, signal)| signal.kind == Kind::Output) {
            let net = Net::Own(id);
            let slice = self.slice(net);
            let Some(source @ Net::Child(instance, _)) = self.copied(net, &slice) else { continue };
            let is_block = self.design.primitive(self.module.instance(instance)).is_none();
            let taken = self.shared.contains_key(&source);
            if is_block && !taken && !self.drives(source) {
                let name = self.net(net).name.clone();
                self.nets.get_mut(&source).expect("every net is known").name = name;
                self.shared.insert(source, net);
                shared.push(net);
            }
        }
        shared
    }

    /// One child or array of children.
    pub(super) fn child(&mut self, id: InstanceId) -> Result<Vec<String>, Unroll> {
        let instance = self.module.instance(id).clone();
        let name = self.instance_names[id.0 as usize].clone();
        if instance.dims.is_empty() {
            self.loops.clear();
            self.labels.insert((id, 0), name.clone());
            return self.connected(id, instance.modules[0].0, &name, None);
        }
        let child = self.design.module(instance.modules[0]);
        let split = child.ports().any(|(port, _)| !self.net(Net::Child(id, port)).split.is_empty());
        if instance.uniform().is_some() && instance.count() > 1 && !split {
            let module = instance.modules[0];
            let variable = self.array_variable(id).unwrap_or_else(|| "i".to_owned());
            let variable = self.loop_name(&variable, 0);
            let (from, to) = (0, u64::from(instance.count()));
            self.loops = vec![Loop::Printed { name: variable.clone(), from, to }];
            let inner = snake(&self.design.module(module).name);
            let inner = inner.split("_").take_while(|word| word.parse::<u64>().is_err());
            let inner = inner.collect::<Vec<_>>().join("_");
            let inner = if inner == name || inner.is_empty() { "one".to_owned() } else { inner };
            let labels =
                (0..instance.count()).map(|at| ((id, at), format!("{name}[{at}].{inner}")));
            self.labels.extend(labels);
            let lines = self.connected(id, module.0, &inner, Some(Index::Variable(first())));
            self.loops.clear();
            let head =
                format!("for ({variable} = 0; {variable} < {to}; {variable} = {variable} + 1)");
            let mut block = braced(head, lines?);
            block[0].push_str(&format!(" : {name}"));
            self.genvars.insert(variable);
            let mut all = vec!["generate".to_owned()];
            all.extend(indented(&block, 4));
            all.push("endgenerate".to_owned());
            return Ok(all);
        }
        let mut lines = Vec::new();
        for (at, module) in instance.modules.iter().enumerate() {
            let label = self.fresh(&element_label(&name, at as u32));
            self.labels.insert((id, at as u32), label.clone());
            self.loops = vec![Loop::Round(at as u64)];
            let one = self.connected(id, module.0, &label, Some(Index::Const(at as u64)));
            self.loops.clear();
            if at > 0 {
                lines.push(String::new());
            }
            lines.extend(one?);
        }
        Ok(lines)
    }

    fn array_variable(&self, id: InstanceId) -> Option<String> {
        let child = self.design.module(self.module.instance(id).modules[0]);
        child.ports().find_map(|(port, _)| match &self.slice(Net::Child(id, port))[..] {
            [Statement::For { variable, .. }] => Some(variable.name.clone()),
            _ => None,
        })
    }

    fn connected(
        &mut self,
        id: InstanceId,
        module: u32,
        label: &str,
        at: Option<Index>,
    ) -> Result<Vec<String>, Unroll> {
        let child = &self.design.modules[module as usize];
        let mut lines = vec![format!("{} {label} (", self.module_names[module as usize])];
        let ports = super::net::port_names(child);
        let last = ports.len();
        for (number, (port, name)) in ports.into_iter().enumerate() {
            let input = child.signal(port).kind == Kind::Input;
            let text = self.connection(id, port, at.as_ref(), input)?;
            let comma = if number + 1 == last { "" } else { "," };
            lines.push(format!("    .{name}({text}){comma}"));
        }
        lines.push(");".to_owned());
        Ok(lines)
    }

    fn connection(
        &mut self,
        id: InstanceId,
        port: SignalId,
        at: Option<&Index>,
        input: bool,
    ) -> Result<String, Unroll> {
        let net = Net::Child(id, port);
        let info = self.net(net).clone();
        let element = info.element * info.per_instance;
        if input {
            if let Some(value) = self.direct(net) {
                return Ok(self.expression(&value)?.flat());
            }
            let slice = self.slice(net);
            if slice.is_empty() {
                return Ok(literal(&Value::zero(element)));
            }
            if let Some(source) = self.vector(net, &slice) {
                self.touch_all(source);
                return Ok(self.net(source).name.clone());
            }
        }
        if !info.split.is_empty() {
            let first = match at {
                Some(Index::Const(at)) => *at as u32 * info.per_instance,
                _ => 0,
            };
            let elements = first..first + info.per_instance;
            if input {
                self.touch(net, first * info.element, element);
            }
            let names: Vec<&str> =
                elements.rev().map(|at| info.split[at as usize].as_str()).collect();
            return Ok(match &names[..] {
                [one] => (*one).to_owned(),
                _ => format!("{{{}}}", names.join(", ")),
            });
        }
        let select = Select {
            base: Base::Net(net),
            index: at.cloned().unwrap_or(Index::Const(0)),
            element,
            count: info.width() / element.max(1),
            low: 0,
            width: element,
            field: None,
        };
        let before = self.net(net).read.clone();
        let text = self.selected(&select)?;
        if !input {
            // A connected output is driven, not read.
            self.nets.get_mut(&net).expect("every net is known").read = before;
        }
        Ok(text)
    }

    /// The vector that is, element by element, an array port of a single child.
    pub(super) fn vector(&self, net: Net, slice: &[Statement]) -> Option<Net> {
        let Net::Child(id, _) = net else { return None };
        let single = self.module.instance(id).dims.is_empty() && self.net(net).count > 1;
        if !single || self.is_read(net) {
            return None;
        }
        self.copied(net, slice)
    }

    /// Whether an input of a child needs no wire of its own.
    pub(super) fn stands_in_port_list(&self, net: Net) -> bool {
        let slice = self.slice(net);
        slice.is_empty() || self.direct(net).is_some() || self.vector(net, &slice).is_some()
    }
}

fn first() -> Variable {
    Variable { name: String::new(), depth: 0 }
}
