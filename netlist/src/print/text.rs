//! Trees as text, with line breaks.

use super::naming::Names;
use super::tree::{At, Base, Block, Head, Select, Step, Tree};
use crate::ir::{Index, IndexOp, Value};
use std::collections::BTreeSet;

/// Longer expressions are broken into several lines.
const COLUMNS: usize = 100;

impl Tree {
    /// On one line.
    pub(super) fn flat(&self, names: &Names) -> String {
        let list = |parts: &[Tree], between: &str, text: fn(&Tree, &Names) -> String| {
            parts.iter().map(|part| text(part, names)).collect::<Vec<_>>().join(between)
        };
        match self {
            Tree::Number(value) => literal(value),
            Tree::Variant(id, number) => names.variants[&(*id, *number)].clone(),
            Tree::Select(select) => select.text(names),
            Tree::Counter(variable, width) => {
                format!("{}[{}:0]", names.variable(variable), width - 1)
            }
            Tree::Concat(parts) => format!("{{{}}}", list(parts, ", ", Tree::flat)),
            Tree::Repeat(times, inner) => format!("{{{times}{{{}}}}}", inner.flat(names)),
            Tree::Signed(inner) => format!("$signed({})", inner.flat(names)),
            Tree::Inverted(sign, inner) | Tree::Prefix(sign, inner) => {
                format!("{sign}{}", inner.unary_operand(names))
            }
            Tree::Chain(operator, operands) => {
                list(operands, &format!(" {operator} "), Tree::operand)
            }
            Tree::Pair(operator, left, right) => {
                format!("{} {operator} {}", left.operand(names), right.operand(names))
            }
            Tree::Choices(choices, last) => {
                let each = |(test, value): &(Tree, Tree)| {
                    format!("{} ? {} : ", test.operand(names), value.operand(names))
                };
                choices.iter().map(each).collect::<String>() + &last.operand(names)
            }
        }
    }

    /// Whether it needs no parentheses, except after a unary operator.
    fn is_atom(&self) -> bool {
        !matches!(self, Tree::Prefix(..) | Tree::Chain(..) | Tree::Pair(..) | Tree::Choices(..))
    }

    /// On one line, as an operand.
    fn operand(&self, names: &Names) -> String {
        let flat = self.flat(names);
        if self.is_atom() { flat } else { format!("({flat})") }
    }

    /// On one line, as the operand of a unary operator: `~~x` and `^~x` need parentheses.
    fn unary_operand(&self, names: &Names) -> String {
        match self {
            Tree::Inverted(..) => format!("({})", self.flat(names)),
            _ => self.operand(names),
        }
    }

    /// `head`, the expression, `tail`; over several lines if it does not fit.
    pub(super) fn lines(
        &self,
        names: &Names,
        head: &str,
        tail: &str,
        indent: usize,
    ) -> Vec<String> {
        let flat = format!("{head}{}{tail}", self.flat(names));
        let several = matches!(self, Tree::Choices(choices, _) if choices.len() > 1);
        if indent + flat.len() <= COLUMNS && !several {
            return vec![flat];
        }
        let mut lines = vec![head.trim_end().to_owned()];
        lines.extend(indented(&self.broken(names, COLUMNS.saturating_sub(indent + 4)), 4));
        lines.last_mut().expect("a head at least").push_str(tail);
        lines
    }

    /// Over several lines of at most `columns` columns, where that is possible.
    fn broken(&self, names: &Names, columns: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        match self {
            Tree::Chain(operator, operands) if operands.len() > 1 => {
                for operand in operands {
                    let flat = operand.operand(names);
                    let prefix =
                        if lines.is_empty() { String::new() } else { format!("{operator} ") };
                    match lines.last_mut() {
                        Some(line) if line.len() + prefix.len() + flat.len() < columns => {
                            line.push_str(&format!(" {prefix}{flat}"));
                        }
                        _ if prefix.len() + flat.len() <= columns => lines.push(prefix + &flat),
                        _ => lines.extend(operand.enclosed(names, &prefix, columns)),
                    }
                }
            }
            Tree::Choices(choices, last) => {
                for (test, value) in choices {
                    let head = format!("{} ? ", test.operand(names));
                    let flat = format!("{head}{} :", value.operand(names));
                    if flat.len() <= columns || value.is_atom() {
                        lines.push(flat);
                    } else {
                        lines.extend(value.enclosed(names, &head, columns));
                        lines.last_mut().expect("a value has lines").push_str(" :");
                    }
                }
                let flat = last.operand(names);
                if flat.len() < columns {
                    lines.push(flat);
                } else {
                    lines.extend(last.enclosed(names, "", columns));
                }
            }
            _ => lines.push(self.flat(names)),
        }
        lines
    }

    /// As an operand over several lines: the parentheses are on lines of their own.
    fn enclosed(&self, names: &Names, prefix: &str, columns: usize) -> Vec<String> {
        match self {
            Tree::Inverted(sign, inner) => {
                inner.enclosed(names, &format!("{prefix}{sign}"), columns)
            }
            Tree::Chain(..) | Tree::Choices(..) => {
                let mut lines = vec![format!("{prefix}(")];
                lines.extend(indented(&self.broken(names, columns.saturating_sub(4)), 4));
                lines.push(")".to_owned());
                lines
            }
            _ => vec![format!("{prefix}{}", self.operand(names))],
        }
    }
}

impl Select {
    pub(super) fn text(&self, names: &Names) -> String {
        let name = names.base(self.base);
        let from = |start: &str| match (self.width, self.base) {
            (1, _) | (_, Base::Cells(_)) => format!("{name}[{start}]"),
            (width, _) => format!("{name}[{start}+:{width}]"),
        };
        match &self.at {
            At::All => name.to_owned(),
            At::Fixed(_, Some(field)) => from(&names.fields[field]),
            At::Fixed(low, None) if self.width == 1 => format!("{name}[{low}]"),
            At::Fixed(low, None) => format!("{name}[{}:{low}]", low + self.width - 1),
            At::Moving(index, _) => from(&number(index, names)),
            At::Dynamic(at) => from(&at.flat(names)),
            At::Word(at) => format!("{name}[{at}]"),
        }
    }
}

/// Arithmetic of loop variables, as an integer.
fn number(index: &Index, names: &Names) -> String {
    match index {
        Index::Const(number) => number.to_string(),
        Index::Variable(variable) => names.variable(variable).to_owned(),
        Index::Op(op, left, right) => {
            let sign = op.sign();
            let operand = |side: &Index| {
                let text = number(side, names);
                let product = matches!(side, Index::Op(IndexOp::Mul, ..));
                let simple = !text.contains(' ') || (product && *op == IndexOp::Add);
                if simple { text } else { format!("({text})") }
            };
            format!("{} {sign} {}", operand(left), operand(right))
        }
    }
}

/// A sized constant: binary if it is a bit, decimal below ten, else hexadecimal.
pub(super) fn literal(value: &Value) -> String {
    match value.to_u64() {
        Some(bit) if value.width() == 1 => format!("1'b{bit}"),
        Some(small @ 0..10) => format!("{}'d{small}", value.width()),
        _ => {
            let digits = format!("{value:x}");
            format!("{}'h{}", value.width(), digits.trim_start_matches('0'))
        }
    }
}

/// Statements.
pub(super) fn procedure(steps: &[Step], names: &Names) -> Vec<String> {
    steps.iter().flat_map(|step| statement(step, names)).collect()
}

fn statement(step: &Step, names: &Names) -> Vec<String> {
    match step {
        Step::Set(left, sign, value) => {
            value.lines(names, &format!("{} {sign} ", left.text(names)), ";", 12)
        }
        Step::If(test, then, otherwise) => branch(test, then, otherwise, names),
        Step::Case(subject, arms) => {
            let mut lines = vec![format!("case ({})", subject.flat(names))];
            for (label, body) in arms {
                let label = label.as_ref().map_or("default".to_owned(), |label| label.flat(names));
                lines.extend(indented(&case(&label, procedure(body, names)), 4));
            }
            lines.push("endcase".to_owned());
            lines
        }
        Step::For(variable, from, to, body) => {
            let name = names.variable(variable);
            let head = format!("for ({name} = {from}; {name} < {to}; {name} = {name} + 1)");
            braced(head, procedure(body, names))
        }
        Step::Clear(cells, count, value) => {
            let (name, cells) = (names.variable(&super::tree::counter()), &names.cells[cells]);
            let head = format!("for ({name} = 0; {name} < {count}; {name} = {name} + 1)");
            vec![format!("{head} {cells}[{name}] = {};", literal(value))]
        }
    }
}

fn branch(test: &Tree, then: &[Step], otherwise: &[Step], names: &Names) -> Vec<String> {
    let head = test.lines(names, "if (", ")", 8);
    let then = procedure(then, names);
    if otherwise.is_empty() {
        return guarded(head, then);
    }
    let mut lines = opened(head);
    lines.extend(indented(&then, 4));
    if let [Step::If(test, then, otherwise)] = otherwise {
        let rest = branch(test, then, otherwise, names);
        let (first, more) = rest.split_first().expect("a branch has lines");
        lines.push(format!("end else {first}"));
        lines.extend_from_slice(more);
        return lines;
    }
    lines.push("end else begin".to_owned());
    lines.extend(indented(&procedure(otherwise, names), 4));
    lines.push("end".to_owned());
    lines
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
    let mut lines = opened(head);
    lines.extend(indented(&body, 4));
    lines.push("end".to_owned());
    lines
}

fn opened(mut head: Vec<String>) -> Vec<String> {
    head.last_mut().expect("a head has lines").push_str(" begin");
    head
}

/// A head, `begin`, the lines, `end`.
pub(super) fn braced(head: String, body: Vec<String>) -> Vec<String> {
    let mut lines = vec![format!("{head} begin")];
    lines.extend(indented(&body, 4));
    lines.push("end".to_owned());
    lines
}

/// A block; if it declares loop variables, with its name.
pub(super) fn block(block: &Block, names: &Names) -> Vec<String> {
    let head = match block.head {
        Head::Always => "always @*".to_owned(),
        Head::Initial => "initial".to_owned(),
        Head::Edge(clock) => format!("always @(posedge {})", names.nets[&clock]),
    };
    let mut lines = braced(head, procedure(&block.body, names));
    let loops = block.loops();
    if !loops.is_empty() {
        lines[0].push_str(&format!(" : {}", names.blocks[&block.label]));
        let loops: BTreeSet<&str> = loops.iter().map(|variable| names.variable(variable)).collect();
        let declared = loops.iter().map(|name| format!("    integer {name};"));
        lines.splice(1..1, declared);
    }
    lines
}

/// Kind, range and name.
pub(super) type Declaration = (&'static str, String, String);

/// Declarations with their names in one column.
pub(super) fn aligned(declarations: &[Declaration]) -> Vec<String> {
    let widths = declarations.iter().map(|(kind, range, _)| kind.len() + range.trim_end().len());
    let column = widths.max().unwrap_or(0);
    let row = |(kind, range, name): &Declaration| {
        let gap = column - kind.len();
        let space = if gap == 0 { "" } else { " " };
        format!("{kind} {:gap$}{space}{name};", range.trim_end())
    };
    declarations.iter().map(row).collect()
}

/// `[7:0] `, or nothing for a single bit.
pub(super) fn range(width: u32) -> String {
    if width == 1 { String::new() } else { format!("[{}:0] ", width - 1) }
}

/// A comment of one paragraph, in lines.
pub(super) fn comment(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < 92 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("// {word}")),
        }
    }
    lines
}

/// Lines moved to the right.
pub(super) fn indented(lines: &[String], by: usize) -> Vec<String> {
    let margin = " ".repeat(by);
    lines
        .iter()
        .map(|line| if line.is_empty() { String::new() } else { format!("{margin}{line}") })
        .collect()
}
