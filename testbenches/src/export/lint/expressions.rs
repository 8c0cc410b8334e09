//! Comparisons that Verilog reads otherwise than Rust.

use super::super::tokens::{Kind, Token};
use super::ProblemKind;

/// The operators of one stretch of an expression between two separators.
#[derive(Clone, Copy, Default)]
struct Stretch {
    comparison: bool,
    /// A binary operator that Rust binds tighter than a comparison and Verilog may not, or that
    /// is computed in the context's width.
    beside: bool,
    /// Something below whose result depends on the width of its context.
    widening: bool,
}

/// One level of parentheses.
#[derive(Clone, Copy, Default)]
struct Group {
    stretch: Stretch,
    /// Its value is one bit by itself: its operands do not see the context's width.
    closed: bool,
}

/// Lines of comparisons that are not what they were in Rust.
pub(super) fn hazards(tokens: &[Token<'_>]) -> Vec<(usize, ProblemKind)> {
    let mut found = Vec::new();
    let mut groups = vec![Group::default()];
    let mut assigned = false;
    for (index, token) in tokens.iter().enumerate() {
        let outermost = groups.len() == 1;
        let group = groups.last_mut().expect("the outermost group is never closed");
        match token.text {
            "(" | "[" | "{" => groups.push(Group::default()),
            ")" | "]" | "}" => {
                let inner = *group;
                judge(inner.stretch, token.line, &mut found);
                if !outermost {
                    groups.pop();
                }
                let group = groups.last_mut().expect("the outermost group stays");
                // An index is computed by itself; parentheses pass their width on.
                if token.text == ")" && !inner.closed && !inner.stretch.comparison {
                    group.stretch.widening |= inner.stretch.widening;
                }
            }
            ";" | "begin" | "end" | "else" => {
                judge(group.stretch, token.line, &mut found);
                *group = Group::default();
                assigned = false;
            }
            "=" => {
                *group = Group::default();
                assigned = true;
            }
            // At the start of a statement this is the assignment of a register.
            "<=" if outermost && !assigned => {
                *group = Group::default();
                assigned = true;
            }
            "&&" | "||" | "," | "?" | ":" => {
                judge(group.stretch, token.line, &mut found);
                group.stretch = Stretch::default();
                group.closed |= matches!(token.text, "&&" | "||");
            }
            "==" | "!=" | "===" | "!==" | "<" | ">" | "<=" | ">=" => {
                group.stretch.comparison = true;
            }
            "&" | "|" | "^" if is_binary(tokens, index) => group.stretch.beside = true,
            "+" | "-" | "*" | "<<" | ">>" | "<<<" | ">>>" => {
                group.stretch.beside = true;
                group.stretch.widening = true;
            }
            "~" => group.stretch.widening = true,
            _ => {}
        }
    }
    found
}

/// An operator after an operand joins two; otherwise it reduces one.
fn is_binary(tokens: &[Token<'_>], index: usize) -> bool {
    let before = index.checked_sub(1).map(|before| tokens[before]);
    before.is_some_and(|token| {
        matches!(token.kind, Kind::Word | Kind::Number) || matches!(token.text, ")" | "]" | "}")
    })
}

fn judge(stretch: Stretch, line: usize, found: &mut Vec<(usize, ProblemKind)>) {
    if stretch.comparison && stretch.beside {
        found.push((line, ProblemKind::Precedence));
    } else if stretch.comparison && stretch.widening {
        found.push((line, ProblemKind::Width));
    }
}
