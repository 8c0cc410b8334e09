//! Combinational logic: one item for each signal that the module drives.

use super::Net;
use super::procedure::Assigns;
use super::reader::Reader;
use super::sheet::Sheet;
use super::tree::{Block, Head, Label, Part, Select, Tree, each_part};
use crate::ir::{ExprKind, Primitive, Statement, Unary};
use crate::rewrite::{are_disjoint, reads, targets};
use std::collections::BTreeSet;

/// The logic of one signal.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) net: Net,
    pub(super) form: Form,
}

/// How a signal is assigned.
#[derive(Debug)]
pub(super) enum Form {
    /// One expression.
    Value(Tree),
    /// Some bits each.
    Pieces(Vec<(Select, Tree)>),
    /// An `always @*` block.
    Block(Block),
}

impl Item {
    /// Whether it is assigned in a block, and therefore a `reg`.
    pub(super) fn is_reg(&self) -> bool {
        matches!(self.form, Form::Block(_))
    }

    /// Calls a function on everything in it.
    pub(super) fn each(&self, call: &mut dyn FnMut(Part<'_>)) {
        match &self.form {
            Form::Value(tree) => tree.each(&mut |tree| call(Part::Tree(tree))),
            Form::Pieces(pieces) => {
                for (left, tree) in pieces {
                    call(Part::Left(left));
                    tree.each(&mut |tree| call(Part::Tree(tree)));
                }
            }
            Form::Block(block) => each_part(&block.body, call),
        }
    }

    /// The nets that it reads.
    fn reads(&self, sheet: &Sheet<'_>) -> BTreeSet<Net> {
        let mut nets = BTreeSet::new();
        self.each(&mut |part| {
            if let Part::Tree(Tree::Select(select)) = part {
                nets.extend(sheet.bits(select).map(|(net, _)| net));
            }
        });
        nets
    }
}

impl Sheet<'_> {
    /// Every signal that the module drives and that needs a name, in the order of its text.
    pub(super) fn items(&self) -> (Vec<Item>, BTreeSet<Net>) {
        let nets = self.assigned().into_iter().filter(|net| self.needs_item(*net));
        let mut items: Vec<Item> = nets.map(|net| self.item(net)).collect();
        items.extend(self.instances().filter_map(|(id, _)| self.table(id)));
        items.extend(self.instances().filter_map(|(id, _)| self.words(id)));
        self.ordered(items)
    }

    fn needs_item(&self, net: Net) -> bool {
        let Net::Child(id, port) = net else { return !self.shared.values().any(|of| *of == net) };
        if self.held.contains_key(&net) {
            return false;
        }
        match self.design.primitive(self.module.instance(id)) {
            Some(Primitive::Register { clock, .. }) if *clock == port => {
                self.is_read(net) || self.clock_of(net) == net
            }
            Some(Primitive::Memory { read_clock, write, .. })
                if *read_clock == Some(port) || write.is_some_and(|write| write.clock == port) =>
            {
                self.clock_of(net) == net
            }
            _ => !self.stands_in_port_list(net),
        }
    }

    fn item(&self, net: Net) -> Item {
        let slice = self.slice(net);
        let form = self.plain(net).unwrap_or_else(|| {
            let body = Reader::new(self).procedure(slice, Assigns::Now, false);
            Form::Block(Block { head: Head::Always, label: Label::Logic(net), body })
        });
        Item { net, form }
    }

    /// The logic of a net without statements, if it has such a form.
    fn plain(&self, net: Net) -> Option<Form> {
        let slice = self.slice(net);
        if let Some(source) = self.copied(net) {
            return Some(Form::Value(Tree::Select(self.all(source))));
        }
        if let Some(tree) = self.reduced(net) {
            return Some(Form::Value(tree));
        }
        let assigns = |statement: &Statement| matches!(statement, Statement::Assign { .. });
        let targets = targets(slice);
        let once = slice.iter().all(assigns) && targets.len() == slice.len();
        if !once || reads(slice, net) || !are_disjoint(&targets) {
            return None;
        }
        let reader = Reader::new(self);
        let piece = |statement: &Statement| match statement {
            Statement::Assign { target, value } => {
                Some((reader.target(target, Assigns::Now), reader.expression(value)))
            }
            _ => None,
        };
        let mut pieces: Vec<(Select, Tree)> = slice.iter().filter_map(piece).collect();
        Some(match &pieces[..] {
            [(left, _)] if *left == self.all(net) => Form::Value(pieces.remove(0).1),
            _ => Form::Pieces(pieces),
        })
    }

    /// `x = 0; for i { if v[i] { x = 1 } }` over all of v: a reduction.
    fn reduced(&self, net: Net) -> Option<Tree> {
        let [Statement::Assign { target, value }, Statement::For { variable, from: 0, to, body }] =
            self.slice(net)
        else {
            return None;
        };
        let [Statement::If { test, then, otherwise }] = &body[..] else { return None };
        let [Statement::Assign { target: set, value: one }] = &then[..] else { return None };
        let bit = |expr: &crate::ir::Expr| match &expr.kind {
            ExprKind::Literal(value) if value.width() == 1 => Some(value.any()),
            _ => None,
        };
        let (before, after) = (bit(value)?, bit(one)?);
        if self.net(net).width() != 1 || target != set || before == after || !otherwise.is_empty() {
            return None;
        }
        let (inverted, test) = match &test.kind {
            ExprKind::Unary(Unary::Not, inner) => (true, &**inner),
            _ => (false, test),
        };
        let ExprKind::Read(source) = &test.kind else { return None };
        let from = Net::of(source);
        let shape = self.net(from);
        let whole = shape.count as usize == *to && shape.element == 1 && !shape.apart;
        if !shape.element_of(source).is_variable(variable) || !whole {
            return None;
        }
        let sign = match (inverted, after) {
            (false, true) => "|",
            (false, false) => "~|",
            (true, true) => "~&",
            (true, false) => "&",
        };
        Some(Tree::Prefix(sign, Box::new(Tree::Select(self.all(from)))))
    }

    /// Items in an order in which every net is declared before it is read, otherwise as given; and
    /// the nets that must be declared first because they read each other.
    fn ordered(&self, items: Vec<Item>) -> (Vec<Item>, BTreeSet<Net>) {
        struct Visit<'a> {
            nets: Vec<Net>,
            reads: &'a [BTreeSet<Net>],
            /// 1: in progress, 2: done.
            state: Vec<u8>,
            order: Vec<usize>,
            ahead: BTreeSet<Net>,
        }
        impl Visit<'_> {
            fn visit(&mut self, at: usize) {
                self.state[at] = 1;
                for read in &self.reads[at] {
                    let Some(next) = self.nets.iter().position(|net| net == read) else { continue };
                    match self.state[next] {
                        0 => self.visit(next),
                        1 if next != at => {
                            self.ahead.insert(*read);
                        }
                        _ => {}
                    }
                }
                self.state[at] = 2;
                self.order.push(at);
            }
        }
        let reads: Vec<BTreeSet<Net>> = items.iter().map(|item| item.reads(self)).collect();
        let mut visit = Visit {
            nets: items.iter().map(|item| item.net).collect(),
            reads: &reads,
            state: vec![0; items.len()],
            order: Vec::new(),
            ahead: BTreeSet::new(),
        };
        for at in 0..items.len() {
            if visit.state[at] == 0 {
                visit.visit(at);
            }
        }
        let mut slots: Vec<Option<Item>> = items.into_iter().map(Some).collect();
        (visit.order.into_iter().filter_map(|at| slots[at].take()).collect(), visit.ahead)
    }
}
