//! Registers and memories: `initial` values, and what happens at the clock's edge.

use super::net::{Net, range};
use super::procedure::{Assigns, block};
use super::rewrite::{each_assignment, each_read_in, select};
use super::sheet::{Sheet, Unroll, literal};
use super::text::Declaration;
use crate::ir::{
    Arm, Expr, ExprKind, Index, InstanceId, Primitive, Reference, SignalId, Statement, Target,
    Type, Value,
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

    /// The net that a clock input is connected to: another signal, or its own wire.
    pub(super) fn clock_of(&self, net: Net) -> Net {
        let slice = self.slice(net);
        let mut sources = BTreeSet::new();
        let mut plain = true;
        each_assignment(&slice, &mut |_, value| match &value.kind {
            ExprKind::Read(reference) if reference.element.is_none() => {
                sources.insert(Net::of(reference));
            }
            _ => plain = false,
        });
        match (plain, sources.len(), sources.first()) {
            (true, 1, Some(source)) => *source,
            _ => net,
        }
    }

    /// The text of a clock that is used.
    pub(super) fn clock_text(&mut self, net: Net) -> String {
        let source = self.clock_of(net);
        self.touch_all(source);
        self.net(source).name.clone()
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
    pub(super) fn declarations(&self, registers: &[Held]) -> Vec<Declaration> {
        let one = |held: &Held| {
            let info = self.net(Net::Child(held.instance, held.q));
            ("reg", range(info.width()), info.name.clone())
        };
        registers.iter().map(one).collect()
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
        let mut clocks: Vec<(Net, Vec<Held>)> = Vec::new();
        for held in registers {
            let clock = self.clock_of(Net::Child(held.instance, held.clock));
            match clocks.iter_mut().find(|(net, _)| *net == clock) {
                Some((_, group)) => group.push(held.clone()),
                None => clocks.push((clock, vec![held.clone()])),
            }
        }
        let mut lines = Vec::new();
        for (source, group) in clocks {
            let clock = self.net(source).name.clone();
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
                self.touch_all(source);
                all.extend(block(&format!("always @(posedge {clock})"), &label, &loops, body));
                lines.push(String::new());
                lines.extend(all);
            }
        }
        Ok(lines)
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
