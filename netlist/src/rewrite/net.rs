//! The nets that statements assign, and the statements of each.

use crate::ir::{
    Arm, Binary, Design, Expr, ExprKind, InstanceId, Kind, Module, Primitive, Reference, SignalId,
    Statement, Target, each_assignment, each_read,
};

/// A signal of a module, or a port of a child: all its elements together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Net {
    /// A port or local of the module.
    Own(SignalId),
    /// A port of a child, or of an array of children.
    Child(InstanceId, SignalId),
}

impl Net {
    /// The net that a reference names.
    pub(crate) fn of(reference: &Reference) -> Self {
        match &reference.instance {
            Some((instance, _)) => Net::Child(*instance, reference.signal),
            None => Net::Own(reference.signal),
        }
    }
}

/// The nets that statements assign, in order of their first assignments.
pub(crate) fn assigned(body: &[Statement]) -> Vec<Net> {
    let mut nets = Vec::new();
    each_assignment(body, &mut |target, _| {
        let net = Net::of(&target.reference);
        if !nets.contains(&net) {
            nets.push(net);
        }
    });
    nets
}

/// Whether statements read a net.
pub(crate) fn reads(body: &[Statement], net: Net) -> bool {
    let mut found = false;
    each_read(body, &mut |reference| found |= Net::of(reference) == net);
    found
}

/// The data inputs of registers that no statement reads: their statements become part of the
/// clock's `always` block.
pub(crate) fn held(design: &Design, module: &Module) -> Vec<Net> {
    let body = module.statements();
    let is_held = |net: &Net| {
        let Net::Child(instance, port) = net else { return false };
        let primitive = design.primitive(module.instance(*instance));
        matches!(primitive, Some(Primitive::Register { d, .. }) if d == port) && !reads(body, *net)
    };
    assigned(body).into_iter().filter(is_held).collect()
}

impl Module {
    /// The number of elements of a net in all, and of each child; both are the signal's if it is
    /// the module's own.
    pub(crate) fn elements(&self, design: &Design, net: Net) -> (u32, u32) {
        match net {
            Net::Own(id) => (self.signal(id).count(), self.signal(id).count()),
            Net::Child(id, port) => {
                let instance = self.instance(id);
                let each = design.module(instance.modules[0]).signal(port).count();
                (instance.count() * each, each)
            }
        }
    }

    /// Whether the module drives a net: it does not drive its inputs and its children's outputs.
    pub(crate) fn drives(&self, design: &Design, net: Net) -> bool {
        match net {
            Net::Own(id) => self.signal(id).kind != Kind::Input,
            Net::Child(id, port) => {
                let child = design.module(self.instance(id).modules[0]);
                child.signal(port).kind == Kind::Input
            }
        }
    }

    /// A name derived from the wanted one that no signal has.
    pub(crate) fn fresh_name(&self, wanted: &str) -> String {
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
        names.find(|name| self.signal_named(name).is_none()).expect("names do not run out")
    }
}

/// The statements that assign one of the chosen targets, in their branches and loops.
pub(crate) fn select(body: &[Statement], chosen: &dyn Fn(&Target) -> bool) -> Vec<Statement> {
    body.iter().filter_map(|statement| select_one(statement, chosen)).collect()
}

fn select_one(statement: &Statement, chosen: &dyn Fn(&Target) -> bool) -> Option<Statement> {
    match statement {
        Statement::Assign { target, .. } => chosen(target).then(|| statement.clone()),
        Statement::If { test, then, otherwise } => {
            let (then, otherwise) = (select(then, chosen), select(otherwise, chosen));
            match (then.is_empty(), otherwise.is_empty()) {
                (true, true) => None,
                (true, false) => Some(nested(test.clone().inverted(), otherwise)),
                (false, true) => Some(nested(test.clone(), then)),
                (false, false) => Some(Statement::If { test: test.clone(), then, otherwise }),
            }
        }
        Statement::Match { test, arms, default } => {
            let default = default.as_ref().map(|body| select(body, chosen));
            let kept: Vec<Arm> = arms
                .iter()
                .map(|arm| Arm { value: arm.value.clone(), body: select(&arm.body, chosen) })
                .collect();
            let assigns = |arm: &Arm| !arm.body.is_empty();
            let some = kept.iter().any(assigns) || default.iter().any(|body| !body.is_empty());
            some.then(|| Statement::Match { test: test.clone(), arms: kept, default })
        }
        Statement::For { variable, from, to, body } => {
            let body = select(body, chosen);
            (!body.is_empty()).then(|| Statement::For {
                variable: variable.clone(),
                from: *from,
                to: *to,
                body,
            })
        }
        Statement::Comment(_) => None,
    }
}

/// `if a { if b { x } }` as `if a && b { x }`.
fn nested(test: Expr, mut then: Vec<Statement>) -> Statement {
    match &mut then[..] {
        [Statement::If { test: inner, then: body, otherwise }] if otherwise.is_empty() => {
            let both = ExprKind::Binary(Binary::And, Box::new(test), Box::new(inner.clone()));
            let then = std::mem::take(body);
            Statement::If { test: Expr::bits(both, 1), then, otherwise: Vec::new() }
        }
        _ => Statement::If { test, then, otherwise: Vec::new() },
    }
}
