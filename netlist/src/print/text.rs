//! Pieces of printed expressions, and where their lines break.

/// Columns after which an expression is broken.
const COLUMNS: usize = 100;

/// A printed expression.
#[derive(Clone, Debug)]
pub(super) enum Text {
    /// Needs no parentheses anywhere.
    Atom(String),
    /// Operands of one operator; broken between them if long.
    Chain(&'static str, Vec<Text>),
    /// `!` or `~` before an operand.
    Inverted(&'static str, Box<Text>),
    /// Anything else.
    Other(String),
    /// `test ? value :` lines and the last value.
    Choices(Vec<(Text, Text)>, Box<Text>),
}

impl Text {
    /// On one line.
    pub(super) fn flat(&self) -> String {
        match self {
            Text::Atom(text) | Text::Other(text) => text.clone(),
            Text::Inverted(sign, inner) => format!("{sign}{}", inner.unary_operand()),
            Text::Chain(operator, operands) => {
                let operands: Vec<String> = operands.iter().map(Text::operand).collect();
                operands.join(&format!(" {operator} "))
            }
            Text::Choices(choices, last) => {
                let each = |(test, value): &(Text, Text)| {
                    format!("{} ? {} : ", test.operand(), value.operand())
                };
                choices.iter().map(each).collect::<String>() + &last.operand()
            }
        }
    }

    fn is_atom(&self) -> bool {
        matches!(self, Text::Atom(_) | Text::Inverted(..))
    }

    /// On one line, fit to be an operand.
    pub(super) fn operand(&self) -> String {
        if self.is_atom() { self.flat() } else { format!("({})", self.flat()) }
    }

    /// On one line, fit to stand behind an operator of one operand: `~~x` and `^~x` are no such.
    pub(super) fn unary_operand(&self) -> String {
        if let Text::Atom(text) = self { text.clone() } else { format!("({})", self.flat()) }
    }

    /// Operands of one operator; a chain of the same associative operator goes on.
    pub(super) fn chain(operator: &'static str, parts: Vec<Text>) -> Text {
        let mut operands = Vec::new();
        for part in parts {
            match part {
                Text::Chain(same, more) if same == operator && operator != "-" => {
                    operands.extend(more);
                }
                other => operands.push(other),
            }
        }
        Text::Chain(operator, operands)
    }

    /// `head`, the expression, `tail`; over several lines if it does not fit.
    pub(super) fn lines(&self, head: &str, tail: &str, indent: usize) -> Vec<String> {
        let flat = format!("{head}{}{tail}", self.flat());
        let several = matches!(self, Text::Choices(choices, _) if choices.len() > 1);
        if indent + flat.len() <= COLUMNS && !several {
            return vec![flat];
        }
        let mut lines = vec![head.trim_end().to_owned()];
        lines.extend(indented(&self.broken(COLUMNS.saturating_sub(indent + 4)), 4));
        lines.last_mut().expect("a head at least").push_str(tail);
        lines
    }

    /// Over several lines of at most so many columns, where that is possible.
    fn broken(&self, columns: usize) -> Vec<String> {
        match self {
            Text::Chain(operator, operands) if operands.len() > 1 => {
                let mut lines: Vec<String> = Vec::new();
                for operand in operands {
                    let flat = operand.operand();
                    let prefix =
                        if lines.is_empty() { String::new() } else { format!("{operator} ") };
                    match lines.last_mut() {
                        Some(line) if line.len() + prefix.len() + flat.len() < columns => {
                            line.push_str(&format!(" {prefix}{flat}"));
                        }
                        _ if prefix.len() + flat.len() <= columns => lines.push(prefix + &flat),
                        _ => lines.extend(operand.enclosed(&prefix, columns)),
                    }
                }
                lines
            }
            Text::Choices(choices, last) => {
                let mut lines = Vec::new();
                for (test, value) in choices {
                    let head = format!("{} ? ", test.operand());
                    let flat = format!("{head}{} :", value.operand());
                    if flat.len() <= columns || value.is_atom() {
                        lines.push(flat);
                    } else {
                        lines.extend(value.enclosed(&head, columns));
                        lines.last_mut().expect("a value has lines").push_str(" :");
                    }
                }
                let flat = last.operand();
                if flat.len() < columns {
                    lines.push(flat);
                } else {
                    lines.extend(last.enclosed("", columns));
                }
                lines
            }
            _ => vec![self.flat()],
        }
    }

    /// As an operand over several lines: the parentheses stand on lines of their own.
    fn enclosed(&self, prefix: &str, columns: usize) -> Vec<String> {
        match self {
            Text::Inverted(sign, inner) => inner.enclosed(&format!("{prefix}{sign}"), columns),
            Text::Chain(..) | Text::Choices(..) => {
                let mut lines = vec![format!("{prefix}(")];
                lines.extend(indented(&self.broken(columns.saturating_sub(4)), 4));
                lines.push(")".to_owned());
                lines
            }
            _ => vec![format!("{prefix}{}", self.operand())],
        }
    }
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

/// Lines moved to the right.
pub(super) fn indented(lines: &[String], by: usize) -> Vec<String> {
    let margin = " ".repeat(by);
    lines
        .iter()
        .map(|line| if line.is_empty() { String::new() } else { format!("{margin}{line}") })
        .collect()
}
