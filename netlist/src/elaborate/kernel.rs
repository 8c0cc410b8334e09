//! Kernels: statements, loops, macros, links.

use super::literal::rust_integer;
use super::natural::Natural;
use super::scope::{Meaning, Scope};
use super::text;
use crate::check::Problem;
use crate::ir::{Arm, Kind, Part, Statement, Target, Type, Variable};
use rust_hdl::prelude::ast::{
    VerilogBlock, VerilogBlockOrConditional, VerilogExpression, VerilogLink, VerilogLoop,
    VerilogMatch, VerilogStatement,
};

/// A problem and the statement that has it.
pub(super) struct Fault {
    pub(super) signal: Option<String>,
    pub(super) statement: String,
    pub(super) problem: Problem,
}

/// Translates kernels; statements that cannot be translated are omitted and reported.
pub(super) struct Kernel<'a> {
    pub(super) scope: Scope<'a>,
    pub(super) faults: Vec<Fault>,
}

impl Kernel<'_> {
    pub(super) fn block(&mut self, block: &VerilogBlock) -> Vec<Statement> {
        let mut statements = Vec::new();
        for tree in block {
            self.statement(tree, &mut statements);
        }
        statements
    }

    fn statement(&mut self, tree: &VerilogStatement, out: &mut Vec<Statement>) {
        let made = match tree {
            VerilogStatement::Assignment(target, value) => self.assignment(target, value),
            VerilogStatement::SliceAssignment { base, width, offset, replacement } => {
                self.slice_assignment(base, *width, offset, replacement)
            }
            VerilogStatement::If(found) => match self.scope.condition(&found.test) {
                Ok(test) => {
                    let then = self.block(&found.then);
                    let otherwise = match &found.otherwise {
                        VerilogBlockOrConditional::Block(block) => self.block(block),
                        VerilogBlockOrConditional::Conditional(nested) => {
                            let mut statements = Vec::new();
                            self.statement(nested, &mut statements);
                            statements
                        }
                        VerilogBlockOrConditional::None => Vec::new(),
                    };
                    Ok(Statement::If { test, then, otherwise })
                }
                Err(problem) => Err(problem),
            },
            VerilogStatement::Match(found) => self.cases(found),
            VerilogStatement::Loop(found) => match self.repeat(found) {
                Ok(Some(statement)) => Ok(statement),
                Ok(None) => return,
                Err(problem) => Err(problem),
            },
            VerilogStatement::Comment(text) => Ok(Statement::Comment(text.trim().to_owned())),
            VerilogStatement::Macro(block) => {
                out.extend(self.block(block));
                return;
            }
            VerilogStatement::Link(links) => {
                for link in links {
                    match self.link(link) {
                        Ok(statement) => out.push(statement),
                        Err(problem) => self.fault(tree, problem),
                    }
                }
                return;
            }
        };
        match made {
            Ok(statement) => out.push(statement),
            Err(problem) => self.fault(tree, problem),
        }
    }

    fn fault(&mut self, tree: &VerilogStatement, problem: Problem) {
        let target = match tree {
            VerilogStatement::Assignment(target, _) => Some(target),
            VerilogStatement::SliceAssignment { base, .. } => Some(base),
            _ => None,
        };
        let name = target.map(|target| match target {
            VerilogExpression::Signal(name) => {
                name.strip_suffix("$next").unwrap_or(name).replace('$', ".")
            }
            other => text::expression(other),
        });
        self.faults.push(Fault { signal: name, statement: text::statement(tree), problem });
    }

    fn target(&self, name: &str) -> Result<(Target, Type), Problem> {
        match self.scope.target(name)? {
            (Meaning::Signal(reference, kind, ty), fields) => {
                match (&reference.instance, kind) {
                    (None, Kind::Input) => return Err(driven("it is an input of the block")),
                    (Some(_), Kind::Output) => {
                        return Err(driven("it is an output of the child"));
                    }
                    _ => {}
                }
                let part = fields.as_ref().map(|fields| Part {
                    offset: fields.offset,
                    width: self.scope.types.width(fields.ty),
                    field: fields.path.clone(),
                });
                Ok((Target { reference, part }, fields.map_or(ty, |fields| fields.ty)))
            }
            (Meaning::Constant(..), _) => Err(driven("it is a constant")),
            (Meaning::Loop(_), _) => Err(driven("it is a loop variable")),
        }
    }

    fn assignment(
        &self,
        target: &VerilogExpression,
        value: &VerilogExpression,
    ) -> Result<Statement, Problem> {
        let VerilogExpression::Signal(name) = target else {
            return Err(Problem::unsupported("an assignment to an expression"));
        };
        let (target, ty) = self.target(name)?;
        let value = self.scope.expression(value, Natural::Fixed(ty))?;
        Ok(Statement::Assign { target, value })
    }

    /// `signal.next.field = value`.
    fn slice_assignment(
        &self,
        base: &VerilogExpression,
        width: usize,
        offset: &VerilogExpression,
        value: &VerilogExpression,
    ) -> Result<Statement, Problem> {
        let VerilogExpression::Signal(name) = base else {
            return Err(Problem::unsupported("an assignment to an expression"));
        };
        let (mut target, _) = self.target(name)?;
        let width = super::natural::width(width)?;
        let (ty, field) = self.scope.slice_type(base, width, offset)?;
        let at = self.scope.constant_index(offset).and_then(|index| index.evaluate(&[]));
        let at = at.and_then(|at| u32::try_from(at).ok());
        let offset = at.ok_or_else(|| Problem::unsupported("an assignment to moving bits"))?;
        target.part = Some(Part { offset, width, field });
        let value = self.scope.expression(value, Natural::Fixed(ty))?;
        Ok(Statement::Assign { target, value })
    }

    fn cases(&mut self, found: &VerilogMatch) -> Result<Statement, Problem> {
        // Rust matches enumerations, bools and integers; if the test is a word, its `usize` is
        // meant.
        let test = match self.scope.natural(&found.test)? {
            Natural::Fixed(Type::Bits(width)) if width > 1 => self.scope.usize(&found.test)?,
            own => self.scope.expression(&found.test, own)?,
        };
        let mut arms: Vec<Arm> = Vec::new();
        let mut default = None;
        for case in &found.cases {
            if default.is_some() {
                break;
            }
            if case.condition == "default" {
                default = Some(self.block(&case.block));
                continue;
            }
            let value = self.scope.pattern(&case.condition, &test)?;
            let body = self.block(&case.block);
            if let Some(value) = value
                && arms.iter().all(|arm| arm.value != value)
            {
                arms.push(Arm { value, body });
            }
        }
        Ok(Statement::Match { test, arms, default })
    }

    /// `None`: the loop has no iterations.
    fn repeat(&mut self, found: &VerilogLoop) -> Result<Option<Statement>, Problem> {
        let bound = |literal| {
            let text = format!("{literal:x}");
            let digits = text.split_once("'h").map_or("", |(_, digits)| digits);
            let number = rust_integer(&format!("0x{digits}"));
            let number = number.and_then(|number| usize::try_from(number).ok());
            number.ok_or_else(|| Problem::unsupported("this bound of a loop"))
        };
        let (from, to) = (bound(&found.from)?, bound(&found.to)?);
        if from >= to {
            return Ok(None);
        }
        if to - from > 1 << 20 {
            return Err(Problem::unsupported("a loop of more than a million rounds"));
        }
        let depth = self.scope.loops.len() as u32;
        let variable = Variable { name: found.index.clone(), depth };
        self.scope.enter(variable.clone(), to as u64);
        let body = self.block(&found.block);
        self.scope.leave();
        Ok(Some(Statement::For { variable, from, to, body }))
    }

    /// A link of interfaces or signals is one assignment for each signal, in its direction.
    fn link(&self, link: &VerilogLink) -> Result<Statement, Problem> {
        let (names, forward) = match link {
            VerilogLink::Forward(names) => (names, true),
            VerilogLink::Backward(names) => (names, false),
            VerilogLink::Bidirectional(_) => {
                return Err(Problem::unsupported("a bidirectional (tristate) link"));
            }
        };
        let name = |of: &str| match names.my_name.trim_start_matches('.') {
            "" => of.to_owned(),
            field => format!("{of}${field}"),
        };
        let (owner, other) = (name(&names.owner_name), name(&names.other_name));
        let (target, value) = if forward { (other, owner) } else { (owner, other) };
        let (target, ty) = self.target(&target)?;
        let value = VerilogExpression::Signal(value);
        let value = self.scope.expression(&value, Natural::Fixed(ty))?;
        Ok(Statement::Assign { target, value })
    }
}

fn driven(by: &'static str) -> Problem {
    Problem::DoublyDriven { by }
}
