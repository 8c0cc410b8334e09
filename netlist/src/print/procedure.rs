//! Statements as statements: the body of an `always` block.

use super::net::{Net, element_of};
use super::parts::{Base, Part, Select};
use super::sheet::{Loop, Sheet, Unroll, literal};
use super::text::indented;
use crate::ir::{Expr, ExprKind, Statement, Target, Type};

/// How a block assigns, and to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assigns {
    /// `=` to the target.
    Now,
    /// `<=` to the register whose data input the target is.
    AtEdge,
}

impl Sheet<'_> {
    /// The left side of an assignment.
    pub(super) fn target(&mut self, target: &Target, how: Assigns) -> Result<String, Unroll> {
        let mut net = Net::of(&target.reference);
        if how == Assigns::AtEdge {
            net = self.output_of(net);
        }
        let info = self.net(net);
        let (element, count, ty) = (info.element, info.count, info.ty);
        let index = element_of(&target.reference, info.per_instance);
        let mut select = Select {
            base: Base::Net(net),
            index,
            element,
            count,
            low: 0,
            width: element,
            field: None,
        };
        if let Some(part) = &target.part {
            (select.low, select.width) = (part.offset, part.width);
            if let (Some(field), Type::Struct(id)) = (&part.field, ty) {
                select.field = Some(self.field_name(id, part.offset, field));
            }
        }
        self.written(&select)
    }

    /// Like `selected`, but nothing is read.
    fn written(&mut self, select: &Select) -> Result<String, Unroll> {
        let Base::Net(net) = select.base else { unreachable!("only nets are assigned") };
        let (read, touched) = (self.nets[&net].read.clone(), self.touched.clone());
        let text = self.selected(select)?;
        self.nets.get_mut(&net).expect("every net is known").read = read;
        self.touched = touched;
        Ok(text)
    }

    /// Statements in order; `complete`: every target has a value before them.
    pub(super) fn procedure(
        &mut self,
        body: &[Statement],
        how: Assigns,
        complete: bool,
    ) -> Result<Vec<String>, Unroll> {
        let mut lines = Vec::new();
        let mut complete = complete;
        for (at, statement) in body.iter().enumerate() {
            match statement {
                Statement::Assign { target, .. }
                    if how == Assigns::AtEdge && overwritten(target, &body[at + 1..]) => {}
                Statement::Assign { target, value } => {
                    if how == Assigns::Now
                        && let Some(line) = self.bit_assignment(target, value)?
                    {
                        lines.extend(line);
                        complete = true;
                        continue;
                    }
                    let left = self.target(target, how)?;
                    let value = self.expression(value)?;
                    let sign = if how == Assigns::Now { "=" } else { "<=" };
                    lines.extend(value.lines(&format!("{left} {sign} "), ";", 12));
                    complete = true;
                }
                Statement::If { test, then, otherwise } => {
                    lines.extend(self.branch(test, then, otherwise, how, complete)?);
                }
                Statement::Match { .. } => lines.extend(self.cases(statement, how, complete)?),
                Statement::For { variable, from, to, body } => {
                    let name = self.loop_name(&variable.name, variable.depth);
                    self.loops.push(Loop::Printed {
                        name: name.clone(),
                        from: *from as u64,
                        to: *to as u64,
                    });
                    let inner = self.procedure(body, how, complete);
                    self.loops.pop();
                    self.loops_used.insert(name.clone());
                    let head = format!("for ({name} = {from}; {name} < {to}; {name} = {name} + 1)");
                    lines.extend(braced(head, inner?));
                }
                Statement::Comment(_) => {}
            }
        }
        Ok(lines)
    }

    /// `x = x with bit i replaced` as `x[i] = bit`.
    fn bit_assignment(
        &mut self,
        target: &Target,
        value: &Expr,
    ) -> Result<Option<Vec<String>>, Unroll> {
        let ExprKind::InsertBit(base, at, bit) = &value.kind else { return Ok(None) };
        let ExprKind::Read(read) = &base.kind else { return Ok(None) };
        if *read != target.reference || target.part.is_some() {
            return Ok(None);
        }
        let touched = (self.nets[&Net::of(read)].read.clone(), self.touched.clone());
        let place = self.placed(base, at, 1)?;
        let Some([Part::Select(select)]) = place.as_deref() else { return Ok(None) };
        let left = self.selected(select)?;
        self.nets.get_mut(&Net::of(read)).expect("every net is known").read = touched.0;
        self.touched = touched.1;
        let bit = self.expression(bit)?;
        Ok(Some(bit.lines(&format!("{left} = "), ";", 12)))
    }

    fn branch(
        &mut self,
        test: &Expr,
        then: &[Statement],
        otherwise: &[Statement],
        how: Assigns,
        complete: bool,
    ) -> Result<Vec<String>, Unroll> {
        let head = self.expression(test)?.lines("if (", ")", 8);
        let then = self.procedure(then, how, complete)?;
        if otherwise.is_empty() {
            return Ok(guarded(head, then));
        }
        let mut lines = opened(head, "");
        lines.extend(indented(&then, 4));
        if let [Statement::If { test, then, otherwise }] = otherwise {
            let rest = self.branch(test, then, otherwise, how, complete)?;
            let (first, more) = rest.split_first().expect("a branch has lines");
            lines.push(format!("end else {first}"));
            lines.extend_from_slice(more);
            return Ok(lines);
        }
        lines.push("end else begin".to_owned());
        lines.extend(indented(&self.procedure(otherwise, how, complete)?, 4));
        lines.push("end".to_owned());
        Ok(lines)
    }

    fn cases(
        &mut self,
        statement: &Statement,
        how: Assigns,
        complete: bool,
    ) -> Result<Vec<String>, Unroll> {
        let Statement::Match { test, arms, default } = statement else { return Ok(Vec::new()) };
        let subject = self.expression(test)?.flat();
        let mut lines = vec![format!("case ({subject})")];
        let all = arms.iter().all(|arm| !arm.body.is_empty());
        let stands_for_rest = default.is_none() && all && !complete && how == Assigns::Now;
        let mut seen = Vec::new();
        for (at, arm) in arms.iter().enumerate() {
            if seen.contains(&&arm.value) || (arm.body.is_empty() && default.is_none()) {
                continue;
            }
            seen.push(&arm.value);
            let label = match test.ty {
                Type::Enum(id) => self.variant_name(id, &arm.value),
                _ => None,
            };
            let label = label.unwrap_or_else(|| literal(&arm.value));
            let body = self.procedure(&arm.body, how, complete)?;
            if stands_for_rest && at + 1 == arms.len() {
                lines.extend(indented(&case("default", body), 4));
            } else {
                lines.extend(indented(&case(&label, body), 4));
            }
        }
        if !stands_for_rest {
            let body = match default {
                Some(body) => self.procedure(body, how, complete)?,
                None => Vec::new(),
            };
            lines.extend(indented(&case("default", body), 4));
        }
        lines.push("endcase".to_owned());
        Ok(lines)
    }
}

/// Whether a later statement of the same list assigns the same target in any case.
fn overwritten(target: &Target, later: &[Statement]) -> bool {
    later.iter().any(
        |statement| matches!(statement, Statement::Assign { target: other, .. } if other == target),
    )
}

/// `LABEL: statement;` or a block.
fn case(label: &str, body: Vec<String>) -> Vec<String> {
    match &body[..] {
        [] => vec![format!("{label}: ;")],
        [one] if !one.starts_with("if ") => vec![format!("{label}: {one}")],
        _ => braced(format!("{label}:"), body),
    }
}

/// A condition and what it guards: on one line if it is short.
fn guarded(head: Vec<String>, body: Vec<String>) -> Vec<String> {
    if let ([head], [one]) = (&head[..], &body[..])
        && head.len() + one.len() < 84
        && !one.starts_with("if ")
    {
        return vec![format!("{head} {one}")];
    }
    let mut lines = opened(head, "");
    lines.extend(indented(&body, 4));
    lines.push("end".to_owned());
    lines
}

fn opened(mut head: Vec<String>, label: &str) -> Vec<String> {
    let last = head.last_mut().expect("a head has lines");
    last.push_str(" begin");
    last.push_str(label);
    head
}

/// A head, `begin`, the lines, `end`.
pub(super) fn braced(head: String, body: Vec<String>) -> Vec<String> {
    let mut lines = vec![format!("{head} begin")];
    lines.extend(indented(&body, 4));
    lines.push("end".to_owned());
    lines
}

/// A block with a name, which may declare loop variables.
pub(super) fn block(head: &str, name: &str, loops: &[String], body: Vec<String>) -> Vec<String> {
    if loops.is_empty() {
        return braced(head.to_owned(), body);
    }
    let mut lines = vec![format!("{head} begin : {name}")];
    lines.extend(loops.iter().map(|name| format!("    integer {name};")));
    lines.extend(indented(&body, 4));
    lines.push("end".to_owned());
    lines
}
