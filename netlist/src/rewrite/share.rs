//! Common subexpressions of several signals are written once: the others copy the first.

use super::net::{Net, select};
use super::planted;
use crate::ir::{Design, Expr, ExprKind, Module, Pass, Statement, Target};

/// The pass.
pub(super) struct Share;

impl Pass<Design> for Share {
    fn name(&self) -> &'static str {
        "share"
    }

    fn apply(&self, design: &Design) -> Design {
        design.map_kernels(|module, body| {
            let mut known: Vec<(&Expr, &Target)> = Vec::new();
            let shared = body.iter().map(|statement| match statement {
                Statement::Assign { target, value }
                    if is_all(design, module, target) && is_worth(value) =>
                {
                    let same =
                        |held: &Expr| held == value || planted!(Share) && held.ty == value.ty;
                    match known.iter().find(|(held, _)| same(held)) {
                        Some((_, first)) => {
                            let kind = ExprKind::Read(first.reference.clone());
                            let value = Expr { kind, ..value.clone() };
                            Statement::Assign { target: target.clone(), value }
                        }
                        None => {
                            known.push((value, target));
                            statement.clone()
                        }
                    }
                }
                _ => statement.clone(),
            });
            module.with_kernel(shared.collect())
        })
    }
}

/// Whether an assignment sets the whole of one of the module's own signals, and is its only one.
fn is_all(design: &Design, module: &Module, target: &Target) -> bool {
    let net = Net::of(&target.reference);
    let own = matches!(net, Net::Own(_)) && module.elements(design, net).0 == 1;
    own && target.part.is_none()
        && select(module.statements(), &|other| Net::of(&other.reference) == net).len() == 1
}

/// Whether a name is easier to read than the expression.
fn is_worth(value: &Expr) -> bool {
    let (mut leaves, mut reads) = (0, 0);
    value.each(&mut |expr| leaves += usize::from(expr.operands().is_empty()));
    value.each_read(&mut |_| reads += 1);
    leaves >= 3 && reads >= 2
}
