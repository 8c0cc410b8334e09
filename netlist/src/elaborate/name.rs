//! Names of the syntax tree: `rows[i+1]$d$next`.

use crate::check::Problem;
use crate::ir::{Index, IndexOp, Variable};

/// One part of a name: `rows[i+1]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) ident: String,
    pub(super) indices: Vec<String>,
}

/// Splits a name at the `$` that are outside brackets.
pub(super) fn segments(name: &str) -> Vec<Segment> {
    let mut parts = Vec::new();
    let mut depth = 0;
    let mut part = String::new();
    for c in name.trim_start_matches(['.', '$']).chars() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if (c == '$' || c == '.') && depth == 0 {
            parts.push(std::mem::take(&mut part));
        } else if c != ' ' {
            part.push(c);
        }
    }
    parts.push(part);
    parts.iter().map(|part| segment(part)).collect()
}

fn segment(part: &str) -> Segment {
    let (ident, mut rest) = part.split_at(part.find('[').unwrap_or(part.len()));
    let mut indices = Vec::new();
    while let Some(inside) = rest.strip_prefix('[') {
        let mut depth = 1;
        let end = inside.find(|c| {
            depth += i32::from(c == '[') - i32::from(c == ']');
            depth == 0
        });
        let end = end.unwrap_or(inside.len());
        indices.push(inside[..end].to_owned());
        rest = inside.get(end + 1..).unwrap_or("");
    }
    Segment { ident: ident.to_owned(), indices }
}

/// Reads an array index: numbers, loop variables, `+ - * / %` and parentheses.
pub(super) fn index(text: &str, loops: &[Variable]) -> Result<Index, Problem> {
    let mut parser = Parser { text, at: 0, loops };
    let index = parser.sum()?;
    if parser.at == text.len() { Ok(index) } else { Err(parser.unknown()) }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    loops: &'a [Variable],
}

impl Parser<'_> {
    fn unknown(&self) -> Problem {
        Problem::DynamicElement { index: self.text.to_owned() }
    }

    fn eat(&mut self, accepted: &str) -> Option<char> {
        let next = self.text[self.at..].chars().next().filter(|c| accepted.contains(*c))?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn sum(&mut self) -> Result<Index, Problem> {
        let mut left = self.product()?;
        while let Some(op) = self.eat("+-") {
            let op = if op == '+' { IndexOp::Add } else { IndexOp::Sub };
            left = Index::Op(op, Box::new(left), Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Index, Problem> {
        let mut left = self.atom()?;
        while let Some(op) = self.eat("*/%") {
            let op = match op {
                '*' => IndexOp::Mul,
                '/' => IndexOp::Div,
                _ => IndexOp::Rem,
            };
            left = Index::Op(op, Box::new(left), Box::new(self.atom()?));
        }
        Ok(left)
    }

    fn atom(&mut self) -> Result<Index, Problem> {
        if self.eat("(").is_some() {
            let inside = self.sum()?;
            return self.eat(")").map(|_| inside).ok_or_else(|| self.unknown());
        }
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let word = &rest[..end];
        self.at += end;
        if let Some(number) = super::literal::rust_integer(word) {
            return Ok(Index::Const(number));
        }
        // The innermost loop hides outer ones of the same name.
        let known = self.loops.iter().rev().find(|variable| variable.name == word);
        match known {
            Some(variable) => Ok(Index::Variable(variable.clone())),
            None if !word.is_empty() && self.at == self.text.len() && end == self.text.len() => {
                Err(Problem::UnresolvedName { name: word.to_owned() })
            }
            None => Err(self.unknown()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_split_outside_brackets() {
        let parts = segments("rows[i+1][j]$bus$next");
        assert_eq!(parts.len(), 3);
        assert_eq!(parts[0].ident, "rows");
        assert_eq!(parts[0].indices, ["i+1", "j"]);
        assert_eq!(segments("r[s$val()]$q")[0].indices, ["s$val()"]);
    }

    #[test]
    fn indices_are_arithmetic_over_loop_variables() {
        let loops = [Variable { name: "i".into(), depth: 0 }];
        let twice = index("2*(i+1)-1", &loops).expect("an index");
        assert_eq!(twice.evaluate(&[4]), Some(9));
        assert_eq!(index("i-1", &loops).expect("an index").evaluate(&[0]), None);
        assert!(matches!(index("N", &loops), Err(Problem::UnresolvedName { .. })));
        assert!(matches!(index("s$val()", &loops), Err(Problem::DynamicElement { .. })));
    }
}
