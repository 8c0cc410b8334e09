//! Traversal and rebuilding of statements and expressions.

use super::{Arm, Body, Design, Expr, ExprKind, Module, Reference, Statement, Target};

impl Expr {
    /// Its operands, left to right.
    pub fn operands(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Literal(_)
            | ExprKind::Constant(..)
            | ExprKind::Index(_)
            | ExprKind::Read(_) => Vec::new(),
            ExprKind::Slice(a, ..)
            | ExprKind::Resize(a)
            | ExprKind::SignResize(a)
            | ExprKind::Unary(_, a) => vec![a],
            ExprKind::DynamicSlice(a, b) | ExprKind::Binary(_, a, b) => vec![a, b],
            ExprKind::InsertBit(a, b, c) | ExprKind::Choose(a, b, c) => vec![a, b, c],
        }
    }

    /// The same operation over other operands, which are rebuilt left to right.
    pub fn map_operands(&self, map: &mut dyn FnMut(&Expr) -> Expr) -> Expr {
        let mut map = |inner: &Expr| Box::new(map(inner));
        let kind = match &self.kind {
            leaf @ (ExprKind::Literal(_)
            | ExprKind::Constant(..)
            | ExprKind::Index(_)
            | ExprKind::Read(_)) => leaf.clone(),
            ExprKind::Slice(a, offset, field) => ExprKind::Slice(map(a), *offset, field.clone()),
            ExprKind::DynamicSlice(a, b) => ExprKind::DynamicSlice(map(a), map(b)),
            ExprKind::InsertBit(a, b, c) => ExprKind::InsertBit(map(a), map(b), map(c)),
            ExprKind::Resize(a) => ExprKind::Resize(map(a)),
            ExprKind::SignResize(a) => ExprKind::SignResize(map(a)),
            ExprKind::Unary(op, a) => ExprKind::Unary(*op, map(a)),
            ExprKind::Binary(op, a, b) => ExprKind::Binary(*op, map(a), map(b)),
            ExprKind::Choose(a, b, c) => ExprKind::Choose(map(a), map(b), map(c)),
        };
        Expr { kind, ty: self.ty, width: self.width }
    }

    /// Calls a function on it and on everything inside it, outer ones first.
    pub fn each<'a>(&'a self, call: &mut dyn FnMut(&'a Expr)) {
        call(self);
        self.operands().into_iter().for_each(|operand| operand.each(call));
    }

    /// Calls a function on every reference that it reads.
    pub fn each_read<'a>(&'a self, call: &mut dyn FnMut(&'a Reference)) {
        self.each(&mut |expr| {
            if let ExprKind::Read(reference) = &expr.kind {
                call(reference);
            }
        });
    }
}

impl Statement {
    /// Its value or condition.
    pub fn expr(&self) -> Option<&Expr> {
        match self {
            Statement::Assign { value, .. } => Some(value),
            Statement::If { test, .. } | Statement::Match { test, .. } => Some(test),
            Statement::For { .. } | Statement::Comment(_) => None,
        }
    }

    /// The statements inside it, branch by branch.
    pub fn bodies(&self) -> Vec<&[Statement]> {
        match self {
            Statement::Assign { .. } | Statement::Comment(_) => Vec::new(),
            Statement::If { then, otherwise, .. } => vec![then, otherwise],
            Statement::Match { arms, default, .. } => {
                arms.iter().map(|arm| &arm.body[..]).chain(default.as_deref()).collect()
            }
            Statement::For { body, .. } => vec![body],
        }
    }
}

/// Calls a function on every statement, in order, outer ones first.
pub(crate) fn each_statement<'a>(body: &'a [Statement], call: &mut dyn FnMut(&'a Statement)) {
    for statement in body {
        call(statement);
        statement.bodies().into_iter().for_each(|body| each_statement(body, call));
    }
}

/// Calls a function on every assignment, in order.
pub(crate) fn each_assignment<'a>(
    body: &'a [Statement],
    call: &mut dyn FnMut(&'a Target, &'a Expr),
) {
    each_statement(body, &mut |statement| {
        if let Statement::Assign { target, value } = statement {
            call(target, value);
        }
    });
}

/// Calls a function on every reference that statements read: in values and conditions.
pub(crate) fn each_read<'a>(body: &'a [Statement], call: &mut dyn FnMut(&'a Reference)) {
    each_statement(body, &mut |statement| {
        statement.expr().into_iter().for_each(|expr| expr.each_read(call));
    });
}

/// Rebuilds statements. A pass overrides what it changes; the default keeps everything.
pub(crate) trait Rebuild {
    /// The replacement of a value or a condition.
    fn expr(&mut self, expr: &Expr) -> Expr {
        expr.clone()
    }

    /// The replacement of an assignment's target.
    fn target(&mut self, target: &Target) -> Target {
        target.clone()
    }

    /// Adds the replacement of a statement.
    fn statement(&mut self, statement: &Statement, into: &mut Vec<Statement>) {
        let rebuilt = self.inside(statement);
        into.push(rebuilt);
    }

    /// The replacement of statements.
    fn body(&mut self, body: &[Statement]) -> Vec<Statement> {
        let mut rebuilt = Vec::new();
        body.iter().for_each(|statement| self.statement(statement, &mut rebuilt));
        rebuilt
    }

    /// The same statement with its parts replaced.
    fn inside(&mut self, statement: &Statement) -> Statement {
        match statement {
            Statement::Assign { target, value } => {
                let value = self.expr(value);
                Statement::Assign { target: self.target(target), value }
            }
            Statement::If { test, then, otherwise } => Statement::If {
                test: self.expr(test),
                then: self.body(then),
                otherwise: self.body(otherwise),
            },
            Statement::Match { test, arms, default } => {
                let test = self.expr(test);
                let arm = |arm: &Arm| Arm { value: arm.value.clone(), body: self.body(&arm.body) };
                let arms = arms.iter().map(arm).collect();
                let default = default.as_ref().map(|body| self.body(body));
                Statement::Match { test, arms, default }
            }
            Statement::For { variable, from, to, body } => Statement::For {
                variable: variable.clone(),
                from: *from,
                to: *to,
                body: self.body(body),
            },
            Statement::Comment(_) => statement.clone(),
        }
    }
}

impl Design {
    /// The design with other kernels: `rebuild` is called for each module that has one.
    pub(crate) fn map_kernels(
        &self,
        mut rebuild: impl FnMut(&Module, &[Statement]) -> Module,
    ) -> Design {
        let module = |module: &Module| match &module.body {
            Body::Kernel(body) => rebuild(module, body),
            Body::Primitive(_) => module.clone(),
        };
        Design { modules: self.modules.iter().map(module).collect(), ..self.clone() }
    }
}

impl Module {
    /// The module with another kernel.
    pub(crate) fn with_kernel(&self, body: Vec<Statement>) -> Module {
        Module { body: Body::Kernel(body), ..self.clone() }
    }
}
