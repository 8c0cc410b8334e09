//! Locals that are another name of a net are read as that net.
//!
//! An optional part that is absent leaves such names behind: what would pass through it is then a
//! copy. Reads must be final, as `settle` leaves them; a name that nothing reads any more is left
//! out by `unused`.

use super::net::{Net, select};
use super::planted;
use crate::ir::{
    Design, Expr, ExprKind, Kind, Module, Pass, Rebuild, Reference, SignalId, Statement, Type,
};
use std::collections::BTreeMap;

/// The pass.
pub(super) struct Alias;

impl Pass<Design> for Alias {
    fn name(&self) -> &'static str {
        "alias"
    }

    fn apply(&self, design: &Design) -> Design {
        design.map_kernels(|module, body| {
            let mut names = Names { of: copies(design, module, body) };
            module.with_kernel(names.body(body))
        })
    }
}

/// For each local that copies a net, the net.
fn copies(design: &Design, module: &Module, body: &[Statement]) -> BTreeMap<SignalId, Reference> {
    let mut copies = BTreeMap::new();
    for statement in body {
        if let Statement::Assign { target, value } = statement
            && target.part.is_none()
            && let Net::Own(id) = Net::of(&target.reference)
            && let ExprKind::Read(source) = &value.kind
            && is_one(design, module, Net::Own(id))
            && is_one(design, module, Net::of(source))
            && module.signal(id).kind == Kind::Local
            && module.signal(id).ty == value.ty
            && value.ty != Type::Clock
        {
            let own = select(body, &|other| Net::of(&other.reference) == Net::Own(id));
            if own.len() == 1 || planted!(Alias) {
                copies.insert(id, source.clone());
            }
        }
    }
    copies
}

/// Whether a net is a single signal, of the module or of a single child.
fn is_one(design: &Design, module: &Module, net: Net) -> bool {
    match net {
        Net::Own(id) => module.signal(id).dims.is_empty(),
        Net::Child(id, port) => {
            let instance = module.instance(id);
            let child = design.module(instance.modules[0]);
            instance.count() == 1 && child.signal(port).dims.is_empty()
        }
    }
}

struct Names {
    of: BTreeMap<SignalId, Reference>,
}

impl Rebuild for Names {
    fn expr(&mut self, expr: &Expr) -> Expr {
        let ExprKind::Read(reference) = &expr.kind else {
            return expr.map_operands(&mut |operand| self.expr(operand));
        };
        let mut reference = reference;
        // A copy of a copy; a circle would be a combinational loop, which is not walked for ever.
        for _ in 0..=self.of.len() {
            match Net::of(reference) {
                Net::Own(id) if self.of.contains_key(&id) => reference = &self.of[&id],
                _ => break,
            }
        }
        Expr { kind: ExprKind::Read(reference.clone()), ..expr.clone() }
    }
}
