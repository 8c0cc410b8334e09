//! Combinational logic: one item for each signal that the module drives.

use super::net::{Net, range};
use super::procedure::{Assigns, block};
use super::rewrite::{each_assignment, is_variable, select};
use super::sheet::{Sheet, Unroll};
use super::term::folded;
use super::text::Text;
use crate::ir::{ExprKind, Index, Kind, Reference, Statement, Target};
use std::collections::BTreeSet;

/// The logic of one signal.
#[derive(Debug)]
pub(super) struct Item {
    /// The signal.
    pub(super) net: Net,
    /// How it is assigned.
    pub(super) form: Form,
    /// Wires before it.
    pub(super) hoisted: Vec<String>,
    /// Nets that it reads.
    pub(super) reads: BTreeSet<Net>,
}

/// How a signal is assigned.
#[derive(Debug)]
pub(super) enum Form {
    /// One expression.
    Value(Text),
    /// Some bits each.
    Pieces(Vec<(String, Text)>),
    /// An `always @*` block.
    Block(Vec<String>),
}

impl Item {
    /// Whether it is assigned in a block, and therefore a `reg`.
    pub(super) fn is_reg(&self) -> bool {
        matches!(self.form, Form::Block(_))
    }

    /// Whether it takes one line: such items stand together.
    pub(super) fn is_line(&self, lines: &[String]) -> bool {
        lines.len() == 1
    }

    /// The item's lines. `declare`: it is neither a port nor declared elsewhere.
    pub(super) fn lines(&self, name: &str, width: u32, declare: bool) -> Vec<String> {
        let mut lines = self.hoisted.clone();
        let range = range(width);
        match &self.form {
            Form::Value(text) => {
                let head = if declare {
                    format!("wire {range}{name} = ")
                } else {
                    format!("assign {name} = ")
                };
                lines.extend(text.lines(&head, ";", 4));
            }
            Form::Pieces(pieces) => {
                if declare {
                    lines.push(format!("wire {range}{name};"));
                }
                for (left, text) in pieces {
                    lines.extend(text.lines(&format!("assign {left} = "), ";", 4));
                }
            }
            Form::Block(body) => {
                if declare {
                    lines.push(format!("reg {range}{name};"));
                }
                lines.extend(body.iter().cloned());
            }
        }
        lines
    }
}

impl Sheet<'_> {
    /// The statements that assign a net.
    pub(super) fn slice(&self, net: Net) -> Vec<Statement> {
        select(self.module.statements(), &|target| Net::of(&target.reference) == net)
    }

    /// The logic of a net.
    pub(super) fn item(&mut self, net: Net) -> Result<Item, Unroll> {
        let slice = self.slice(net);
        self.touched.clear();
        self.subject = self.net(net).name.clone();
        let form = self.form(net, &slice)?;
        let hoisted = std::mem::take(&mut self.hoisted);
        Ok(Item { net, form, hoisted, reads: std::mem::take(&mut self.touched) })
    }

    fn form(&mut self, net: Net, slice: &[Statement]) -> Result<Form, Unroll> {
        let name = self.net(net).name.clone();
        if let Some(source) = self.copied(net, slice) {
            self.touch_all(source);
            return Ok(Form::Value(Text::Atom(self.net(source).name.clone())));
        }
        if let Some(text) = self.reduced(net, slice) {
            return Ok(Form::Value(text));
        }
        let mut pieces: Vec<&Target> = Vec::new();
        let mut foldable = true;
        each_assignment(slice, &mut |target, value| {
            crate::print::rewrite::each_read(value, &mut |read| foldable &= Net::of(read) != net);
            if !pieces.contains(&target) {
                pieces.push(target);
            }
        });
        super::rewrite::each_read_in(slice, &mut |read| foldable &= Net::of(read) != net);
        foldable &= disjoint(&pieces);
        if foldable {
            let folded: Option<Vec<_>> = pieces
                .iter()
                .map(|piece| folded(&select(slice, &|target| target == *piece)))
                .collect();
            if let Some(terms) = folded {
                let mut texts = Vec::new();
                for (target, term) in pieces.iter().zip(&terms) {
                    texts.push((self.target(target, Assigns::Now)?, self.term(term)?));
                }
                return Ok(match &texts[..] {
                    [(left, text)] if *left == name => Form::Value(self.known(net, text)),
                    _ => Form::Pieces(texts),
                });
            }
        }
        self.loops_used.clear();
        let body = self.procedure(slice, Assigns::Now, false)?;
        let loops: Vec<String> = std::mem::take(&mut self.loops_used).into_iter().collect();
        let label =
            if loops.is_empty() { String::new() } else { self.fresh(&format!("{name}_logic")) };
        Ok(Form::Block(block("always @*", &label, &loops, body)))
    }

    /// The name of a signal that has this logic already, or the logic itself.
    fn known(&mut self, net: Net, text: &Text) -> Text {
        let key = (text.flat(), self.net(net).width());
        if key.0.len() < 24 || !self.hoisted.is_empty() {
            return text.clone();
        }
        match self.printed.get(&key) {
            Some(same) => {
                let same = *same;
                self.touched = BTreeSet::from([same]);
                self.touch_all(same);
                Text::Atom(self.net(same).name.clone())
            }
            None => {
                self.printed.insert(key, net);
                text.clone()
            }
        }
    }

    /// The net of which another is an element by element copy.
    pub(super) fn copied(&self, net: Net, slice: &[Statement]) -> Option<Net> {
        let info = self.net(net);
        let (inside, variable) = match slice {
            [Statement::For { variable, from: 0, to, body }] if *to as u32 == info.count => {
                (&body[..], Some(variable))
            }
            _ if info.count == 1 => (slice, None),
            _ => return None,
        };
        let [Statement::Assign { target, value }] = inside else { return None };
        let ExprKind::Read(source) = &value.kind else { return None };
        let from = Net::of(source);
        let same = self.net(from).element == info.element && self.net(from).count == info.count;
        let split = !info.split.is_empty() || !self.net(from).split.is_empty();
        let plain = |reference: &Reference, per_instance: u32| {
            let element = super::net::element_of(reference, per_instance);
            match variable {
                Some(variable) => is_variable(&element, variable),
                None => element == Index::Const(0),
            }
        };
        let fits = plain(&target.reference, info.per_instance)
            && plain(source, self.net(from).per_instance);
        (target.part.is_none() && same && fits && !split && from != net).then_some(from)
    }

    /// `x = 0; for i { if v[i] { x = 1 } }` over all of v: a reduction.
    fn reduced(&mut self, net: Net, slice: &[Statement]) -> Option<Text> {
        use crate::ir::Unary;
        let [Statement::Assign { target, value }, Statement::For { variable, from: 0, to, body }] =
            slice
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
        let (inverted, source) = match &test.kind {
            ExprKind::Read(source) => (false, source),
            ExprKind::Unary(Unary::Not, inner) => match &inner.kind {
                ExprKind::Read(source) => (true, source),
                _ => return None,
            },
            _ => return None,
        };
        let from = Net::of(source);
        let info = self.net(from);
        let index = super::net::element_of(source, info.per_instance);
        let whole = info.count as usize == *to && info.element == 1 && info.split.is_empty();
        if !is_variable(&index, variable) || !whole {
            return None;
        }
        self.touch_all(from);
        let name = self.net(from).name.clone();
        Some(Text::Atom(match (inverted, after) {
            (false, true) => format!("|{name}"),
            (false, false) => format!("~|{name}"),
            (true, true) => format!("~&{name}"),
            (true, false) => format!("&{name}"),
        }))
    }

    /// Whether the module must declare a net that it drives.
    pub(super) fn is_local(&self, net: Net) -> bool {
        match net {
            Net::Own(id) => self.module.signal(id).kind == Kind::Local,
            Net::Child(..) => true,
        }
    }
}

/// Targets that never overlap: fixed elements, and whole or distinct parts of each.
fn disjoint(pieces: &[&Target]) -> bool {
    let place = |target: &Target| -> Option<(Vec<u64>, u32, u32)> {
        let fixed = |index: &Option<Index>| match index {
            None => Some(0),
            Some(Index::Const(at)) => Some(*at),
            Some(_) => None,
        };
        let instance = match &target.reference.instance {
            Some((_, index)) => fixed(index)?,
            None => 0,
        };
        let element = vec![instance, fixed(&target.reference.element)?];
        let part = target.part.as_ref().map_or((0, u32::MAX), |p| (p.offset, p.offset + p.width));
        Some((element, part.0, part.1))
    };
    let Some(places) = pieces.iter().map(|piece| place(piece)).collect::<Option<Vec<_>>>() else {
        return false;
    };
    places.iter().enumerate().all(|(at, (element, low, high))| {
        places[at + 1..]
            .iter()
            .all(|(other, from, to)| other != element || to <= low || high <= from)
    })
}

/// Items in an order in which everything is declared before it is read, otherwise as given; and
/// the nets that must be declared ahead because they read each other.
pub(super) fn ordered(items: Vec<Item>) -> (Vec<Item>, BTreeSet<Net>) {
    fn visit(
        at: usize,
        items: &[Item],
        state: &mut [u8],
        order: &mut Vec<usize>,
        ahead: &mut BTreeSet<Net>,
    ) {
        state[at] = 1;
        for read in &items[at].reads {
            let Some(next) = items.iter().position(|item| item.net == *read) else { continue };
            match state[next] {
                0 => visit(next, items, state, order, ahead),
                1 if next != at => {
                    ahead.insert(*read);
                }
                _ => {}
            }
        }
        state[at] = 2;
        order.push(at);
    }
    let (mut state, mut order) = (vec![0; items.len()], Vec::new());
    let mut ahead = BTreeSet::new();
    for at in 0..items.len() {
        if state[at] == 0 {
            visit(at, &items, &mut state, &mut order, &mut ahead);
        }
    }
    let mut slots: Vec<Option<Item>> = items.into_iter().map(Some).collect();
    (order.into_iter().filter_map(|at| slots[at].take()).collect(), ahead)
}
