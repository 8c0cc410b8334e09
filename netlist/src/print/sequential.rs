//! Registers: `initial` values, and the `always` blocks of the clocks.

use super::Net;
use super::procedure::Assigns;
use super::reader::Reader;
use super::sheet::Sheet;
use super::tree::{Block, Head, Label, Step, Tree};
use crate::ir::{
    Arm, Body, Expr, ExprKind, Index, InstanceId, Primitive, SignalId, Statement, Target, Type,
    Value, each_assignment,
};
use crate::rewrite::select;
use std::collections::{BTreeMap, BTreeSet};

/// A register, or an array of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    instance: InstanceId,
    clock: SignalId,
    d: SignalId,
    q: SignalId,
}

impl Held {
    /// Its output, which gives it its name.
    pub(super) fn net(&self) -> Net {
        Net::Child(self.instance, self.q)
    }
}

impl Sheet<'_> {
    /// The registers in order of declaration.
    pub(super) fn registers(&self) -> Vec<Held> {
        let register = |(instance, primitive): (_, Option<&Primitive>)| match primitive? {
            Primitive::Register { clock, d, q, .. } => {
                Some(Held { instance, clock: *clock, d: *d, q: *q })
            }
            _ => None,
        };
        self.instances().filter_map(register).collect()
    }

    /// The net that a clock input is connected to: another signal, or its own wire.
    pub(super) fn clock_of(&self, net: Net) -> Net {
        let mut sources = BTreeSet::new();
        let mut plain = true;
        each_assignment(self.slice(net), &mut |_, value| match &value.kind {
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

    /// The initial values of one register, or of an array of them.
    fn initial_value(&self, held: &Held) -> Value {
        let modules = &self.module.instance(held.instance).modules;
        let inits = modules.iter().filter_map(|module| match &self.design.module(*module).body {
            Body::Primitive(Primitive::Register { init, .. }) => Some(init.clone()),
            _ => None,
        });
        inits.reduce(|low, high| high.concat(&low)).unwrap_or_else(|| Value::zero(1))
    }

    /// Assignments of the initial values.
    pub(super) fn initials(&self, registers: &[Held]) -> Vec<Step> {
        let initial = |held: &Held| {
            let (shape, value) = (self.net(held.net()), self.initial_value(held));
            let tree = match shape.ty {
                Type::Enum(_) if shape.count == 1 => Reader::new(self).variant(shape.ty, &value),
                _ => Tree::Number(value),
            };
            Step::Set(self.all(held.net()), "=", tree)
        };
        registers.iter().map(initial).collect()
    }

    /// One `always @(posedge ...)` for all registers of a clock.
    pub(super) fn edges(&self, registers: &[Held]) -> Vec<Block> {
        let mut clocks: Vec<(Net, Vec<Held>)> = Vec::new();
        for held in registers {
            let clock = self.clock_of(Net::Child(held.instance, held.clock));
            match clocks.iter_mut().find(|(net, _)| *net == clock) {
                Some((_, group)) => group.push(*held),
                None => clocks.push((clock, vec![*held])),
            }
        }
        let block = |(clock, group): (Net, Vec<Held>)| {
            let mut body = Vec::new();
            let mut plain = BTreeMap::new();
            for held in &group {
                let d = Net::Child(held.instance, held.d);
                if self.is_read(d) {
                    let next = Tree::Select(self.all(d));
                    body.push(Step::Set(self.all(held.net()), "<=", next));
                } else {
                    plain.insert(d, held.q);
                }
            }
            let statements = select(self.module.statements(), &|target| {
                plain.contains_key(&Net::of(&target.reference))
            });
            let statements = without_holds(&statements, &plain, &mut BTreeSet::new());
            body.extend(Reader::new(self).procedure(&statements, Assigns::AtEdge, true));
            Block { head: Head::Edge(clock), label: Label::Edge(clock), body }
        };
        clocks.into_iter().map(block).filter(|block| !block.body.is_empty()).collect()
    }
}

/// Removes statements in which a register only keeps its value.
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

/// Whether the target's element is selected by a loop variable alone.
fn is_uniform(target: &Target) -> bool {
    matches!(&target.reference.instance, Some((_, Some(Index::Variable(_)))))
}
