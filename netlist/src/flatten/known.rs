//! What is constant in a design: flattening follows constants through all blocks.

use super::execute::Execution;
use super::wires::{Layout, Wire};
use super::{execute, resolve, tree};
use crate::ir::{Design, Expr, ExprKind, Index, ModuleId, NodeId, Reference, Type, Value};
use crate::rewrite::{Net, planted};

/// For each module, what is constant and the same in all of its instances. Every signal has its
/// settled value; clocks are never constant.
pub(crate) struct Known {
    layouts: Vec<Layout>,
    /// For each module, the value of each wire that is constant.
    wires: Vec<Vec<Option<Value>>>,
}

impl Known {
    /// What is constant in a design without combinational loops; otherwise `None`.
    pub(crate) fn new(design: &Design) -> Option<Self> {
        let layouts = Layout::of_all(design);
        let modules = 0..design.modules.len();
        let logic: Vec<_> = modules.map(|at| execute::execute(design, &layouts, at).0).collect();
        let tree = tree::Tree::new(design, &layouts, &logic);
        let resolved = resolve::resolve(design, &tree, &logic).ok()?;
        let mut wires: Vec<Option<Vec<Option<Value>>>> = vec![None; layouts.len()];
        for block in &tree.blocks {
            let infos = layouts[block.module.0 as usize].wires.iter();
            let values = infos.zip(&block.nets).map(|(info, net)| {
                let value = resolved.graph.constant(resolved.nodes[*net as usize])?;
                (info.ty != Type::Clock && value.width() == info.width).then(|| value.clone())
            });
            let known = &mut wires[block.module.0 as usize];
            match known {
                None => *known = Some(values.collect()),
                Some(known) => {
                    for (known, value) in known.iter_mut().zip(values) {
                        if *known != value && !planted!(Constant) {
                            *known = None;
                        }
                    }
                }
            }
        }
        let wires = wires.into_iter().map(Option::unwrap_or_default).collect();
        Some(Self { layouts, wires })
    }

    /// Takes a net for one that is not constant.
    pub(crate) fn forget(&mut self, module: ModuleId, net: Net) {
        for wire in self.wires_of(module, net) {
            if let Some(known) = self.wires[module.0 as usize].get_mut(wire as usize) {
                *known = None;
            }
        }
    }

    /// The value of a net whose elements all have the same one.
    pub(crate) fn net(&self, module: ModuleId, net: Net) -> Option<&Value> {
        let known = &self.wires[module.0 as usize];
        let mut values =
            self.wires_of(module, net).into_iter().map(|wire| known.get(wire as usize)?.as_ref());
        let first = values.next()??;
        values.all(|value| value == Some(first)).then_some(first)
    }

    fn wires_of(&self, module: ModuleId, net: Net) -> Vec<Wire> {
        let infos = (0..).zip(&self.layouts[module.0 as usize].wires);
        let own = infos.filter(|(_, info)| match net {
            Net::Own(id) => info.child.is_none() && info.signal == id,
            Net::Child(instance, port) => {
                info.child.is_some_and(|(child, _)| child == instance) && info.signal == port
            }
        });
        own.map(|(wire, _)| wire).collect()
    }

    /// The values of expressions of a module.
    pub(crate) fn settled<'a>(&'a self, design: &'a Design, module: ModuleId) -> Settled<'a> {
        let mut run = Execution::new(design, &self.layouts, module.0 as usize);
        // A module without instances has no constants.
        let known = &self.wires[module.0 as usize];
        run.settled = (!known.is_empty()).then_some(&known[..]);
        Settled { known: self, module, run }
    }
}

/// The values of a module's expressions when all of its signals are settled.
pub(crate) struct Settled<'a> {
    known: &'a Known,
    module: ModuleId,
    run: Execution<'a>,
}

impl Settled<'_> {
    /// The value of an expression, if it is constant.
    pub(crate) fn constant(&mut self, expr: &Expr) -> Option<Value> {
        if let ExprKind::Read(reference) = &expr.kind
            && let Some(value) = self.known.net(self.module, Net::of(reference))
        {
            return Some(value.clone());
        }
        let node = self.node(expr)?;
        self.run.graph.constant(node).cloned()
    }

    /// Whether two expressions are the same function of the module's signals, as far as folding
    /// shows it.
    pub(crate) fn same(&mut self, one: &Expr, other: &Expr) -> bool {
        let node = self.node(one);
        node.is_some() && node == self.node(other)
    }

    /// The node of an expression that is the same in every iteration of the loops around it.
    fn node(&mut self, expr: &Expr) -> Option<NodeId> {
        if self.run.settled.is_none() || uses_variables(expr) {
            return None;
        }
        self.run.found.clear();
        let node = self.run.expr(expr);
        self.run.found.is_empty().then_some(node)
    }
}

fn uses_variables(expr: &Expr) -> bool {
    let mut found = false;
    let mut look = |index: &Index| index.each_variable(&mut |_| found = true);
    let indices = |reference: &Reference, look: &mut dyn FnMut(&Index)| {
        let row = reference.instance.as_ref().and_then(|(_, row)| row.as_ref());
        row.into_iter().chain(&reference.element).for_each(look);
    };
    expr.each(&mut |part| match &part.kind {
        ExprKind::Read(reference) => indices(reference, &mut look),
        ExprKind::Index(index) | ExprKind::Constant(_, Some(index)) => look(index),
        _ => {}
    });
    found
}
