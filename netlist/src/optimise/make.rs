//! Creates terms for nodes and columns, once their operands have terms.

use super::columns::{Column, ColumnId, Shape};
use super::lower::{Key, Lower, Plan};
use super::planted;
use super::program::{Form, TableId, TermId};
use super::select::Reduction;
use crate::ir::{NodeId, Op};

impl Lower<'_> {
    fn have(&self, key: Key) -> TermId {
        self.done(key).expect("made before it is needed")
    }

    /// The term of a node or column whose operands have terms.
    pub(super) fn make(&mut self, key: Key, plan: &Plan) -> TermId {
        let node = match key {
            Key::Column(column) => return self.make_column(column),
            Key::Node(node) => node,
        };
        let width = self.netlist.node(node).width;
        match plan {
            Plan::Row(column, row) => {
                let column = self.have(Key::Column(*column));
                self.program.add(Form::Row(column, *row), width, 0)
            }
            Plan::Choice(choice) => {
                let mut mask = self.have(Key::Column(choice.mask));
                let rows = self.program.term(mask).rows;
                if choice.inverted {
                    mask = self.program.add(Form::Op(Op::Not(mask)), 1, rows);
                }
                let values = self.have(choice.values.into());
                let otherwise = self.have(Key::Node(choice.otherwise));
                let highest = choice.highest != planted!(self.options, Choice);
                self.program.add(Form::Pick { mask, values, otherwise, highest }, width, 0)
            }
            Plan::Gathering(gathering) => {
                let mask = self.have(Key::Column(gathering.mask));
                let values = self.have(gathering.values.into());
                let otherwise = self.have(Key::Node(gathering.none));
                let form = match planted!(self.options, Gather) {
                    true => Form::Pick { mask, values, otherwise, highest: false },
                    false => Form::Gather { mask, values },
                };
                self.program.add(form, width, 0)
            }
            Plan::Reduction(reduction) => self.make_reduction(node, reduction),
            Plan::Source | Plan::Op => {
                let form = match self.netlist.node(node).op {
                    Op::Register(id) => {
                        let (state, _) = self.program.places[id.0 as usize].expect("numbered");
                        Form::State(state)
                    }
                    op => Form::Op(op.map(|operand| self.have(Key::Node(operand)))),
                };
                self.program.add(form, width, 0)
            }
        }
    }

    fn make_reduction(&mut self, node: NodeId, reduction: &Reduction) -> TermId {
        let is_or = matches!(self.netlist.node(node).op, Op::Or(..));
        let mut terms = Vec::new();
        for (column, inverted) in &reduction.columns {
            let column = self.have(Key::Column(*column));
            // "Some row is not 1" is "not every row is", and vice versa.
            let some = is_or != *inverted;
            let form = if some { Form::AnyRow(column) } else { Form::AllRows(column) };
            let term = self.program.add(form, 1, 0);
            terms.push(match inverted {
                true => self.program.add(Form::Op(Op::Not(term)), 1, 0),
                false => term,
            });
        }
        terms.extend(reduction.rest.iter().map(|node| self.have(Key::Node(*node))));
        let mut all = terms[0];
        for term in &terms[1..] {
            let op = if is_or { Op::Or(all, *term) } else { Op::And(all, *term) };
            all = self.program.add(Form::Op(op), 1, 0);
        }
        all
    }

    fn make_column(&mut self, id: ColumnId) -> TermId {
        let Column { width, shape, members } = self.columns.list[id as usize].clone();
        let rows = members.len() as u32;
        let form = match shape {
            Shape::Registers(registers) => {
                let (state, _) = self.program.places[registers[0].0 as usize].expect("numbered");
                Form::State(state)
            }
            Shape::Table => {
                let constant = |node: &NodeId| self.netlist.constant(*node).cloned();
                let mut members = members.clone();
                if planted!(self.options, Columns) {
                    let first = members[0];
                    members.fill(first);
                }
                let table = members.iter().map(|node| constant(node).expect("a constant"));
                self.program.tables.push(table.collect());
                Form::Table(TableId(self.program.tables.len() as u32 - 1))
            }
            Shape::Op(op, parts) => {
                let mut parts = parts.into_iter();
                let mut next = || self.have(parts.next().expect("a part for each operand").into());
                Form::Op(op.map(|_| next()))
            }
        };
        self.program.add(form, width, rows)
    }
}
