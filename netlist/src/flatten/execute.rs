//! Symbolic execution of one module's kernel.

use super::state::{Changes, Slot, State};
use super::wires::{Layout, Wire};
use crate::check::Problem;
use crate::ir::{Arm, Body, Design, Expr, Graph, ModuleId, NodeId, Op, Statement, Target, Value};

/// What a kernel computes: for every wire that the module drives, a node over the wires that it
/// reads. A wire that is read is the node `Op::Input` with the wire's number.
#[derive(Clone, Debug)]
pub(super) struct Logic {
    pub(super) graph: Graph,
    pub(super) drivers: Vec<Option<NodeId>>,
}

/// What is wrong with a signal, and the statement being executed, if known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finding {
    pub(super) signal: String,
    pub(super) statement: Option<String>,
    pub(super) problem: Problem,
}

/// Executes the kernel of a module; in a primitive there is nothing to execute.
pub(super) fn execute(design: &Design, layouts: &[Layout], at: usize) -> (Logic, Vec<Finding>) {
    let mut run = Execution::new(design, layouts, at);
    let layout = run.layout;
    let mut drivers = vec![None; layout.wires.len()];
    if let Body::Kernel(statements) = &design.modules[at].body {
        run.block(statements);
        run.current = None;
        for (wire, info) in layout.wires.iter().enumerate() {
            if info.driven_here() {
                let slot = run.state.slot(wire as Wire);
                drivers[wire] = slot.node;
                let (all, any) = (slot.assigned.all(), slot.node.is_some());
                if !all {
                    let problem = if any { Problem::Latch } else { Problem::Undriven };
                    run.fault(wire as Wire, problem);
                }
            }
        }
    }
    (Logic { graph: run.graph, drivers }, run.found)
}

pub(super) struct Execution<'a> {
    pub(super) design: &'a Design,
    pub(super) layouts: &'a [Layout],
    pub(super) layout: &'a Layout,
    pub(super) module: ModuleId,
    pub(super) graph: Graph,
    pub(super) state: State,
    /// Values of the loop variables, outermost first.
    pub(super) loops: Vec<u64>,
    /// The statement being executed.
    current: Option<&'a Statement>,
    pub(super) found: Vec<Finding>,
    /// If every signal is settled: the value of each wire that is constant.
    pub(super) settled: Option<&'a [Option<Value>]>,
}

impl<'a> Execution<'a> {
    pub(super) fn new(design: &'a Design, layouts: &'a [Layout], at: usize) -> Self {
        let layout = &layouts[at];
        Self {
            design,
            layouts,
            layout,
            module: ModuleId(at as u32),
            graph: Graph::new(),
            state: State::new(layout.wires.iter().map(|info| info.width)),
            loops: Vec::new(),
            current: None,
            found: Vec::new(),
            settled: None,
        }
    }

    pub(super) fn fault(&mut self, wire: Wire, problem: Problem) {
        self.fault_named(self.layout.name(self.design, self.module, wire), problem);
    }

    /// A finding in an array index, when only the signal's name is known.
    pub(super) fn fault_named(&mut self, signal: String, problem: Problem) {
        let statement = self.current.and_then(|statement| self.text(statement));
        let finding = Finding { signal, statement, problem };
        if !self.found.contains(&finding) {
            self.found.push(finding);
        }
    }

    /// The beginning of a statement, as Rust would write it.
    fn text(&self, statement: &Statement) -> Option<String> {
        let module = self.design.module(self.module);
        Some(match statement {
            Statement::Assign { target, .. } => {
                let signal = target.reference.signal;
                let name = match &target.reference.instance {
                    None => module.signal(signal).name.clone(),
                    Some((id, _)) => {
                        let child = module.instance(*id);
                        let port = self.design.module(child.modules[0]).signal(signal);
                        format!("{}.{}", child.name, port.name)
                    }
                };
                format!("self.{name}.next = ...")
            }
            Statement::If { .. } => "if ...".to_owned(),
            Statement::Match { .. } => "match ...".to_owned(),
            Statement::For { .. } | Statement::Comment(_) => return None,
        })
    }

    fn block(&mut self, statements: &'a [Statement]) {
        for statement in statements {
            self.current = Some(statement);
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &'a Statement) {
        match statement {
            Statement::Assign { target, value } => self.assign(target, value),
            Statement::If { test, then, otherwise } => {
                let test = self.expr(test);
                if let Some(value) = self.graph.constant(test) {
                    let taken = if value.any() { then } else { otherwise };
                    return self.block(taken);
                }
                let then = self.branch(then);
                let otherwise = self.branch(otherwise);
                let merged = self.state.merge(&mut self.graph, test, then, otherwise);
                self.state.apply(merged);
            }
            Statement::Match { test, arms, default } => {
                let test = self.expr(test);
                self.choose(test, arms, default.as_deref());
            }
            Statement::For { from, to, body, .. } => {
                for round in *from..*to {
                    self.loops.push(round as u64);
                    self.block(body);
                    self.loops.pop();
                }
            }
            Statement::Comment(_) => {}
        }
    }

    fn branch(&mut self, statements: &'a [Statement]) -> Changes {
        let mark = self.state.mark();
        self.block(statements);
        self.state.take_back(mark)
    }

    fn choose(&mut self, test: NodeId, arms: &'a [Arm], default: Option<&'a [Statement]>) {
        if let Some(value) = self.graph.constant(test).cloned() {
            let arm = arms.iter().find(|arm| arm.value == value);
            return match (arm, default) {
                (Some(arm), _) => self.block(&arm.body),
                (None, Some(default)) => self.block(default),
                (None, None) => {}
            };
        }
        // Without a default the arms cover every value, so the last needs no test.
        let (arms, last) = match (default, arms.split_last()) {
            (Some(default), _) => (arms, default),
            (None, Some((last, arms))) => (arms, &last.body[..]),
            (None, None) => return,
        };
        let changes: Vec<Changes> = arms.iter().map(|arm| self.branch(&arm.body)).collect();
        let mut merged = self.branch(last);
        for (arm, changes) in arms.iter().zip(changes).rev() {
            let value = self.graph.value(arm.value.clone());
            let equal = self.graph.make(Op::Equal(test, value), 1);
            merged = self.state.merge(&mut self.graph, equal, changes, merged);
        }
        self.state.apply(merged);
    }

    fn assign(&mut self, target: &Target, value: &Expr) {
        let value = self.expr(value);
        let Some(wire) = self.wire(&target.reference) else { return };
        let width = self.layout.wires[wire as usize].width;
        let slot = match &target.part {
            None => Slot { node: Some(value), assigned: Value::ones(width) },
            Some(part) => {
                let before = self.state.slot(wire).clone();
                let base = before.node.unwrap_or_else(|| self.graph.number(width, 0));
                let bits = Value::ones(part.width).resize(width).shl(u64::from(part.offset));
                Slot {
                    node: Some(self.graph.insert(base, part.offset, value)),
                    assigned: before.assigned.or(&bits),
                }
            }
        };
        self.state.write(wire, slot);
    }
}
